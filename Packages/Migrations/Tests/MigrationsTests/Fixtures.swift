import Migrations
import Persistence
import PersistenceSQLite

/// Chains for tests: `notes` with three revisions, and `labels`, whose second revision stands on the second of `notes`.
enum Fixtures {
    static let notes1 = Revision(
        "n1", parent: nil, title: "create notes",
        sqlite: Revision.Script(up: ["CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT)"], down: ["DROP TABLE notes"]))

    static let notes2 = Revision(
        "n2", parent: "n1", title: "notes get an author",
        sqlite: Revision.Script(
            up: ["ALTER TABLE notes ADD COLUMN author TEXT", "CREATE INDEX ix_notes_author ON notes (author)"],
            down: ["DROP INDEX ix_notes_author", "ALTER TABLE notes DROP COLUMN author"]))

    static let notes3 = Revision(
        "n3", parent: "n2", title: "create drafts",
        sqlite: Revision.Script(
            up: ["CREATE TABLE drafts (id INTEGER PRIMARY KEY, note_id INTEGER REFERENCES notes (id))"],
            down: ["DROP TABLE drafts"]))

    static let labels1 = Revision(
        "l1", parent: nil, title: "create labels",
        sqlite: Revision.Script(up: ["CREATE TABLE labels (id INTEGER PRIMARY KEY)"], down: ["DROP TABLE labels"]))

    static let labels2 = Revision(
        "l2", parent: "l1", title: "labels on notes", dependsOn: [Revision.Key(chain: "notes", revision: "n2")],
        sqlite: Revision.Script(
            up: ["ALTER TABLE labels ADD COLUMN author TEXT"], down: ["ALTER TABLE labels DROP COLUMN author"]))

    static func notes(_ revisions: [Revision] = [notes1, notes2, notes3]) throws -> RevisionChain {
        try RevisionChain(name: "notes", revisions: revisions)
    }

    static func labels() throws -> RevisionChain {
        try RevisionChain(name: "labels", revisions: [self.labels2, self.labels1])
    }

    static func key(_ text: String) -> Revision.Key {
        Revision.Key(chain: text.hasPrefix("n") ? "notes" : "labels", revision: text)
    }

    static func keys(_ texts: String...) -> [Revision.Key] {
        texts.map(self.key)
    }

    static func migrator(_ database: SQLiteDatabase, _ chains: [RevisionChain]) throws -> Migrator {
        try Migrator(database: database, chains: chains, lock: FileMigrationLock(databasePath: database.path))
    }

    /// Lends a database that is closed afterwards.
    static func withDatabase(_ body: (SQLiteDatabase) async throws -> Void) async throws {
        let database = try await SQLiteDatabase.inMemory()
        do {
            try await body(database)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }

    /// The schema as SQLite keeps it, without blanks.
    static func schema(_ database: any Database) async throws -> [String] {
        try await database.read { connection in
            try connection.query("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").map { row in
                try row.decode("sql", as: String.self).filter { !$0.isWhitespace }
            }
        }
    }

    static func picture(_ database: any Database) async throws -> SchemaPicture {
        try await database.read { try SchemaPicture($0) }
    }

    /// The records without the times, one a line, in order.
    static func records(_ database: any Database) async throws -> [String] {
        try await database.read { connection in
            let rows = try connection.query(
                "SELECT chain, revision, checksum, position FROM gatehouse_revisions ORDER BY position")
            return try rows.map { row in
                let (chain, revision): (String, String) = (try row.decode("chain"), try row.decode("revision"))
                let (checksum, position): (String, Int) = (try row.decode("checksum"), try row.decode("position"))
                return "\(position) \(chain):\(revision) \(checksum)"
            }
        }
    }
}
