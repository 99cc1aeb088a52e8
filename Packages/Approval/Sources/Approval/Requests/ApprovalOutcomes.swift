public import Persistence

/// What became of a draft.
public enum IssueOutcome: Sendable {
    /// It waits for a decision.
    case issued(IssuedApproval)
    /// It does not: ``ApprovalRefusal/tooMany``.
    case refused(ApprovalRefusal)
}

/// What the caller is told, once.
public struct IssuedApproval: Sendable {
    /// The secret that spends it.
    public let token: ApprovalToken
    /// What everybody else knows it by.
    public let handle: ApprovalHandle
    /// From when on it is worth nothing.
    public let expiresAt: Timestamp
}

/// What became of a decision or a cancellation.
public enum DecisionOutcome: Sendable, Hashable {
    /// It counts. The request is still `PENDING` when more persons have to say yes.
    case recorded(ApprovalRequest)
    /// It does not count.
    case refused(ApprovalRefusal)
}

/// What became of an attempt to spend an approval.
public enum ConsumeOutcome: Sendable {
    /// The call may happen, once.
    case consumed(Consumption)
    /// It may not.
    case refused(ApprovalRefusal)
}

/// What became of a use that is to be taken back.
public enum ReturnOutcome: Sendable, Hashable {
    /// The approval can be spent again, until it expires.
    case returned
    /// It cannot.
    case refused(ApprovalRefusal)
}
