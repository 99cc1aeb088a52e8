#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension Program {
    /// Prints a line to standard output now, also when that is a file or a pipe, where lines otherwise gather first.
    public static func say(_ line: String) {
        print(line)
        fflush(nil)
    }

    /// Writes bytes to standard output, as they are and now.
    ///
    /// - Throws: ``OutputError`` when they cannot be written, such as to a full disk or to a reader that has gone.
    public static func output(_ bytes: [UInt8]) throws(OutputError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            guard count >= 0 || errno == EINTR else { throw OutputError(code: errno) }
            rest = rest.dropFirst(max(count, 0))
        }
    }
}

/// Standard output could not be written.
public struct OutputError: Error, CustomStringConvertible {
    /// The system's number for the reason.
    public let code: Int32
    /// The reason in the system's words.
    public var description: String { "standard output cannot be written: \(String(cString: strerror(self.code)))" }
}
