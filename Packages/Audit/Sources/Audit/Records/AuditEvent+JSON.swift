import Identity
import Persistence
public import StrictJSON

extension AuditEvent {
    /// The event with the names of its columns as keys, its request aside: `{"trace_id": null, "timestamp": "2026-11-20T21:52:36.972357Z",
    /// "caller_id": "agent-1", …}`.
    public var json: JSONValue {
        [
            "trace_id": .string(orNull: self.traceID), "timestamp": .string(self.timestamp.rfc3339),
            "caller_id": .string(self.callerID), "caller_role": .string(self.callerRole),
            "environment": .string(self.environment), "mcp_server": .string(self.server),
            "tool_name": .string(self.toolName), "raw_args_hash": .string(self.rawArgumentsHash),
            "sanitized_args": self.sanitizedArguments, "risk_labels": .array(self.riskLabels.map { .string($0) }),
            "risk_score": .float(self.riskScore.isFinite ? self.riskScore : 0),
            "matched_policy_rule": .string(self.matchedPolicyRule),
            "decision": .string(self.decision), "approver_id": .string(orNull: self.approverID),
            "execution_status": .string(orNull: self.executionStatus), "latency_ms": .integer(self.latencyMilliseconds),
            "output_hash": .string(orNull: self.outputHash), "redaction_flags": self.redactionFlags,
            "llm_explanation": .string(orNull: self.llmExplanation),
            "deterministic_rationale": .string(self.deterministicRationale), "org_id": .string(self.organisation.text),
            "output_decision": .string(self.outputDecision),
            "output_policy_rationale": .string(orNull: self.outputPolicyRationale),
        ]
    }

    /// Reads what ``json`` wrote; nil for anything else.
    init?(json: JSONValue, requestID: AuditRequestID) {
        func text(_ key: String) -> String? { json[key]?.stringValue }
        guard let timestamp = text("timestamp").flatMap({ Timestamp(rfc3339: $0) }), let callerID = text("caller_id"),
            let callerRole = text("caller_role"), let environment = text("environment"), let server = text("mcp_server"),
            let toolName = text("tool_name"), let rawArgumentsHash = text("raw_args_hash"),
            let sanitizedArguments = json["sanitized_args"], let riskLabels = json["risk_labels"]?.arrayValue,
            let riskScore = json["risk_score"]?.doubleValue, let matchedPolicyRule = text("matched_policy_rule"),
            let decision = text("decision"), let latency = json["latency_ms"]?.intValue,
            let redactionFlags = json["redaction_flags"], let rationale = text("deterministic_rationale"),
            let organisation = text("org_id"), let outputDecision = text("output_decision")
        else { return nil }
        self.init(
            requestID: requestID, traceID: text("trace_id"), timestamp: timestamp, callerID: callerID, callerRole: callerRole,
            environment: environment, server: server, toolName: toolName, rawArgumentsHash: rawArgumentsHash,
            sanitizedArguments: sanitizedArguments, riskLabels: riskLabels.compactMap(\.stringValue), riskScore: riskScore,
            matchedPolicyRule: matchedPolicyRule, decision: decision, approverID: text("approver_id"),
            executionStatus: text("execution_status"), latencyMilliseconds: latency, outputHash: text("output_hash"),
            redactionFlags: redactionFlags, llmExplanation: text("llm_explanation"), deterministicRationale: rationale,
            organisation: OrganisationID(unchecked: organisation), outputDecision: outputDecision,
            outputPolicyRationale: text("output_policy_rationale"))
    }

    /// The event as its row can hold it, under an id of its own.
    func asRow(named id: AuditRequestID) -> AuditEvent {
        var row = self
        row.requestID = AuditRequestID(unchecked: id.text.withoutNUL)
        row.traceID = self.traceID?.withoutNUL
        row.callerID = self.callerID.withoutNUL.cut
        row.callerRole = self.callerRole.withoutNUL
        row.environment = self.environment.withoutNUL
        row.server = self.server.withoutNUL
        row.toolName = self.toolName.withoutNUL.cut
        row.rawArgumentsHash = self.rawArgumentsHash.withoutNUL
        row.sanitizedArguments = self.sanitizedArguments.withoutNUL
        row.riskLabels = self.riskLabels.map(\.withoutNUL)
        row.matchedPolicyRule = self.matchedPolicyRule.withoutNUL
        row.decision = self.decision.withoutNUL.cut
        row.approverID = self.approverID?.withoutNUL
        row.executionStatus = self.executionStatus?.withoutNUL
        row.outputHash = self.outputHash?.withoutNUL
        row.redactionFlags = self.redactionFlags.withoutNUL
        row.llmExplanation = self.llmExplanation?.withoutNUL
        row.deterministicRationale = self.deterministicRationale.withoutNUL
        row.organisation = OrganisationID(unchecked: self.organisation.text.withoutNUL.cut)
        row.outputDecision = self.outputDecision.withoutNUL
        row.outputPolicyRationale = self.outputPolicyRationale?.withoutNUL
        row.riskScore = self.riskScore.isFinite ? self.riskScore : 0
        row.latencyMilliseconds = min(max(self.latencyMilliseconds, 0), Int(Int32.max))
        return row
    }
}

extension String {
    /// No database of ours keeps NUL in a text.
    fileprivate var withoutNUL: String {
        guard self.utf8.contains(0) else { return self }
        return String(String.UnicodeScalarView(self.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
    }

    /// At most 255 bytes, ending at a border between characters: an index of PostgreSQL takes no more than about 2 700.
    fileprivate var cut: String {
        guard self.utf8.count > 255 else { return self }
        var end = self.utf8.index(self.startIndex, offsetBy: 255)
        while end > self.startIndex, end.samePosition(in: self.unicodeScalars) == nil { end = self.utf8.index(before: end) }
        return String(self[..<end])
    }
}

extension JSONValue {
    fileprivate var withoutNUL: JSONValue {
        switch self {
        case .null, .bool, .number: self
        case .string(let text): .string(text.withoutNUL)
        case .array(let elements): .array(elements.map(\.withoutNUL))
        case .object(let object): .object(JSONObject(object.map { ($0.key.withoutNUL, $0.value.withoutNUL) }))
        }
    }
}
