#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An open file of the spool's folder; it is closed with the last reference.
///
/// Calls block on the disk.
final class LocalFile: Sendable {
    let path: String
    let descriptor: Int32

    /// Opens a file for reading and writing, making it with mode 0600 if need be.
    ///
    /// - Throws: ``SystemFailure``.
    init(path: String, creating: Bool = true) throws(SystemFailure) {
        let flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | (creating ? O_CREAT : 0)
        let descriptor = open(path, flags, 0o600)
        guard descriptor >= 0 else { throw SystemFailure("open") }
        self.path = path
        self.descriptor = descriptor
    }

    /// Opens what somebody names for reading only, be it a link or a file that nobody may write.
    ///
    /// - Throws: ``SystemFailure``.
    init(readingFrom path: String) throws(SystemFailure) {
        // A pipe without a writer must not hold us up before it can be told from a file.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw SystemFailure("open") }
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(self.descriptor) }

    /// Whether it is a file with an end, and no device, pipe or folder.
    func isRegular() throws(SystemFailure) -> Bool {
        var status = stat()
        guard fstat(self.descriptor, &status) == 0 else { throw SystemFailure("fstat") }
        return status.st_mode & S_IFMT == S_IFREG
    }

    /// The number of bytes.
    func size() throws(SystemFailure) -> Int {
        var status = stat()
        guard fstat(self.descriptor, &status) == 0 else { throw SystemFailure("fstat") }
        return Int(status.st_size)
    }

    /// Reads up to `count` bytes; fewer only at the end of the file.
    func read(at offset: Int, count: Int) throws(SystemFailure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let result = bytes.withUnsafeMutableBytes {
                pread(self.descriptor, $0.baseAddress?.advanced(by: done), count - done, off_t(offset + done))
            }
            if result == 0 { break }
            if result > 0 {
                done += result
            } else if errno != EINTR {
                throw SystemFailure("pread")
            }
        }
        bytes.removeLast(count - done)
        return bytes
    }

    /// Writes all bytes, or throws with any part of them written.
    func write(_ bytes: [UInt8], at offset: Int) throws(SystemFailure) {
        var done = 0
        while done < bytes.count {
            let result = bytes.withUnsafeBytes {
                pwrite(self.descriptor, $0.baseAddress?.advanced(by: done), bytes.count - done, off_t(offset + done))
            }
            if result > 0 {
                done += result
            } else if result == 0 || errno != EINTR {
                throw SystemFailure("pwrite")
            }
        }
    }

    /// Gives back a lock of `flock(2)`.
    ///
    /// A program that is being started just now may hold a copy of the descriptor, so that closing ours would not end the lock.
    func unlock() {
        flock(self.descriptor, LOCK_UN)
    }

    /// Cuts the file.
    func truncate(to count: Int) throws(SystemFailure) {
        guard ftruncate(self.descriptor, off_t(count)) == 0 else { throw SystemFailure("ftruncate") }
    }
}

/// A call of the system that failed.
struct SystemFailure: Error, CustomStringConvertible {
    let call: StaticString
    let number: Int32

    init(_ call: StaticString) {
        self.call = call
        self.number = errno
    }

    /// Name and reason, without a path.
    var description: String { "\(self.call): \(String(cString: strerror(self.number)))" }
}
