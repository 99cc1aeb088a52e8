#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An open file that is read by place, so that its position stays where it was.
struct DocumentFile {
    let descriptor: Int32
    /// Its length in bytes when it was opened, 1 or more.
    let size: Int

    /// Looks at an open descriptor, which stays the caller's.
    ///
    /// - Parameter limit: Most bytes that it may have.
    init(descriptor: Int32, limit: Int) throws(DocumentTextError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw DocumentTextError(.unavailable, message: "The document should be a regular file")
        }
        guard status.st_size > 0 else { throw DocumentTextError(.broken, message: "The document is empty") }
        guard status.st_size <= limit else {
            throw DocumentTextError(.tooLarge, message: "The document should have at most \(limit) bytes")
        }
        self.descriptor = descriptor
        self.size = Int(status.st_size)
    }

    /// The first bytes, at most this many.
    func prefix(_ count: Int) throws(DocumentTextError) -> [UInt8] {
        let wanted = min(max(count, 0), self.size)
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, length in
            while length < wanted {
                let free = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[length..<wanted])
                let count = pread(self.descriptor, free.baseAddress, free.count, off_t(length))
                if count > 0 {
                    length += count
                } else if count == 0 || errno != EINTR {
                    failure = count == 0 ? 0 : errno
                    break
                }
            }
        }
        guard failure == 0 else {
            throw DocumentTextError(
                .unavailable, message: "The document cannot be read", detail: String(cString: strerror(failure)))
        }
        return bytes
    }
}
