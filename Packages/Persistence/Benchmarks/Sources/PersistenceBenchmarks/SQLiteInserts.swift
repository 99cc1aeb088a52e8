import Persistence
import PersistenceSQLite
import TestKit

/// Inserts, each in a transaction of its own that waits for the disk: through `transaction { }`, and by the `sqlite3` tool.
struct SQLiteInserts {
    let count: Int

    private static let creation = "CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT NOT NULL, body TEXT NOT NULL)"
    private static let body = String(repeating: "lorem ipsum ", count: 20)

    func ours(synchronous: SQLiteConfiguration.Synchronous) async throws -> Usage {
        try await withTemporaryDirectory { folder in
            let database = try await SQLiteDatabase.open(
                path: "\(folder)/ours.sqlite", configuration: SQLiteConfiguration(synchronous: synchronous))
            try await database.write { try $0.execute(SQL(unchecked: Self.creation)) }
            let usage = try await Usage.measuring(isChild: false) {
                for number in 0..<self.count {
                    try await database.transaction { connection in
                        try connection.execute(
                            "INSERT INTO notes (title, body) VALUES (\("note \(number)"), \(Self.body))")
                    }
                }
                return (self.count, nil)
            }
            await database.close()
            return usage
        }
    }

    func theirs(synchronous: SQLiteConfiguration.Synchronous) async throws -> Usage {
        try await withTemporaryDirectory { folder in
            var lines = [
                ".bail on", "PRAGMA journal_mode = WAL;", "PRAGMA synchronous = \(synchronous.rawValue);",
                "PRAGMA foreign_keys = ON;", "PRAGMA trusted_schema = OFF;", "PRAGMA temp_store = MEMORY;", Self.creation + ";",
            ]
            for number in 0..<self.count {
                lines.append("BEGIN IMMEDIATE;")
                lines.append("INSERT INTO notes (title, body) VALUES ('note \(number)', '\(Self.body)');")
                lines.append("COMMIT;")
            }
            let script = Array((lines.joined(separator: "\n") + "\n").utf8)
            return try await Usage.measuring(isChild: true) {
                let result = try await runProcess(
                    "sqlite3", arguments: ["\(folder)/theirs.sqlite"], standardInput: script, within: .seconds(120))
                precondition(result.termination == .exited(0), "the script is valid: \(result.standardError.text)")
                return (self.count, nil)
            }
        }
    }
}
