public import Persistence

/// A message on its way to one endpoint, or at its end.
public struct WebhookDelivery: Hashable, Sendable {
    /// How far it has come.
    public enum Status: String, Hashable, Sendable, CaseIterable, SQLDecodable {
        /// An attempt is due, under way, or planned.
        case pending
        /// An attempt was answered 2xx.
        case delivered
        /// No attempt is left, the receiver answered 410, or there was no room (`backlogFull`).
        case failed
        /// The endpoint was disabled while it waited.
        case cancelled
    }

    /// The id of the message, the same at every endpoint and in every attempt: `webhook-id`.
    public let messageID: String
    /// The name of the event.
    public let eventType: String
    /// How far it has come.
    public let status: Status
    /// How many attempts were begun.
    public let attempts: Int
    /// The status of the last answer, 200 to 599; nil when there was none.
    public let lastStatus: Int?
    /// Why the last attempt failed when there was no answer to judge: a code of `OutboundError` such as `timedOut`, `redirected`
    /// or `refusedAddress`; `unreadableSecret` or `unsigned` when there is no secret to sign with; `interrupted` when the server that made it told no outcome; `backlogFull`; else nil.
    public let lastError: String?
    /// When the last attempt whose outcome is known ended.
    public let lastAttemptAt: Timestamp?
    /// When the next attempt is due; while one is under way, when the claim on it ends; nil when finished.
    public let dueAt: Timestamp?
    /// When it was enqueued.
    public let createdAt: Timestamp
    /// When it was delivered or given up.
    public let finishedAt: Timestamp?

    init(_ row: Row) throws(PersistenceError) {
        self.messageID = try row.decode("message_id")
        self.eventType = try row.decode("event_type")
        self.status = try row.decode("status")
        self.attempts = try row.decode("attempts")
        self.lastStatus = try row.decode("last_status")
        self.lastError = try row.decode("last_error")
        self.lastAttemptAt = try row.decode("last_attempt_at")
        self.dueAt = try row.decode("due_at")
        self.createdAt = try row.decode("created_at")
        self.finishedAt = try row.decode("finished_at")
    }
}

/// Some deliveries, and how to get those after them.
public struct WebhookDeliveryPage: Sendable, Hashable {
    /// The newest first.
    public let deliveries: [WebhookDelivery]
    /// The cursor of the next page, opaque, at most 128 characters; nil when there is none.
    public let next: String?
}
