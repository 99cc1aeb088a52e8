import CEpoll

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
import Persistence

/// Tells one thread which of many descriptors can be read: epoll on Linux, kqueue elsewhere.
///
/// Any thread may add one, also while the other waits.
final class ReadinessQueue: Sendable {
    private let descriptor: Int32

    init() throws(PersistenceError) {
        #if os(Linux)
            self.descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        #else
            self.descriptor = kqueue()
        #endif
        guard self.descriptor >= 0 else {
            throw PersistenceError(
                .unavailable, message: "the process has too many open files", detail: String(cString: strerror(errno)))
        }
    }

    deinit {
        close(self.descriptor)
    }

    /// Asks to be told when a descriptor can be read or has ended; told once, or each time until it was read.
    ///
    /// - Returns: Whether there was memory for that; if not, nothing is told.
    @discardableResult
    func add(_ descriptor: Int32, token: Int, once: Bool = true) -> Bool {
        #if os(Linux)
            let events = EPOLLIN.rawValue | EPOLLRDHUP.rawValue | (once ? EPOLLONESHOT.rawValue : 0)
            var event = epoll_event(events: events, data: epoll_data_t(u64: UInt64(truncatingIfNeeded: token)))
            return epoll_ctl(self.descriptor, EPOLL_CTL_MOD, descriptor, &event) == 0
                || epoll_ctl(self.descriptor, EPOLL_CTL_ADD, descriptor, &event) == 0
        #else
            var event = kevent(
                ident: UInt(bitPattern: Int(descriptor)), filter: Int16(EVFILT_READ),
                flags: UInt16(EV_ADD | (once ? EV_ONESHOT : 0)), fflags: 0, data: 0,
                udata: UnsafeMutableRawPointer(bitPattern: token + 1))
            return kevent(self.descriptor, &event, 1, nil, 0, nil) == 0
        #endif
    }

    /// Waits until there is something to tell, or the time is over.
    ///
    /// - Parameters:
    ///   - milliseconds: How long; `nil` for any time.
    ///   - tell: Gets the token of each descriptor that can be read.
    func wait(milliseconds: Int32?, tell: (Int) -> Void) {
        let capacity = 64
        #if os(Linux)
            withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: capacity) { events in
                let count = epoll_wait(self.descriptor, events.baseAddress, Int32(capacity), milliseconds ?? -1)
                for event in events.prefix(Int(max(count, 0))) { tell(Int(truncatingIfNeeded: event.data.u64)) }
            }
        #else
            withUnsafeTemporaryAllocation(of: kevent.self, capacity: capacity) { events in
                var limit = timespec()
                if let milliseconds {
                    limit = timespec(tv_sec: Int(milliseconds) / 1000, tv_nsec: Int(milliseconds) % 1000 * 1_000_000)
                }
                let count = withUnsafePointer(to: limit) { limit in
                    kevent(self.descriptor, nil, 0, events.baseAddress, Int32(capacity), milliseconds == nil ? nil : limit)
                }
                for event in events.prefix(Int(max(count, 0))) { tell(Int(bitPattern: event.udata) - 1) }
            }
        #endif
    }
}
