import Approval
import ApprovalTestSupport
import Persistence
import StrictJSON

/// Spending a yes with all its checks and records, against the one conditional update without which it could not be done.
enum ConsumeBenchmark {
    private static let count = 500

    static func printRows(_ kind: BenchmarkStore.Kind, rounds: Int) async throws {
        try await BenchmarkStore.with(kind) { store in
            for callers in [1, 8] {
                var bare: [Double] = []
                var whole: [Double] = []
                for round in 0..<rounds {
                    let first = round * 2 * self.count
                    let updated = try await self.approved(store, from: first)
                    bare.append(
                        try await self.rate(updated, callers: callers) { token, _ in
                            let now = Timestamp.now()
                            let changed = try await store.database.write { connection in
                                try connection.execute(
                                    """
                                    UPDATE approval_requests SET status = 'USED'
                                    WHERE token = \(token.handle.text) AND status = 'APPROVED' AND expires_at > \(now)
                                    """)
                            }
                            precondition(changed == 1, "it was approved")
                        })
                    let spent = try await self.approved(store, from: first + self.count)
                    whole.append(
                        try await self.rate(spent, callers: callers) { token, number in
                            let outcome = try await store.desk.consume(self.use(token, number))
                            guard case .consumed = outcome else { preconditionFailure("it was approved: \(outcome)") }
                        })
                }
                let ratios = zip(whole, bare).map { $0 / $1 }
                let cells = [rounded(median(bare), 0), rounded(median(whole), 0), rounded(median(ratios))]
                print("| \(kind.rawValue) | \(callers) | \(cells.joined(separator: " | ")) |")
            }
        }
    }

    private static func use(_ token: ApprovalToken, _ number: Int) -> ApprovalUse {
        ApprovalUse(
            token: token.text, requestID: "use-\(number)", caller: Race.caller("agent"), server: "files", tool: "fs.write",
            policyRevision: "r1", receivedArguments: ["n": .integer(number)], sentArguments: ["n": .integer(number)])
    }

    /// Approvals that wait to be spent.
    private static func approved(_ store: BenchmarkStore, from first: Int) async throws -> [(ApprovalToken, Int)] {
        var approved: [(ApprovalToken, Int)] = []
        store.ledger.removeAll()
        for number in first..<(first + self.count) {
            guard case .issued(let issued) = try await store.desk.issue(Race.draft(number: number)) else { continue }
            _ = try await store.desk.decide(ApprovalReference(issued.handle), .approve, by: Race.caller("admin"))
            approved.append((issued.token, number))
        }
        precondition(approved.count == self.count, "nothing else is open")
        // What a server does by itself once in a minute; without it plans are those of empty tables.
        try await store.database.write { _ = try $0.execute("ANALYZE") }
        return approved
    }

    /// How many a second.
    private static func rate(
        _ tokens: [(ApprovalToken, Int)], callers: Int, _ body: @escaping @Sendable (ApprovalToken, Int) async throws -> Void
    ) async throws -> Double {
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<callers {
                group.addTask {
                    for index in stride(from: caller, to: tokens.count, by: callers) {
                        try await body(tokens[index].0, tokens[index].1)
                    }
                }
            }
            try await group.waitForAll()
        }
        return Double(tokens.count) / ((ContinuousClock.now - start) / .seconds(1))
    }
}
