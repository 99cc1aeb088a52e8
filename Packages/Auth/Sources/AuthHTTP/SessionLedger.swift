public import Identity
public import Persistence

/// Keeps a record of every session that is opened or ended, in whatever journal the program has.
///
/// Each attempt is recorded twice: as an intent before it, and with its outcome after it. When the intent is not kept, nothing happens.
public protocol SessionLedger: Sendable {
    /// Keeps a record, and answers when it is kept; from any task, whose cancellation must not lose the record.
    ///
    /// - Returns: Whether the record is kept. False for an intent stops the attempt.
    func record(_ event: SessionEvent) async -> Bool
}

/// One record of an attempt to open or to end a session. It holds neither the key nor the token.
public struct SessionEvent: Sendable, Hashable {
    /// What was attempted.
    public enum Action: String, Sendable, Hashable, CaseIterable {
        /// To open a session.
        case logIn = "admin_login"
        /// To end a session.
        case logOut = "admin_logout"
    }

    /// How far the attempt has come.
    public enum Phase: String, Sendable, Hashable, CaseIterable {
        /// It is about to happen.
        case intent
        /// It happened.
        case done
        /// It changed nothing.
        case refused
        /// It is not known whether it changed anything, as the store gave no answer.
        case failed
    }

    /// Names the attempt: its intent and its outcome have the same, 32 hexadecimal digits.
    public let attempt: String
    /// What was attempted.
    public let action: Action
    /// How far it has come.
    public var phase: Phase
    /// Whose key or session it is.
    public let caller: Caller
    /// Where the call comes from, behind trusted proxies.
    public let clientAddress: IPAddress?
    /// The request that made the attempt.
    public let requestID: String
    /// Names the session as `AdminSession.id` does; nil before it is opened.
    public var session: String?
    /// When the session ends by itself; only once it is opened.
    public var endsAt: Timestamp?
}
