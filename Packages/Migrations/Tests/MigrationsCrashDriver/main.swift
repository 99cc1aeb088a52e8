import Foundation
import Migrations
import MigrationsPostgres
import Persistence
import PersistencePostgres
import PersistenceSQLite

// Applies a good revision, then hangs within a second one until it is killed. Called with the URL of a database; on
// PostgreSQL it hangs until somebody frees the advisory lock 42.
guard let text = CommandLine.arguments.dropFirst().first else { fatalError("the URL of a database is missing") }
let url = try DatabaseURL(text)
let chain = try RevisionChain(
    name: "crash",
    revisions: [
        Revision(
            "1", parent: nil, title: "first",
            sqlite: Revision.Script(up: ["CREATE TABLE first (id INTEGER)"], down: ["DROP TABLE first"]),
            postgres: Revision.Script(up: ["CREATE TABLE first (id INTEGER)"], down: ["DROP TABLE first"])),
        Revision(
            "2", parent: "1", title: "hangs",
            sqlite: Revision.Script(
                up: [
                    "CREATE TABLE second (id INTEGER)",
                    "INSERT INTO second WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT max(i) FROM n",
                ],
                down: ["DROP TABLE second"]),
            postgres: Revision.Script(
                up: ["CREATE TABLE second (id INTEGER)", "SELECT pg_advisory_xact_lock(42)", "CREATE TABLE third (id INTEGER)"],
                down: ["DROP TABLE second"])),
    ])
let database: any Database
let lock: any MigrationLock
switch url.location {
case .sqliteFile(let path):
    database = try await SQLiteDatabase.open(url: url)
    lock = FileMigrationLock(databasePath: path)
case .sqliteMemory:
    fatalError("a database without a file cannot be looked at afterwards")
case .postgres:
    database = try await PostgresDatabase.open(url: url)
    lock = PostgresMigrationLock(url: url)
}
let migrator = try Migrator(database: database, chains: [chain], lock: lock)
try await migrator.upgrade { progress in
    if case .applying(let key, _) = progress, key.revision == "2" { FileHandle.standardOutput.write(Data("hanging\n".utf8)) }
}
