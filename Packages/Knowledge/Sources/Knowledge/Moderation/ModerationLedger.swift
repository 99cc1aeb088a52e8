public import Identity

/// Keeps a record of everything that moderators do to traces, in whatever journal the program has.
///
/// Each change is recorded twice: as an intent before it, and with its outcome after it. When the intent is not kept, nothing happens.
public protocol ModerationLedger: Sendable {
    /// Keeps a record, and answers when it is kept; from any task, whose cancellation must not lose the record.
    ///
    /// - Returns: Whether the record is kept. False for an intent stops the change.
    func record(_ change: ModerationChange) async -> Bool
}

/// Who moderates, and by which request.
public struct ModerationAuthor: Sendable, Hashable {
    /// Who.
    public let caller: Caller
    /// Where the call comes from, behind trusted proxies; nil when the transport has no addresses.
    public let clientAddress: IPAddress?
    /// The request; its client may have chosen the text.
    public let requestID: String

    /// Names an author.
    ///
    /// - Parameters:
    ///   - caller: Who moderates.
    ///   - clientAddress: Where the call comes from.
    ///   - requestID: The request.
    public init(caller: Caller, clientAddress: IPAddress?, requestID: String) {
        self.caller = caller
        self.clientAddress = clientAddress
        self.requestID = requestID
    }
}

/// One record of what a moderator does to a trace. It holds nothing of the trace's text.
public struct ModerationChange: Sendable, Hashable {
    /// What was asked for.
    public enum Action: String, Sendable, Hashable, CaseIterable {
        /// To remove a trace.
        case remove = "trace_remove"
        /// To bring a removed trace back.
        case restore = "trace_restore"
        /// To take the flag from a trace.
        case unflag = "trace_unflag"
    }

    /// How far the change has come.
    public enum Phase: String, Sendable, Hashable, CaseIterable {
        /// It is about to happen.
        case intent
        /// It happened.
        case done
        /// Nothing was changed, as there was no such trace.
        case refused
        /// It is not known whether anything was changed, as the store gave no answer.
        case failed
    }

    /// Names the attempt: its intent and its outcome have the same, 32 hexadecimal digits.
    public let attempt: String
    /// What was asked for.
    public let action: Action
    /// How far it has come.
    public var phase: Phase
    /// The trace, a lower-case UUID, whether or not there is one of this id.
    public let traceID: String
    /// Who asked.
    public let author: ModerationAuthor
}
