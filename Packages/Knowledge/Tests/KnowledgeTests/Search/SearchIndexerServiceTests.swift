import DatabaseTestSupport
import Knowledge
import Persistence
import Testing

@Suite("Search indexer as a service")
struct SearchIndexerServiceTests {
    @Test("indexes at once, goes on after a failure and at every pause, and ends when cancelled", .timeLimit(.minutes(1)))
    func run() async throws {
        try await SearchFixture.with(.sqlite) { fixture in
            let (commits, commit) = AsyncStream.makeStream(of: Void.self)
            let database = TellingDatabase(base: fixture.database, failures: Countdown(2), commit: commit)
            try await fixture.insertBare(id: "00000000-0000-4000-8000-000000000001", title: "first")
            let indexer = SearchIndexer(store: TraceStore(database: database), pause: .milliseconds(10), logger: quiet)
            let running = Task { try await indexer.run() }
            var told = commits.makeAsyncIterator()
            await told.next()
            #expect(try await fixture.titles("first") == ["first"])
            try await fixture.insertBare(id: "00000000-0000-4000-8000-000000000000", title: "second")
            await told.next()
            #expect(try await fixture.titles("second") == ["second"])
            running.cancel()
            try await running.value
        }
    }
}

/// Counts down to 0, on one task at a time.
private actor Countdown {
    private var left: Int

    init(_ left: Int) { self.left = left }

    func isOver() -> Bool {
        if self.left == 0 { return true }
        self.left -= 1
        return false
    }
}

/// Fails at first, and tells when a transaction is committed.
private struct TellingDatabase: Database {
    let base: any Database
    let failures: Countdown
    let commit: AsyncStream<Void>.Continuation

    var dialect: SQLDialect { self.base.dialect }

    func read<T: Sendable>(_ body: @escaping @Sendable (any DatabaseConnection) throws -> T) async throws -> T {
        guard await self.failures.isOver() else { throw PersistenceError(.unavailable, message: "away") }
        return try await self.base.read(body)
    }

    func write<T: Sendable>(_ body: @escaping @Sendable (any DatabaseConnection) throws -> T) async throws -> T {
        try await self.base.write(body)
    }

    func runTransaction<T: Sendable>(
        isolation: TransactionIsolation, _ body: @escaping @Sendable (any DatabaseConnection) throws -> T
    ) async throws -> T {
        let value = try await self.base.runTransaction(isolation: isolation, body)
        self.commit.yield()
        return value
    }

    func close() async { await self.base.close() }
}
