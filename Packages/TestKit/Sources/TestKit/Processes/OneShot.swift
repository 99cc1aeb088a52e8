import Synchronization

/// An event that happens once; whoever waits for it goes on when it does.
final class OneShot: Sendable {
    private struct State {
        var hasFired = false
        var lastID: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
        /// Those who were cancelled before they had a continuation.
        var cancelled: Set<UInt64> = []
    }

    private let state = Mutex(State())

    /// Lets everyone go on, now and later.
    func fire() {
        let waiters = self.state.withLock { state in
            state.hasFired = true
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits for the event.
    ///
    /// - Throws: `CancellationError` when the task is cancelled first.
    func wait() async throws {
        let id = self.state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mustWait = self.state.withLock { state in
                    if state.hasFired || state.cancelled.contains(id) { return false }
                    state.waiters[id] = continuation
                    return true
                }
                if !mustWait { continuation.resume() }
            }
        } onCancel: {
            let waiter = self.state.withLock { state in
                state.cancelled.insert(id)
                return state.waiters.removeValue(forKey: id)
            }
            waiter?.resume()
        }
        self.state.withLock { _ = $0.cancelled.remove(id) }
        try Task.checkCancellation()
    }
}

/// Runs an operation, and cancels it when it takes too long.
///
/// - Throws: What the operation throws; ``TestKitError`` with code `timedOut` and the given message.
func withDeadline<Value: Sendable>(
    _ deadline: Duration, orElse message: @Sendable () -> String, _ operation: @Sendable @escaping () async throws -> Value
) async throws -> Value {
    let value = try await withThrowingTaskGroup(of: Value?.self) { group in
        defer { group.cancelAll() }
        group.addTask { try await operation() }
        group.addTask {
            try await Task.sleep(for: deadline)
            return nil
        }
        return try await group.next().flatMap { $0 }
    }
    guard let value else { throw TestKitError(.timedOut, message: message()) }
    return value
}
