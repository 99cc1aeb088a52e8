/// Why an attempt did nothing.
public enum ApprovalRefusal: Sendable, Hashable {
    /// There is no such request in the organisation.
    case unknown
    /// It has come to an end, or was decided, before: the stage at which it is.
    case decided(ApprovalStatus)
    /// Nobody has decided yet, so it cannot be spent.
    case notDecided
    /// The same human asked for it.
    case ownRequest
    /// The same human has voted before.
    case alreadyVoted
    /// This caller may not decide.
    case notApprover
    /// The decision needs a note.
    case noteMissing
    /// Somebody else asked for it, and this caller administers nothing.
    case notOwner
    /// Another caller asked for it.
    case otherCaller
    /// It is for something else than this scope.
    case otherScope
    /// It is for another server or tool.
    case otherTool
    /// It is for other arguments, as received or as they will be sent.
    case otherArguments
    /// The policy has changed since.
    case otherPolicy
    /// Somebody whose yes is needed may not decide any more, or turned out to be the same human as another.
    case approverGone
    /// As many requests for this call, or of this caller, are open as there may be.
    case tooMany
    /// It was not this use that spent it last, or what was released cannot be taken back.
    case notReturnable

    /// A name for records and metrics, such as `own_request`; that of ``decided(_:)`` does not tell the stage.
    public var code: String {
        switch self {
        case .unknown: "unknown"
        case .decided(.expired): "expired"
        case .decided: "already_decided"
        case .notDecided: "not_decided"
        case .ownRequest: "own_request"
        case .alreadyVoted: "already_voted"
        case .notApprover: "not_approver"
        case .noteMissing: "note_missing"
        case .notOwner: "not_owner"
        case .otherCaller: "other_caller"
        case .otherScope: "other_scope"
        case .otherTool: "other_tool"
        case .otherArguments: "other_arguments"
        case .otherPolicy: "other_policy"
        case .approverGone: "approver_gone"
        case .tooMany: "too_many"
        case .notReturnable: "not_returnable"
        }
    }
}

extension ApprovalRefusal: CustomStringConvertible {
    /// A sentence that is safe to show.
    public var description: String {
        switch self {
        case .unknown: "Approval not found"
        case .decided(let status): "Token already decided with status: '\(status.rawValue)'"
        case .notDecided: "The approval is not decided yet"
        case .ownRequest: "Nobody decides their own request"
        case .alreadyVoted: "The same person has voted before"
        case .notApprover: "This caller may not decide approvals"
        case .noteMissing: "This decision needs a note"
        case .notOwner: "Only its owner or an administrator cancels a request"
        case .otherCaller: "The approval was given to another caller"
        case .otherScope: "The approval is for another scope"
        case .otherTool: "The approval is for another tool"
        case .otherArguments: "The approval is for other arguments"
        case .otherPolicy: "The policy has changed since the approval was asked for"
        case .approverGone: "Somebody who approved may not approve any more"
        case .tooMany: "Too many approvals are open already"
        case .notReturnable: "This use cannot be taken back"
        }
    }
}
