import DatabaseTestSupport
import Persistence
import SchemasTestSupport
import StrictJSON
import Testing

@testable import Knowledge

@Suite("Telemetry")
struct TelemetryStoreTests {
    private static func report(_ session: String, _ stats: JSONValue = [:]) -> TriggerReport {
        TriggerReport(sessionID: session, triggerStats: stats)
    }

    @Test("keeps one row for each user, and what the last client told", arguments: TestStore.allCases)
    func activity(_ kind: TestStore) async throws {
        try await Commons.with(kind) { commons async throws in
            let store = TelemetryStore(database: commons.database)
            try await store.ping(by: Commons.voter)
            let first: Timestamp = try await commons.number("SELECT last_seen_at AS n FROM user_activity", as: Timestamp.self)
            try await store.note(
                try await Commons.screened(InstallReport(platform: "linux", skillVersion: "1", installSource: "hub")),
                by: Commons.voter.uppercased())
            try await store.note(try await Commons.screened(InstallReport(skillVersion: "2")), by: Commons.voter)
            try await store.ping(by: Commons.author)
            let row = try #require(
                try await commons.database.queryOne(
                    """
                    SELECT last_seen_at, platform, skill_version, install_source FROM user_activity
                    WHERE user_id = \(Commons.voter)
                    """))
            #expect(try row.decode("last_seen_at", as: Timestamp.self) > first)
            #expect(try row.decode("platform") == "linux")
            #expect(try row.decode("skill_version") == "2")
            #expect(try row.decode("install_source") == "hub")
            #expect(try await commons.number("SELECT count(*) AS n FROM user_activity") == 2)
        }
    }

    @Test("keeps the newest reports of each user", arguments: TestStore.allCases)
    func bound(_ kind: TestStore) async throws {
        try await Commons.with(kind) { commons async throws in
            let store = TelemetryStore(database: commons.database, reportsKept: 3)
            for number in 0..<7 {
                try await store.note(try await Commons.screened(Self.report("\(number)")), by: Commons.voter)
                if number < 2 {
                    try await store.note(try await Commons.screened(Self.report("other \(number)")), by: Commons.author)
                }
            }
            let rows = try await commons.database.query("SELECT session_id FROM telemetry_triggers ORDER BY id")
            #expect(try rows.map { try $0.decode("session_id", as: String.self) } == ["other 0", "other 1", "4", "5", "6"])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    let report = try await Commons.screened(Self.report("at once \(number)"))
                    group.addTask { try await store.note(report, by: Commons.voter) }
                }
                try await group.waitForAll()
            }
            #expect(
                try await commons.number("SELECT count(*) AS n FROM telemetry_triggers WHERE user_id = \(Commons.voter)") == 3)
            #expect(TelemetryStore.reportsPerUser == 1_000)
        }
    }

    @Test("keeps numbers and hostile texts as they came", arguments: TestStore.allCases)
    func hostileTexts(_ kind: TestStore) async throws {
        try await Commons.with(kind) { commons async throws in
            let store = TelemetryStore(database: commons.database)
            for text in HostileTexts.all {
                let stats = JSONValue.object(JSONObject([(text, .string(text))]))
                let report = TriggerReport(
                    sessionID: text, triggerStats: stats, searchesFired: 1, tracesConsumed: 0,
                    resolutionsTotal: 9_007_199_254_740_991, resolutionsAssisted: nil)
                try await store.note(try await Commons.screened(report), by: Commons.voter)
                let row = try #require(
                    try await commons.database.queryOne("SELECT * FROM telemetry_triggers ORDER BY id DESC LIMIT 1"))
                #expect(try row.decode("session_id", as: String.self).unicodeScalars.elementsEqual(text.unicodeScalars))
                #expect(try JSONValue(parsing: Array(row.decode("trigger_stats", as: String.self).utf8)) == stats)
                #expect(try row.decode("searches_fired") == 1 && row.decode("traces_consumed") == 0)
                #expect(try row.decode("resolutions_total", as: Int64.self) == 9_007_199_254_740_991)
                #expect(try row.decode("resolutions_assisted", as: Int?.self) == nil)
                let short = String(String.UnicodeScalarView(text.unicodeScalars.prefix(20)))
                try await store.note(
                    try await Commons.screened(InstallReport(platform: text.count > 50 ? nil : text, skillVersion: short)),
                    by: Commons.voter)
                let error = await #expect(throws: PersistenceError.self) { try await store.ping(by: text) }
                #expect(error?.code == .foreignKeyViolation)
            }
            let error = await #expect(throws: PersistenceError.self) {
                try await store.ping(by: "00000000-0000-4000-8000-00000000ffff")
            }
            #expect(error?.code == .foreignKeyViolation)
        }
    }

    @Test("goes with its user", arguments: TestStore.allCases)
    func cascade(_ kind: TestStore) async throws {
        try await Commons.with(kind) { commons async throws in
            let store = TelemetryStore(database: commons.database)
            try await store.note(try await Commons.screened(Self.report("s")), by: Commons.voter)
            try await commons.database.write { _ = try $0.execute("DELETE FROM users WHERE id = \(Commons.voter)") }
            #expect(try await commons.number("SELECT count(*) AS n FROM user_activity") == 0)
            #expect(try await commons.number("SELECT count(*) AS n FROM telemetry_triggers") == 0)
        }
    }
}
