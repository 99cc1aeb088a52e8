import Synchronization
import Webhooks

/// Keeps what is recorded of endpoints, until it is told to refuse.
final class RecordedChanges: WebhookLedger {
    private let state = Mutex<(changes: [WebhookChange], refuses: Bool)>(([], false))

    var changes: [WebhookChange] { self.state.withLock { $0.changes } }

    /// From now on nothing can be recorded.
    func refuse() { self.state.withLock { $0.refuses = true } }

    func record(_ change: WebhookChange) async -> Bool {
        self.state.withLock { state in
            if state.refuses { return false }
            state.changes.append(change)
            return true
        }
    }
}
