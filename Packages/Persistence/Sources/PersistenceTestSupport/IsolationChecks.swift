import Dispatch
import Persistence
import Synchronization
import Testing

extension DatabaseConformance {
    static let isolationChecks: [Check] = [
        Check("lets two transactions that look at each other's data not both go through") { database in
            let outcomes = try await Self.retireTogether(in: database, retries: 0)
            let failures = outcomes.compactMap { outcome in
                if case .failure(let error) = outcome { error as? PersistenceError } else { nil }
            }
            // Where writers take turns, the second sees what the first did, and stays.
            #expect(failures.allSatisfy { $0.code == .serializationFailure })
            #expect(failures.count == (database.dialect == .sqlite ? 0 : 1))
            #expect(try await Self.peopleOnCall(in: database) == 1)
        },
        Check("runs a transaction that came second again, if it may") { database in
            let outcomes = try await Self.retireTogether(in: database, retries: 3)
            #expect(try outcomes.map { try $0.get() }.filter { $0 }.count == 1)
            #expect(try await Self.peopleOnCall(in: database) == 1)
        },
        Check("loses no update of transactions that may run again") { database in
            try await Self.createAccounts(in: database)
            let (tasks, rounds) = (4, 10)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<tasks {
                    group.addTask {
                        for _ in 0..<rounds {
                            try await database.transaction(retries: 100) { connection in
                                let row = try #require(try connection.queryOne("SELECT balance FROM accounts WHERE id = 1"))
                                let balance = try row.decode("balance", as: Int.self)
                                try connection.execute("UPDATE accounts SET balance = \(balance + 1) WHERE id = 1")
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await Self.balance(in: database) == 100 + tasks * rounds)
        },
        Check("loses no update that a statement makes by itself, whatever the isolation") { database in
            try await Self.createAccounts(in: database)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        for _ in 0..<10 {
                            try await database.transaction(isolation: .readCommitted) { connection in
                                try connection.execute("UPDATE accounts SET balance = balance + 1 WHERE id = 1")
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await Self.balance(in: database) == 140)
        },
        Check("keeps a transaction's changes to itself until it is committed", body: Self.changesAreHidden),
        Check("sees a changed schema in statements for writing that it knows already") { database in
            try await Self.createAccounts(in: database)
            let insertion: SQL = "INSERT INTO owners (id, email) VALUES (\(2), \("b")) RETURNING *"
            let removal: SQL = "DELETE FROM owners WHERE id = 2"
            for (column, width) in [("", 2), ("added", 3), ("more", 4)] {
                if !column.isEmpty {
                    try await database.write {
                        try $0.execute("ALTER TABLE owners ADD COLUMN \(identifier: column) VARCHAR(20)")
                    }
                }
                let written = try await database.write { connection in
                    let row = try connection.queryOne(insertion)
                    try connection.execute(removal)
                    return row?.columnNames.count
                }
                #expect(written == width)
                let transacted = try await database.transaction { connection in
                    let row = try connection.queryOne(insertion)
                    try connection.execute(removal)
                    return row?.columnNames.count
                }
                #expect(transacted == width)
            }
        },
        Check("goes on in every way of borrowing after a statement was refused unseen") { database in
            try await Self.createAccounts(in: database)
            for _ in 0..<2 {
                for refused in [SQL(unchecked: "BEGIN"), SQL(unchecked: "SELECT 'a\u{0}'")] {
                    try await database.read { connection in _ = try? connection.query(refused) }
                    let changed = try await database.write { connection in
                        _ = try? connection.query(refused)
                        return try connection.execute("UPDATE accounts SET balance = balance + 1")
                    }
                    #expect(changed == 1)
                    try await database.write { connection in _ = try? connection.query(refused) }
                    await #expect(throws: PersistenceError(.readOnly, message: "")) {
                        try await database.read { try $0.execute("UPDATE accounts SET balance = 1") }
                    }
                    try await database.transaction { connection in
                        _ = try? connection.savepoint { _ = try connection.query(refused) }
                        try connection.execute("UPDATE accounts SET balance = balance + 1")
                    }
                }
            }
            #expect(try await Self.balance(in: database) == 108)
        },
        Check("tells a statement that cannot be done from one that came second, wherever it stands") { database in
            try await Self.createAccounts(in: database)
            let wrong: SQL = database.dialect == .sqlite ? "SELECT nothing FROM owners" : "SELECT count(*) FROM owners FOR UPDATE"
            let invalid = PersistenceError(.invalidStatement, message: "")
            for _ in 0..<2 {
                await #expect(throws: invalid) { try await database.read { try $0.query(wrong) } }
                await #expect(throws: invalid) { try await database.write { try $0.query(wrong) } }
                await #expect(throws: invalid) { try await database.transaction { try $0.query(wrong) } }
                await #expect(throws: invalid) {
                    try await database.transaction { connection in
                        _ = try connection.query("SELECT id FROM owners")
                        return try connection.query(wrong)
                    }
                }
            }
        },
    ]

    /// Two people are on call; each may go if another one stays, and both look before either goes, where that is possible.
    private static func retireTogether(
        in database: any Database, retries: Int
    ) async throws -> [Result<Bool, any Error>] {
        try await database.write { connection in
            try connection.execute("CREATE TABLE people (id BIGINT PRIMARY KEY, is_on_call BIGINT NOT NULL)")
            try connection.execute("INSERT INTO people (id, is_on_call) VALUES (1, 1), (2, 1)")
        }
        let looked = [DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)]
        return await withTaskGroup(of: Result<Bool, any Error>.self) { group in
            for person in 0..<2 {
                group.addTask {
                    let attempts = Atomic(0)
                    do {
                        return .success(
                            try await database.transaction(retries: retries) { connection in
                                let count = try connection.query("SELECT id FROM people WHERE is_on_call = 1").count
                                let attempt = attempts.add(1, ordering: .relaxed).newValue
                                if connection.dialect == .postgres, attempt == 1 {
                                    looked[person].signal()
                                    _ = looked[1 - person].wait(timeout: .now() + 10)
                                }
                                guard count > 1 else { return false }
                                try connection.execute("UPDATE people SET is_on_call = 0 WHERE id = \(person + 1)")
                                return true
                            })
                    } catch {
                        return .failure(error)
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    private static func peopleOnCall(in database: any Database) async throws -> Int {
        try await database.read { try $0.query("SELECT id FROM people WHERE is_on_call = 1").count }
    }

    @Sendable
    private static func changesAreHidden(in database: any Database) async throws {
        try await self.createAccounts(in: database)
        for isolation in TransactionIsolation.allCases {
            let (inside, continuation) = AsyncStream.makeStream(of: Void.self)
            let gate = Gate()
            let before = try #require(try await self.balance(in: database))
            async let running: Void = database.transaction(isolation: isolation) { connection in
                try connection.execute("UPDATE accounts SET balance = balance + 1")
                continuation.yield()
                gate.wait()
            }
            for await _ in inside { break }
            #expect(try await self.balance(in: database) == before)
            gate.open()
            try await running
            #expect(try await self.balance(in: database) == before + 1)
        }
    }
}
