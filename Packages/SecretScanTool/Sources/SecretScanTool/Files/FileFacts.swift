#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the system says about a file.
struct FileFacts: Equatable, Sendable {
    /// The kinds of files that are told apart.
    enum Kind: Sendable {
        case regular, directory, link, fifo, socket, device

        /// How people call it.
        var name: String {
            switch self {
            case .regular: "file"
            case .directory: "directory"
            case .link: "symbolic link"
            case .fifo: "FIFO"
            case .socket: "socket"
            case .device: "device"
            }
        }
    }

    let kind: Kind
    let size: Int
    let id: FileID
    /// Seconds and nanoseconds of the last change of content and of the file itself.
    private let times: [Int]

    init(_ status: stat) {
        self.kind =
            switch status.st_mode & 0o170000 {
            case 0o100000: .regular
            case 0o040000: .directory
            case 0o120000: .link
            case 0o010000: .fifo
            case 0o140000: .socket
            default: .device
            }
        self.size = Int(status.st_size)
        self.id = FileID(device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(truncatingIfNeeded: status.st_ino))
        #if canImport(Darwin)
            let (modified, changed) = (status.st_mtimespec, status.st_ctimespec)
        #else
            let (modified, changed) = (status.st_mtim, status.st_ctim)
        #endif
        self.times = [Int(modified.tv_sec), Int(modified.tv_nsec), Int(changed.tv_sec), Int(changed.tv_nsec)]
    }

    /// Asks about a path.
    ///
    /// - Throws: ``SystemFailure``.
    init(_ path: [UInt8], followsLinks: Bool) throws(SystemFailure) {
        var status = stat()
        let result = withCString(path) { followsLinks ? stat($0, &status) : lstat($0, &status) }
        guard result == 0 else { throw SystemFailure(number: errno) }
        self.init(status)
    }
}

/// By what a file is known, however it is named.
struct FileID: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64
}

/// A call that the system refused.
struct SystemFailure: Error {
    let number: Int32

    /// What the system calls it, such as `Permission denied`.
    var reason: String {
        switch self.number {
        case ELOOP: "symbolic link loop"
        default: strerror(self.number).map { String(cString: $0) } ?? "error \(self.number)"
        }
    }
}

/// Lends a path to C; a NUL in it, which no name can have, would cut it and makes it a name of nothing.
func withCString<Value>(_ path: [UInt8], _ body: (UnsafePointer<CChar>) -> Value) -> Value {
    var bytes = path.contains(0) ? [] : path.map { CChar(bitPattern: $0) }
    bytes.append(0)
    return bytes.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { preconditionFailure("the buffer has at least its end") }
        return body(base)
    }
}
