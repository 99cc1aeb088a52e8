import Cryptography
import Identity
import Persistence
import StrictJSON

/// A row of `approval_requests` together with what it is bound to.
struct StoredApproval: Sendable {
    /// The request as the table has it; ``current(at:)`` is what people are told.
    let request: ApprovalRequest
    /// The number of the row.
    let number: Int64
    let receivedDigest: [UInt8]
    let sentDigest: [UInt8]
    /// Names the use that spent it.
    let consumption: String?

    /// - Throws: `PersistenceError` with code `decoding`.
    init(_ row: Row) throws {
        let organisation = OrganisationID(unchecked: try row.decode("org_id"))
        let person: String? = try row.decode("caller_person")
        let labels = try Self.json(row, "risk_labels").arrayValue ?? []
        self.number = try row.decode("id")
        self.receivedDigest = try row.decode("received_digest")
        self.sentDigest = try row.decode("sent_digest")
        self.consumption = try row.decode("consumption")
        self.request = ApprovalRequest(
            handle: ApprovalHandle(unchecked: try row.decode("token")), requestID: try row.decode("request_id"),
            requester: ApprovalParty(
                id: CallerID(unchecked: try row.decode("caller_id")), kind: try Self.value(row, "caller_kind"),
                organisation: organisation, person: person.map { PersonID(unchecked: $0) }),
            scope: try Self.value(row, "scope"), server: try row.decode("server"), tool: try row.decode("tool"),
            policyRevision: try row.decode("policy_revision"), sanitizedCall: try Self.json(row, "tool_call"),
            riskExplanation: try row.decode("risk_explanation"), riskLabels: labels.compactMap(\.stringValue),
            riskScore: try row.decode("risk_score"), quorum: try row.decode("quorum"),
            requiresNote: try row.decode("requires_note"), createdAt: try row.decode("created_at"),
            expiresAt: try row.decode("expires_at"), status: try Self.value(row, "status"),
            approverID: try row.decode("approver_id"), decidedAt: try row.decode("decision_at"),
            note: try row.decode("approver_note"), usedAt: try row.decode("used_at"))
    }

    /// Whether time has ended it, and the table does not say so yet.
    func isPastDue(at now: Timestamp) -> Bool {
        self.request.status.isOpen && self.request.expiresAt <= now
    }

    /// The request with the stage at which it is in fact.
    func current(at now: Timestamp) -> ApprovalRequest {
        self.isPastDue(at: now) ? self.request.with(.expired) : self.request
    }

    static func value<Value: RawRepresentable>(_ row: Row, _ column: String) throws -> Value where Value.RawValue == String {
        guard let value = Value(rawValue: try row.decode(column)) else {
            throw PersistenceError(.decoding, message: "column \(column) holds no \(Value.self)")
        }
        return value
    }

    private static func json(_ row: Row, _ column: String) throws -> JSONValue {
        let text: String = try row.decode(column)
        do {
            let everything = JSONParsingOptions(maximumDepth: JSONParsingOptions.greatestDepth, allowsNUL: true)
            return try JSONValue(parsing: Array(text.utf8), options: everything)
        } catch {
            throw PersistenceError(.decoding, message: "column \(column) holds no JSON", cause: error)
        }
    }
}

extension ApprovalVote {
    /// - Throws: `PersistenceError` with code `decoding`.
    init(_ row: Row) throws {
        let person: String? = try row.decode("voter_person")
        self.init(
            voter: ApprovalParty(
                id: CallerID(unchecked: try row.decode("voter_id")), kind: try StoredApproval.value(row, "voter_kind"),
                organisation: OrganisationID(unchecked: try row.decode("org_id")), person: person.map { PersonID(unchecked: $0) }),
            verdict: try StoredApproval.value(row, "verdict"), note: try row.decode("note"), votedAt: try row.decode("voted_at"))
    }
}

extension Sealing.Sealed {
    /// What the column `output_payload` holds of it: `{"sealed": "…"}`.
    var base64: String { Base64.encode(self.bytes) }

    /// Reads a row of ``ApprovalTable/sealedParts(_:)``; nil for a part whose value is gone or unknown.
    init?(_ row: Row, _ part: SealedPart) throws {
        guard part.rawValue == (try row.decode("part", as: String.self)) else { return nil }
        let bytes: [UInt8]?
        switch part {
        case .arguments:
            bytes = try row.decode("sealed")
        case .output:
            let payload: String? = try row.decode("output_payload")
            let value = payload.flatMap { try? JSONValue(parsing: Array($0.utf8)) }
            bytes = value?["sealed"]?.stringValue.flatMap { Base64.decode($0) }
        }
        guard let bytes else { return nil }
        self.init(wrappedKey: try row.decode("wrapped"), bytes: bytes)
    }
}

extension JSONValue {
    /// The text for a column of JSON.
    var columnText: String { String(decoding: self.sortedBytes(), as: UTF8.self) }
}
