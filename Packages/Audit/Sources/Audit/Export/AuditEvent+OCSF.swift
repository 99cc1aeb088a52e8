import Identity
import Persistence
public import StrictJSON

extension AuditEvent {
    /// The event as OCSF 1.8.0, class API Activity (6003) with the profile `security_control`, for other tools to read.
    ///
    /// | decision | `action_id` | `disposition_id` |
    /// | --- | --- | --- |
    /// | `ALLOW` | 1 allowed | 1 allowed, or 8 approved if somebody approved |
    /// | `SANITIZE_AND_ALLOW` | 4 modified | 11 corrected |
    /// | `APPROVAL_REQUIRED` | 2 denied | 14 delayed |
    /// | `DENY` and anything else | 2 denied | 2 blocked |
    ///
    /// `status_id` is 1 for `SUCCESS`, 2 for another outcome, 0 when nothing was executed. What OCSF has no place for stands in
    /// `unmapped` under the names of the columns. Write it with `rfc8785Bytes()`.
    public var ocsf: JSONValue {
        let (action, disposition) = self.ocsfVerdict
        var event: JSONObject = [
            "category_uid": 6, "class_uid": 6003, "activity_id": 99, "activity_name": "Call", "type_uid": 600_399,
            "severity_id": .integer(action == 2 ? 3 : 1), "time": .integer(self.timestamp.microseconds / 1_000),
            "duration": .integer(self.latencyMilliseconds), "action_id": .integer(action),
            "disposition_id": .integer(disposition), "status_id": .integer(self.ocsfStatus),
            "metadata": [
                "version": "1.8.0", "uid": .string(self.requestID.text), "profiles": ["security_control"],
                "product": ["name": "Gatehouse", "vendor_name": "Gatehouse"], "tenant_uid": .string(self.organisation.text),
            ],
            "actor": [
                "user": ["uid": .string(self.callerID), "org": ["uid": .string(self.organisation.text)]]
            ],
            "api": [
                "operation": .string(self.toolName), "service": ["name": .string(self.server)],
                "request": ["uid": .string(self.requestID.text)],
            ],
            // The trail holds no addresses.
            "src_endpoint": ["name": .string(self.callerID)],
            "policy": ["uid": .string(self.matchedPolicyRule), "desc": .string(self.deterministicRationale)],
            "unmapped": self.ocsfRest,
        ]
        if let status = self.executionStatus { event["status_detail"] = .string(status) }
        if let traceID = self.traceID { event["metadata"] = event["metadata"]?.adding("correlation_uid", .string(traceID)) }
        return .object(event)
    }

    private var ocsfVerdict: (action: Int, disposition: Int) {
        switch self.decision {
        case "ALLOW": (1, self.approverID == nil ? 1 : 8)
        case "SANITIZE_AND_ALLOW": (4, 11)
        case "APPROVAL_REQUIRED": (2, 14)
        default: (2, 2)
        }
    }

    private var ocsfStatus: Int {
        switch self.executionStatus {
        case nil: 0
        case "SUCCESS": 1
        default: 2
        }
    }

    private var ocsfRest: JSONValue {
        let names = [
            "caller_role", "environment", "raw_args_hash", "sanitized_args", "risk_labels", "risk_score", "decision",
            "approver_id", "output_hash", "redaction_flags", "llm_explanation", "output_decision", "output_policy_rationale",
        ]
        let json = self.json
        return .object(JSONObject(names.map { ($0, json[$0] ?? .null) }))
    }
}

extension JSONValue {
    fileprivate func adding(_ key: String, _ value: JSONValue) -> JSONValue {
        guard case .object(var object) = self else { return self }
        object[key] = value
        return .object(object)
    }
}
