#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension TestKitError {
    /// A call that failed with `errno`, or with the number that it returned.
    static func system(_ call: String, number: Int32 = errno) -> TestKitError {
        TestKitError(.systemCall, message: "\(call): \(String(cString: strerror(number)))")
    }
}

/// Owns a file descriptor that child processes do not inherit, and closes it.
final class OwnedDescriptor: Sendable {
    let number: Int32

    init(owning number: Int32) {
        self.number = number
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
    }

    deinit { close(self.number) }

    /// The two ends of a new pipe.
    ///
    /// Between the making of the pipe and its marking, a child that another thread starts would inherit it; so whoever starts
    /// children does both under one lock.
    static func pipe() throws(TestKitError) -> (reading: OwnedDescriptor, writing: OwnedDescriptor) {
        var ends: [Int32] = [-1, -1]
        #if canImport(Darwin)
            guard Darwin.pipe(&ends) == 0 else { throw .system("pipe") }
        #elseif canImport(Musl)
            guard Musl.pipe(&ends) == 0 else { throw .system("pipe") }
        #else
            guard Glibc.pipe(&ends) == 0 else { throw .system("pipe") }
        #endif
        return (OwnedDescriptor(owning: ends[0]), OwnedDescriptor(owning: ends[1]))
    }
}
