#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import ContentScreening
public import Persistence
import StrictJSON

/// Keeps what clients tell of their use: one row for each user, and a user's newest reports of sessions.
public struct TelemetryStore: Sendable {
    /// How many reports of sessions are kept of a user; older ones go when a new one comes: 1 000.
    public static let reportsPerUser = 1_000

    private let database: any Database
    private let reportsKept: Int

    /// Creates a store over a migrated database.
    public init(database: any Database) {
        self.init(database: database, reportsKept: Self.reportsPerUser)
    }

    package init(database: any Database, reportsKept: Int) {
        self.database = database
        self.reportsKept = reportsKept
    }

    /// Notes that a user was there.
    ///
    /// - Throws: `PersistenceError`; `foreignKeyViolation` when no such user exists.
    public func ping(by userID: String) async throws {
        let user = try UUID(userID: userID)
        let now = Timestamp.now()
        try await self.database.write { try Self.touch(user, at: now, on: $0) }
    }

    /// Notes what a user's client tells of its installation; what it does not tell stays as it was.
    ///
    /// - Throws: `PersistenceError`; `foreignKeyViolation` when no such user exists.
    public func note(_ report: Screened<InstallReport>, by userID: String) async throws {
        let report = report.content
        let user = try UUID(userID: userID)
        let now = Timestamp.now()
        try await self.database.write { connection in
            try connection.execute(
                """
                INSERT INTO user_activity (user_id, last_seen_at, platform, skill_version, install_source)
                VALUES (\(user), \(now), \(report.platform), \(report.skillVersion), \(report.installSource))
                ON CONFLICT (user_id) DO UPDATE SET last_seen_at = excluded.last_seen_at,
                    platform = COALESCE(excluded.platform, user_activity.platform),
                    skill_version = COALESCE(excluded.skill_version, user_activity.skill_version),
                    install_source = COALESCE(excluded.install_source, user_activity.install_source)
                """)
        }
    }

    /// Keeps a report of a session, and lets the user's oldest go.
    ///
    /// - Throws: `PersistenceError`; `foreignKeyViolation` when no such user exists.
    public func note(_ report: Screened<TriggerReport>, by userID: String) async throws {
        let report = report.content
        let user = try UUID(userID: userID)
        let now = Timestamp.now()
        let kept = self.reportsKept
        try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
            // The user's row is taken first, so that reports of one user take turns and none is kept too many.
            try Self.touch(user, at: now, on: connection)
            try connection.execute(
                """
                INSERT INTO telemetry_triggers (user_id, session_id, trigger_stats, searches_fired, traces_consumed,
                    resolutions_total, resolutions_assisted, created_at)
                VALUES (\(user), \(report.sessionID), \(json: report.triggerStats.description), \(report.searchesFired),
                    \(report.tracesConsumed), \(report.resolutionsTotal), \(report.resolutionsAssisted), \(now))
                """)
            try connection.execute(
                """
                DELETE FROM telemetry_triggers WHERE user_id = \(user) AND id <= (
                    SELECT id FROM telemetry_triggers WHERE user_id = \(user) ORDER BY id DESC LIMIT 1 OFFSET \(kept))
                """)
        }
    }

    private static func touch(
        _ user: UUID, at now: Timestamp, on connection: any DatabaseConnection
    ) throws(PersistenceError) {
        try connection.execute(
            """
            INSERT INTO user_activity (user_id, last_seen_at) VALUES (\(user), \(now))
            ON CONFLICT (user_id) DO UPDATE SET last_seen_at = excluded.last_seen_at
            """)
    }
}
