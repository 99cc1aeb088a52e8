import Synchronization

/// Wakes one sleeper: rung while nobody sleeps, it cuts the next sleep short.
final class Bell: Sendable {
    private struct State {
        var isRung = false
        var isStopped = false
        var isCancelled = false
        var sleeper: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Whether nobody is to sleep any more.
    var isStopped: Bool { self.state.withLock { $0.isStopped } }

    func ring() { self.change { $0.isRung = true } }

    func stop() { self.change { $0.isStopped = true } }

    /// Sleeps until it rings, is stopped, the task is cancelled, or time is over.
    ///
    /// - Returns: Whether it rang.
    @discardableResult
    func sleep(for time: Duration, by sleep: @escaping @Sendable (Duration) async throws -> Void) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await self.wait() }
            group.addTask {
                // A sleep that was cancelled has been overtaken by the bell.
                try? await sleep(time)
                return false
            }
            let first = await group.next() ?? false
            group.cancelAll()
            return await group.reduce(first) { $0 || $1 }
        }
    }

    private func wait() async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isAwake = self.state.withLock { state in
                    if state.isRung || state.isStopped || state.isCancelled { return true }
                    state.sleeper = continuation
                    return false
                }
                if isAwake { continuation.resume() }
            }
        } onCancel: {
            self.change { $0.isCancelled = true }
        }
        return self.state.withLock { state in
            defer {
                state.isRung = false
                state.isCancelled = false
            }
            return state.isRung
        }
    }

    private func change(_ change: (inout State) -> Void) {
        let sleeper = self.state.withLock { state in
            change(&state)
            defer { state.sleeper = nil }
            return state.sleeper
        }
        sleeper?.resume()
    }
}
