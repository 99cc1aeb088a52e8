import Persistence
import Testing

extension DatabaseConformance {
    static let violationChecks: [Check] = [
        Check("names the unique constraint, unique index or primary key that was broken") { database in
            try await Self.createAccounts(in: database)
            let cases: [(SQL, String)] = [
                ("INSERT INTO owners (id, email) VALUES (2, 'a')", "uq_owners_email"),
                ("INSERT INTO owners (id, email) VALUES (1, 'b')", "pk_owners"),
                ("INSERT INTO accounts (id, owner_id, kind) VALUES (1, 1, 'spare')", "pk_accounts"),
                ("INSERT INTO accounts (id, owner_id, kind) VALUES (2, 1, 'main')", "uq_accounts_owner_id_kind"),
                ("INSERT INTO accounts (id, owner_id, kind, balance) VALUES (2, 2, 'main', 100)", "ix_accounts_balance_kind"),
            ]
            for (statement, constraint) in cases {
                let error = await #expect(throws: PersistenceError.self) {
                    try await database.write { connection in
                        try connection.execute("INSERT INTO owners (id, email) VALUES (2, 'other') ON CONFLICT DO NOTHING")
                        if constraint == "uq_owners_email" { try connection.execute("DELETE FROM owners WHERE id = 2") }
                        try connection.execute(statement)
                    }
                }
                #expect(error?.code == .uniqueViolation)
                #expect(error?.constraint == constraint)
            }
        },
        Check("tells the other violations apart") { database in
            try await Self.createAccounts(in: database)
            let cases: [(SQL, PersistenceError.Code)] = [
                ("INSERT INTO accounts (id, owner_id, kind) VALUES (2, 9, 'main')", .foreignKeyViolation),
                ("DELETE FROM owners WHERE id = 1", .foreignKeyViolation),
                ("UPDATE accounts SET balance = -1", .checkViolation),
                ("UPDATE accounts SET kind = NULL", .notNullViolation),
            ]
            for (statement, code) in cases {
                let error = await #expect(throws: PersistenceError.self) {
                    try await database.write { try $0.execute(statement) }
                }
                #expect(error?.code == code)
                if code == .checkViolation { #expect(error?.constraint == "ck_accounts_balance") }
            }
        },
        Check("reports a violation that shows only when a change with a result is committed") { database in
            try await Self.createAccounts(in: database)
            try await database.write { connection in
                try connection.execute(
                    "CREATE TABLE notes (owner_id BIGINT REFERENCES owners (id) DEFERRABLE INITIALLY DEFERRED)")
            }
            let error = await #expect(throws: PersistenceError.self) {
                try await database.write { try $0.queryOne("INSERT INTO notes (owner_id) VALUES (9) RETURNING owner_id") }
            }
            #expect(error?.code == .foreignKeyViolation)
            #expect(try await database.read { try $0.query("SELECT owner_id FROM notes").count } == 0)
        },
        Check("shows no data in the description of an error") { database in
            try await Self.createAccounts(in: database)
            let secret = "very-private@example.test"
            let error = await #expect(throws: PersistenceError.self) {
                try await database.write { connection in
                    try connection.execute("INSERT INTO owners (id, email) VALUES (2, \(secret))")
                    try connection.execute("INSERT INTO owners (id, email) VALUES (3, \(secret))")
                }
            }
            let text = try #require(error).description
            #expect(!text.contains(secret))
            #expect(!text.contains("owners"))
        },
    ]
}
