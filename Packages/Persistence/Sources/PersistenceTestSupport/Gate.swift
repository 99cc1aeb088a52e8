import Dispatch

/// Holds a body, which is synchronous, until a test lets it go on.
final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func wait() {
        self.semaphore.wait()
    }

    func open() {
        self.semaphore.signal()
    }
}
