import StrictJSON

extension AuditRecord {
    /// Deeper than any request that the server takes, so that what was written can be read.
    private static let readingOptions = JSONParsingOptions(maximumDepth: 256, allowsNUL: true)

    /// The canonical form: `{"details": {…}, "event": {…}, "kind": "outcome", "outcome": "success", "request_id": "req-1"}`.
    ///
    /// Sorted keys and plain ASCII, so that NUL is the escape `\u0000` and any database keeps the text as it is.
    var body: [UInt8] {
        var object: JSONObject = ["kind": .string(self.kind.rawValue), "details": .object(self.details)]
        if let outcome = self.outcome { object["outcome"] = .string(outcome.rawValue) }
        if let requestID = self.requestID { object["request_id"] = .string(requestID.text) }
        if self.takesRequestID { object["takes_request_id"] = true }
        if let event = self.event { object["event"] = event.json }
        if let draft = self.draft { object["draft"] = draft.json }
        if let abandonedBy = self.abandonedBy { object["abandoned_by"] = .string(abandonedBy) }
        return JSONValue.object(object).sortedBytes()
    }

    /// Reads what ``body`` wrote.
    ///
    /// - Throws: ``AuditError`` with code `unreadable`.
    init(body: [UInt8]) throws(AuditError) {
        guard let json = try? JSONValue(parsing: body, options: Self.readingOptions),
            let kind = json["kind"]?.stringValue.flatMap(Kind.init(rawValue:)), let details = json["details"]?.objectValue
        else { throw AuditError(.unreadable, message: "the body of a record has another form") }
        let requestID = json["request_id"]?.stringValue.map { AuditRequestID(unchecked: $0) }
        func event(_ key: String) throws(AuditError) -> AuditEvent? {
            guard let json = json[key] else { return nil }
            guard let requestID, let read = AuditEvent(json: json, requestID: requestID) else {
                throw AuditError(.unreadable, message: "the event of a record has another form")
            }
            return read
        }
        self.init(
            kind: kind, outcome: json["outcome"]?.stringValue.flatMap(Outcome.init(rawValue:)), requestID: requestID,
            takesRequestID: json["takes_request_id"]?.boolValue ?? false, details: details,
            event: try event("event"), draft: try event("draft"), abandonedBy: json["abandoned_by"]?.stringValue)
    }
}
