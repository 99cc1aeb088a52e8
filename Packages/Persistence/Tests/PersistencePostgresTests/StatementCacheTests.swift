import Persistence
import PersistencePostgres
import Testing

@Suite("PostgreSQL prepared statements", .timeLimit(.minutes(1)))
struct StatementCacheTests {
    private static let one = PostgresConfiguration(maximumConnections: 1, statementCacheSize: 8)

    @Test("are bounded at the server as well, in transactions that fail too")
    func areBounded() async throws {
        try await withScene(Self.one) { scene in
            let database = scene.database
            for round in 0..<3 {
                try await database.write { connection in
                    for number in 0..<50 { _ = try connection.query(SQL(unchecked: "SELECT \(number) + \(round)")) }
                }
                _ = await failure {
                    try await database.transaction { connection in
                        for number in 0..<20 {
                            // Each failure comes while statements wait to be dropped.
                            _ = try? connection.savepoint {
                                _ = try connection.query(SQL(unchecked: "SELECT \(number) - \(round)"))
                                _ = try connection.query(SQL(unchecked: "SELECT 1 / 0 AS n\(number)"))
                            }
                        }
                        _ = try connection.query("SELEC")
                    }
                }
                let kept = try await database.write { connection in
                    _ = try connection.query("SELECT 1")
                    return try connection.queryOne("SELECT count(*) AS n FROM pg_prepared_statements")?.decode("n", as: Int.self)
                }
                #expect(try #require(kept) <= 10)
            }
        }
    }

    @Test("are prepared anew when something has dropped them all", arguments: ["DEALLOCATE ALL", "DISCARD ALL"])
    func areRemade(_ end: String) async throws {
        try await withScene(Self.one) { scene in
            let database = scene.database
            let query: SQL = "SELECT \(5)::int8 AS n"
            for _ in 0..<3 {
                #expect(try await database.read { try $0.queryOne(query)?["n"] } == .integer(5))
                try await database.write { try $0.execute(SQL(unchecked: end)) }
                #expect(try await database.write { try $0.queryOne(query)?["n"] } == .integer(5))
                try await database.write { try $0.execute(SQL(unchecked: end)) }
                #expect(try await database.transaction { try $0.queryOne(query)?["n"] } == .integer(5))
            }
        }
    }

    @Test("tell of a schema that changes in the middle of a transaction as of a collision")
    func changeMidway() async throws {
        try await withScene(Self.one) { scene in
            let database = scene.database
            try await database.write { connection in
                try connection.execute("CREATE TABLE notes (id int8)")
                try connection.execute("INSERT INTO notes VALUES (1)")
            }
            let body: @Sendable (any DatabaseConnection) throws -> Int? = { connection in
                _ = try connection.query("SELECT 1")
                return try connection.queryOne("SELECT * FROM notes")?.columnNames.count
            }
            #expect(try await database.transaction(body) == 1)
            try await database.write { try $0.execute("ALTER TABLE notes ADD COLUMN text text") }
            #expect(await failure { try await database.transaction(body) }?.code == .serializationFailure)
            #expect(try await database.transaction(body) == 2)
            try await database.write { try $0.execute("ALTER TABLE notes ADD COLUMN more text") }
            #expect(try await database.transaction(retries: 1, body) == 3)
        }
    }

    @Test("see the type of a column change between two uses")
    func typesChange() async throws {
        try await withScene(Self.one) { scene in
            let database = scene.database
            try await database.write { try $0.execute("CREATE TABLE notes (id int8, text text)") }
            for type in ["text", "int8", "uuid", "jsonb", "text[]"] {
                try await database.write { connection in
                    try connection.execute("ALTER TABLE notes DROP COLUMN text")
                    try connection.execute("ALTER TABLE notes ADD COLUMN text \(SQL(unchecked: type))")
                }
                let nothing: String? = nil
                for _ in 0..<2 {
                    // The second statement notices in the middle.
                    try await database.transaction(retries: 1) { connection in
                        try connection.execute("INSERT INTO notes (id, text) VALUES (\(1), \(nothing))")
                        #expect(try connection.queryOne("SELECT * FROM notes")?["text"] == .null)
                        try connection.execute("DELETE FROM notes WHERE id = \(1)")
                    }
                    #expect(try await database.read { try $0.query("SELECT * FROM notes WHERE text = \(nothing)").isEmpty })
                }
            }
        }
    }

    @Test("leave alone what the server cannot do at all")
    func unsupported() async throws {
        try await withScene(Self.one) { scene in
            let database = scene.database
            try await database.write { try $0.execute("CREATE TABLE notes (id int8)") }
            for _ in 0..<20 {
                let error = await failure {
                    try await database.transaction(retries: 2) { connection in
                        try connection.execute("INSERT INTO notes VALUES (1)")
                        _ = try connection.query("SELECT count(*) FROM notes FOR UPDATE")
                    }
                }
                #expect(error?.code == .invalidStatement)
            }
            #expect(try await database.read { try $0.query("SELECT id FROM notes").isEmpty })
        }
    }
}
