import Synchronization

/// One question under way, for which others wait too.
final class Flight: Sendable {
    private enum Outcome {
        case answered(IndexAnswer)
        /// Whoever asked gave up; another one has to ask.
        case abandoned
    }

    private struct State {
        var outcome: Outcome?
        var waiters: [UInt64: CheckedContinuation<IndexAnswer?, Never>] = [:]
        var cancelled: Set<UInt64> = []
        var lastID: UInt64 = 0
    }

    private let state = Mutex(State())

    /// How many wait.
    var waiterCount: Int { self.state.withLock { $0.waiters.count } }

    /// Hands the answer to all who wait; nil makes them ask anew.
    func end(_ answer: IndexAnswer?) {
        let waiters = self.state.withLock { state in
            state.outcome = answer.map { .answered($0) } ?? .abandoned
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume(returning: answer) }
    }

    /// The answer; nil when whoever asked gave up, or the waiting task was cancelled.
    func wait() async -> IndexAnswer? {
        let id = self.state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        defer { self.state.withLock { _ = $0.cancelled.remove(id) } }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = self.state.withLock { state -> IndexAnswer?? in
                    switch state.outcome {
                    case .answered(let answer): return .some(answer)
                    case .abandoned: return .some(nil)
                    case nil: break
                    }
                    if state.cancelled.contains(id) { return .some(nil) }
                    state.waiters[id] = continuation
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = self.state.withLock { state in
                if let waiter = state.waiters.removeValue(forKey: id) {
                    return waiter as CheckedContinuation<IndexAnswer?, Never>?
                }
                state.cancelled.insert(id)
                return nil
            }
            waiter?.resume(returning: nil)
        }
    }
}
