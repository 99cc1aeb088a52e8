#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Reads and writes the files that a run is told about: baselines, keys, patterns, reports.
public enum ToolFiles {
    /// Reads a file whole.
    ///
    /// - Parameters:
    ///   - path: The file, in the bytes of its name.
    ///   - limit: The most bytes it may have.
    /// - Returns: nil if there is no such file.
    /// - Throws: ``ScanToolError`` with code `unusableFile`.
    public static func read(_ path: [UInt8], limit: Int) throws(ScanToolError) -> [UInt8]? {
        do {
            if let bytes = try OpenFile.contents(of: path, followsLinks: true, limit: limit) { return bytes }
        } catch {
            if error.number == ENOENT { return nil }
            throw ScanToolError(.unusableFile, message: "\(PathText.escaped(path)): cannot be read: \(error.reason)")
        }
        throw ScanToolError(.unusableFile, message: "\(PathText.escaped(path)): is larger than \(limit) bytes")
    }

    /// Reads standard input to its end.
    ///
    /// - Parameter limit: The most bytes it may have.
    /// - Returns: nil if it has more.
    /// - Throws: ``ScanToolError`` with code `unusableFile`.
    public static func readStandardInput(limit: Int) throws(ScanToolError) -> [UInt8]? {
        do {
            return try OpenFile(lent: 0).contents(limit: limit)
        } catch {
            throw ScanToolError(.unusableFile, message: "standard input cannot be read: \(error.reason)")
        }
    }

    /// Writes a file in one step: whoever reads it sees the old content or the new, never a part.
    ///
    /// What exists and is no regular file, such as `/dev/stdout`, is written to directly.
    ///
    /// - Throws: ``ScanToolError`` with code `unusableFile`.
    public static func write(_ bytes: [UInt8], to path: [UInt8]) throws(ScanToolError) {
        do {
            let facts = try? FileFacts(path, followsLinks: true)
            guard facts == nil || facts?.kind == .regular else { return try self.writeDirectly(bytes, to: path) }
            // A link stays, and what it leads to is replaced.
            let target = facts == nil ? path : self.resolved(path) ?? path
            let temporary = target + Array(".\(getpid()).part".utf8)
            do {
                try self.create(temporary, holding: bytes)
                guard withCString(temporary, { from in withCString(target) { rename(from, $0) } }) == 0 else {
                    throw SystemFailure(number: errno)
                }
            } catch {
                _ = withCString(temporary) { unlink($0) }
                throw error
            }
        } catch {
            let reason = (error as? SystemFailure)?.reason ?? "\(error)"
            throw ScanToolError(.unusableFile, message: "\(PathText.escaped(path)): cannot be written: \(reason)")
        }
    }

    /// Writes to a descriptor, all of it.
    ///
    /// - Returns: Whether everything was taken.
    public static func write(_ bytes: [UInt8], toDescriptor number: Int32) -> Bool {
        (try? self.writeAll(bytes, number)) != nil
    }

    private static func create(_ path: [UInt8], holding bytes: [UInt8]) throws(SystemFailure) {
        let number = withCString(path) { open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666) }
        guard number >= 0 else { throw SystemFailure(number: errno) }
        do {
            try self.writeAll(bytes, number)
        } catch {
            close(number)
            throw error
        }
        // Some file systems tell only here that the disk is full.
        guard close(number) == 0 else { throw SystemFailure(number: errno) }
    }

    private static func writeDirectly(_ bytes: [UInt8], to path: [UInt8]) throws(SystemFailure) {
        let number = withCString(path) { open($0, O_WRONLY | O_CLOEXEC) }
        guard number >= 0 else { throw SystemFailure(number: errno) }
        defer { close(number) }
        try self.writeAll(bytes, number)
    }

    private static func writeAll(_ bytes: [UInt8], _ number: Int32) throws(SystemFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            #if canImport(Glibc)
                let count = rest.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
            #elseif canImport(Musl)
                let count = rest.withUnsafeBytes { Musl.write(number, $0.baseAddress, $0.count) }
            #else
                let count = rest.withUnsafeBytes { Darwin.write(number, $0.baseAddress, $0.count) }
            #endif
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count < 0, errno == EAGAIN {
                var request = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
                poll(&request, 1, 200)
            } else if count < 0, errno != EINTR {
                throw SystemFailure(number: errno)
            }
        }
    }

    private static func resolved(_ path: [UInt8]) -> [UInt8]? {
        withCString(path) { name -> [UInt8]? in
            guard let whole = realpath(name, nil) else { return nil }
            defer { free(whole) }
            return Array(UnsafeRawBufferPointer(start: whole, count: strlen(whole)))
        }
    }
}
