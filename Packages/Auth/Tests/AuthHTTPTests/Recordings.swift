import AuthHTTP
import HTTPCore
import Synchronization

/// Keeps what is recorded of sessions, until it is told to refuse.
final class RecordedSessions: SessionLedger {
    private let state = Mutex<(events: [SessionEvent], refuses: Bool)>(([], false))

    var events: [SessionEvent] { self.state.withLock { $0.events } }

    /// From now on nothing can be recorded.
    func refuse() { self.state.withLock { $0.refuses = true } }

    func record(_ event: SessionEvent) async -> Bool {
        self.state.withLock { state in
            if state.refuses { return false }
            state.events.append(event)
            return true
        }
    }
}

/// Keeps the refusals that it hears of.
final class RecordedRefusals: RefusalObserver {
    private let heard = Mutex<[HTTPRefusal]>([])

    var all: [HTTPRefusal] { self.heard.withLock { $0 } }

    func note(_ refusal: HTTPRefusal) async { self.heard.withLock { $0.append(refusal) } }
}
