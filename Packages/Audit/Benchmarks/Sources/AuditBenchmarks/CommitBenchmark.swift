import Audit
import Persistence
import StrictJSON
import Synchronization

/// Intents of 64 callers at once.
enum CommitBenchmark {
    private static let callers = 64

    private struct Run {
        let recordsPerSecond: Double
        /// The 99th percentile of how long a record took, in seconds.
        let slowRecord: Double
        /// The median of how long a transaction took.
        let commit: Double
        /// The 99th percentile of how long a transaction took.
        let slowCommit: Double
    }

    static func row(_ store: BenchmarkStore.Kind, rounds: Int) async throws -> String {
        var ratios: [Double] = []
        var together: [Double] = []
        var alone: [Double] = []
        var latencies: [Double] = []
        var slowLatencies: [Double] = []
        try await BenchmarkStore.with(store) { store in
            for round in 0..<rounds {
                let group = try await self.run(store, batch: 256, each: 150, name: "g\(round)")
                let single = try await self.run(store, batch: 1, each: 15, name: "s\(round)")
                together.append(group.recordsPerSecond)
                alone.append(single.recordsPerSecond)
                ratios.append(group.recordsPerSecond / single.recordsPerSecond)
                latencies.append(group.slowRecord / group.commit)
                slowLatencies.append(group.slowRecord / group.slowCommit)
            }
        }
        let cells = [
            rounded(median(together), 0), rounded(median(alone), 0), rounded(median(ratios), 1), rounded(median(latencies)),
            rounded(median(slowLatencies)),
        ]
        return "| \(store.rawValue) | \(cells.joined(separator: " | ")) |"
    }

    private static func run(_ store: BenchmarkStore, batch: Int, each: Int, name: String) async throws -> Run {
        let database = TimedDatabase(store.database)
        return try await store.withJournal(on: database, batch: batch) { journal in
            let start = ContinuousClock.now
            let times = await withTaskGroup(of: [Double].self) { group in
                for caller in 0..<Self.callers {
                    group.addTask {
                        var times: [Double] = []
                        for number in 0..<each {
                            let id = AuditRequestID(unchecked: "\(name)-\(caller)-\(number)")
                            let begin = ContinuousClock.now
                            let answer = await journal.record(
                                .intent(id, details: ["tool": "fs.read", "path": "/data/report.csv", "rule": "allow-reads"]))
                            precondition(answer == .durable, "the database is there")
                            times.append((ContinuousClock.now - begin) / .seconds(1))
                        }
                        return times
                    }
                }
                return await group.reduce(into: []) { $0 += $1 }
            }
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            return Run(
                recordsPerSecond: Double(times.count) / seconds, slowRecord: percentile99(times),
                commit: median(database.times), slowCommit: percentile99(database.times))
        }
    }
}

/// Measures transactions.
final class TimedDatabase: Database {
    private let base: any Database
    private let state = Mutex<[Double]>([])

    init(_ base: any Database) {
        self.base = base
    }

    /// How long each transaction took, in seconds.
    var times: [Double] { self.state.withLock { $0 } }

    var dialect: SQLDialect { self.base.dialect }

    func read<T: Sendable>(_ body: @escaping @Sendable (any DatabaseConnection) throws -> T) async throws -> T {
        try await self.base.read(body)
    }

    func write<T: Sendable>(_ body: @escaping @Sendable (any DatabaseConnection) throws -> T) async throws -> T {
        try await self.base.write(body)
    }

    func runTransaction<T: Sendable>(
        isolation: TransactionIsolation, _ body: @escaping @Sendable (any DatabaseConnection) throws -> T
    ) async throws -> T {
        let start = ContinuousClock.now
        let value = try await self.base.runTransaction(isolation: isolation, body)
        self.state.withLock { $0.append((ContinuousClock.now - start) / .seconds(1)) }
        return value
    }

    func close() async { await self.base.close() }
}
