public import Approval
public import Persistence
import Synchronization

/// Remembers notices for tests, as an outbox and as a notifier.
public final class RecordedNotices: ApprovalOutbox, ApprovalNotifier {
    private struct State {
        var written: [ApprovalNotice] = []
        var told: [ApprovalNotice] = []
        var failure: @Sendable (ApprovalNotice) -> (any Error)? = { _ in nil }
    }

    private let state = Mutex(State())

    /// Creates an empty memory.
    public init() {}

    /// What was written in transactions, those that were rolled back later included.
    public var written: [ApprovalNotice] { self.state.withLock { $0.written } }

    /// What was told after a commit.
    public var told: [ApprovalNotice] { self.state.withLock { $0.told } }

    /// Makes writing fail from now on; nil ends that.
    public func fail(with error: (any Error)?) {
        self.fail { _ in error }
    }

    /// Decides from now on which messages cannot be written.
    public func fail(_ failure: @escaping @Sendable (ApprovalNotice) -> (any Error)?) {
        self.state.withLock { $0.failure = failure }
    }

    /// Remembers a message.
    public func write(_ notice: ApprovalNotice, on connection: any DatabaseConnection) throws {
        try self.state.withLock { state in
            if let failure = state.failure(notice) { throw failure }
            state.written.append(notice)
        }
    }

    /// Remembers a notice.
    public func notify(_ notice: ApprovalNotice) async {
        self.state.withLock { $0.told.append(notice) }
    }
}
