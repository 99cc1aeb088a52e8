#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
import Persistence

/// Ends the waiting of a thread that sits in `poll`, from any other thread.
final class WakeSignal: Sendable {
    /// The end to poll for reading.
    let descriptor: Int32

    private let writing: Int32

    init() throws(PersistenceError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw PersistenceError(
                .unavailable, message: "the process has too many open files", detail: String(cString: strerror(errno)))
        }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        self.descriptor = ends[0]
        self.writing = ends[1]
    }

    deinit {
        close(self.descriptor)
        close(self.writing)
    }

    /// Wakes the thread now, or as soon as it waits; short and safe from any thread.
    func send() {
        var byte: UInt8 = 1
        // A full pipe wakes as well as one byte more.
        _ = write(self.writing, &byte, 1)
    }

    /// Takes back every signal that was sent until now.
    func clear() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(self.descriptor, &bytes, bytes.count) > 0 {}
    }
}
