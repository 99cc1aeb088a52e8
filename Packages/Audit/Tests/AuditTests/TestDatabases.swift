import Persistence
import PersistencePostgres
import PersistenceSQLite
import Synchronization

enum TestDatabases {
    static func open(_ url: DatabaseURL) async throws -> any Database {
        switch url.dialect {
        case .sqlite: try await SQLiteDatabase.open(url: url)
        case .postgres: try await PostgresDatabase.open(url: url)
        }
    }
}

/// A database whose transactions go wrong in ways that a real one cannot be made to go at will.
final class FaultyDatabase: Database {
    enum Fault {
        case none
        /// Nothing happens.
        case away
        /// It is committed, and the answer is lost.
        case answerLost
        /// Everything is written, and then the connection is lost before the commit.
        case lostBeforeCommit
        /// It does not come to an end before it is cancelled.
        case hangs
    }

    private struct Lost: Error {}

    private let base: any Database
    private let state = Mutex((fault: Fault.none, transactions: 0))

    init(_ base: any Database) {
        self.base = base
    }

    var fault: Fault {
        get { self.state.withLock { $0.fault } }
        set { self.state.withLock { $0.fault = newValue } }
    }

    /// How many transactions were begun.
    var transactions: Int { self.state.withLock { $0.transactions } }

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
        let fault = self.state.withLock { state in
            state.transactions += 1
            return state.fault
        }
        switch fault {
        case .none:
            return try await self.base.runTransaction(isolation: isolation, body)
        case .away:
            throw PersistenceError(.unavailable, message: "the database is away")
        case .answerLost:
            _ = try await self.base.runTransaction(isolation: isolation, body)
            throw PersistenceError(.outcomeUnknown, message: "the answer was lost")
        case .lostBeforeCommit:
            do {
                _ = try await self.base.runTransaction(isolation: isolation) { connection -> T in
                    _ = try body(connection)
                    throw Lost()
                }
            } catch is Lost {
                // Rolled back.
            }
            throw PersistenceError(.outcomeUnknown, message: "the answer was lost")
        case .hangs:
            try await Task.sleep(for: .seconds(600))
            throw PersistenceError(.unavailable, message: "the database is away")
        }
    }

    func close() async { await self.base.close() }
}
