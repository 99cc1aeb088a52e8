import Audit
import Knowledge
import StrictJSON

/// Keeps in the audit journal which traces moderators removed, brought back, and freed of their flags.
///
/// ```json
/// {"details": {"administration": {"action": "trace_remove", "actor": "6f1d2c3e-…", "attempt": "…", "phase": "done",
///   "trace": "0b5a4c7e-…", …}}, "kind": "outcome", "outcome": "success"}
/// ```
struct JournalModeration: ModerationLedger {
    let journal: Journal

    func record(_ change: ModerationChange) async -> Bool {
        await self.journal.record(Self.record(of: change)).isKept
    }

    static func record(of change: ModerationChange) -> AuditRecord {
        let author = change.author
        var details = Administration.details(
            action: change.action.rawValue, attempt: change.attempt, phase: change.phase.rawValue, by: author.caller,
            from: author.clientAddress, requestID: author.requestID)
        details["trace"] = .string(change.traceID)
        switch change.phase {
        case .intent: return Administration.intent(details)
        case .done: return Administration.outcome(.success, details)
        case .failed: return Administration.outcome(.unknown, details)
        case .refused: return Administration.refusal(details)
        }
    }
}
