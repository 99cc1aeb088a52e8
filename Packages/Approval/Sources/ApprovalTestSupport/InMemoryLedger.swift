public import Approval
import Synchronization

/// A ledger in memory for tests, which can be told to refuse.
public final class InMemoryLedger: ApprovalLedger {
    private struct State {
        var events: [ApprovalEvent] = []
        var refuses: @Sendable (ApprovalEvent) -> Bool = { _ in false }
    }

    private let state = Mutex(State())

    /// Creates a ledger that keeps everything.
    public init() {}

    /// What was recorded, in order.
    public var events: [ApprovalEvent] { self.state.withLock { $0.events } }

    /// Forgets what was recorded, so that long tests stay small.
    public func removeAll() {
        self.state.withLock { $0.events = [] }
    }

    /// Decides from now on what is not kept.
    public func refuse(_ refuses: @escaping @Sendable (ApprovalEvent) -> Bool) {
        self.state.withLock { $0.refuses = refuses }
    }

    /// Keeps an event unless it was told to refuse it.
    public func record(_ event: ApprovalEvent) async -> Bool {
        self.state.withLock { state in
            if state.refuses(event) { return false }
            state.events.append(event)
            return true
        }
    }
}
