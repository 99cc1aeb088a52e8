import RateLimit
import Redis
import Synchronization

/// How a ``RedisRateLimitStore`` stands with its server.
public struct RedisStoreHealth: Sendable, Hashable {
    /// Whether calls go through, as of the latest call.
    public let state: CircuitBreaker.State
    /// What failed last, for the log; nil as long as nothing has.
    public let lastFailure: String?
}

/// A ``CircuitBreaker`` that many threads share; costs one load while nothing fails.
final class StoreBreaker: Sendable {
    private struct Contents {
        var breaker: CircuitBreaker
        var lastFailure: String?
    }

    private let contents: Mutex<Contents>
    /// The generation of the breaker times two, plus one while it is quiet.
    private let summary: Atomic<UInt64>

    init(_ configuration: CircuitBreaker.Configuration) {
        let breaker = CircuitBreaker(configuration: configuration)
        self.contents = Mutex(Contents(breaker: breaker))
        self.summary = Atomic(Self.summary(of: breaker))
    }

    var health: RedisStoreHealth {
        self.contents.withLock { RedisStoreHealth(state: $0.breaker.state, lastFailure: $0.lastFailure) }
    }

    /// - Throws: `RateLimitError` with code `storeUnavailable` while calls should not be made.
    func permit() throws(RateLimitError) -> CircuitBreaker.Permit {
        let summary = self.summary.load(ordering: .acquiring)
        if summary & 1 == 1 { return CircuitBreaker.Permit(generation: summary >> 1) }
        guard let permit = self.change({ $0.breaker.permit(at: .now) }) else {
            throw RateLimitError(.storeUnavailable, message: "the shared store failed of late and is left alone for a moment")
        }
        return permit
    }

    func succeed(_ permit: CircuitBreaker.Permit) {
        guard self.summary.load(ordering: .relaxed) & 1 == 0 else { return }
        self.change { $0.breaker.succeed(permit, at: .now) }
    }

    func fail(_ permit: CircuitBreaker.Permit, with error: any Error) {
        guard let error = error as? RedisError else { return self.change { $0.breaker.abandon(permit, at: .now) } }
        switch error.code {
        case .cancelled, .invalidTTL, .invalidConfiguration, .decoding:
            self.change { $0.breaker.abandon(permit, at: .now) }
        case .serverError where !Self.saysThatTheServerCannotServe(error.serverCode):
            // An answer, though to a question that went wrong: one bad key must not take the others along.
            self.succeed(permit)
        default:
            let text = "\(error.code): \(error.message)"
            self.change { contents in
                contents.breaker.fail(permit, at: .now)
                contents.lastFailure = text
            }
        }
    }

    private static func saysThatTheServerCannotServe(_ code: Substring?) -> Bool {
        switch code {
        case "OOM", "READONLY", "MISCONF", "LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN", "NOREPLICAS", "NOAUTH", "NOPERM",
            "NOSCRIPT":
            true
        default: false
        }
    }

    private func change<Value>(_ body: (inout Contents) -> Value) -> Value {
        self.contents.withLock { contents in
            let value = body(&contents)
            self.summary.store(Self.summary(of: contents.breaker), ordering: .releasing)
            return value
        }
    }

    private static func summary(of breaker: CircuitBreaker) -> UInt64 {
        breaker.generation << 1 | (breaker.isQuiet ? 1 : 0)
    }
}
