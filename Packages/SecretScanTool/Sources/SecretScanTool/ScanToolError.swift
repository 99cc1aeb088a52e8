/// An input of the scanning tool that cannot be used.
///
/// Two errors are equal when their codes are equal. No message repeats what was scanned.
public struct ScanToolError: Error, Sendable {
    /// The kind of a ``ScanToolError``; more kinds may come.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case invalidDiff, invalidBaseline, wrongKey, invalidKey, invalidPatterns, unusableFile
        }

        private let kind: Kind

        /// Text that is no unified diff, or one that ends in the middle.
        public static let invalidDiff = Code(kind: .invalidDiff)
        /// A baseline file that is not what it should be.
        public static let invalidBaseline = Code(kind: .invalidBaseline)
        /// A baseline that was made with another key, under which every finding would seem new.
        public static let wrongKey = Code(kind: .wrongKey)

        /// A key that is too short, or not written as it should be.
        public static let invalidKey = Code(kind: .invalidKey)
        /// A file of patterns that is not what it should be, or has a pattern that is refused.
        public static let invalidPatterns = Code(kind: .invalidPatterns)
        /// A file that cannot be read or written.
        public static let unusableFile = Code(kind: .unusableFile)

        /// The name of the kind, such as `invalidDiff`.
        public var description: String { self.kind.rawValue }
    }

    /// What kind of error this is.
    public let code: Code
    /// One sentence for people.
    public let message: String
    /// The error behind this one, if any.
    public let cause: (any Error)?

    /// Creates an error.
    ///
    /// - Parameters:
    ///   - code: The kind.
    ///   - message: One sentence that repeats nothing of what was scanned.
    ///   - cause: The error that led here, if any.
    public init(_ code: Code, message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }
}

extension ScanToolError: Equatable {
    /// Compares the kinds only.
    public static func == (left: ScanToolError, right: ScanToolError) -> Bool {
        left.code == right.code
    }
}

extension ScanToolError: CustomStringConvertible, CustomDebugStringConvertible {
    /// The message alone.
    public var description: String { self.message }

    /// Code, message and cause, for logs.
    public var debugDescription: String {
        let reason = self.cause.map { " (cause: \(String(reflecting: $0)))" } ?? ""
        return "\(self.code): \(self.message)\(reason)"
    }
}
