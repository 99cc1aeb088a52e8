/// How documents are read: by which program, how many at once, how long.
public struct DocumentProcessConfiguration: Sendable {
    /// The program that calls ``ExtractionChild``, as an absolute path. The default is the running program itself, also when its file
    /// has been exchanged since.
    public var executable: String
    /// The words between the name of the program and the one that ``DocumentProcess`` adds.
    public var arguments: [String]
    /// `PATH` of the child, in which `pdftotext` is found; absolute folders, parted by colons.
    public var searchPath = "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin"
    /// How long one document may take, from its start; longer than zero.
    public var deadline = Duration.seconds(60)
    /// How many documents are read at once, 1 to 64.
    public var concurrency = 2
    /// How many more may wait for their turn, 0 or more; one more is refused as `unavailable`.
    public var maximumWaiters = 256
    /// The limits that the child keeps, and to which its answers are held. The sub-command has to have the same, which it has by default.
    public var limits = ExtractionLimits()

    /// Creates a configuration.
    ///
    /// - Parameters:
    ///   - executable: The program that calls ``ExtractionChild``.
    ///   - arguments: How it is told to.
    public init(executable: String = Self.runningProgram, arguments: [String] = ["extract"]) {
        self.executable = executable
        self.arguments = arguments
    }

    /// The program that runs now.
    public static var runningProgram: String {
        #if os(Linux)
            "/proc/self/exe"
        #else
            CommandLine.arguments.first ?? ""
        #endif
    }

    func check() throws(DocumentTextError) {
        guard self.executable.utf8.first == UInt8(ascii: "/") else {
            throw DocumentTextError(
                .invalidConfiguration, message: "the program that reads documents should have an absolute path")
        }
        guard self.deadline > .zero, (1...64).contains(self.concurrency), self.maximumWaiters >= 0 else {
            throw DocumentTextError(
                .invalidConfiguration,
                message: "documents are read by 1 to 64 processes, each for longer than zero, and 0 or more callers wait")
        }
        guard ([self.executable, self.searchPath] + self.arguments).allSatisfy({ !$0.utf8.contains(0) }) else {
            throw DocumentTextError(.invalidConfiguration, message: "the command that reads documents has a NUL")
        }
    }
}
