import Foundation
import Migrations
import PersistenceSQLite

// Applies a good revision, then hangs within a second one until it is killed. Called with the path of a database.
guard let path = CommandLine.arguments.dropFirst().first else { fatalError("the path of a database is missing") }
let chain = try RevisionChain(
    name: "crash",
    revisions: [
        Revision(
            "1", parent: nil, title: "first",
            sqlite: Revision.Script(up: ["CREATE TABLE first (id INTEGER)"], down: ["DROP TABLE first"])),
        Revision(
            "2", parent: "1", title: "hangs",
            sqlite: Revision.Script(
                up: [
                    "CREATE TABLE second (id INTEGER)",
                    "INSERT INTO second WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT max(i) FROM n",
                ],
                down: ["DROP TABLE second"])),
    ])
let database = try await SQLiteDatabase.open(path: path)
let migrator = try Migrator(database: database, chains: [chain], lock: FileMigrationLock(databasePath: path))
try await migrator.upgrade { progress in
    if case .applying(let key, _) = progress, key.revision == "2" { FileHandle.standardOutput.write(Data("hanging\n".utf8)) }
}
