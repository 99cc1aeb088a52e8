import Foundation
import MigrationsPostgres
import Persistence
import DatabaseTestSupport
import ProgramTestSupport
import TestKit
import Testing

@Suite("The migrator")
struct MigratorTests {
    private static let heads = [
        "approval:0002", "audit:0003", "auth:0006", "commons:d4e5f6a7b8c9", "credentials:0001", "freshness:0001",
        "gateway:0002", "idempotency:0001", "knowledge:0004", "retrieval:0001", "webhooks:0002",
    ]
    /// How many revisions apply to a new database.
    private static let count = 27

    /// Everything that the database is made of, save what the migrator notes about its own runs.
    private static func schema(in place: TestPlace) async throws -> [String] {
        switch place.store {
        case .sqlite: try await place.query("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name")
        case .postgres:
            try await place.dump("--schema-only").split(separator: "\n").map(String.init)
        }
    }

    /// Runs a command and returns its lines, save those about an optional revision that does not apply.
    private static func lines(_ arguments: String..., expecting status: Int32 = 0, in place: TestPlace) async throws -> [String] {
        let result = try await runProcess(
            Programs.migrator, arguments: arguments, environment: Programs.environment([:]), workingDirectory: place.folder)
        #expect(result.termination == .exited(status), "\(arguments): \(result.standardError.text)")
        return result.standardOutput.lines.filter { !$0.contains("commons-vectors:") }
    }

    @Test("shows what is left out, and does not miss it", arguments: TestStore.allCases)
    func optional(on store: TestStore) async throws {
        try await withTestPlace(on: store, isMigrated: false) { place in
            let upgraded = try await Programs.migrator("upgrade", in: place.folder).standardOutput.lines
            #expect(
                upgraded.filter { $0.hasPrefix("left out commons-vectors:") && $0.contains("does not apply here") }.count == 1)
            let history = try await Programs.migrator("history", in: place.folder).standardOutput.lines
            #expect(history.contains { $0.hasPrefix("commons-vectors:") && $0.contains("  not applicable  ") })
            let current = try await Programs.migrator("current", in: place.folder).standardOutput.lines
            #expect(current.contains("commons-vectors:base (nothing applies here)"))
            #expect(try await Programs.migrator("check", in: place.folder).standardOutput.lines == ["at head"])
        }
    }

    @Test("goes up, back and up again to the same schema", arguments: TestStore.allCases)
    func roundTrip(on store: TestStore) async throws {
        try await withTestPlace(on: store, isMigrated: false) { place in
            let before = try await Programs.migrator("check", in: place.folder)
            #expect(before.termination == .exited(1))
            #expect(before.standardOutput.lines.count == Self.count)
            #expect(before.standardOutput.lines.allSatisfy { $0.hasPrefix("pending ") })

            let applied = try await Self.lines("upgrade", in: place).filter { $0.hasPrefix("applied ") }
            #expect(applied.count == Self.count)
            #expect(try await Self.lines("upgrade", in: place) == ["nothing to do"])
            #expect(try await Self.lines("check", in: place) == ["at head"])
            #expect(try await Set(Self.lines("current", in: place)) == Set(Self.heads.map { "\($0) (head)" }))
            let history = try await Self.lines("history", in: place)
            #expect(history.count == Self.count)
            #expect(history.allSatisfy { $0.contains("  applied 20") })

            let whole = try await Self.schema(in: place)
            let bare = try await Self.back(in: place)
            #expect(!bare.contains { $0.contains("traces") })
            #expect(try await Self.lines("upgrade", in: place).count == applied.count * 2)
            #expect(try await Self.schema(in: place) == whole)
        }
    }

    /// Goes to `base` and returns the schema there.
    private static func back(in place: TestPlace) async throws -> [String] {
        #expect(try await self.lines("downgrade", "base", in: place).filter { $0.hasPrefix("undone ") }.count == Self.count)
        #expect(try await self.lines("downgrade", "base", in: place) == ["nothing to do"])
        return try await self.schema(in: place)
    }

    @Test("goes one revision back and forth, and the schema before is exactly the former one", arguments: TestStore.allCases)
    func oneStep(on store: TestStore) async throws {
        try await withTestPlace(on: store, isMigrated: false) { place in
            _ = try await Self.lines("upgrade", "b2c3d4e5f6a7", in: place)
            let former = try await Self.schema(in: place)
            #expect(!former.contains { $0.contains("amendments") })
            _ = try await Self.lines("upgrade", "commons:c3d4e5f6a7b8", in: place)
            let later = try await Self.schema(in: place)
            for name in [
                "ix_amendments_original_trace_id", "ix_amendments_submitter_id", "ix_traces_is_stale", "ix_traces_is_flagged",
            ] {
                #expect(
                    later.contains { $0.hasPrefix("index|\(name)|") || $0.hasPrefix("CREATE INDEX \(name) ") }, "\(name)")
            }
            let undone = try await Self.lines("downgrade", "-1", in: place)
            #expect(undone.filter { $0.hasPrefix("undone ") }.count == 1)
            #expect(undone.last?.hasPrefix("undone commons:c3d4e5f6a7b8 ") == true)
            #expect(try await Self.schema(in: place) == former)
            _ = try await Self.lines("upgrade", in: place)
            #expect(try await Self.lines("check", in: place) == ["at head"])
        }
    }

    @Test("--sql prints and changes nothing", arguments: TestStore.allCases)
    func dryRun(on store: TestStore) async throws {
        try await withTestPlace(on: store, isMigrated: false) { place in
            let up = try await Self.lines("upgrade", "--sql", in: place)
            #expect(up.contains { $0.contains("CREATE TABLE") && $0.contains("traces") })
            #expect(try await Self.schema(in: place).allSatisfy { !$0.contains("traces") })
            #expect(try await Programs.migrator("check", in: place.folder).termination == .exited(1))

            _ = try await Self.lines("upgrade", in: place)
            let whole = try await Self.schema(in: place)
            let down = try await Self.lines("downgrade", "base", "--sql", in: place)
            #expect(down.contains { $0.contains("DROP TABLE") })
            #expect(try await Self.schema(in: place) == whole)
            #expect(try await Self.lines("check", in: place) == ["at head"])
        }
    }

    @Test("the statements that --sql prints make the same tables", arguments: TestStore.allCases)
    func script(on store: TestStore) async throws {
        try await withTestPlace(on: store, isMigrated: false) { place in
            let script = try await Self.lines("upgrade", "--sql", in: place).joined(separator: "\n")
            try await withTestPlace(on: store, isMigrated: false) { other in
                if store == .sqlite { _ = try await Self.lines("check", expecting: 1, in: other) }
                try await other.query(script)
                #expect(try await Self.lines("check", in: other) == ["at head"])
                _ = try await Self.lines("upgrade", in: place)
                #expect(try await Self.schema(in: other) == Self.schema(in: place))
            }
        }
    }

    @Test("two that start together: one works, the other waits and finds nothing to do", arguments: TestStore.allCases)
    func together(on store: TestStore) async throws {
        try await withTestPlace(on: store, isMigrated: false) { place in
            let waiting = AsyncCount()
            let run: @Sendable () async throws -> [String] = {
                try await withChildProcess(
                    Programs.migrator, arguments: ["upgrade"], environment: Programs.environment([:]),
                    workingDirectory: place.folder
                ) { child in
                    _ = try await child.waitForLine { $0.hasPrefix("waiting for another migrator") }
                    await waiting.signal()
                    let termination = try await child.waitForExit()
                    #expect(termination == .exited(0), "\(child.output(of: .standardError).text)")
                    return child.output().lines.filter { !$0.hasPrefix("waiting") && !$0.contains("commons-vectors:") }
                }
            }
            // Whoever holds the lock makes both wait, until it is let go.
            let outputs = try await Self.whileLocked(place, until: { await waiting.wait(for: 2) }) {
                async let first = run()
                async let second = run()
                return try await [first, second]
            }
            #expect(outputs.filter { $0 == ["nothing to do"] }.count == 1)
            #expect(outputs.flatMap(\.self).filter { $0.hasPrefix("applied ") }.count == Self.count)
        }
    }

    /// Runs a body, and keeps the lock of migrators until something has happened.
    private static func whileLocked<Value: Sendable>(
        _ place: TestPlace, until event: @escaping @Sendable () async -> Void, _ body: () async throws -> Value
    ) async throws -> Value {
        switch place.store {
        case .sqlite:
            try FileManager.default.createDirectory(atPath: "\(place.folder)/var", withIntermediateDirectories: false)
            let lock = open("\(place.folder)/var/gatehouse.sqlite.migrate.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            try #require(lock >= 0)
            #expect(flock(lock, LOCK_EX) == 0)
            async let release: Void = {
                await event()
                close(lock)
            }()
            let value = try await body()
            await release
            return value
        case .postgres:
            let lock = PostgresMigrationLock(url: try DatabaseURL(place.url))
            let (held, continuation) = AsyncStream.makeStream(of: Void.self)
            async let release: Void = {
                defer { continuation.finish() }
                try await lock.withLock(waiting: {}) {
                    continuation.yield()
                    await event()
                }
            }()
            for await _ in held { break }
            let value = try await body()
            try await release
            return value
        }
    }

    @Test("killed in the middle of a revision leaves whole revisions only, and the next run goes on")
    func killed() async throws {
        try await withTestPlace(on: .postgres, isMigrated: false) { place in
            _ = try await Self.lines("upgrade", "b2c3d4e5f6a7", in: place)
            // The next revision makes a table, and then waits for those who read the traces.
            try await withLockedTable("traces", "ACCESS SHARE", at: place) {
                try await withChildProcess(
                    Programs.migrator, arguments: ["upgrade"], environment: Programs.environment([:]),
                    workingDirectory: place.folder
                ) { child in
                    _ = try await child.waitForLine { $0.hasPrefix("applying commons:c3d4e5f6a7b8") }
                    try await Self.waitForLock(at: place)
                    child.send(signal: SIGKILL)
                    #expect(try await child.waitForExit() == .signalled(SIGKILL))
                }
                // The server notices late that nobody is there any more, so whoever comes next says that it waits.
            }
            let result = try await Programs.migrator("upgrade", in: place.folder)
            #expect(result.isSuccess, "\(result.standardError.text)")
            #expect(result.standardOutput.lines.contains { $0.hasPrefix("applied commons:c3d4e5f6a7b8 in ") })
            #expect(try await Self.lines("check", in: place) == ["at head"])
            let whole = try await Self.schema(in: place)
            try await withTestPlace(on: .postgres) { other async throws in
                #expect(try await Self.schema(in: other) == whole)
            }
        }
    }

    private static func waitForLock(at place: TestPlace) async throws {
        for _ in 0..<400 {
            let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            if try await place.query(waiting) != ["0"] { return }
            try await Task.sleep(for: .milliseconds(25))
        }
        Issue.record("the migrator never waited for the table")
    }

    @Test("gives up on a table that somebody uses after DATABASE_LOCK_TIMEOUT_SECONDS, and keeps whole revisions only")
    func lockTimeout() async throws {
        try await withTestPlace(on: .postgres, isMigrated: false) { place in
            _ = try await Self.lines("upgrade", "b2c3d4e5f6a7", in: place)
            let result = try await withLockedTable("traces", "ACCESS SHARE", at: place) {
                try await Programs.migrator("upgrade", in: place.folder, settings: ["DATABASE_LOCK_TIMEOUT_SECONDS": "1"])
            }
            #expect(result.termination == .exited(1))
            #expect(result.standardError.lines.count == 1)
            #expect(result.standardError.text.hasPrefix("migrator: "))
            #expect(result.standardError.text.contains("commons:c3d4e5f6a7b8"), "\(result.standardError.text)")
            #expect(try await place.query("SELECT to_regclass('amendments') IS NULL") == ["t"])
            #expect(try await Self.lines("check", expecting: 1, in: place).first == "pending commons:c3d4e5f6a7b8")
            _ = try await Self.lines("upgrade", in: place)
            #expect(try await Self.lines("check", in: place) == ["at head"])
        }
    }

    @Test("a revision that fails is undone as a whole, and named with what was done before")
    func failing() async throws {
        try await withTestPlace(on: .postgres, isMigrated: false) { place in
            // A type of this name keeps the last table of a revision from being made.
            try await place.query("CREATE TYPE caller_key_changes AS (a int)")
            let result = try await Programs.migrator("upgrade", in: place.folder)
            #expect(result.termination == .exited(1))
            #expect(result.standardError.lines.count == 1)
            for words in ["auth:0001", "done before: ", "commons:b2c3d4e5f6a7"] {
                #expect(result.standardError.text.contains(words), "\(result.standardError.text)")
            }
            #expect(try await place.query("SELECT to_regclass('caller_keys') IS NULL") == ["t"])
            try await place.query("DROP TYPE caller_key_changes")
            _ = try await Self.lines("upgrade", in: place)
            #expect(try await Self.lines("check", in: place) == ["at head"])
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
        try await withTestPlace(on: .sqlite) { place in
            _ = try await Self.lines("upgrade", "b2c3d4e5f6a7", in: place)
            try await withServer(in: place) { server in
                let user = try await server.makeUser()
                _ = try await server.makeTrace(key: user.key)
                #expect(server.log.contains("schema revision applied revision=commons:c3d4e5f6a7b8"))
                #expect(!server.log.contains("revision=commons:b2c3d4e5f6a7"))
            }
            #expect(try await Self.lines("upgrade", in: place) == ["nothing to do"])
            try await withServer(in: place) { server in
                #expect(!server.log.contains("schema revision applied"))
            }
        }
    }

    @Test("stamp records a state and runs nothing", arguments: TestStore.allCases)
    func stamp(on store: TestStore) async throws {
        try await withTestPlace(on: store, isMigrated: false) { place in
            #expect(try await Self.lines("stamp", "head", in: place) == ["stamped head"])
            #expect(try await Self.lines("check", in: place) == ["at head"])
            #expect(try await Self.schema(in: place).allSatisfy { !$0.contains("CREATE TABLE traces") })
            _ = try await Self.lines("stamp", "base", in: place)
            #expect(try await Self.lines("upgrade", in: place).filter { $0.hasPrefix("applied ") }.count == Self.count)
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
