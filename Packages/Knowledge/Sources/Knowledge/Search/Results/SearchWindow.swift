#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
import Persistence

/// A trace that matches, before it is read.
struct SearchCandidate: Sendable {
    let number: Int64
    /// As the store has it.
    let id: SQLValue
    let idText: String
    let trust: Double
    let createdAt: Timestamp
    /// The store's own measure; only the ratio of two of one search means anything.
    let score: Double

    init(_ row: Row) throws(PersistenceError) {
        self.number = try row.decode("number")
        self.id = try row.decode("id")
        self.idText = try row.decode("id")
        self.trust = try row.decode("trust_score")
        self.createdAt = try row.decode("created_at")
        self.score = try row.decode("score")
    }

    init(number: Int64, id: UUID, trust: Double, createdAt: Timestamp, score: Double) {
        self.number = number
        self.id = .uuid(id)
        self.idText = id.sqlText
        self.trust = trust
        self.createdAt = createdAt
        self.score = score
    }
}

/// A candidate with its place in the order.
struct RankedCandidate: Sendable {
    let candidate: SearchCandidate
    let similarity: Double
    let combined: Double
}

/// The newest matches, which are put in order.
struct SearchWindow: Sendable {
    static let size = 300

    /// By falling number.
    let candidates: [SearchCandidate]
    /// Whether there are older matches.
    let isCut: Bool

    /// The best first; among equals the newest, then by id.
    ///
    /// - Parameter share: What the best match of the tier is worth, above 0 and at most 1.
    func ranked(share: Double) -> [RankedCandidate] {
        let best = self.candidates.map(\.score).max() ?? 0
        let ranked = self.candidates.map { candidate in
            let similarity = (best > 0 ? max(candidate.score, 0) / best : 1) * share
            return RankedCandidate(
                candidate: candidate, similarity: similarity, combined: similarity * Self.weight(of: candidate.trust))
        }
        return ranked.sorted { left, right in
            if left.combined != right.combined { return left.combined > right.combined }
            if left.candidate.createdAt != right.candidate.createdAt {
                return left.candidate.createdAt > right.candidate.createdAt
            }
            return left.candidate.idText.utf8.lexicographicallyPrecedes(right.candidate.idText.utf8)
        }
    }

    /// What trust adds (CONTRACTS §4.5).
    private static func weight(of trust: Double) -> Double { log(1 + 1 + max(0, trust)) }
}
