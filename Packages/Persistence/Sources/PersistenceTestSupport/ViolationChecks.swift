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
        Check("names composite keys, and unique indexes of a part of the rows or of an expression") { database in
            try await database.write { connection in
                try connection.execute(
                    "CREATE TABLE seats (hall BIGINT, place BIGINT, guest VARCHAR(50), CONSTRAINT pk_seats PRIMARY KEY (hall, place))"
                )
                try connection.execute("CREATE UNIQUE INDEX ix_seats_guest_lower ON seats (lower(guest))")
                try connection.execute("CREATE UNIQUE INDEX ix_seats_first_row ON seats (hall) WHERE place < 10")
                try connection.execute("INSERT INTO seats (hall, place, guest) VALUES (1, 1, 'Ada'), (1, 20, 'Grace')")
            }
            let cases: [(SQL, String?)] = [
                ("INSERT INTO seats (hall, place, guest) VALUES (1, 20, 'Mary')", "pk_seats"),
                ("INSERT INTO seats (hall, place, guest) VALUES (2, 1, 'GRACE')", "ix_seats_guest_lower"),
                ("INSERT INTO seats (hall, place, guest) VALUES (1, 2, 'Mary')", "ix_seats_first_row"),
                ("UPDATE seats SET place = 2 WHERE guest = 'Grace'", "ix_seats_first_row"),
                ("INSERT INTO seats (hall, place, guest) VALUES (1, 21, 'Mary')", nil),
            ]
            for (statement, constraint) in cases {
                do {
                    try await database.write { try $0.execute(statement) }
                    #expect(constraint == nil, "\(statement)")
                } catch let error as PersistenceError {
                    #expect(error.code == .uniqueViolation)
                    #expect(error.constraint == constraint, "\(statement)")
                }
            }
        },
        Check("reports a violation that shows only when a transaction is committed, and keeps nothing of it") { database in
            try await Self.createAccounts(in: database)
            try await database.write { connection in
                try connection.execute(
                    "CREATE TABLE notes (owner_id BIGINT REFERENCES owners (id) DEFERRABLE INITIALLY DEFERRED)")
            }
            await #expect(throws: PersistenceError(.foreignKeyViolation, message: "")) {
                try await database.transaction { connection in
                    try connection.execute("UPDATE accounts SET balance = 1")
                    try connection.execute("INSERT INTO notes (owner_id) VALUES (9)")
                }
            }
            #expect(try await Self.balance(in: database) == 100)
            try await database.transaction { connection in
                try connection.execute("INSERT INTO notes (owner_id) VALUES (9)")
                try connection.execute("INSERT INTO owners (id, email) VALUES (9, 'i')")
            }
            #expect(try await database.read { try $0.query("SELECT owner_id FROM notes").count } == 1)
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
                if code == .notNullViolation { #expect(error?.constraint == "accounts.kind") }
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
