#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Owns an open file and closes it.
struct FileDescriptor: ~Copyable {
    private let number: Int32
    private let path: String

    /// Opens a file that programs started later do not inherit; nil if there is none and none is to be made.
    init?(path: String, flags: Int32, mode: mode_t = 0) throws(CryptographyError) {
        let number = open(path, flags | O_CLOEXEC, mode)
        if number < 0 {
            if errno == ENOENT { return nil }
            throw .file("cannot open \(path)")
        }
        self.number = number
        self.path = path
    }

    deinit { close(self.number) }

    func status() throws(CryptographyError) -> stat {
        var status = stat()
        guard fstat(self.number, &status) == 0 else { throw .file("cannot examine \(self.path)") }
        return status
    }

    /// Reads to the end of the file, or until there are `limit` bytes.
    func read(upTo limit: Int) throws(CryptographyError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: limit)
        var count = 0
        while count < limit {
            let done = bytes.withUnsafeMutableBytes {
                pread(self.number, $0.baseAddress?.advanced(by: count), limit - count, off_t(count))
            }
            if done == 0 { break }
            if done > 0 {
                count += done
            } else if errno != EINTR {
                throw .file("cannot read \(self.path)")
            }
        }
        bytes.removeLast(limit - count)
        return bytes
    }

    func write(_ bytes: [UInt8]) throws(CryptographyError) {
        var count = 0
        while count < bytes.count {
            let done = bytes.withUnsafeBytes {
                pwrite(self.number, $0.baseAddress?.advanced(by: count), bytes.count - count, off_t(count))
            }
            if done > 0 {
                count += done
            } else if done == 0 || errno != EINTR {
                throw .file("cannot write \(self.path)")
            }
        }
    }

    /// Waits until the bytes are on the disk; some file systems cannot do that for folders, and say EINVAL.
    func synchronize() throws(CryptographyError) {
        guard fsync(self.number) == 0 || errno == EINVAL else { throw .file("cannot write \(self.path) to the disk") }
    }
}

/// What the system said about a failed call.
struct SystemError: Error, CustomStringConvertible {
    let number: Int32

    var description: String { String(cString: strerror(self.number)) }
}

extension CryptographyError {
    /// A call that failed with `errno`, whose text is part of the message.
    static func file(_ message: String) -> CryptographyError {
        let cause = SystemError(number: errno)
        return CryptographyError(.fileAccess, message: "\(message): \(cause)", cause: cause)
    }
}
