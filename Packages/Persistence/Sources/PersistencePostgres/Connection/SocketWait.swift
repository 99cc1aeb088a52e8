#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Waits until a socket can go on.
enum SocketWait {
    enum Outcome {
        case ready, woken, timedOut
    }

    /// - Parameters:
    ///   - socket: The socket; what it reports, an error included, counts as ready.
    ///   - writing: Whether to wait for room to write besides bytes to read.
    ///   - reading: Whether to wait for bytes to read.
    ///   - wake: Ends the waiting early.
    ///   - deadline: When to give up; `nil` for never.
    static func wait(
        for socket: Int32, reading: Bool = true, writing: Bool, wake: WakeSignal, deadline: ContinuousClock.Instant?
    ) -> Outcome {
        let events = Int16(reading ? POLLIN : 0) | Int16(writing ? POLLOUT : 0)
        var entries = [
            pollfd(fd: socket, events: events, revents: 0), pollfd(fd: wake.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            let count = poll(&entries, nfds_t(entries.count), Self.milliseconds(until: deadline))
            if count > 0 {
                if entries[1].revents != 0 {
                    wake.clear()
                    return .woken
                }
                return .ready
            }
            if count == 0, let deadline, ContinuousClock.now >= deadline { return .timedOut }
            if count < 0, errno != EINTR { return .ready }
        }
    }

    /// Whether a socket that should be silent has something to say: bytes, an error, or its end.
    static func isReadable(_ socket: Int32) -> Bool {
        var entry = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 0) != 0
    }

    /// Rounded up, so that the deadline has come when the time is over.
    private static func milliseconds(until deadline: ContinuousClock.Instant?) -> Int32 {
        guard let deadline else { return -1 }
        let left = ContinuousClock.now.duration(to: deadline)
        if left <= .zero { return 0 }
        return Int32(clamping: Int64(left / .milliseconds(1)) + 1)
    }
}
