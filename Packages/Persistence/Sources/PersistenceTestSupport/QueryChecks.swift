import Persistence
import Testing

extension DatabaseConformance {
    static let queryChecks: [Check] = [
        Check("runs a query by itself, the first time and again") { database in
            try await Self.createAccounts(in: database)
            for _ in 0..<3 {
                let rows = try await database.query("SELECT id, email FROM owners WHERE id >= \(1) ORDER BY id")
                #expect(rows.map { $0["email"] } == [.text("a")])
                #expect(try await database.queryOne("SELECT balance FROM accounts")?.decode("balance", as: Int.self) == 100)
                #expect(try await database.queryOne("SELECT id FROM owners WHERE id = \(77)") == nil)
            }
        },
        Check("refuses a change that comes as a query, and its values that cannot be stored") { database in
            try await Self.createAccounts(in: database)
            for _ in 0..<3 {
                await #expect(throws: PersistenceError(.readOnly, message: "")) {
                    try await database.query("DELETE FROM owners WHERE id = 7")
                }
                await #expect(throws: PersistenceError(.unencodable, message: "")) {
                    try await database.query("SELECT id FROM owners WHERE email = \("a\u{0}b")")
                }
                await #expect(throws: PersistenceError(.invalidStatement, message: "")) {
                    try await database.query("SELECT missing FROM owners")
                }
                #expect(try await database.query("SELECT id FROM owners WHERE email = \("a")").count == 1)
            }
        },
        Check("sees what was committed before a query, and a changed schema") { database in
            try await Self.createAccounts(in: database)
            for balance in 1...20 {
                try await database.transaction { try $0.execute("UPDATE accounts SET balance = \(balance)") }
                let row = try await database.queryOne("SELECT balance FROM accounts WHERE id = \(1)")
                #expect(try row?.decode("balance", as: Int.self) == balance)
            }
            for number in 1...3 {
                try await database.write {
                    try $0.execute("ALTER TABLE owners ADD COLUMN \(identifier: "extra_\(number)") VARCHAR(20)")
                }
                #expect(try await database.queryOne("SELECT * FROM owners")?.columnNames.count == 2 + number)
            }
        },
        Check("returns large results of a query whole") { database in
            try await Self.createAccounts(in: database)
            let text = String(repeating: "0123456789abcdef", count: 4096)
            try await database.transaction { connection in
                for id in 2...60 {
                    try connection.execute("INSERT INTO accounts (id, owner_id, kind) VALUES (\(id), 1, \("k\(id)"))")
                }
            }
            for _ in 0..<3 {
                let rows = try await database.query("SELECT id, \(text) AS text FROM accounts ORDER BY id")
                #expect(rows.count == 60)
                #expect(rows.allSatisfy { $0["text"] == .text(text) })
            }
        },
        Check("answers many queries at once, each with its own rows, beside bodies and changes") { database in
            try await Self.createAccounts(in: database)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<40 {
                    group.addTask {
                        for round in 0..<25 {
                            let value = task * 1000 + round
                            let row: Row?
                            switch (task + round) % 5 {
                            case 0: row = try await database.read { try $0.queryOne("SELECT \(value) AS n") }
                            case 1 where round % 4 == 0:
                                try await database.write { _ = try $0.execute("UPDATE accounts SET balance = \(value)") }
                                continue
                            default: row = try await database.queryOne("SELECT CAST(\(value) AS BIGINT) AS n")
                            }
                            #expect(row?["n"] == .integer(Int64(value)) || row?["n"] == .text("\(value)"))
                        }
                    }
                }
                try await group.waitForAll()
            }
        },
        Check("refuses a query after closing, and one of a cancelled task") { database in
            try await Self.createAccounts(in: database)
            let cancelled = Task {
                while !Task.isCancelled { await Task.yield() }
                _ = try await database.query("SELECT id FROM owners")
            }
            cancelled.cancel()
            await #expect(throws: CancellationError.self) { try await cancelled.value }
            #expect(try await database.query("SELECT id FROM owners").count == 1)
            await database.close()
            await #expect(throws: PersistenceError(.closed, message: "")) { try await database.query("SELECT id FROM owners") }
            await #expect(throws: PersistenceError(.closed, message: "")) { try await database.queryOne("SELECT 1") }
        },
    ]
}
