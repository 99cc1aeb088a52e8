#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import ContentScreening
public import Persistence

/// Keeps reports of traces: one of each reporter for a trace.
public struct FlagStore: Sendable {
    private let database: any Database

    /// Creates a store over a migrated database.
    public init(database: any Database) {
        self.database = database
    }

    /// Reports a trace, which flags it; doing so again changes nothing (CONTRACTS §4.5).
    ///
    /// A reporter's first report stands until a moderator takes the flag away; then the next one replaces it.
    ///
    /// - Parameters:
    ///   - draft: What the reporter sent, once a `ContentGate` has admitted it.
    ///   - traceID: The trace: a UUID in any spelling; anything else is no trace's id.
    ///   - reporterID: Who reports it, a user; the author may too.
    /// - Throws: `PersistenceError`; `foreignKeyViolation` when no such user exists.
    public func report(_ draft: Screened<FlagDraft>, on traceID: String, by reporterID: String) async throws -> FlagOutcome {
        let draft = draft.content
        let reporter = try UUID(userID: reporterID)
        guard let traceID = UUID(sqlText: traceID) else { return .unknownTrace }
        let now = Timestamp.now()
        return try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
            guard let trace = try LockedTrace(traceID, on: connection) else { return .unknownTrace }
            try connection.execute(
                """
                INSERT INTO trace_flags (trace_id, reporter_id, category, reason, created_at)
                VALUES (\(traceID), \(reporter), \(draft.category.rawValue), \(draft.reason), \(now))
                ON CONFLICT (trace_id, reporter_id) DO UPDATE SET category = excluded.category, reason = excluded.reason,
                    created_at = excluded.created_at, closed_at = NULL
                WHERE trace_flags.closed_at IS NOT NULL
                """)
            if trace.isFlagged { return .alreadyFlagged }
            try connection.execute(
                "UPDATE traces SET is_flagged = \(true), flagged_at = \(now), updated_at = \(now) WHERE id = \(traceID)")
            return .flagged
        }
    }

    /// The reports of a trace, removed ones included, the newest first.
    ///
    /// - Parameters:
    ///   - traceID: The trace: a UUID in any spelling; anything else is no trace's id.
    ///   - limit: The most that are wanted, 1 to ``TraceModeration/maximumLimit``.
    /// - Returns: The reports; `nil` when no trace has the id.
    /// - Throws: ``KnowledgeError`` with code `invalidPage`; `PersistenceError`.
    public func reports(of traceID: String, limit: Int = 50) async throws -> [TraceFlag]? {
        try TraceModeration.check(limit: limit)
        guard let traceID = UUID(sqlText: traceID) else { return nil }
        return try await self.database.read { connection in
            guard try connection.queryOne("SELECT 1 AS n FROM traces WHERE id = \(traceID)") != nil else { return nil }
            return try connection.query(
                """
                SELECT \(TraceFlag.columns) FROM trace_flags WHERE trace_id = \(traceID)
                ORDER BY created_at DESC, reporter_id LIMIT \(limit)
                """
            ).map { try TraceFlag($0) }
        }
    }
}
