import Persistence
import Testing

extension DatabaseConformance {
    private struct Refusal: Error, Equatable {}

    static let transactionChecks: [Check] = [
        Check("keeps nothing of a transaction whose body throws, and passes the error on") { database in
            try await Self.createAccounts(in: database)
            await #expect(throws: Refusal()) {
                try await database.transaction { connection in
                    try connection.execute("UPDATE accounts SET balance = 1")
                    throw Refusal()
                }
            }
            #expect(try await Self.balance(in: database) == 100)
        },
        Check("keeps nothing of a transaction in which a statement failed, though that was caught", body: Self.isDoomed),
        Check("lets a transaction go on after a savepoint failed and was caught", body: Self.goesOnAfterFailure),
        Check("nests savepoints, and undoes just the one that failed", body: Self.nestsSavepoints),
        Check("sets no savepoint outside of a transaction") { database in
            await #expect(throws: PersistenceError(.invalidStatement, message: "")) {
                try await database.write { connection in try connection.savepoint {} }
            }
        },
        Check("keeps what a body for writing did before it threw") { database in
            try await Self.createAccounts(in: database)
            await #expect(throws: Refusal()) {
                try await database.write { connection in
                    try connection.execute("UPDATE accounts SET balance = 1")
                    throw Refusal()
                }
            }
            #expect(try await Self.balance(in: database) == 1)
        },
        Check("loses no update of concurrent writers") { database in
            try await Self.createAccounts(in: database)
            let (tasks, rounds) = (8, 25)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<tasks {
                    group.addTask {
                        for _ in 0..<rounds { try await Self.increment(in: database) }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await Self.balance(in: database) == 100 + tasks * rounds)
        },
        Check("shows one state of the data throughout a body for reading", body: Self.readsOneState),
        Check("rolls back when the task is cancelled in the middle of a transaction") { database in
            try await Self.createAccounts(in: database)
            await Self.cancelDuring { started in
                try await database.transaction { connection in
                    try connection.execute("UPDATE accounts SET balance = 1")
                    started.yield()
                    try connection.execute(Self.endlessStatement)
                }
            }
            #expect(try await Self.balance(in: database) == 100)
        },
        Check("interrupts a long statement in a body for reading") { database in
            await Self.cancelDuring { started in
                try await database.read { connection in
                    started.yield()
                    _ = try connection.query(Self.endlessStatement)
                }
            }
            let one = try await database.read { try $0.queryOne("SELECT 1 AS one")?.decode("one", as: Int.self) }
            #expect(one == 1)
        },
        Check("does not commit for a cancelled task, though its body returned") { database in
            try await Self.createAccounts(in: database)
            await Self.cancelDuring { started in
                try await database.transaction { connection in
                    try connection.execute("UPDATE accounts SET balance = 1")
                    started.yield()
                    _ = try? connection.execute(Self.endlessStatement)
                }
            }
            #expect(try await Self.balance(in: database) == 100)
        },
    ]

    /// Runs until it is interrupted, in either dialect.
    private static let endlessStatement: SQL =
        "WITH RECURSIVE endless(n) AS (SELECT 1 UNION ALL SELECT n % 1000 + 1 FROM endless) SELECT count(*) FROM endless"

    static func balance(in database: any Database) async throws -> Int? {
        try await database.read { try $0.queryOne("SELECT balance FROM accounts")?.decode("balance", as: Int.self) }
    }

    /// Reads, computes and writes; tries again when another transaction came first, as the contract allows.
    private static func increment(in database: any Database) async throws {
        while true {
            do {
                return try await database.transaction { connection in
                    let row = try #require(try connection.queryOne("SELECT balance FROM accounts WHERE id = 1"))
                    let balance = try row.decode("balance", as: Int.self)
                    try connection.execute("UPDATE accounts SET balance = \(balance + 1) WHERE id = 1")
                }
            } catch let error as PersistenceError where error.code == .serializationFailure {
                continue
            }
        }
    }

    @Sendable
    private static func isDoomed(in database: any Database) async throws {
        try await self.createAccounts(in: database)
        let failed = PersistenceError(.transactionFailed, message: "")
        await #expect(throws: failed) {
            try await database.transaction { connection in
                try connection.execute("UPDATE accounts SET balance = 7")
                #expect(throws: PersistenceError(.uniqueViolation, message: "")) {
                    try connection.execute("INSERT INTO owners (id, email) VALUES (1, 'b')")
                }
                #expect(throws: failed) { try connection.query("SELECT id FROM owners") }
                #expect(throws: failed) { try connection.savepoint {} }
            }
        }
        #expect(try await self.balance(in: database) == 100)
    }

    @Sendable
    private static func goesOnAfterFailure(in database: any Database) async throws {
        try await self.createAccounts(in: database)
        try await database.transaction { connection in
            try connection.execute("UPDATE accounts SET balance = 7")
            #expect(throws: PersistenceError(.uniqueViolation, message: "")) {
                try connection.savepoint {
                    try connection.execute("INSERT INTO owners (id, email) VALUES (3, 'c')")
                    try connection.execute("INSERT INTO owners (id, email) VALUES (1, 'b')")
                }
            }
            try connection.execute("INSERT INTO owners (id, email) VALUES (2, 'b')")
        }
        #expect(try await self.balance(in: database) == 7)
        #expect(try await self.owners(in: database) == [1, 2])
    }

    @Sendable
    private static func nestsSavepoints(in database: any Database) async throws {
        try await self.createAccounts(in: database)
        try await database.transaction { connection in
            try connection.savepoint {
                try connection.execute("INSERT INTO owners (id, email) VALUES (2, 'b')")
                #expect(throws: Refusal()) {
                    try connection.savepoint {
                        try connection.execute("INSERT INTO owners (id, email) VALUES (3, 'c')")
                        throw Refusal()
                    }
                }
                try connection.savepoint { _ = try connection.execute("INSERT INTO owners (id, email) VALUES (4, 'd')") }
            }
            // A failure that was caught within keeps the savepoint from ending well.
            #expect(throws: PersistenceError(.transactionFailed, message: "")) {
                try connection.savepoint {
                    try connection.execute("INSERT INTO owners (id, email) VALUES (5, 'e')")
                    _ = try? connection.execute("SELEC 1")
                }
            }
        }
        #expect(try await self.owners(in: database) == [1, 2, 4])
    }

    private static func owners(in database: any Database) async throws -> [Int] {
        try await database.read { try $0.query("SELECT id FROM owners ORDER BY id").map { try $0.decode("id") } }
    }

    /// A writer commits between two queries of one reader.
    @Sendable
    private static func readsOneState(in database: any Database) async throws {
        try await self.createAccounts(in: database)
        let (reading, readerIsInside) = AsyncStream.makeStream(of: Void.self)
        let gate = Gate()
        async let pair = database.read { connection in
            let first = try connection.queryOne("SELECT balance FROM accounts")?.decode("balance", as: Int.self)
            readerIsInside.yield()
            gate.wait()
            let second = try connection.queryOne("SELECT balance FROM accounts")?.decode("balance", as: Int.self)
            return [first, second]
        }
        for await _ in reading { break }
        try await database.write { try $0.execute("UPDATE accounts SET balance = 5") }
        gate.open()
        #expect(try await pair == [100, 100])
        #expect(try await self.balance(in: database) == 5)
    }

    /// Cancels the task once the body says that it has started, and expects the contract's error.
    static func cancelDuring(
        _ body: @escaping @Sendable (AsyncStream<Void>.Continuation) async throws -> Void
    ) async {
        let (started, continuation) = AsyncStream.makeStream(of: Void.self)
        let task = Task { try await body(continuation) }
        for await _ in started { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
