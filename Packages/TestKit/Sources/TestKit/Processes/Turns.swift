import Synchronization

/// Lets a few go at a time, the others in the order in which they came.
final class Turns: Sendable {
    private struct State {
        var free: Int
        var waiting: [OneShot] = []
    }

    private let state: Mutex<State>

    /// - Parameter count: How many go at a time, 1 or more.
    init(_ count: Int) {
        self.state = Mutex(State(free: count))
    }

    /// Runs `body` when it is its turn.
    ///
    /// - Throws: What `body` throws; `CancellationError` when the task is cancelled before its turn.
    func take<Value>(_ body: () async throws -> Value) async throws -> Value {
        let mine = OneShot()
        let isFree = self.state.withLock { state in
            if state.free > 0 {
                state.free -= 1
                return true
            }
            state.waiting.append(mine)
            return false
        }
        if !isFree {
            do {
                try await mine.wait()
            } catch {
                let isStillWaiting = self.state.withLock { state in
                    let index = state.waiting.firstIndex { $0 === mine }
                    if let index { state.waiting.remove(at: index) }
                    return index != nil
                }
                // The turn came together with the cancellation.
                if !isStillWaiting { self.passOn() }
                throw error
            }
        }
        defer { self.passOn() }
        return try await body()
    }

    private func passOn() {
        let next = self.state.withLock { state -> OneShot? in
            if state.waiting.isEmpty {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.fire()
    }
}
