/// Says why a policy could not be loaded.
///
/// Two errors are equal when their codes are equal; people read the problems.
public struct PolicyError: Error, Sendable {
    /// The kind of a ``PolicyError``; more kinds may come.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String { case unreadable, invalid }

        private let kind: Kind

        /// A file is missing, too large, outside of the folder of policies, or no text.
        public static let unreadable = Code(kind: .unreadable)
        /// A file was read and has faults; each is listed with its place.
        public static let invalid = Code(kind: .invalid)

        /// The name of the kind, such as `invalid`.
        public var description: String { self.kind.rawValue }
    }

    /// What kind of error this is.
    public let code: Code
    /// What is wrong, in the order of the files; never empty.
    public let problems: [PolicyProblem]

    init(_ code: Code, _ problems: [PolicyProblem]) {
        self.code = code
        self.problems = problems
    }
}

extension PolicyError: Equatable {
    /// Compares the kinds only.
    public static func == (left: PolicyError, right: PolicyError) -> Bool { left.code == right.code }
}

extension PolicyError: CustomStringConvertible {
    /// One line for each problem, such as `default.yaml:12:5: unknown field "effct" in a rule`.
    public var description: String { self.problems.map(\.description).joined(separator: "\n") }
}

/// One fault of a policy file.
public struct PolicyProblem: Hashable, Sendable, CustomStringConvertible {
    /// The name of the file as the loader knows it, such as `default.yaml`.
    public let file: String
    /// The line, counted from 1; nil when the whole file is meant.
    public let line: Int?
    /// The column, counted from 1 in Unicode scalars; nil when the whole file is meant.
    public let column: Int?
    /// What is wrong, in one sentence that names field and rule.
    public let message: String

    init(file: String, place: PolicyPlace?, message: String) {
        self.file = file
        self.line = place?.line
        self.column = place?.column
        self.message = message
    }

    /// File, line, column and message: `default.yaml:12:5: unknown field "effct" in a rule`.
    public var description: String {
        guard let line = self.line, let column = self.column else { return "\(self.file): \(self.message)" }
        return "\(self.file):\(line):\(column): \(self.message)"
    }
}

/// A place in a policy file.
struct PolicyPlace: Hashable, Sendable {
    let line: Int
    let column: Int
}
