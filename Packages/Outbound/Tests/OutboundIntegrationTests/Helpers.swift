import Identity
import Logging
import Outbound
import OutboundTestSupport
import Synchronization

/// A resolver with prepared answers: the first for the first question, and so on; the last one stays.
final class ScriptedResolver: AddressResolver {
    private let answers: [[String]]
    private let askedCount = Mutex(0)

    init(_ answers: [String]...) {
        self.answers = answers
    }

    /// How often it was asked.
    var count: Int { self.askedCount.withLock { $0 } }

    func addresses(of name: String) async throws(OutboundError) -> [IPAddress] {
        let index = self.askedCount.withLock { count in
            count += 1
            return min(count, self.answers.count) - 1
        }
        return self.answers.indices.contains(index) ? self.answers[index].compactMap { IPAddress($0) } : []
    }
}

/// A resolver that never answers.
struct SilentResolver: AddressResolver {
    func addresses(of name: String) async throws(OutboundError) -> [IPAddress] {
        try? await Task.sleep(for: .seconds(3_600))
        throw OutboundError(.unresolvable, message: "cancelled")
    }
}

/// A client that may go to the listed destinations, without TLS too; its deadlines are long unless a test shortens them.
func makeClient(
    _ allowed: String, resolver: any AddressResolver = ScriptedResolver(["127.0.0.1"]),
    _ change: (inout OutboundConfiguration) -> Void = { _ in }
) throws -> OutboundClient {
    var configuration = OutboundConfiguration()
    // So long that a test which waits for something else does not take them for it.
    configuration.firstByteTimeout = .seconds(120)
    configuration.silenceTimeout = .seconds(120)
    configuration.wholeTimeout = .seconds(120)
    configuration.idleTimeout = .seconds(3_600)
    change(&configuration)
    return try OutboundClient(
        policy: AddressPolicy(allowsPlainHTTP: true, allowed: AllowedDestination.list(parsing: allowed)),
        configuration: configuration, resolver: resolver, logger: Logger(label: "outbound.tests"))
}

/// Why an operation failed; nil if it did not.
func failure(_ body: () async throws -> some Any) async -> OutboundError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? OutboundError ?? OutboundError(.closed, message: "another error: \(error)")
    }
}
