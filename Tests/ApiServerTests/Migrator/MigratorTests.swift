import Foundation
import ProgramTestSupport
import TestKit
import Testing

@Suite("The migrator")
struct MigratorTests {
    private static let heads = ["auth:0001", "commons:c3d4e5f6a7b8"]

    /// Everything that the database is made of, save what the migrator notes about its own runs.
    private static func schema(in folder: String) async throws -> [String] {
        try await Self.query("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name", in: folder)
    }

    private static func query(_ text: String, in folder: String) async throws -> [String] {
        let result = try await runProcess("sqlite3", arguments: ["-readonly", "\(folder)/var/gatehouse.sqlite", text])
        try #require(result.isSuccess, "\(result.standardError.text)")
        return result.standardOutput.lines
    }

    /// Runs a command that must succeed and returns its lines.
    private static func lines(_ arguments: String..., in folder: String) async throws -> [String] {
        let result = try await runProcess(
            Programs.migrator, arguments: arguments, environment: Programs.environment([:]), workingDirectory: folder)
        #expect(result.isSuccess, "\(arguments): \(result.standardError.text)")
        return result.standardOutput.lines
    }

    @Test("goes up, back and up again to the same schema")
    func roundTrip() async throws {
        try await withTemporaryDirectory { folder in
            let before = try await Programs.migrator("check", in: folder)
            #expect(before.termination == .exited(1))
            #expect(before.standardOutput.lines.count == 4)
            #expect(before.standardOutput.lines.allSatisfy { $0.hasPrefix("pending ") })

            let applied = try await Self.lines("upgrade", in: folder).filter { $0.hasPrefix("applied ") }
            #expect(applied.count == 4)
            #expect(try await Self.lines("upgrade", in: folder) == ["nothing to do"])
            #expect(try await Self.lines("check", in: folder) == ["at head"])
            #expect(try await Set(Self.lines("current", in: folder)) == Set(Self.heads.map { "\($0) (head)" }))
            let history = try await Self.lines("history", in: folder)
            #expect(history.count == 4)
            #expect(history.allSatisfy { $0.contains("  applied 20") })

            let whole = try await Self.schema(in: folder)
            let bare = try await Self.back(in: folder)
            #expect(!bare.contains { $0.contains("traces") })
            #expect(try await Self.lines("upgrade", in: folder).count == applied.count * 2)
            #expect(try await Self.schema(in: folder) == whole)
        }
    }

    /// Goes to `base` and returns the schema there.
    private static func back(in folder: String) async throws -> [String] {
        #expect(try await self.lines("downgrade", "base", in: folder).filter { $0.hasPrefix("undone ") }.count == 4)
        #expect(try await self.lines("downgrade", "base", in: folder) == ["nothing to do"])
        return try await self.schema(in: folder)
    }

    @Test("goes one revision back and forth, and the schema before is exactly the former one")
    func oneStep() async throws {
        try await withTemporaryDirectory { folder in
            _ = try await Self.lines("upgrade", "b2c3d4e5f6a7", in: folder)
            let former = try await Self.schema(in: folder)
            #expect(!former.contains { $0.contains("amendments") })
            _ = try await Self.lines("upgrade", "commons:c3d4e5f6a7b8", in: folder)
            let later = try await Self.schema(in: folder)
            for name in [
                "ix_amendments_original_trace_id", "ix_amendments_submitter_id", "ix_traces_is_stale", "ix_traces_is_flagged",
            ] {
                #expect(later.contains { $0.hasPrefix("index|\(name)|") }, "\(name)")
            }
            let undone = try await Self.lines("downgrade", "-1", in: folder)
            #expect(undone.filter { $0.hasPrefix("undone ") }.count == 1)
            #expect(undone.last?.hasPrefix("undone commons:c3d4e5f6a7b8 ") == true)
            #expect(try await Self.schema(in: folder) == former)
            _ = try await Self.lines("upgrade", in: folder)
            #expect(try await Self.lines("check", in: folder) == ["at head"])
        }
    }

    @Test("--sql prints and changes nothing")
    func dryRun() async throws {
        try await withTemporaryDirectory { folder in
            let up = try await Self.lines("upgrade", "--sql", in: folder)
            #expect(up.contains { $0.contains("CREATE TABLE") && $0.contains("traces") })
            #expect(try await Self.schema(in: folder).allSatisfy { !$0.contains("traces") })
            #expect(try await Programs.migrator("check", in: folder).termination == .exited(1))

            _ = try await Self.lines("upgrade", in: folder)
            let whole = try await Self.schema(in: folder)
            let down = try await Self.lines("downgrade", "base", "--sql", in: folder)
            #expect(down.contains { $0.contains("DROP TABLE") })
            #expect(try await Self.schema(in: folder) == whole)
            #expect(try await Self.lines("check", in: folder) == ["at head"])
        }
    }

    @Test("the statements that --sql prints make the same tables")
    func script() async throws {
        try await withTemporaryDirectory { folder in
            let script = try await Self.lines("upgrade", "--sql", in: folder).joined(separator: "\n")
            let made = try await runProcess(
                "sqlite3", arguments: ["-bail", "\(folder)/by-hand.sqlite"], standardInput: Array(script.utf8))
            #expect(made.isSuccess, "\(made.standardError.text)")
            #expect(made.standardError.bytes.isEmpty)
            let url = "sqlite:by-hand.sqlite"
            #expect(try await Self.lines("check", "--database-url", url, in: folder) == ["at head"])
        }
    }

    @Test("two that start together: one works, the other waits and finds nothing to do")
    func together() async throws {
        try await withTemporaryDirectory { folder in
            // Whoever holds the lock file makes both wait, until it is let go.
            try FileManager.default.createDirectory(atPath: "\(folder)/var", withIntermediateDirectories: false)
            let lock = open("\(folder)/var/gatehouse.sqlite.migrate.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            try #require(lock >= 0)
            #expect(flock(lock, LOCK_EX) == 0)
            let waiting = AsyncCount()
            let run: @Sendable () async throws -> [String] = {
                try await withChildProcess(
                    Programs.migrator, arguments: ["upgrade"], environment: Programs.environment([:]), workingDirectory: folder
                ) { child in
                    _ = try await child.waitForLine { $0.hasPrefix("waiting for another migrator") }
                    await waiting.signal()
                    let termination = try await child.waitForExit()
                    #expect(termination == .exited(0), "\(child.output(of: .standardError).text)")
                    return child.output().lines.filter { !$0.hasPrefix("waiting") }
                }
            }
            async let first = run()
            async let second = run()
            await waiting.wait(for: 2)
            close(lock)
            let outputs = try await [first, second]
            #expect(outputs.filter { $0 == ["nothing to do"] }.count == 1)
            #expect(outputs.flatMap(\.self).filter { $0.hasPrefix("applied ") }.count == 4)
        }
    }

    @Test(
        "says what is wrong with a target",
        arguments: [
            ("upgrade nope", Int32(1)), ("upgrade commons:nope", 1), ("downgrade nope", 1), ("stamp nope", 1),
            ("upgrade :", 64), ("downgrade", 64), ("downgrade -0", 64), ("downgrade base base", 64),
        ])
    func mistakes(_ command: String, status: Int32) async throws {
        let arguments = command.split(separator: " ").map(String.init)
        try await withTemporaryDirectory { folder in
            let result = try await runProcess(
                Programs.migrator, arguments: arguments, environment: Programs.environment([:]), workingDirectory: folder)
            #expect(result.termination == .exited(status))
            #expect(!result.standardError.text.contains("Fatal"))
            if status == 1 { #expect(result.standardError.lines == ["migrator: there is no revision \(arguments[1])"]) }
        }
    }

    @Test("the server runs on a database that the migrator made, and brings an older one up to date")
    func server() async throws {
        try await withTemporaryDirectory { folder in
            _ = try await Self.lines("upgrade", "b2c3d4e5f6a7", in: folder)
            try await withServer(in: folder) { server in
                let user = try await server.makeUser()
                _ = try await server.makeTrace(key: user.key)
                #expect(server.log.contains("schema revision applied revision=commons:c3d4e5f6a7b8"))
                #expect(!server.log.contains("revision=commons:b2c3d4e5f6a7"))
            }
            #expect(try await Self.lines("upgrade", in: folder) == ["nothing to do"])
            try await withServer(in: folder) { server in
                #expect(!server.log.contains("schema revision applied"))
            }
        }
    }

    @Test("stamp records a state and runs nothing")
    func stamp() async throws {
        try await withTemporaryDirectory { folder in
            #expect(try await Self.lines("stamp", "head", in: folder) == ["stamped head"])
            #expect(try await Self.lines("check", in: folder) == ["at head"])
            #expect(try await Self.schema(in: folder).allSatisfy { !$0.contains("CREATE TABLE traces") })
            _ = try await Self.lines("stamp", "base", in: folder)
            #expect(try await Self.lines("upgrade", in: folder).filter { $0.hasPrefix("applied ") }.count == 4)
        }
    }
}

/// Counts up, and lets somebody wait for a number.
private actor AsyncCount {
    private var count = 0
    private var waiter: (number: Int, continuation: CheckedContinuation<Void, Never>)?

    func signal() {
        self.count += 1
        if let waiter, self.count >= waiter.number {
            self.waiter = nil
            waiter.continuation.resume()
        }
    }

    func wait(for number: Int) async {
        if self.count >= number { return }
        await withCheckedContinuation { self.waiter = (number, $0) }
    }
}
