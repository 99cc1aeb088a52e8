public import Identity

/// Keeps a record of every change of an endpoint that somebody asks for, in whatever journal the program has.
///
/// Each change is recorded twice: as an intent before it, and with its outcome after it. When the intent is not kept, nothing happens.
public protocol WebhookLedger: Sendable {
    /// Keeps a record, and answers when it is kept; from any task, whose cancellation must not lose the record.
    ///
    /// - Returns: Whether the record is kept. False for an intent stops the change.
    func record(_ event: WebhookChange) async -> Bool
}

/// Who asks for a change, and by which request.
public struct WebhookAuthor: Sendable, Hashable {
    /// Who.
    public let caller: Caller
    /// Where the call comes from, behind trusted proxies; nil when the transport has no addresses.
    public let clientAddress: IPAddress?
    /// The request; its client may have chosen the text.
    public let requestID: String

    /// Names an author.
    ///
    /// - Parameters:
    ///   - caller: Who asks.
    ///   - clientAddress: Where the call comes from.
    ///   - requestID: The request.
    public init(caller: Caller, clientAddress: IPAddress?, requestID: String) {
        self.caller = caller
        self.clientAddress = clientAddress
        self.requestID = requestID
    }
}

/// One record of a change of an endpoint. It holds neither secrets nor the path and query of a URL.
public struct WebhookChange: Sendable, Hashable {
    /// What was asked for.
    public enum Action: String, Sendable, Hashable, CaseIterable {
        /// To register an endpoint.
        case register = "webhook_register"
        /// To make a new secret.
        case rotate = "webhook_rotate"
        /// To enable an endpoint that was disabled.
        case enable = "webhook_enable"
        /// To delete an endpoint.
        case delete = "webhook_delete"
    }

    /// How far the change has come.
    public enum Phase: String, Sendable, Hashable, CaseIterable {
        /// It is about to happen.
        case intent
        /// It happened.
        case done
        /// Nothing was changed.
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
    /// Whose endpoint it is.
    public let organisation: OrganisationID
    /// The endpoint; as it was presented, where there is none of this id.
    public let endpointID: String
    /// Scheme, host and port of where messages go; only where they were looked at.
    public let origin: String?
    /// Who asked; nil for the program itself.
    public let author: WebhookAuthor?
}
