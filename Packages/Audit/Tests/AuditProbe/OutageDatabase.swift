import Persistence
import Synchronization

/// A database that can be away.
final class OutageDatabase: Database {
    let isAway = Atomic<Bool>(false)
    private let base: any Database

    init(_ base: any Database) {
        self.base = base
    }

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
        if self.isAway.load(ordering: .relaxed) { throw PersistenceError(.unavailable, message: "the database is away") }
        return try await self.base.runTransaction(isolation: isolation, body)
    }

    func close() async { await self.base.close() }
}
