import Synchronization

/// Lets a bounded number of callers in at once; the others wait in line, and the line is bounded too.
final class ExtractionGate: Sendable {
    private struct Waiter {
        let id: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var running = 0
        var nextID = 0
        var line: [Waiter] = []
    }

    private let limit: Int
    private let lineLimit: Int
    private let state = Mutex(State())

    init(limit: Int, lineLimit: Int) {
        self.limit = limit
        self.lineLimit = lineLimit
    }

    /// How many wait in line.
    var waiterCount: Int { self.state.withLock { $0.line.count } }

    /// Waits for a place; who got one gives it back with ``leave()``.
    ///
    /// - Throws: ``DocumentTextError`` with code `unavailable` when the line is full; `CancellationError`.
    func enter() async throws {
        let id = self.state.withLock { state in
            state.nextID &+= 1
            return state.nextID
        }
        let isIn = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Bool, Never>) in
                let answer: Bool? = self.state.withLock { state in
                    // The handler finds nothing to remove when it ran before this.
                    if Task.isCancelled { return false }
                    if state.running < self.limit {
                        state.running += 1
                        return true
                    }
                    guard state.line.count < self.lineLimit else { return false }
                    state.line.append(Waiter(id: id, continuation: continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = self.state.withLock { state in
                state.line.firstIndex { $0.id == id }.map { state.line.remove(at: $0) }
            }
            waiter?.continuation.resume(returning: false)
        }
        if isIn { return }
        try Task.checkCancellation()
        throw DocumentTextError(.unavailable, message: "Too many documents are waiting to be read; try again later")
    }

    /// Gives a place back; the first in line gets it.
    func leave() {
        let next: Waiter? = self.state.withLock { state in
            if state.line.isEmpty {
                state.running -= 1
                return nil
            }
            return state.line.removeFirst()
        }
        next?.continuation.resume(returning: true)
    }
}
