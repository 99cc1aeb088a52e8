#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A descriptor that is closed when its value goes.
struct OpenFile: ~Copyable {
    let number: Int32
    private let isOwned: Bool

    /// Opens a file for reading. A FIFO does not wait for a writer, and a link at the end of the path is refused if asked so.
    ///
    /// - Throws: ``SystemFailure``.
    init(_ path: [UInt8], followsLinks: Bool, isDirectory: Bool = false) throws(SystemFailure) {
        let flags =
            O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (followsLinks ? 0 : O_NOFOLLOW) | (isDirectory ? O_DIRECTORY : 0)
        let number = withCString(path) { open($0, flags) }
        guard number >= 0 else { throw SystemFailure(number: errno) }
        self.number = number
        self.isOwned = true
    }

    /// Takes a descriptor that somebody else closes.
    init(lent number: Int32) {
        self.number = number
        self.isOwned = false
    }

    deinit {
        if self.isOwned { close(self.number) }
    }

    /// What the system says about the file.
    ///
    /// - Throws: ``SystemFailure``.
    func facts() throws(SystemFailure) -> FileFacts {
        var status = stat()
        guard fstat(self.number, &status) == 0 else { throw SystemFailure(number: errno) }
        return FileFacts(status)
    }

    /// Reads until the buffer is full or the file ends.
    ///
    /// - Parameter isStopped: Asked while nothing comes; true ends the reading as if the file ended.
    /// - Returns: How many bytes came; fewer than the buffer holds only at the end.
    /// - Throws: ``SystemFailure``.
    func read(into buffer: UnsafeMutableRawBufferPointer, isStopped: () -> Bool) throws(SystemFailure) -> Int {
        var count = 0
        while count < buffer.count, !isStopped() {
            // A pipe may stay silent for long, and a signal need not meet the thread that reads.
            if !self.isOwned, !self.hasBytes() { continue }
            #if canImport(Glibc)
                let result = Glibc.read(self.number, buffer.baseAddress?.advanced(by: count), buffer.count - count)
            #elseif canImport(Musl)
                let result = Musl.read(self.number, buffer.baseAddress?.advanced(by: count), buffer.count - count)
            #else
                let result = Darwin.read(self.number, buffer.baseAddress?.advanced(by: count), buffer.count - count)
            #endif
            if result == 0 { break }
            if result > 0 {
                count += result
            } else if errno == EAGAIN {
                _ = self.hasBytes()
            } else if errno != EINTR {
                throw SystemFailure(number: errno)
            }
        }
        return count
    }

    /// Reads until the array is full or the file ends; see the other ``read(into:isStopped:)``.
    ///
    /// - Throws: ``SystemFailure``.
    func read(into bytes: inout [UInt8], isStopped: () -> Bool) throws(SystemFailure) -> Int {
        let result = bytes.withUnsafeMutableBytes { buffer -> Result<Int, SystemFailure> in
            do throws(SystemFailure) {
                return .success(try self.read(into: buffer, isStopped: isStopped))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Whether something can be read, its end included; waits for it a fifth of a second at most, so that a signal is seen soon.
    private func hasBytes() -> Bool {
        var request = pollfd(fd: self.number, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, 200) > 0
    }

    /// Reads a small file whole.
    ///
    /// - Returns: nil if it is longer than `limit`.
    /// - Throws: ``SystemFailure``.
    static func contents(of path: [UInt8], followsLinks: Bool, limit: Int) throws(SystemFailure) -> [UInt8]? {
        let file = try OpenFile(path, followsLinks: followsLinks)
        guard try file.facts().kind != .directory else { throw SystemFailure(number: EISDIR) }
        return try file.contents(limit: limit)
    }

    /// Reads all that is left.
    ///
    /// - Returns: nil if it is longer than `limit`.
    /// - Throws: ``SystemFailure``.
    func contents(limit: Int) throws(SystemFailure) -> [UInt8]? {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= limit {
            let count = try self.read(into: &part, isStopped: { false })
            bytes += part.prefix(count)
            if count < part.count { return bytes.count <= limit ? bytes : nil }
        }
        return nil
    }
}
