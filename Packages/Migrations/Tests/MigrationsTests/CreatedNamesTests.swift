@testable import Migrations
import Testing

@Suite("Names that statements create")
struct CreatedNamesTests {
    @Test(
        "are read from tables",
        arguments: [
            ("CREATE TABLE notes (id INTEGER)", "notes"),
            ("create table if not exists public.Notes (\"CREATE TABLE no\" TEXT)", "notes"),
            ("-- CREATE TABLE no\nCREATE UNLOGGED TABLE \"No\"\"tes\" (id INTEGER DEFAULT ')')", "No\"tes"),
        ] as [(StaticString, String)])
    func tables(_ statement: StaticString, _ table: String) {
        let names = CreatedNames([statement])
        #expect(names.tables == [table])
        #expect(names.columns == [])
    }

    @Test("are read from added columns, several at a time and without constraints")
    func columns() {
        let names = CreatedNames([
            """
            ALTER TABLE IF EXISTS ONLY notes ADD COLUMN IF NOT EXISTS a NUMERIC(3, 1) DEFAULT 'ADD COLUMN no', ADD "B" TEXT,
                ADD CONSTRAINT no UNIQUE (a), ADD UNIQUE (a), ALTER COLUMN c SET NOT NULL, DROP COLUMN d, ADD COLUMN e TEXT
            """
        ])
        #expect(names.tables == [])
        #expect(names.columns == Set(["a", "B", "e"].map { CreatedNames.Column(table: "notes", column: $0) }))
        #expect(names.found(in: [CreatedNames.Column(table: "notes", column: "id")]) == [])
        #expect(names.found(in: [CreatedNames.Column(table: "notes", column: "e")]) == ["notes"])
    }

    @Test(
        "are none in any other statement, however broken",
        arguments: [
            "", "CREATE", "CREATE TABLE", "CREATE TABLE (", "ALTER TABLE", "ALTER TABLE x ADD",
            "CREATE TEMP TABLE x (id INTEGER)",
            "CREATE INDEX ix ON notes (a)", "DROP TABLE notes", "INSERT INTO notes VALUES ('CREATE TABLE x')", "'", "\"", ")))",
        ] as [StaticString])
    func none(_ statement: StaticString) {
        #expect(CreatedNames([statement]) == CreatedNames([]))
    }
}
