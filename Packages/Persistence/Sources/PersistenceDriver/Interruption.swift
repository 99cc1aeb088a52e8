import Synchronization

/// The wish that whatever runs on one connection should stop, set from any thread and looked at by the connection's own.
package final class Interruption: Sendable {
    private let flag = Atomic<Bool>(false)
    private let action: @Sendable () -> Void

    /// - Parameter action: Stops the running statement, from any thread; short and without waiting.
    package init(action: @escaping @Sendable () -> Void = {}) {
        self.action = action
    }

    /// Whether the present borrower is to stop.
    package var isRequested: Bool { self.flag.load(ordering: .acquiring) }

    func request() {
        self.flag.store(true, ordering: .releasing)
        self.action()
    }

    func clear() {
        self.flag.store(false, ordering: .releasing)
    }
}
