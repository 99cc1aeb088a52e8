public import Persistence
public import StrictJSON

/// A request that has begun, whose end nobody recorded, and whose server is gone.
public struct OpenRequest: Sendable {
    /// Where a request stands in the list of open ones.
    struct Key: Sendable, Hashable {
        let writer: String
        let requestID: AuditRequestID
        let sequence: Int64
        let time: Timestamp
    }

    /// Whose request it was: the writer that has gone.
    public let writer: String
    /// The request.
    public let requestID: AuditRequestID
    /// When it began.
    public let beganAt: Timestamp
    /// The details of its first record.
    public let details: JSONObject
    /// What its first record knew of the event; nil when that had none, or was changed since it was written.
    public let draft: AuditEvent?

    let key: Key
    /// Whether the id belongs to this request; not where two servers used one id while the database was away.
    let ownsID: Bool

    /// The draft as an event that says that nobody knows: `UNKNOWN`, with a sentence for the rationale if the draft has none.
    ///
    /// - Parameter now: The end of the latency.
    public func unknownEvent(at now: Timestamp = .now()) -> AuditEvent? {
        guard var event = self.draft else { return nil }
        event.executionStatus = "UNKNOWN"
        let waited = event.timestamp.duration(to: now) / .milliseconds(1)
        event.latencyMilliseconds = Int(min(max(waited, 0), Double(Int32.max)))
        if event.deterministicRationale.isEmpty {
            event.deterministicRationale = "The server ended before the outcome was recorded"
        }
        return event
    }

    /// The id that the row of the event gets.
    var eventID: AuditRequestID {
        if self.ownsID { return self.requestID }
        let ending = "~\(self.writer).\(self.key.sequence)"
        var text = self.requestID.text
        while text.utf8.count + ending.utf8.count > 255, !text.isEmpty { text.removeLast() }
        return AuditRequestID(unchecked: text + ending)
    }
}

/// What ``Journal/closeAbandoned(limit:)`` did.
public struct AbandonedReport: Sendable, Hashable {
    /// Requests that have their end now.
    public internal(set) var closed = 0
    /// Requests that another server had closed meanwhile.
    public internal(set) var closedElsewhere = 0
    /// Requests without a draft, for which nothing can be said; they stay open.
    public internal(set) var withoutDraft = 0
    /// Requests whose end could not be recorded now.
    public internal(set) var refused = 0
    /// Whether there may be more.
    public internal(set) var hasMore = false
}
