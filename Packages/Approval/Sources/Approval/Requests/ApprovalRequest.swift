import Identity
public import Persistence
public import StrictJSON

/// A request for a yes, without its arguments and without anything that could spend it.
public struct ApprovalRequest: Sendable, Hashable {
    /// Its public name.
    public let handle: ApprovalHandle
    /// The request that was held up by it.
    public let requestID: String
    /// Who asks.
    public let requester: ApprovalParty
    /// What a yes allows.
    public let scope: ApprovalScope
    /// The tool server.
    public let server: String
    /// The tool.
    public let tool: String
    /// The policy under which it was asked.
    public let policyRevision: String
    /// The call as the issuer lets it be shown.
    public let sanitizedCall: JSONValue
    /// Why a yes is needed, in the issuer's words.
    public let riskExplanation: String
    /// Labels of the risk, such as `HIGH_WRITE_ACTION`.
    public let riskLabels: [String]
    /// The risk, 0 to 1, if the issuer gave one.
    public let riskScore: Double?
    /// How many persons have to say yes, 1 or more.
    public let quorum: Int
    /// Whether a decision needs a note.
    public let requiresNote: Bool
    /// When it was asked.
    public let createdAt: Timestamp
    /// From when on neither a decision nor a use is possible.
    public let expiresAt: Timestamp
    /// How far it has come; a request whose time is over counts as expired even before the table says so.
    public let status: ApprovalStatus
    /// Whose decision was the last one needed.
    public let approverID: String?
    /// When it was decided or cancelled.
    public let decidedAt: Timestamp?
    /// The note of the last decision, as it was written: it may hold anything, so show it by `VisibleText.note(_:)`.
    public let note: String?
    /// When it was spent.
    public let usedAt: Timestamp?

    /// Whether a party is the registration that asked.
    public func isOwned(by party: ApprovalParty) -> Bool {
        self.requester.isSameRegistration(as: party)
    }

    /// The same request at another stage.
    func with(_ status: ApprovalStatus) -> ApprovalRequest {
        ApprovalRequest(
            handle: self.handle, requestID: self.requestID, requester: self.requester, scope: self.scope, server: self.server,
            tool: self.tool, policyRevision: self.policyRevision, sanitizedCall: self.sanitizedCall,
            riskExplanation: self.riskExplanation, riskLabels: self.riskLabels, riskScore: self.riskScore, quorum: self.quorum,
            requiresNote: self.requiresNote, createdAt: self.createdAt, expiresAt: self.expiresAt, status: status,
            approverID: self.approverID, decidedAt: self.decidedAt, note: self.note, usedAt: self.usedAt)
    }
}

/// What one person said.
public struct ApprovalVote: Sendable, Hashable {
    /// Yes or no.
    public enum Verdict: String, Sendable, Hashable, CaseIterable {
        /// Yes.
        case approve = "APPROVE"
        /// No, which ends the request.
        case deny = "DENY"
    }

    /// Who said it.
    public let voter: ApprovalParty
    /// What was said.
    public let verdict: Verdict
    /// The note, as it was written.
    public let note: String?
    /// When.
    public let votedAt: Timestamp
}

extension ApprovalVote {
    /// Whether it comes before another on the same request: the older first; of one time, by the name of who voted.
    func precedes(_ other: ApprovalVote) -> Bool {
        guard self.votedAt == other.votedAt else { return self.votedAt < other.votedAt }
        guard self.voter.kind == other.voter.kind else { return self.voter.kind.rawValue < other.voter.kind.rawValue }
        return self.voter.id.text.utf8.lexicographicallyPrecedes(other.voter.id.text.utf8)
    }
}

/// All that an approver sees of a request.
public struct ApprovalDetail: Sendable, Hashable {
    /// The request.
    public let request: ApprovalRequest
    /// The votes, the oldest first.
    public let votes: [ApprovalVote]
    /// The arguments as they will be sent, whole; nil once they are shredded.
    public let arguments: ArgumentView?
    /// The output that waits for its release, whole; nil for other scopes, and once it is shredded.
    public let output: ArgumentView?
}

/// Some requests, and how to get those after them.
public struct ApprovalPage: Sendable, Hashable {
    /// The newest first.
    public let requests: [ApprovalRequest]
    /// The cursor of the next page, opaque, at most 160 characters; nil when there is none.
    public let next: String?
}
