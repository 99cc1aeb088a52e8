/// Everything that is wrong with the settings, one line for each variable.
///
/// The text is meant for standard error and holds no secret: `PORT: "abc" is not a port; allowed: 1 to 65535`. Two errors are
/// equal when their codes are.
public struct SettingsError: Error, Equatable, CustomStringConvertible {
    /// The kinds of trouble.
    public struct Code: Hashable, Sendable {
        private enum Kind: Hashable {
            case invalidValue, environmentFile, undeclared
        }

        private let kind: Kind

        /// At least one variable has a value that is not allowed, or is required and not set.
        public static let invalidValue = Code(kind: .invalidValue)
        /// The `.env` file cannot be read, or a line of it cannot be understood.
        public static let environmentFile = Code(kind: .environmentFile)
        /// The program reads a setting that its catalogue does not list, so that `--help` would not show it.
        public static let undeclared = Code(kind: .undeclared)
    }

    /// One variable, or one line of a file, with what is wrong about it.
    public struct Problem: Hashable, Sendable, CustomStringConvertible {
        /// The variable, `PORT`, or the place in a file, `.env line 3`.
        public let subject: String
        /// What was read and what is allowed; a single line without secrets.
        public let text: String

        /// Subject and text: `PORT: "abc" is not a port; allowed: 1 to 65535`.
        public var description: String { "\(self.subject): \(self.text)" }
    }

    /// The status that a program ends with because of this error: 78, `EX_CONFIG` of sysexits.h.
    public static let exitCode: Int32 = 78

    /// The kind of the trouble.
    public let code: Code
    /// All problems, in the order of the catalogue or of the file; never empty.
    public let problems: [Problem]
    /// The error of the file system behind it, for debugging; it may name paths.
    public let cause: (any Error)?

    init(_ code: Code, _ problems: [Problem], cause: (any Error)? = nil) {
        self.code = code
        self.problems = problems
        self.cause = cause
    }

    /// One line for each problem, without a newline at the end.
    public var message: String { self.problems.map(\.description).joined(separator: "\n") }

    /// The message.
    public var description: String { self.message }

    /// Whether both are of the same kind.
    public static func == (left: SettingsError, right: SettingsError) -> Bool {
        left.code == right.code
    }
}
