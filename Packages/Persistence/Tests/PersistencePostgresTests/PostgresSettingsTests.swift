import Persistence
import PersistencePostgres
import TestKit
import Testing

@Suite("PostgreSQL settings of others", .timeLimit(.minutes(1)))
struct PostgresSettingsTests {
    @Test("give the same results, whatever the database is set to")
    func sameResults() async throws {
        try await withScene { scene in
            let settings = [
                "TimeZone = 'America/St_Johns'", "DateStyle = 'German, DMY'", "IntervalStyle = 'sql_standard'",
                "bytea_output = 'escape'", "standard_conforming_strings = off", "extra_float_digits = -15",
                "client_encoding = 'LATIN1'", "array_nulls = off",
                "default_transaction_isolation = 'serializable'", "default_transaction_deferrable = on",
                "backslash_quote = off", "quote_all_identifiers = on", "statement_timeout = '3s'", "lock_timeout = '3s'",
            ]
            let before = try await Self.trial(of: scene.database)
            for setting in settings {
                try await scene.server.command("ALTER DATABASE \"\(scene.name)\" SET \(setting)")
            }
            try await scene.terminateBackends()
            try await eventually("new settings hold") {
                try await scene.database.read { try $0.queryOne("SHOW bytea_output")?.decode("bytea_output") } == "escape"
            }
            #expect(try await Self.trial(of: scene.database) == before)
            for (name, value) in [("TimeZone", "UTC"), ("statement_timeout", "30s"), ("lock_timeout", "0")] {
                let row = try await scene.database.read { try $0.queryOne("SELECT current_setting(\(name)) AS value") }
                #expect(row?["value"] == .text(value))
            }
        }
    }

    /// Writes and reads one value of each kind.
    private static func trial(of database: PostgresDatabase) async throws -> [SQLValue?] {
        let instant = Timestamp.latest
        let list = SQLValue.array([.null, .text("NULL"), .text("a\\b\"c")])
        return try await database.transaction { connection in
            try connection.execute(
                """
                CREATE TABLE trials (
                    zoned timestamptz, naive timestamp, bytes bytea, number float8, words text[], name text, day date)
                """)
            try connection.execute(
                """
                INSERT INTO trials VALUES (
                    \(instant), \(instant), \([0, 92, 255] as [UInt8]), \(0.1), \(list), \("ü€\\'"), \("2026-02-01"))
                """)
            let row = try #require(try connection.queryOne("SELECT *, zoned = naive AT TIME ZONE 'UTC' AS same FROM trials"))
            try connection.execute("DROP TABLE trials")
            return row.columnNames.map { row[$0] }
        }
    }

    @Test("that freeze the database hold until they are lifted")
    func freeze() async throws {
        try await withScene { scene in
            let database = scene.database
            try await database.write { try $0.execute("CREATE TABLE notes (text text)") }
            let alteration = "ALTER DATABASE \"\(scene.name)\""
            try await scene.server.command("\(alteration) SET default_transaction_read_only = on")
            try await scene.terminateBackends()
            let insertion: SQL = "INSERT INTO notes VALUES ('a')"
            for _ in 0..<2 {
                #expect(await failure { try await database.write { try $0.execute(insertion) } }?.code == .readOnly)
                #expect(await failure { try await database.transaction { try $0.execute(insertion) } }?.code == .readOnly)
                #expect(try await database.read { try $0.query("SELECT text FROM notes").isEmpty })
            }
            try await scene.server.command("\(alteration) RESET default_transaction_read_only")
            // Each refusal closes the connection that met it, so the next one learns of the change.
            try await eventually("the freeze is over") {
                (try? await database.write { try $0.execute(insertion) }) == 1
            }
        }
    }

    @Test("are not for the URL to change where it would break values")
    func urlKeepsEncoding() async throws {
        try await withScene { scene in
            let url = try DatabaseURL(scene.server.url(database: scene.name) + "?client_encoding=LATIN1")
            #expect(await failure { _ = try await PostgresDatabase.open(url: url) }?.code == .invalidURL)
            let same = try DatabaseURL(scene.server.url(database: scene.name) + "?client_encoding=utf8&application_name=mine")
            let database = try await PostgresDatabase.open(url: same)
            #expect(try await scene.backends("application_name = 'mine'") == 1)
            await database.close()
        }
    }
}
