import LimitService
import LimitServiceRESP
import Logging
import NIOCore
import PrometheusMetrics
import RateLimit
import Synchronization
import TestKit

/// Runs a listener on a free port while the body runs.
func withListener<Value>(
    _ decider: any ThrottleDecider, configure: (inout RESPConfiguration) -> Void = { _ in }, decisions: LimitMetrics? = nil,
    metrics: RESPMetrics? = nil, _ body: (_ port: Int) async throws -> Value
) async throws -> Value {
    var configuration = RESPConfiguration(host: "127.0.0.1", port: 0)
    configure(&configuration)
    let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
    let listener = RESPListener(
        decider, configuration: configuration, decisions: decisions, metrics: metrics, logger: Logger(label: "test")
    ) { port in
        continuation.yield(port)
        continuation.finish()
    }
    let run = Task {
        defer { continuation.finish() }
        try await listener.run()
    }
    do {
        var iterator = ports.makeAsyncIterator()
        guard let port = await iterator.next() else {
            try await run.value
            throw TestKitError(.outputEnded, message: "the listener ended before it listened")
        }
        let value = try await body(port)
        run.cancel()
        try await run.value
        return value
    } catch {
        run.cancel()
        _ = try? await run.value
        throw error
    }
}

/// A service that decides in memory, by a clock that is moved by hand.
func makeService(clock: ManualClock) throws -> LimitService {
    let table = try InProcessRateLimitStore(memoryBytes: 8 << 20) { RateLimitInstant(offset: clock.now.offset) }
    return try LimitService.inProcess(try LimitServiceConfiguration(), table: table)
}

/// Gives every decision when it is told to, as a shared store does.
final class LaterDecider: ThrottleDecider {
    private struct Open {
        var promise: EventLoopPromise<LimitAnswer>
        var request: ThrottleRequest
    }

    private let open = Mutex<[Open]>([])
    private let arrivals: AsyncStream<Void>
    private let arrived: AsyncStream<Void>.Continuation

    init() {
        (self.arrivals, self.arrived) = AsyncStream.makeStream()
    }

    /// How many decisions are awaited.
    var count: Int { self.open.withLock { $0.count } }

    func throttle(_ request: ThrottleRequest, on eventLoop: any EventLoop) throws(RateLimitError) -> Prompt<LimitAnswer> {
        let promise = eventLoop.makePromise(of: LimitAnswer.self)
        self.open.withLock { $0.append(Open(promise: promise, request: request)) }
        self.arrived.yield()
        return .later(promise.futureResult)
    }

    /// Waits until so many decisions are awaited.
    func waitForDecisions(_ count: Int) async {
        var iterator = self.arrivals.makeAsyncIterator()
        while self.count < count { _ = await iterator.next() }
    }

    /// Gives a decision that was asked for; the answer has the capacity as its limit and `remaining` left.
    func decide(_ place: Int, remaining: Int64) throws {
        let open = self.open.withLock { $0[place] }
        open.promise.succeed(try Self.answer(limit: open.request.capacity, remaining: remaining))
    }

    /// Lets a decision fail.
    func fail(_ place: Int) {
        self.open.withLock { $0[place] }.promise.fail(TestKitError(.timedOut, message: "no decision"))
    }

    static func answer(
        limit: Int64, remaining: Int64, source: LimitAnswer.Source = .store, isAllowed: Bool = true
    ) throws -> LimitAnswer {
        let rule = RuleVerdict(
            rule: try RateLimitRuleName("later"), outcome: isAllowed ? .admitted : .refusedUncounted, isShadow: false,
            limit: limit,
            used: limit - remaining, remaining: remaining, resetNanoseconds: 1, replenishNanoseconds: 1, retryNanoseconds: 0)
        return LimitAnswer(rule: rule, windowMilliseconds: 1_000, isAllowed: isAllowed, source: source)
    }
}

/// Gives the same answer always.
struct ConstantDecider: ThrottleDecider {
    var answer: LimitAnswer
    /// Whether the answer comes as a future, which has it already.
    var isFuture = false

    func throttle(_ request: ThrottleRequest, on eventLoop: any EventLoop) throws(RateLimitError) -> Prompt<LimitAnswer> {
        self.isFuture ? .later(eventLoop.makeSucceededFuture(self.answer)) : .now(self.answer)
    }
}
