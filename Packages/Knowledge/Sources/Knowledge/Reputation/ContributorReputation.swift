import Persistence

/// How far the votes of others speak for a contributor.
public struct ContributorReputation: Sendable, Hashable {
    /// The standing under one tag.
    public struct Domain: Sendable, Hashable {
        /// The name of the tag.
        public let tag: String
        /// The lower bound over the votes on traces with the tag; see ``WilsonScore``.
        public let score: Double
        /// Up votes on traces with the tag.
        public let upvotes: Int64
        /// Down votes on traces with the tag.
        public let downvotes: Int64

        init(_ row: Row) throws(PersistenceError) {
            self.tag = try row.decode("domain_tag")
            self.score = try row.decode("wilson_score")
            self.upvotes = try row.decode("upvote_count")
            self.downvotes = try row.decode("downvote_count")
        }
    }

    /// The most domains that are told, the best ones: 1 000.
    public static let maximumDomains = 1_000

    /// The contributor, a lower-case UUID.
    public let userID: String
    /// The lower bound over all votes on all traces of the contributor, whatever their tags.
    public let overallScore: Double
    /// The standing by tags, the best first; equal ones by the bytes of their names.
    public let domains: [Domain]
}
