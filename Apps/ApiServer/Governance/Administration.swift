import Audit
import Identity
import StrictJSON

/// The shape that records of administration have in common; they belong to no request of a tool, and take no request id.
enum Administration {
    static func details(
        action: String, attempt: String, phase: String, by caller: Caller, from address: IPAddress?, requestID: String
    ) -> JSONObject {
        var details: JSONObject = [
            "action": .string(action), "attempt": .string(attempt), "phase": .string(phase), "actor": .string(caller.id.text),
            "actor_kind": .string(caller.kind.rawValue), "org_id": .string(caller.organisation.text),
            "http_request_id": .string(requestID), "client_address": .string(orNull: address?.description),
        ]
        if let person = caller.person { details["person"] = .string(person.text) }
        if let keyID = caller.keyID { details["key_id"] = .string(keyID.text) }
        return details
    }

    static func intent(_ details: JSONObject) -> AuditRecord { .note(.intent, about: nil, details: Self.wrapped(details)) }

    static func outcome(_ outcome: AuditRecord.Outcome, _ details: JSONObject) -> AuditRecord {
        .note(.outcome, outcome, about: nil, details: Self.wrapped(details))
    }

    static func refusal(_ details: JSONObject) -> AuditRecord { .refusal(details: Self.wrapped(details)) }

    private static func wrapped(_ details: JSONObject) -> JSONObject { ["administration": .object(details)] }
}
