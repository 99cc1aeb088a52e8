import Audit
import Identity
import StrictJSON
import Webhooks

/// Keeps in the audit journal which receivers of webhooks were registered, changed and deleted.
///
/// ```json
/// {"details": {"administration": {"action": "webhook_register", "actor": "ada", "attempt": "…", "org_id": "default",
///   "origin": "https://hooks.example.com", "phase": "done", "webhook": "6f1d2c3e-…", …}}, "kind": "outcome", "outcome": "success"}
/// ```
struct JournalWebhooks: WebhookLedger {
    let journal: Journal

    func record(_ change: WebhookChange) async -> Bool {
        await self.journal.record(Self.record(of: change)).isKept
    }

    static func record(of change: WebhookChange) -> AuditRecord {
        var details: JSONObject = [
            "action": .string(change.action.rawValue), "attempt": .string(change.attempt),
            "phase": .string(change.phase.rawValue), "org_id": .string(change.organisation.text),
        ]
        if let author = change.author {
            details = Administration.details(
                action: change.action.rawValue, attempt: change.attempt, phase: change.phase.rawValue, by: author.caller,
                from: author.clientAddress, requestID: author.requestID)
        }
        details["webhook"] = .string(change.endpointID)
        if let origin = change.origin { details["origin"] = .string(origin) }
        switch change.phase {
        case .intent: return Administration.intent(details)
        case .done: return Administration.outcome(.success, details)
        case .failed: return Administration.outcome(.unknown, details)
        case .refused: return Administration.refusal(details)
        }
    }
}
