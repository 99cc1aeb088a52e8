import Identity
import Persistence
import StrictJSON

extension ApprovalRequest {
    /// The request as a cache keeps it: nothing of the call but its names, nothing that could spend it.
    ///
    /// ```json
    /// {"token":"…","request_id":"req-1","caller_id":"agent-1","caller_kind":"gateway_caller","caller_person":null,"org_id":"acme",
    ///  "scope":"EXECUTION","server":"files","tool_name":"fs.write","policy_revision":"r1","risk_labels":[],"risk_score":null,
    ///  "quorum":1,"requires_note":false,"status":"PENDING","created_at":"…","expires_at":"…"}
    /// ```
    var cachedForm: JSONValue {
        [
            "token": .string(self.handle.text), "request_id": .string(self.requestID),
            "caller_id": .string(self.requester.id.text), "caller_kind": .string(self.requester.kind.rawValue),
            "caller_person": .string(orNull: self.requester.person?.text), "org_id": .string(self.requester.organisation.text),
            "scope": .string(self.scope.rawValue), "server": .string(self.server), "tool_name": .string(self.tool),
            "policy_revision": .string(self.policyRevision), "risk_labels": .array(self.riskLabels.map { .string($0) }),
            "risk_score": .float(orNull: self.riskScore), "quorum": .integer(self.quorum),
            "requires_note": .bool(self.requiresNote), "status": .string(self.status.rawValue),
            "created_at": .string(self.createdAt.rfc3339), "expires_at": .string(self.expiresAt.rfc3339),
        ]
    }

    /// Reads what a cache has kept; nil for anything but a pending request.
    init?(cachedForm value: JSONValue) {
        guard let handle = value["token"]?.stringValue.flatMap({ ApprovalHandle($0) }),
            let requestID = value["request_id"]?.stringValue,
            let callerID = value["caller_id"]?.stringValue.flatMap({ CallerID($0) }),
            let kind = value["caller_kind"]?.stringValue.flatMap({ Caller.Kind(rawValue: $0) }),
            let organisation = value["org_id"]?.stringValue.flatMap({ OrganisationID($0) }),
            let scope = value["scope"]?.stringValue.flatMap({ ApprovalScope(rawValue: $0) }),
            let server = value["server"]?.stringValue, let tool = value["tool_name"]?.stringValue,
            let policyRevision = value["policy_revision"]?.stringValue, let quorum = value["quorum"]?.intValue,
            let requiresNote = value["requires_note"]?.boolValue,
            value["status"]?.stringValue == ApprovalStatus.pending.rawValue,
            let createdAt = value["created_at"]?.stringValue.flatMap({ Timestamp(rfc3339: $0) }),
            let expiresAt = value["expires_at"]?.stringValue.flatMap({ Timestamp(rfc3339: $0) })
        else { return nil }
        self.init(
            handle: handle, requestID: requestID,
            requester: ApprovalParty(
                id: callerID, kind: kind, organisation: organisation,
                person: value["caller_person"]?.stringValue.flatMap { PersonID($0) }),
            scope: scope, server: server, tool: tool, policyRevision: policyRevision, sanitizedCall: .null, riskExplanation: "",
            riskLabels: value["risk_labels"]?.arrayValue?.compactMap(\.stringValue) ?? [],
            riskScore: value["risk_score"]?.doubleValue, quorum: quorum, requiresNote: requiresNote, createdAt: createdAt,
            expiresAt: expiresAt, status: .pending, approverID: nil, decidedAt: nil, note: nil, usedAt: nil)
    }
}
