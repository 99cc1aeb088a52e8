import Audit
import AuthHTTP
import Identity
import Persistence
import StrictJSON

/// Keeps in the audit journal which sessions of administrators were opened and ended.
///
/// ```json
/// {"details": {"administration": {"action": "admin_login", "actor": "boss", "actor_kind": "gateway_caller", "attempt": "…",
///   "client_address": "192.0.2.1", "ends_at": "…", "http_request_id": "…", "key_id": "…", "org_id": "default", "phase": "done",
///   "session": "0123456789abcdef"}}, "kind": "outcome", "outcome": "success"}
/// ```
struct JournalSessions: SessionLedger {
    let journal: Journal

    func record(_ event: SessionEvent) async -> Bool {
        await self.journal.record(Self.record(of: event)).isKept
    }

    static func record(of event: SessionEvent) -> AuditRecord {
        var details = Administration.details(
            action: event.action.rawValue, attempt: event.attempt, phase: event.phase.rawValue, by: event.caller,
            from: event.clientAddress, requestID: event.requestID)
        if let session = event.session { details["session"] = .string(session) }
        if let end = event.endsAt { details["ends_at"] = .string(end.rfc3339) }
        switch event.phase {
        case .intent: return Administration.intent(details)
        case .done: return Administration.outcome(.success, details)
        case .failed: return Administration.outcome(.unknown, details)
        case .refused: return Administration.refusal(details)
        }
    }
}
