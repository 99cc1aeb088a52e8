#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Guards a value that many threads touch for a moment, time and again.
///
/// On Linux the standard library's `Mutex` inherits priorities, and for that hands itself to whoever has waited longest: once
/// two threads meet there, each turn costs a switch between them, and throughput falls as threads are added. This one is
/// taken by whoever runs.
final class PoolLock<State>: @unchecked Sendable {
    // The mutex guards the state; the pointer never changes.
    private var state: State
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>

    init(_ state: State) {
        self.state = state
        self.mutex = .allocate(capacity: 1)
        self.mutex.initialize(to: pthread_mutex_t())
        let code = pthread_mutex_init(self.mutex, nil)
        precondition(code == 0, "a mutex without attributes can always be made")
    }

    deinit {
        pthread_mutex_destroy(self.mutex)
        self.mutex.deallocate()
    }

    /// Runs a short body that neither waits nor takes the lock again.
    func withLock<T, Failure: Error>(_ body: (inout State) throws(Failure) -> T) throws(Failure) -> T {
        pthread_mutex_lock(self.mutex)
        defer { pthread_mutex_unlock(self.mutex) }
        return try body(&self.state)
    }
}
