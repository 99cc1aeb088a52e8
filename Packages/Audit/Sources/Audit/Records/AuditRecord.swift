public import StrictJSON

/// One thing that happened to a request, as the journal keeps it.
///
/// A request leaves an intent before its effect, a decision, and an outcome; a refusal stands for what never became a
/// request, such as a call without identity. The last record of a request carries its ``event``, and then the row of
/// `audit_events` is written together with it.
public struct AuditRecord: Sendable, Hashable {
    /// What a record tells.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// An effect is about to happen; nothing of it may happen before this is recorded.
        case intent
        /// Policy or a person decided.
        case decision
        /// What became of the effect.
        case outcome
        /// A call was turned away before anybody decided.
        case refusal
    }

    /// What became of an effect.
    public enum Outcome: String, Sendable, Hashable, CaseIterable {
        /// It happened.
        case success
        /// The tool answered with an error.
        case toolError = "tool_error"
        /// The tool did not answer in time, so the effect may have happened.
        case timeout
        /// Nobody knows, because the server ended in between.
        case unknown
    }

    /// What the record tells.
    public let kind: Kind
    /// What became of the effect; only for outcomes.
    public let outcome: Outcome?
    /// The request that it is about; a refusal may have none.
    public let requestID: AuditRequestID?
    /// Whether this record takes the request id, so that no other request may have it.
    public let takesRequestID: Bool
    /// Facts for people, already sanitised: nothing in it may be secret.
    public let details: JSONObject
    /// The row that people query; only in the last record of a request.
    public let event: AuditEvent?
    /// What is known of the event when the request begins; only in the first record of a request.
    public let draft: AuditEvent?
    /// The writer whose request this record ends in its place, because that has gone; only in records that the journal makes.
    let abandonedBy: String?

    /// The first record of a request: takes the id, and tells what is about to happen.
    public static func intent(_ requestID: AuditRequestID, details: JSONObject = [:]) -> AuditRecord {
        AuditRecord(kind: .intent, requestID: requestID, takesRequestID: true, details: details)
    }

    /// The first record of a request, which tells what is known of its event already, so that a request whose server ends
    /// in between gets a row that says as much; see ``Journal/closeAbandoned(limit:)``.
    ///
    /// - Parameter draft: The event without its outcome, already sanitised.
    public static func intent(of draft: AuditEvent, details: JSONObject = [:]) -> AuditRecord {
        AuditRecord(kind: .intent, requestID: draft.requestID, takesRequestID: true, details: details, draft: draft)
    }

    /// A decision after which more follows.
    ///
    /// - Parameter takesRequestID: Whether nothing was recorded of the request before; default false.
    public static func decision(
        _ requestID: AuditRequestID, takesRequestID: Bool = false, details: JSONObject = [:]
    ) -> AuditRecord {
        AuditRecord(kind: .decision, requestID: requestID, takesRequestID: takesRequestID, details: details)
    }

    /// A decision that ends the request, such as a denial.
    ///
    /// - Parameter takesRequestID: Whether nothing was recorded of the request before; default false.
    public static func decision(
        closing event: AuditEvent, takesRequestID: Bool = false, details: JSONObject = [:]
    ) -> AuditRecord {
        AuditRecord(
            kind: .decision, requestID: event.requestID, takesRequestID: takesRequestID, details: details, event: event)
    }

    /// An outcome after which more follows, such as a decision over the output.
    public static func outcome(_ outcome: Outcome, of requestID: AuditRequestID, details: JSONObject = [:]) -> AuditRecord {
        AuditRecord(kind: .outcome, outcome: outcome, requestID: requestID, details: details)
    }

    /// The outcome that ends the request.
    public static func outcome(_ outcome: Outcome, closing event: AuditEvent, details: JSONObject = [:]) -> AuditRecord {
        AuditRecord(kind: .outcome, outcome: outcome, requestID: event.requestID, details: details, event: event)
    }

    /// A call that was turned away; it takes no id and leaves no event, so that nobody can use up the ids of others.
    ///
    /// - Parameter requestID: The id that the call names, if any.
    public static func refusal(_ requestID: AuditRequestID? = nil, details: JSONObject) -> AuditRecord {
        AuditRecord(kind: .refusal, requestID: requestID, details: details)
    }

    /// Something around a request that is no step of it, such as what a person does about an approval: it takes no id, ends nothing
    /// and leaves no event.
    ///
    /// - Parameters:
    ///   - kind: What it tells; for a refusal there is ``refusal(_:details:)``.
    ///   - outcome: What became of it; only for outcomes.
    ///   - requestID: The request that it is about, if any; whether that has ended does not matter.
    public static func note(
        _ kind: Kind, _ outcome: Outcome? = nil, about requestID: AuditRequestID?, details: JSONObject
    ) -> AuditRecord {
        AuditRecord(kind: kind, outcome: outcome, requestID: requestID, details: details)
    }

    init(
        kind: Kind, outcome: Outcome? = nil, requestID: AuditRequestID?, takesRequestID: Bool = false, details: JSONObject,
        event: AuditEvent? = nil, draft: AuditEvent? = nil, abandonedBy: String? = nil
    ) {
        self.kind = kind
        self.outcome = outcome
        self.requestID = requestID
        self.takesRequestID = takesRequestID
        self.details = details
        self.event = event
        self.draft = draft
        self.abandonedBy = abandonedBy
    }

    /// Whether a request begins with this record and goes on.
    var opensRequest: Bool { self.takesRequestID && self.event == nil }
}
