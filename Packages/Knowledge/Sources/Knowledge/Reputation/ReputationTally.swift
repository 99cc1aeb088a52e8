#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Persistence

/// Counts a vote for the author of the trace, in the transaction of the vote.
enum ReputationTally {
    /// Adds a vote to the author's sums, over all and for each tag, and brings the scores up to date.
    ///
    /// The first statement takes the author's sum, and with it everything that follows: two votes for one author take turns here,
    /// whichever traces and tags they are for, so that no score is made of sums that have moved on.
    ///
    /// - Parameters:
    ///   - kind: The vote.
    ///   - author: Who shared the trace.
    ///   - tags: The names of the trace's tags, sorted.
    ///   - now: The present time.
    ///   - connection: In a transaction.
    static func count(
        _ kind: Vote.Kind, for author: UUID, in tags: [String], at now: Timestamp, on connection: any DatabaseConnection
    ) throws(PersistenceError) {
        let (up, down) = kind == .up ? (1, 0) : (0, 1)
        let sum = try connection.queryOne(
            """
            INSERT INTO contributor_votes (contributor_id, upvote_count, downvote_count) VALUES (\(author), \(up), \(down))
            ON CONFLICT (contributor_id) DO UPDATE SET upvote_count = contributor_votes.upvote_count + excluded.upvote_count,
                downvote_count = contributor_votes.downvote_count + excluded.downvote_count
            RETURNING upvote_count, downvote_count
            """)
        guard let sum else { throw PersistenceError(.other, message: "the sum of votes was not written") }
        try connection.execute("UPDATE users SET reputation_score = \(try Self.score(of: sum)) WHERE id = \(author)")
        if tags.isEmpty { return }
        let rows = tags.map { "(\(UUID()), \(author), \($0), \(up), \(down), 0.0, \(now))" as SQL }
        let counted = try connection.query(
            """
            INSERT INTO contributor_domain_reputation
                (id, contributor_id, domain_tag, upvote_count, downvote_count, wilson_score, updated_at)
            VALUES \(rows.joined(separator: ", "))
            ON CONFLICT (contributor_id, domain_tag) DO UPDATE SET
                upvote_count = contributor_domain_reputation.upvote_count + excluded.upvote_count,
                downvote_count = contributor_domain_reputation.downvote_count + excluded.downvote_count,
                updated_at = excluded.updated_at
            RETURNING domain_tag, upvote_count, downvote_count
            """)
        var scores: [SQL] = []
        for row in counted {
            let tag: String = try row.decode("domain_tag")
            scores.append("WHEN \(tag) THEN CAST(\(try Self.score(of: row)) AS DOUBLE PRECISION)")
        }
        try connection.execute(
            """
            UPDATE contributor_domain_reputation
            SET wilson_score = CASE domain_tag \(scores.joined(separator: " ")) ELSE wilson_score END
            WHERE contributor_id = \(author) AND domain_tag IN \(list: tags)
            """)
    }

    private static func score(of row: Row) throws(PersistenceError) -> Double {
        let up: Int64 = try row.decode("upvote_count")
        let (total, isTooMany) = up.addingReportingOverflow(try row.decode("downvote_count"))
        return WilsonScore.lowerBound(up: up, total: isTooMany ? Int64.max : total)
    }
}
