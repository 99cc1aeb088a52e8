import Persistence
import PersistencePostgres
import Testing

@Suite("PostgreSQL errors", .timeLimit(.minutes(1)))
struct PostgresErrorTests {
    /// What the server calls an error, and what we call it.
    static let states: [(String, PersistenceError.Code)] = [
        ("23505", .uniqueViolation), ("23503", .foreignKeyViolation), ("23001", .foreignKeyViolation), ("23514", .checkViolation),
        ("23P01", .checkViolation), ("23502", .notNullViolation), ("P0001", .rejectedByTrigger), ("40001", .serializationFailure),
        ("40P01", .serializationFailure), ("25006", .readOnly), ("57014", .timedOut), ("55P03", .timedOut), ("25P03", .timedOut),
        ("22001", .invalidValue), ("22003", .invalidValue), ("22P02", .invalidValue), ("22012", .invalidValue),
        ("22021", .unencodable), ("22P05", .unencodable), ("42601", .invalidStatement), ("42P01", .invalidStatement),
        ("42703", .invalidStatement), ("42883", .invalidStatement), ("3F000", .invalidStatement), ("0A000", .invalidStatement),
        ("53100", .unavailable), ("53200", .unavailable), ("53300", .unavailable), ("57P03", .unavailable),
        ("58030", .unavailable),
        ("08006", .unavailable), ("42501", .other), ("XX000", .other), ("99999", .other),
    ]

    @Test("have portable codes", arguments: Self.states)
    func mapStates(_ state: String, _ code: PersistenceError.Code) async throws {
        try await SharedDatabase.use { database in
            let raise = SQL(
                unchecked: """
                    DO $$ BEGIN RAISE EXCEPTION 'the secret is %', 42 USING ERRCODE = '\(state)', DETAIL = 'a secret detail',
                        HINT = 'a hint'; END $$
                    """)
            for isTransaction in [false, true] {
                let error = await failure {
                    if isTransaction {
                        try await database.transaction { try $0.execute(raise) }
                    } else {
                        try await database.write { try $0.execute(raise) }
                    }
                }
                #expect(error?.code == code)
                #expect(error?.description.contains("secret") == false)
                #expect(error?.detail?.contains("PostgreSQL \(state): the secret is 42") == true)
                #expect(error?.detail?.contains("a secret detail") == true)
            }
            let one = try await database.read { try $0.queryOne("SELECT 1 AS one")?["one"] }
            #expect(one == .integer(1))
        }
    }

    @Test("come from real statements, and name constraints")
    func realErrors() async throws {
        try await withScene { scene in
            try await scene.database.write { connection in
                try connection.execute("CREATE TABLE shelves (id int8 PRIMARY KEY, label varchar(3) NOT NULL UNIQUE)")
                try connection.execute(
                    "CREATE TABLE books (id int8, shelf_id int8 CONSTRAINT fk_books_shelves REFERENCES shelves (id))"
                )
                try connection.execute(
                    "CREATE TABLE slots (span int4range, CONSTRAINT ex_slots EXCLUDE USING gist (span WITH &&))")
                try connection.execute("INSERT INTO shelves VALUES (1, 'a')")
                try connection.execute("INSERT INTO books VALUES (1, 1)")
                try connection.execute("INSERT INTO slots VALUES ('[1,5)')")
                try connection.execute(
                    """
                    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$
                    """)
                try connection.execute("CREATE TRIGGER tr BEFORE UPDATE ON books FOR EACH ROW EXECUTE FUNCTION refuse()")
            }
            let cases: [(SQL, PersistenceError.Code, String?)] = [
                ("INSERT INTO shelves VALUES (2, 'a')", .uniqueViolation, "shelves_label_key"),
                ("INSERT INTO shelves VALUES (1, 'b')", .uniqueViolation, "shelves_pkey"),
                ("INSERT INTO shelves VALUES (2, NULL)", .notNullViolation, "shelves.label"),
                ("INSERT INTO shelves VALUES (2, 'abcd')", .invalidValue, nil),
                ("INSERT INTO shelves VALUES (\("two"), 'b')", .invalidValue, nil),
                ("INSERT INTO books VALUES (2, 2)", .foreignKeyViolation, "fk_books_shelves"),
                ("DELETE FROM shelves", .foreignKeyViolation, "fk_books_shelves"),
                ("INSERT INTO slots VALUES ('[4,9)')", .checkViolation, "ex_slots"),
                ("UPDATE books SET id = 2", .rejectedByTrigger, nil),
                ("SELECT 1 / \(0)", .invalidValue, nil),
                ("SELECT (SELECT id FROM shelves, generate_series(1, 2))", .invalidValue, nil),
                ("COPY shelves TO STDOUT", .invalidStatement, nil), ("COPY shelves FROM STDIN", .invalidStatement, nil),
                ("PREPARE TRANSACTION 'x'", .invalidStatement, nil),
            ]
            for (statement, code, constraint) in cases {
                let error = await failure { try await scene.database.write { _ = try $0.query(statement) } }
                #expect(error?.code == code, "\(statement)")
                #expect(error?.constraint == constraint, "\(statement)")
            }
            #expect(try await scene.database.read { try $0.query("SELECT id FROM shelves").count } == 1)
        }
    }

    @Test("of deadlocks reach one of the two, which may run again")
    func deadlock() async throws {
        try await withScene { scene in
            try await scene.database.write { connection in
                try connection.execute("CREATE TABLE pairs (id int8 PRIMARY KEY, n int8)")
                try connection.execute("INSERT INTO pairs VALUES (1, 0), (2, 0)")
            }
            let barrier = Meeting()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (first, second) in [(1, 2), (2, 1)] {
                    group.addTask {
                        try await scene.database.transaction(isolation: .readCommitted, retries: 5) { connection in
                            try connection.execute("UPDATE pairs SET n = n + 1 WHERE id = \(first)")
                            barrier.meetOnce(first)
                            try connection.execute("UPDATE pairs SET n = n + 1 WHERE id = \(second)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            let sum = try await scene.database.read {
                try $0.queryOne("SELECT sum(n)::int8 AS n FROM pairs")?.decode("n", as: Int.self)
            }
            #expect(sum == 4)
        }
    }

    @Test("tell of a list longer than the protocol takes, and the connection stays")
    func longLists() async throws {
        try await withScene(PostgresConfiguration(maximumConnections: 1)) { scene in
            let process: SQL = "SELECT pg_backend_pid() AS pid"
            let before = try await scene.database.read { try $0.queryOne(process)?.decode("pid", as: Int.self) }
            let most = Array(1...65_535)
            let sum = try await scene.database.read { try $0.queryOne("SELECT 7 AS n WHERE 65535 IN \(list: most)")?["n"] }
            #expect(sum == .integer(7))
            let error = await failure {
                _ = try await scene.database.read { try $0.query("SELECT 7 AS n WHERE 65536 IN \(list: most + [65_536])") }
            }
            #expect(error?.code == .invalidStatement)
            #expect(error?.message.contains("65535") == true)
            let after = try await scene.database.read { try $0.queryOne(process)?.decode("pid", as: Int.self) }
            #expect(before == after)
        }
    }
}
