#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The other side of ``DocumentProcess``: what a program does that was started to read one document.
///
/// A program that uses ``DocumentProcess`` has a sub-command for it, which calls this before it does anything else, starts no thread
/// and opens no file before:
///
/// ```swift
/// exit(ExtractionChild.run(arguments: arguments.dropFirst()))
/// ```
public enum ExtractionChild {
    /// The word for a document that claims to be nothing in particular.
    static let noClaim = "unknown"

    /// Confines this process, reads the document that standard input is, and writes its text to standard output.
    ///
    /// Standard input is an open, regular file. Nothing of this can be undone: the process has to end afterwards. Its limits: see
    /// ``ExtractionLimits``; it ends with its parent, makes no sockets and writes no files.
    ///
    /// - Parameters:
    ///   - arguments: One word, which ``DocumentProcess`` chose.
    ///   - limits: What the document may cost.
    /// - Returns: The exit status: 0 when an answer was written, be it that the document cannot be read; 2 when the call is wrong.
    public static func run(arguments: some Sequence<String>, limits: ExtractionLimits = ExtractionLimits()) -> Int32 {
        let words = Array(arguments)
        guard words.count == 1, let word = words.first, word == Self.noClaim || DocumentFormat(rawValue: word) != nil else {
            return 2
        }
        alarm(UInt32(clamping: max(1, limits.lifetimeSeconds)))
        do throws(DocumentTextError) {
            try Confinement.begin(limits)
            let file = try DocumentFile(descriptor: 0, limit: limits.documentBytes)
            let path = getenv("PATH").map { String(cString: $0) } ?? ""
            try DocumentExtractor(limits: limits, searchPath: path).extract(
                from: file, claim: DocumentFormat(rawValue: word),
                confine: { () throws(DocumentTextError) in try Confinement.refuseProcesses() }, write: Self.write)
        } catch {
            // Nobody is left to be told when this fails, too.
            try? Self.write(.failure(error))
        }
        return 0
    }

    private static func write(_ frame: ResultFrame) throws(DocumentTextError) {
        let bytes = frame.encoded
        var count = 0
        while count < bytes.count {
            let written = bytes.withUnsafeBytes { buffer in
                let rest = UnsafeRawBufferPointer(rebasing: buffer[count...])
                #if canImport(Glibc)
                    return Glibc.write(1, rest.baseAddress, rest.count)
                #elseif canImport(Musl)
                    return Musl.write(1, rest.baseAddress, rest.count)
                #else
                    return Darwin.write(1, rest.baseAddress, rest.count)
                #endif
            }
            guard written > 0 || errno == EINTR else { throw .system(.unavailable, "The document cannot be read now", "write") }
            count += max(0, written)
        }
    }
}
