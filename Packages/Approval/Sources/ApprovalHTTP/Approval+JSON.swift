import Approval
import HTTPCore
import Identity
import Persistence
import StrictJSON

extension ApprovalRequest {
    /// The object of a list: the prescribed members, and what helps to choose.
    var summary: JSONValue {
        [
            "token": .string(self.handle.text),
            "caller_id": .string(self.requester.id.text),
            "org_id": .string(self.requester.organisation.text),
            "tool_name": .string(self.tool),
            "server": .string(self.server),
            "status": .string(self.status.rawValue),
            "scope": .string(self.scope.rawValue),
            "created_at": .string(self.createdAt.rfc3339),
            "expires_at": .string(self.expiresAt.rfc3339),
            "approver_id": .string(orNull: self.approverID),
            "decided_at": .string(orNull: self.decidedAt?.rfc3339),
            "request_id": .string(self.requestID),
            "risk_labels": .array(self.riskLabels.map { .string($0) }),
            "risk_score": .float(orNull: self.riskScore),
            "quorum": .integer(self.quorum),
        ]
    }

    /// The object of one approval, for whoever asked for it and in answer to decisions.
    var json: JSONValue {
        [
            "token": .string(self.handle.text),
            "status": .string(self.status.rawValue),
            "scope": .string(self.scope.rawValue),
            "approver_id": .string(orNull: self.approverID),
            "note": .string(orNull: self.note.map { VisibleText.note($0) }),
            "decided_at": .string(orNull: self.decidedAt?.rfc3339),
            "expires_at": .string(self.expiresAt.rfc3339),
            "quorum": .integer(self.quorum),
        ]
    }

    /// The shape of ``summary``.
    static var summarySchema: Schema {
        .object([
            .required("token", .string().described("The handle; it cannot be spent")),
            .required("caller_id", .string()),
            .required("org_id", .string()),
            .required("tool_name", .string()),
            .required("server", .string()),
            .required("status", .choice(ApprovalStatus.allCases.map(\.rawValue))),
            .required("scope", .choice(ApprovalScope.allCases.map(\.rawValue))),
            .required("created_at", .string(format: .dateTime)),
            .required("expires_at", .string(format: .dateTime)),
            .required("approver_id", .string().nullable),
            .required("decided_at", .string(format: .dateTime).nullable),
            .required("request_id", .string()),
            .required("risk_labels", .array(of: .string())),
            .required("risk_score", .number.nullable),
            .required("quorum", .integer(1...10)),
        ])
    }

    /// The shape of ``json``, and of what those who decide see beside it.
    static var schema: Schema {
        .object([
            .required("token", .string().described("The handle; it cannot be spent")),
            .required("status", .choice(ApprovalStatus.allCases.map(\.rawValue))),
            .required("scope", .choice(ApprovalScope.allCases.map(\.rawValue))),
            .required("approver_id", .string().nullable),
            .required("note", .string().nullable.described("With invisible characters written as \\u{…}")),
            .required("decided_at", .string(format: .dateTime).nullable),
            .required("expires_at", .string(format: .dateTime)),
            .required("quorum", .integer(1...10)),
            .optional("request_id", .string()),
            .optional("caller_id", .string()),
            .optional("caller_kind", .string()),
            .optional("org_id", .string()),
            .optional("server", .string()),
            .optional("tool_name", .string()),
            .optional("policy_revision", .string()),
            .optional("created_at", .string(format: .dateTime)),
            .optional("used_at", .string(format: .dateTime).nullable),
            .optional("risk_explanation", .string()),
            .optional("risk_labels", .array(of: .string())),
            .optional("risk_score", .number.nullable),
            .optional("requires_note", .boolean),
            .optional("votes", .array(of: ApprovalVote.schema)),
            .optional("arguments", ArgumentView.schema.nullable.described("As they will be sent; null once it is decided")),
            .optional("output", ArgumentView.schema.nullable.described("What waits for its release")),
        ])
    }
}

extension ApprovalDetail {
    /// The object of one approval, for those who decide.
    var json: JSONValue {
        guard case .object(var object) = self.request.json else { return self.request.json }
        object["request_id"] = .string(self.request.requestID)
        object["caller_id"] = .string(self.request.requester.id.text)
        object["caller_kind"] = .string(self.request.requester.kind.rawValue)
        object["org_id"] = .string(self.request.requester.organisation.text)
        object["server"] = .string(self.request.server)
        object["tool_name"] = .string(self.request.tool)
        object["policy_revision"] = .string(self.request.policyRevision)
        object["created_at"] = .string(self.request.createdAt.rfc3339)
        object["used_at"] = .string(orNull: self.request.usedAt?.rfc3339)
        object["risk_explanation"] = .string(VisibleText.note(self.request.riskExplanation))
        object["risk_labels"] = .array(self.request.riskLabels.map { .string($0) })
        object["risk_score"] = .float(orNull: self.request.riskScore)
        object["requires_note"] = .bool(self.request.requiresNote)
        object["votes"] = .array(self.votes.map(\.json))
        object["arguments"] = self.arguments?.json ?? .null
        object["output"] = self.output?.json ?? .null
        return .object(object)
    }
}

extension ApprovalVote {
    var json: JSONValue {
        [
            "voter_id": .string(self.voter.id.text),
            "verdict": .string(self.verdict.rawValue),
            "note": .string(orNull: self.note.map { VisibleText.note($0) }),
            "voted_at": .string(self.votedAt.rfc3339),
        ]
    }

    static var schema: Schema {
        .object([
            .required("voter_id", .string()),
            .required("verdict", .choice(Verdict.allCases.map(\.rawValue))),
            .required("note", .string().nullable),
            .required("voted_at", .string(format: .dateTime)),
        ])
    }
}

extension ArgumentView {
    var json: JSONValue {
        [
            "bytes": .integer(self.byteCount),
            "values": .array(
                self.entries.map { entry in
                    [
                        "path": .string(entry.path),
                        "type": .string(entry.type.rawValue),
                        "bytes": .integer(entry.byteCount),
                        "value": .string(entry.shown),
                        "notes": .array(entry.notes.map { .string($0.rawValue) }),
                    ]
                }),
        ]
    }

    static var schema: Schema {
        .object([
            .required("bytes", .integer(0...Int64.max).described("Of the whole, as it is sent")),
            .required(
                "values",
                .array(
                    of: .object([
                        .required("path", .string().described("JSON pointer")),
                        .required("type", .choice(["null", "boolean", "integer", "float", "string", "array", "object"])),
                        .required("bytes", .integer(0...Int64.max)),
                        .required("value", .string().described("Whole; what cannot be seen is written as \\u{…}")),
                        .required("notes", .array(of: .choice(TextNote.allCases.map(\.rawValue)))),
                    ]))),
        ])
    }
}
