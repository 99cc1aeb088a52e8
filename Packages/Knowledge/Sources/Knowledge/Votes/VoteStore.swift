#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import ContentScreening
public import Persistence

/// Counts votes: trust and status of the trace, and the standing of its author, in one transaction (CONTRACTS §4.5).
///
/// | what | how it is counted |
/// | --- | --- |
/// | weight of a vote | the voter's best score under one of the trace's tags, or over all if it has no tags; at least 0.1 |
/// | `traces.confirmation_count` | plus 1, for down votes too |
/// | `traces.trust_score` | plus the weight, minus it for a down vote |
/// | `traces.status` | from `pending` to `validated` once there are enough votes and trust is above 0; never back |
/// | the author's scores | plus 1 vote under each tag, and over all; see ``WilsonScore`` |
///
/// The weight is that of the moment: votes that the voter gets later change nothing of it.
public struct VoteStore: Sendable {
    /// The range of votes that a trace may need to be validated.
    public static let thresholds = 1...1_000
    /// The least weight of a vote, that of a voter whom nobody knows yet.
    public static let leastWeight = 0.1

    private let database: any Database
    private let threshold: Int

    /// Creates a store over a migrated database.
    ///
    /// - Parameters:
    ///   - database: Where the chain `knowledge` is up to date.
    ///   - threshold: How many votes a trace needs to be validated, one of ``thresholds``.
    /// - Throws: ``KnowledgeError`` with code `invalidConfiguration`.
    public init(database: any Database, threshold: Int = 2) throws(KnowledgeError) {
        guard Self.thresholds.contains(threshold) else {
            throw KnowledgeError(
                .invalidConfiguration,
                message: "a trace needs \(Self.thresholds.lowerBound) to \(Self.thresholds.upperBound) votes to be validated")
        }
        self.database = database
        self.threshold = threshold
    }

    /// Casts a vote.
    ///
    /// Votes at the same time are all counted; of several by one voter on one trace, exactly one is. When this returns, the vote
    /// survives a crash.
    ///
    /// - Parameters:
    ///   - draft: What the voter sent, once a `ContentGate` has admitted it.
    ///   - traceID: The trace: a UUID in any spelling; anything else is no trace's id.
    ///   - voterID: Who votes, a user.
    /// - Throws: `PersistenceError`; `foreignKeyViolation` when no such user exists.
    public func cast(_ draft: Screened<VoteDraft>, on traceID: String, by voterID: String) async throws -> VoteOutcome {
        let draft = draft.content
        let voter = try UUID(userID: voterID)
        guard let traceID = UUID(sqlText: traceID) else { return .unknownTrace }
        let id = UUID()
        let now = Timestamp.now()
        let threshold = self.threshold
        // Each statement has to see what others have committed by then; the trace and then its author are locked in this order.
        return try await self.database.transaction(isolation: .readCommitted, retries: 3) { connection in
            guard let trace = try LockedTrace(traceID, on: connection) else { return .unknownTrace }
            guard trace.contributor != voter else { return .ownTrace }
            let tags = try Self.tags(of: traceID, on: connection)
            let weight = try Self.weight(of: voter, in: tags, on: connection)
            let inserted = try connection.execute(
                """
                INSERT INTO votes (id, trace_id, voter_id, vote_type, feedback_text, context_json, created_at)
                VALUES (\(id), \(traceID), \(voter), \(draft.kind.rawValue), \(draft.feedbackText), \(json: draft.stored), \(now))
                ON CONFLICT (trace_id, voter_id) DO NOTHING
                """)
            guard inserted == 1 else { return .alreadyVoted }
            let change = draft.kind == .up ? weight : -weight
            try connection.execute(
                """
                UPDATE traces SET confirmation_count = confirmation_count + 1, trust_score = trust_score + \(change),
                    status = CASE WHEN status = 'pending' AND confirmation_count + 1 >= \(threshold)
                        AND trust_score + \(change) > 0 THEN 'validated' ELSE status END,
                    updated_at = \(now)
                WHERE id = \(traceID)
                """)
            try ReputationTally.count(draft.kind, for: trace.contributor, in: tags, at: now, on: connection)
            return .counted(
                Vote(
                    id: id.sqlText, traceID: traceID.sqlText, voterID: voter.sqlText, kind: draft.kind,
                    feedbackTag: draft.feedbackTag, feedbackText: draft.feedbackText, createdAt: now))
        }
    }

    /// Sorted by bytes, which is the order in which the author's rows are taken.
    private static func tags(of trace: UUID, on connection: any DatabaseConnection) throws(PersistenceError) -> [String] {
        let rows = try connection.query(
            """
            SELECT t.name AS name FROM trace_tags tt JOIN tags t ON t.id = tt.tag_id
            WHERE tt.trace_id = \(trace) ORDER BY t.name \(connection.dialect.byteOrder)
            """)
        var names: [String] = []
        for row in rows { names.append(try row.decode("name")) }
        return names
    }

    private static func weight(
        of voter: UUID, in tags: [String], on connection: any DatabaseConnection
    ) throws(PersistenceError) -> Double {
        let row =
            if tags.isEmpty {
                try connection.queryOne("SELECT reputation_score AS score FROM users WHERE id = \(voter)")
            } else {
                try connection.queryOne(
                    """
                    SELECT MAX(wilson_score) AS score FROM contributor_domain_reputation
                    WHERE contributor_id = \(voter) AND domain_tag IN \(list: tags)
                    """)
            }
        let score = try row?.decode("score", as: Double?.self) ?? 0
        // Scores that an older system left may be anything.
        return score.isFinite ? min(1, max(Self.leastWeight, score)) : Self.leastWeight
    }
}
