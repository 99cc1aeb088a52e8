/// Says why a text is no version, specifier or range.
///
/// Two errors are equal when their codes are equal. The message repeats nothing of the text.
public struct VersionError: Error, Equatable, CustomStringConvertible {
    /// The kind of failure; the set is open.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Value: String { case tooLong, invalidVersion, invalidSpecifier }

        private let value: Value

        /// The text is longer than ``VersionError/longestText``.
        public static let tooLong = Code(value: .tooLong)
        /// The text breaks the grammar of versions.
        public static let invalidVersion = Code(value: .invalidVersion)
        /// The text breaks the grammar of specifiers or ranges.
        public static let invalidSpecifier = Code(value: .invalidSpecifier)

        /// The name of the code, such as `invalidVersion`.
        public var description: String { self.value.rawValue }
    }

    /// The most bytes of a text that is read: 1 024.
    public static let longestText = 1_024

    /// The kind of failure.
    public let code: Code
    /// What is wrong, for people.
    public let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    static var tooLong: VersionError { VersionError(.tooLong, "it is longer than \(Self.longestText) bytes") }

    /// Compares codes.
    public static func == (left: VersionError, right: VersionError) -> Bool { left.code == right.code }

    /// The message.
    public var description: String { self.message }
}
