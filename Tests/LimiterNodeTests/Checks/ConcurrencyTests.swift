import TestKit
import Testing

@Suite("Exactly so many of many concurrent callers")
struct ConcurrencyTests {
    static let algorithms = ["sliding_log", "sliding_counter", "fixed_window", "token_bucket"]
    private static let limit = 100
    /// A bucket of so many per hour fills by one in 36 s, which no run takes.
    private static let window = 3_600_000
    private static let callers = TestRun.count(2_400, long: 24_000)

    @Test("are admitted by a node in its own memory", arguments: algorithms)
    func memory(_ algorithm: String) async throws {
        try await withNode { node in try await Self.expectExactness(of: [node], algorithm) }
    }

    @Test("are admitted by a node through Redis", arguments: algorithms)
    func redis(_ algorithm: String) async throws {
        try await withFleet(of: 1) { nodes, _ in try await Self.expectExactness(of: nodes, algorithm) }
    }

    @Test("are admitted by a fleet of three together", arguments: algorithms)
    func fleet(_ algorithm: String) async throws {
        try await withFleet(of: 3) { nodes, _ in try await Self.expectExactness(of: nodes, algorithm) }
    }

    private static func expectExactness(of nodes: [RunningNode], _ algorithm: String) async throws {
        let question = RunningNode.question("user", limit: Self.limit, window: Self.window, algorithm: algorithm)
        let tally = try await Callers.ask(nodes, Self.callers, body: question)
        #expect(tally == Callers.Tally(admitted: Self.limit, blocked: Self.callers - Self.limit))
        for node in nodes {
            #expect(try await node.usage("user", algorithm: algorithm, limit: Self.limit, window: Self.window) == Self.limit)
        }
    }
}
