import Persistence
import Testing

extension DatabaseConformance {
    static let statementChecks: [Check] = [
        Check("reports wrong statements as such, and goes on") { database in
            let statements: [SQL] = [
                "SELEC 1", "SELECT * FROM missing", "SELECT 1; SELECT 2", "", "-- nothing", "BEGIN", " commit",
                "/* x */ ROLLBACK",
                "SAVEPOINT s",
            ]
            for statement in statements {
                await #expect(throws: PersistenceError(.invalidStatement, message: ""), "\(statement)") {
                    try await database.write { try $0.execute(statement) }
                }
            }
            let one = try await database.read { try $0.queryOne("SELECT 1 AS one;  -- the end")?.decode("one", as: Int.self) }
            #expect(one == 1)
        },
        Check("refuses NUL in a statement") { database in
            await #expect(throws: PersistenceError(.unencodable, message: "")) {
                try await database.write { try $0.execute(SQL(unchecked: "SELECT 1\u{0} FROM nothing")) }
            }
        },
        Check("writes nothing in a body for reading") { database in
            try await Self.createAccounts(in: database)
            let statements: [SQL] = [
                "INSERT INTO owners (id, email) VALUES (9, 'x')", "UPDATE owners SET email = 'x'", "DELETE FROM owners",
                "CREATE TABLE other (id BIGINT)", "DROP TABLE accounts",
            ]
            for statement in statements {
                await #expect(throws: PersistenceError(.readOnly, message: ""), "\(statement)") {
                    try await database.read { try $0.execute(statement) }
                }
            }
        },
        Check("counts the rows that a statement changed") { database in
            try await Self.createAccounts(in: database)
            let cases: [(SQL, Int)] = [
                ("INSERT INTO owners (id, email) VALUES (2, 'b'), (3, 'c')", 2),
                ("UPDATE owners SET email = email || '!' WHERE id > 1", 2),
                ("UPDATE owners SET email = 'z' WHERE id = 77", 0),
                ("SELECT * FROM owners", 0),
                ("WITH few AS (SELECT 1 AS one) SELECT one FROM few", 0),
                ("CREATE TABLE other (id BIGINT)", 0),
                ("DELETE FROM owners WHERE id > 1", 2),
            ]
            for (statement, count) in cases {
                let changed = try await database.write { try $0.execute(statement) }
                #expect(changed == count, "\(statement)")
            }
        },
        Check("returns rows of a change, and makes the whole change for the first of them") { database in
            try await Self.createAccounts(in: database)
            try await database.transaction { connection in
                let row = try connection.queryOne("INSERT INTO owners (id, email) VALUES (2, 'b'), (3, 'c') RETURNING id")
                #expect(try row?.decode("id", as: Int.self) == 2)
                #expect(try connection.query("SELECT id FROM owners").count == 3)
            }
        },
        Check("keeps the order and the names of a result, and decodes strictly") { database in
            let rows = try await database.read {
                try $0.query("SELECT 1 AS a, 'x' AS \"B c\" UNION ALL SELECT 2, 'y' ORDER BY a")
            }
            #expect(try rows.map { try $0.decode("a", as: Int.self) } == [1, 2])
            #expect(try rows.map { try $0.decode("B c", as: String.self) } == ["x", "y"])
            let row = try #require(rows.first)
            #expect(throws: PersistenceError(.decoding, message: "")) { try row.decode("b c", as: String.self) }
            #expect(throws: PersistenceError(.decoding, message: "")) { try row.decode("B c", as: Int.self) }
        },
        Check("sees a changed schema in a statement that it knows already") { database in
            try await Self.createAccounts(in: database)
            let before = try await database.read { try $0.queryOne("SELECT * FROM owners")?.columnNames }
            try await database.write { try $0.execute("ALTER TABLE owners ADD COLUMN nickname VARCHAR(20)") }
            let after = try await database.read { try $0.queryOne("SELECT * FROM owners")?.columnNames }
            #expect(before == ["id", "email"])
            #expect(after == ["id", "email", "nickname"])
        },
        Check("takes lists, also the empty one") { database in
            try await Self.createAccounts(in: database)
            for (ids, count) in [([1, 5], 1), ([], 0)] {
                let found = try await database.read { try $0.query("SELECT id FROM owners WHERE id IN \(list: ids)").count }
                #expect(found == count)
            }
        },
    ]

    /// Two tables with every kind of constraint, and the owner 1.
    static func createAccounts(in database: any Database) async throws {
        try await database.transaction { connection in
            try connection.execute(
                """
                CREATE TABLE owners (
                    id BIGINT NOT NULL, email VARCHAR(255), CONSTRAINT pk_owners PRIMARY KEY (id),
                    CONSTRAINT uq_owners_email UNIQUE (email)
                )
                """)
            try connection.execute(
                """
                CREATE TABLE accounts (
                    id BIGINT NOT NULL CONSTRAINT pk_accounts PRIMARY KEY, owner_id BIGINT NOT NULL, kind VARCHAR(10) NOT NULL,
                    balance BIGINT NOT NULL DEFAULT 0,
                    CONSTRAINT ck_accounts_balance CHECK (balance >= 0),
                    CONSTRAINT uq_accounts_owner_id_kind UNIQUE (owner_id, kind),
                    CONSTRAINT fk_accounts_owner_id_owners FOREIGN KEY (owner_id) REFERENCES owners (id)
                )
                """)
            try connection.execute("CREATE UNIQUE INDEX ix_accounts_balance_kind ON accounts (balance, kind)")
            try connection.execute("INSERT INTO owners (id, email) VALUES (1, 'a')")
            try connection.execute("INSERT INTO accounts (id, owner_id, kind, balance) VALUES (1, 1, 'main', 100)")
        }
    }
}
