import Synchronization

/// Wakes one loop: any number of calls while it works are one.
final class Alarm: Sendable {
    private struct State {
        var isRung = false
        var isStopped = false
        var waiter: CheckedContinuation<Void, Never>?
        var isCancelled = false
    }

    private let state = Mutex(State())

    /// Whether the loop should come to its end.
    var isStopped: Bool { self.state.withLock { $0.isStopped } }

    func ring() { self.wake { $0.isRung = true } }

    /// From now on nobody waits any more.
    func stop() { self.wake { $0.isStopped = true } }

    /// Waits until it rings, has rung since the last time, is stopped, or time is over.
    ///
    /// - Parameters:
    ///   - time: How long to wait at most.
    ///   - sleep: Waits for the time, or throws when its task is cancelled.
    func wait(for time: Duration, sleep: @escaping @Sendable (Duration) async throws -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait() }
            // A sleep that was cancelled has been overtaken by the ring.
            group.addTask { try? await sleep(time) }
            await group.next()
            group.cancelAll()
        }
    }

    private func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = self.state.withLock { state in
                    if state.isRung || state.isStopped || state.isCancelled { return true }
                    state.waiter = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
            self.state.withLock { state in
                state.isRung = false
                state.isCancelled = false
            }
        } onCancel: {
            self.wake { $0.isCancelled = true }
        }
    }

    private func wake(_ change: (inout State) -> Void) {
        let waiter = self.state.withLock { state in
            change(&state)
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }
}
