import Approval
import Audit
import Identity
import StrictJSON

/// Keeps the attempts on approvals in the audit journal.
struct JournalLedger: ApprovalLedger {
    let journal: Journal

    func record(_ event: ApprovalEvent) async -> Bool {
        await self.journal.record(Self.record(of: event)).isKept
    }

    /// The record of an attempt: an intent, what was decided, or a refusal. It belongs to the request that is held up, if one was found,
    /// and takes no request id.
    static func record(of event: ApprovalEvent) -> AuditRecord {
        // Never the id that a client named: it may be another organisation's.
        let id = event.approvedRequestID.map { AuditRequestID(unchecked: $0) }
        let details: JSONObject = ["approval": .object(Self.details(of: event))]
        switch event.phase {
        case .intent: return .note(.intent, about: id, details: details)
        case .done: return .note(.decision, about: id, details: details)
        case .refused: return .refusal(id, details: details)
        case .failed: return .note(.outcome, .unknown, about: id, details: details)
        }
    }

    private static func details(of event: ApprovalEvent) -> JSONObject {
        var details: JSONObject = [
            "action": .string(event.action.rawValue), "attempt": .string(event.attempt), "phase": .string(event.phase.name),
        ]
        switch event.phase {
        case .intent, .failed: break
        case .done(let status): details["status"] = .string(status.rawValue)
        case .refused(let refusal): details["reason"] = .string(refusal.code)
        }
        if let actor = event.actor {
            details["actor"] = .string(actor.id.text)
            details["actor_kind"] = .string(actor.kind.rawValue)
            details["org_id"] = .string(actor.organisation.text)
            if let person = actor.person { details["person"] = .string(person.text) }
        }
        if let handle = event.handle { details["token"] = .string(handle.text) }
        if let requestID = event.requestID { details["http_request_id"] = .string(requestID) }
        if let scope = event.scope { details["scope"] = .string(scope.rawValue) }
        if let server = event.server { details["server"] = .string(server) }
        if let tool = event.tool { details["tool"] = .string(tool) }
        if event.unrecorded > 0 { details["unrecorded"] = .integer(event.unrecorded) }
        return details
    }
}

extension ApprovalEvent.Phase {
    fileprivate var name: String {
        switch self {
        case .intent: "intent"
        case .done: "done"
        case .refused: "refused"
        case .failed: "failed"
        }
    }
}
