public import Persistence

/// A solved problem that somebody shared.
public struct Trace: Sendable, Hashable {
    /// How far the community stands behind a trace.
    public enum Status: String, Sendable {
        /// Not confirmed yet.
        case pending
        /// Confirmed by enough votes.
        case validated
    }

    /// The id, a lower-case UUID.
    public let id: String
    /// How far the community stands behind it.
    public let status: Status
    /// What it is about, in a line.
    public let title: String
    /// The situation in which the problem arose.
    public let contextText: String
    /// What solved it.
    public let solutionText: String
    /// The sum of weighted votes.
    public let trustScore: Double
    /// How many votes it has.
    public let confirmationCount: Int
    /// Its tags in normal form, sorted.
    public let tags: [String]
    /// Whether what it speaks of has moved on.
    public let isStale: Bool
    /// Whether somebody reported it.
    public let isFlagged: Bool
    /// Who shared it.
    public let contributorID: String
    /// When it was shared.
    public let createdAt: Timestamp
    /// When it last changed.
    public let updatedAt: Timestamp

    /// - Parameters:
    ///   - row: A row of `traces`.
    ///   - tags: The names of its tags, sorted.
    init(_ row: Row, tags: [String]) throws(PersistenceError) {
        self.id = try row.decode("id")
        guard let status = Status(rawValue: try row.decode("status")) else {
            throw PersistenceError(.decoding, message: "column status holds no status of a trace")
        }
        self.status = status
        self.title = try row.decode("title")
        self.contextText = try row.decode("context_text")
        self.solutionText = try row.decode("solution_text")
        self.trustScore = try row.decode("trust_score")
        self.confirmationCount = try row.decode("confirmation_count")
        self.tags = tags
        self.isStale = try row.decode("is_stale")
        self.isFlagged = try row.decode("is_flagged")
        self.contributorID = try row.decode("contributor_id")
        self.createdAt = try row.decode("created_at")
        self.updatedAt = try row.decode("updated_at")
    }
}
