public import Persistence

/// Keeps a record of every attempt, in whatever journal the gateway has.
///
/// An attempt that can have an effect is recorded twice: as an intent before it, and with its outcome after it. When the intent
/// is not kept, the effect does not happen. Refusals without an effect are recorded once; of those for want of such an approval,
/// 60 of one caller and 1 000 of all in a minute, and the number of those beyond stands in the next.
public protocol ApprovalLedger: Sendable {
    /// Keeps a record, and answers when it is kept.
    ///
    /// Called often, from any task; cancelling that task must not lose the record.
    ///
    /// - Returns: Whether the record is kept. False for an intent stops the attempt.
    func record(_ event: ApprovalEvent) async -> Bool
}

/// One record of an attempt. It holds neither tokens nor arguments nor notes.
public struct ApprovalEvent: Sendable, Hashable {
    /// What was attempted.
    public enum Action: String, Sendable, Hashable, CaseIterable {
        /// To ask for a yes.
        case issue
        /// To say yes.
        case approve
        /// To say no.
        case deny
        /// To withdraw a request.
        case cancel
        /// To end a request whose time is over.
        case expire
        /// To spend a yes.
        case consume
        /// To take back a use that failed before any byte was sent.
        case giveBack = "give_back"
    }

    /// How far the attempt has come.
    public enum Phase: Sendable, Hashable {
        /// It is about to happen.
        case intent
        /// It happened, and the request is now at this stage.
        case done(ApprovalStatus)
        /// It had no effect.
        case refused(ApprovalRefusal)
        /// It is not known whether it had an effect, as the database gave no answer.
        case failed
    }

    /// Names the attempt: its intent and its outcome have the same, 32 hexadecimal digits.
    public let attempt: String
    /// What was attempted.
    public let action: Action
    /// How far it has come.
    public let phase: Phase
    /// The request that made the attempt; nil for the clock.
    public let requestID: String?
    /// Who made it; nil for the clock.
    public let actor: ApprovalParty?
    /// What it was about, under the name that was presented; nil when nothing could have that name.
    public let handle: ApprovalHandle?
    /// The request that is held up; nil when none was found.
    public let approvedRequestID: String?
    /// The scope of the approval, or the one that was asked for.
    public let scope: ApprovalScope?
    /// The server of the approval, or the one that was asked for.
    public let server: String?
    /// The tool of the approval, or the one that was asked for.
    public let tool: String?
    /// How many attempts on approvals that do not exist were refused before this one, by any caller, without a record of their own.
    public let unrecorded: Int
    /// When.
    public let time: Timestamp
}
