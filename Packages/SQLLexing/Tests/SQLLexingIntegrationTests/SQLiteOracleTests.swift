import GRDBSQLite
import SQLLexing
import TestKit
import Testing

@Suite("Against SQLite")
struct SQLiteOracleTests {
    @Test("what passes as one SELECT changes nothing when it runs")
    func selectsChangeNothing() throws {
        var writer = TextWriter(.sqlite, seed: TestRun.seed)
        let database = try ScratchDatabase()
        defer { database.close() }
        var counts = (passed: 0, ran: 0, changed: 0)
        for _ in 0..<TestRun.count(20_000, long: 1_000_000) {
            let text = writer.next()
            let passes = (try? SQLScript(text, dialect: .sqlite))?.passesAsSelect == true
            let outcome = try database.run(text)
            if passes {
                counts.passed += 1
                if outcome.ran { counts.ran += 1 }
                #expect(!outcome.changed, "\(text)")
            } else if outcome.changed {
                counts.changed += 1
            }
        }
        // The texts are of use only if many of either kind do run.
        #expect(counts.ran > counts.passed / 20 && counts.ran > 200, "\(counts)")
        #expect(counts.changed > 1_000, "\(counts)")
    }
}

/// A database in memory with a table `canary` and a function `touch()` that counts as a change.
private final class ScratchDatabase {
    private struct Failure: Error {
        let message: String
    }

    private var handle: OpaquePointer?
    private let touches = UnsafeMutablePointer<Int>.allocate(capacity: 1)

    init() throws {
        self.touches.initialize(to: 0)
        try self.reopen()
    }

    func close() {
        sqlite3_close_v2(self.handle)
        self.handle = nil
        self.touches.deallocate()
    }

    /// Runs all statements of a text until one fails, and says whether all ran and whether anything changed.
    func run(_ text: String) throws -> (ran: Bool, changed: Bool) {
        let before = try self.state()
        let touched = self.touches.pointee
        let code = sqlite3_exec(self.handle, text, nil, nil, nil)
        let isOpen = sqlite3_get_autocommit(self.handle) == 0
        let changed = isOpen || self.touches.pointee != touched || (try? self.state()) != before
        if changed { try self.reopen() }
        return (code == SQLITE_OK, changed)
    }

    private func reopen() throws {
        sqlite3_close_v2(self.handle)
        self.handle = nil
        guard sqlite3_open(":memory:", &self.handle) == SQLITE_OK else { throw Failure(message: "cannot open") }
        let code = sqlite3_create_function_v2(
            self.handle, "touch", -1, SQLITE_UTF8, self.touches,
            { context, _, _ in
                sqlite3_user_data(context)?.assumingMemoryBound(to: Int.self).pointee += 1
                sqlite3_result_int(context, 1)
            }, nil, nil, nil)
        guard code == SQLITE_OK else { throw Failure(message: "cannot add a function") }
        guard
            sqlite3_exec(self.handle, "CREATE TABLE canary (n int); INSERT INTO canary VALUES (1), (2)", nil, nil, nil)
                == SQLITE_OK
        else { throw Failure(message: "cannot fill the table") }
    }

    /// All that can change: rows, schema, the user's version and attached databases.
    private func state() throws -> String {
        var rows: [String] = ["\(sqlite3_total_changes(self.handle))"]
        for sql in [
            "SELECT count(*), sum(n) FROM canary", "PRAGMA schema_version", "PRAGMA user_version", "PRAGMA database_list",
        ] {
            var statement: OpaquePointer?
            guard sqlite3_prepare_v2(self.handle, sql, -1, &statement, nil) == SQLITE_OK else { throw Failure(message: sql) }
            defer { sqlite3_finalize(statement) }
            while sqlite3_step(statement) == SQLITE_ROW {
                rows.append(
                    (0..<sqlite3_column_count(statement)).map { "\(sqlite3_column_int(statement, $0))" }.joined(separator: ","))
            }
        }
        return rows.joined(separator: ";")
    }
}
