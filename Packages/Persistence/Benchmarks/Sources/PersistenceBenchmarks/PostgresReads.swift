import Persistence
import PersistencePostgres
import TestKit

/// Reads of one row by its primary key: through the pool, and by `pgbench -S` with prepared statements.
struct PostgresReads {
    let server: PostgresServer
    let database: String
    let seconds: Int

    static let scale = 10
    private static let rowCount = 100_000 * scale

    func prepare() async throws {
        _ = try await runProcess(
            PostgresServer.program("pgbench"),
            arguments: ["-i", "-q", "-s", "\(Self.scale)", self.server.url(database: self.database)],
            within: .seconds(120))
    }

    /// How a row is asked for.
    enum Form {
        /// By `queryOne`.
        case query
        /// In a body for `read`.
        case body
    }

    func ours(_ form: Form, clients: Int) async throws -> Usage {
        let pool = try await PostgresDatabase.open(
            url: DatabaseURL(self.server.url(database: self.database)),
            configuration: PostgresConfiguration(maximumConnections: clients, minimumConnections: clients))
        // Every connection is open, and its statement prepared, before the clock runs.
        _ = try await Self.run(pool, form, clients: clients, for: .milliseconds(500))
        let usage = try await Usage.measuring(isChild: false) {
            (try await Self.run(pool, form, clients: clients, for: .seconds(self.seconds)), nil)
        }
        await pool.close()
        return usage
    }

    private static func run(
        _ pool: PostgresDatabase, _ form: Form, clients: Int, for duration: Duration
    ) async throws -> Int {
        let end = ContinuousClock.now + duration
        return try await withThrowingTaskGroup(of: Int.self) { group in
            for client in 0..<clients {
                group.addTask {
                    var generator = SeededGenerator(seed: UInt64(client + 1))
                    var count = 0
                    while ContinuousClock.now < end {
                        let id = Int.random(in: 1...Self.rowCount, using: &generator)
                        let query: SQL = "SELECT abalance FROM pgbench_accounts WHERE aid = \(id)"
                        let row =
                            switch form {
                            case .query: try await pool.queryOne(query)
                            case .body: try await pool.read { try $0.queryOne(query) }
                            }
                        let balance = try row?.decode("abalance", as: Int.self)
                        precondition(balance != nil, "every account exists")
                        count += 1
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
    }

    func theirs(clients: Int) async throws -> Usage {
        try await Usage.measuring(isChild: true) {
            let result = try await runProcess(
                PostgresServer.program("pgbench"),
                arguments: [
                    "-S", "-M", "prepared", "-c", "\(clients)", "-j", "2", "-T", "\(self.seconds)", "-n",
                    self.server.url(database: self.database),
                ])
            // "number of transactions actually processed: 12345" and "tps = 2345.6 (without initial connection time)"
            let lines = result.standardOutput.lines
            let count = lines.first { $0.hasPrefix("number of transactions actually") }?.split(separator: " ").last
            let rate = lines.first { $0.hasPrefix("tps = ") }?.split(separator: " ").dropFirst(2).first
            let (total, perSecond) = (count.flatMap { Int($0) } ?? 0, rate.flatMap { Double($0) } ?? 0)
            return (total, Double(total) / perSecond)
        }
    }
}
