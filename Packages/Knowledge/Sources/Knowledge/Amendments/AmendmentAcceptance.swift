#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import Persistence

/// The amendment that stands beside a trace's own solution.
public struct AcceptedAmendment: Sendable, Hashable {
    /// The amendment.
    public let amendment: Amendment
    /// Who accepted it: the trace's author or a moderator.
    public let acceptedBy: String
    /// When it was accepted.
    public let acceptedAt: Timestamp
}

/// What came of accepting an amendment.
public enum AcceptOutcome: Sendable, Hashable {
    /// It is the accepted one from now on, or was before.
    case accepted
    /// The trace has no such amendment, or is not there.
    case unknown
    /// Whoever asks is neither the trace's author nor a moderator.
    case notAllowed
}

extension AmendmentStore {
    /// Makes an amendment the one that is shown beside its trace (CONTRACTS, decisions); the one before is that no more.
    ///
    /// - Parameters:
    ///   - amendmentID: The amendment: a UUID in any spelling; anything else is no amendment's id.
    ///   - traceID: The trace that it is for, likewise.
    ///   - userID: Who accepts it, a user.
    ///   - isModerator: Whether the user may accept amendments of the traces of others.
    /// - Throws: `PersistenceError`; `foreignKeyViolation` when no such user exists.
    public func accept(
        _ amendmentID: String, of traceID: String, by userID: String, isModerator: Bool
    ) async throws -> AcceptOutcome {
        let user = try UUID(userID: userID)
        guard let traceID = UUID(sqlText: traceID), let amendmentID = UUID(sqlText: amendmentID) else { return .unknown }
        let now = Timestamp.now()
        return try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
            guard let trace = try LockedTrace(traceID, on: connection) else { return .unknown }
            guard isModerator || trace.contributor == user else { return .notAllowed }
            let found = try connection.queryOne(
                "SELECT 1 AS n FROM amendments WHERE id = \(amendmentID) AND original_trace_id = \(traceID)")
            guard found != nil else { return .unknown }
            try connection.execute(
                """
                INSERT INTO accepted_amendments (trace_id, amendment_id, accepted_by, accepted_at)
                VALUES (\(traceID), \(amendmentID), \(user), \(now))
                ON CONFLICT (trace_id) DO UPDATE SET amendment_id = excluded.amendment_id, accepted_by = excluded.accepted_by,
                    accepted_at = excluded.accepted_at
                WHERE accepted_amendments.amendment_id <> excluded.amendment_id
                """)
            return .accepted
        }
    }

    /// The accepted amendment of a trace, if there is one; by one statement.
    ///
    /// - Parameter traceID: A UUID in any spelling; anything else is no trace's id.
    /// - Throws: `PersistenceError`.
    public func accepted(of traceID: String) async throws -> AcceptedAmendment? {
        guard let traceID = UUID(sqlText: traceID) else { return nil }
        let row = try await self.database.queryOne(
            """
            SELECT a.id AS id, a.original_trace_id AS original_trace_id, a.submitter_id AS submitter_id,
                a.improved_solution AS improved_solution, a.explanation AS explanation, a.created_at AS created_at,
                c.accepted_by AS accepted_by, c.accepted_at AS accepted_at
            FROM accepted_amendments c JOIN amendments a ON a.id = c.amendment_id WHERE c.trace_id = \(traceID)
            """)
        guard let row else { return nil }
        return AcceptedAmendment(
            amendment: try Amendment(row), acceptedBy: try row.decode("accepted_by"), acceptedAt: try row.decode("accepted_at"))
    }
}
