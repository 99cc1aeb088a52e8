#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
public import Logging

/// The stream that programs log to: standard output stays free for what a command prints.
public enum StandardError {
    /// Writes bytes to standard error, all of them in one piece where the system can.
    ///
    /// A stream that cannot be written any more, such as a closed pipe, swallows them: a log must not stop the program.
    @Sendable public static func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let written = unsafeWrite(rest)
                if written > 0 {
                    rest = rest.dropFirst(written)
                } else if written == 0 || errno != EINTR {
                    return
                }
            }
        }
    }

    private static func unsafeWrite(_ bytes: Slice<UnsafeRawBufferPointer>) -> Int {
        let buffer = UnsafeRawBufferPointer(rebasing: bytes)
        #if canImport(Glibc)
            return Glibc.write(STDERR_FILENO, buffer.baseAddress, buffer.count)
        #elseif canImport(Musl)
            return Musl.write(STDERR_FILENO, buffer.baseAddress, buffer.count)
        #else
            return Darwin.write(STDERR_FILENO, buffer.baseAddress, buffer.count)
        #endif
    }

    /// Makes every logger of the process write to standard error; to be called once, first thing in the program.
    ///
    /// - Parameters:
    ///   - level: The least level that is written (setting `LOG_LEVEL`).
    ///   - format: How a line looks (setting `LOG_FORMAT`).
    ///   - recent: Gets every line, too; nobody if nil.
    public static func bootstrapLogging(level: Logger.Level, format: LogFormat, recent: RecentLines? = nil) {
        LoggingSystem.bootstrap { label in
            LineLogHandler(label: label, level: level, format: format) { line in
                Self.write(line)
                recent?.append(line)
            }
        }
    }
}
