import Synchronization

/// The wish that whatever runs on one connection should stop, set from any thread and looked at by whichever has the connection.
package final class Interruption: Sendable {
    private let flag = Atomic<Bool>(false)
    private let closing = Atomic<Bool>(false)
    private let action: @Sendable () -> Void
    private let whenClosing: @Sendable () -> Void

    /// - Parameters:
    ///   - action: Stops the running statement, from any thread; short and without waiting.
    ///   - whenClosing: Wakes a thread that makes a connection nobody will need; as short.
    package init(action: @escaping @Sendable () -> Void = {}, whenClosing: @escaping @Sendable () -> Void = {}) {
        self.action = action
        self.whenClosing = whenClosing
    }

    /// Whether the pool is closing: bodies that run go on, and nothing new is begun.
    package var isClosing: Bool { self.closing.load(ordering: .acquiring) }

    /// Whether the present borrower is to stop.
    package var isRequested: Bool { self.flag.load(ordering: .acquiring) }

    func request() {
        self.flag.store(true, ordering: .releasing)
        self.action()
    }

    func announceClosing() {
        self.closing.store(true, ordering: .releasing)
        self.whenClosing()
    }

    func clear() {
        self.flag.store(false, ordering: .releasing)
    }
}
