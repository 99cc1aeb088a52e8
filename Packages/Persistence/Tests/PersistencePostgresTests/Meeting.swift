import Dispatch
import Synchronization

/// Where two bodies wait for each other, the first time that they come by.
final class Meeting: Sendable {
    private let places = [1: DispatchSemaphore(value: 0), 2: DispatchSemaphore(value: 0)]
    private let seen = Mutex<Set<Int>>([])

    /// Waits for the other one, at most for a while, so that a failing test ends.
    func meetOnce(_ number: Int) {
        guard self.seen.withLock({ $0.insert(number).inserted }) else { return }
        self.places[number]?.signal()
        _ = self.places[3 - number]?.wait(timeout: .now() + 10)
    }
}
