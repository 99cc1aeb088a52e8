public import Persistence

/// What somebody says of another's trace, once and for good.
public struct Vote: Sendable, Hashable {
    /// Whether the trace helped.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// It helped.
        case up
        /// It did not, for a reason that the voter names.
        case down
    }

    /// What is wrong with a trace.
    public enum FeedbackTag: String, Sendable, Hashable, CaseIterable {
        /// It was right once.
        case outdated
        /// It is not right.
        case wrong
        /// Following it is dangerous.
        case securityConcern = "security_concern"
        /// It is no contribution at all.
        case spam
    }

    /// The id, a lower-case UUID.
    public let id: String
    /// The trace.
    public let traceID: String
    /// Who votes.
    public let voterID: String
    /// Whether the trace helped.
    public let kind: Kind
    /// What is wrong with it; always there for a down vote.
    public let feedbackTag: FeedbackTag?
    /// Why, in the voter's words.
    public let feedbackText: String?
    /// When it was cast.
    public let createdAt: Timestamp
}

/// What came of a vote.
public enum VoteOutcome: Sendable, Hashable {
    /// It is counted.
    case counted(Vote)
    /// No trace has the id, or it was removed.
    case unknownTrace
    /// The voter shared the trace.
    case ownTrace
    /// The voter's first vote stands.
    case alreadyVoted
}
