import Migrations
import Persistence
import PersistenceSQLite
import Testing

@Suite("Schema picture on SQLite")
struct SchemaPictureTests {
    private static let base: SQL = """
        CREATE TABLE notes (
            id INTEGER PRIMARY KEY, body TEXT NOT NULL DEFAULT 'x', other INTEGER,
            CONSTRAINT uq_notes_body UNIQUE (body)
        )
        """

    private static func picture(_ statements: [SQL]) async throws -> SchemaPicture {
        let database = try await SQLiteDatabase.inMemory()
        try await database.write { connection in for statement in statements { try connection.execute(statement) } }
        let picture = try await Fixtures.picture(database)
        await database.close()
        return picture
    }

    @Test("of equal schemas is equal, whatever the blanks, and leaves the records out")
    func equal() async throws {
        let one = try await Self.picture([Self.base])
        let two = try await Self.picture([
            """
            CREATE TABLE notes (id INTEGER PRIMARY KEY,
                body TEXT NOT NULL DEFAULT 'x', other INTEGER, CONSTRAINT uq_notes_body UNIQUE (body))
            """, "CREATE TABLE alembic_version (version_num VARCHAR(32))",
        ])
        #expect(one == two)
        #expect(one.differences(from: two) == [])
        #expect(one.tables == ["notes"])
    }

    @Test(
        "shows every kind of difference",
        arguments: [
            ("CREATE INDEX ix ON notes (other)", "index notes.ix is extra"),
            ("ALTER TABLE notes ADD COLUMN more TEXT NOT NULL DEFAULT ''", "column notes.more is extra"),
            ("CREATE TRIGGER t AFTER INSERT ON notes BEGIN SELECT 1; END", "trigger notes.t is extra"),
            ("CREATE VIEW v AS SELECT id FROM notes", "view v is extra"),
            ("CREATE TABLE child (note_id INTEGER REFERENCES notes (id))", "table child is extra"),
            ("ALTER TABLE notes RENAME COLUMN other TO another", "column notes.other is missing"),
        ] as [(SQL, String)])
    func different(_ change: SQL, _ line: String) async throws {
        let expected = try await Self.picture([Self.base])
        let actual = try await Self.picture([Self.base, change])
        #expect(actual != expected)
        let differences = actual.differences(from: expected)
        #expect(differences.contains { $0.hasPrefix(line) }, "\(differences)")
    }

    @Test("sees another type, default, nullability and name of a constraint")
    func columns() async throws {
        let expected = try await Self.picture([Self.base])
        let actual = try await Self.picture([
            "CREATE TABLE notes (id INTEGER PRIMARY KEY, body VARCHAR(9), other INTEGER, CONSTRAINT uq UNIQUE (body))"
        ])
        let differences = actual.differences(from: expected)
        #expect(differences.contains("column notes.body is VARCHAR(9) instead of TEXT NOT NULL DEFAULT 'x'"))
        #expect(differences.contains { $0.contains("CONSTRAINTuqUNIQUE") })
    }
}
