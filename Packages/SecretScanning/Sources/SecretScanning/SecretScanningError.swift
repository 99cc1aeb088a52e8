/// A scanner that cannot be made as asked; scans themselves never fail.
///
/// Two errors are equal when their codes are.
public struct SecretScanningError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of a ``SecretScanningError``; more kinds may come.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String { case invalidPattern }
        private let kind: Kind

        /// An own pattern that is refused; the message says why.
        public static let invalidPattern = Code(kind: .invalidPattern)

        /// The name of the kind.
        public var description: String { self.kind.rawValue }
    }

    /// The kind.
    public let code: Code
    /// One sentence for people, which does not repeat the pattern.
    public let message: String
    /// What was thrown below.
    public let cause: (any Error)?

    init(_ code: Code, message: String, cause: (any Error)?) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// Compares the kinds only.
    public static func == (left: SecretScanningError, right: SecretScanningError) -> Bool { left.code == right.code }

    /// The message.
    public var description: String { self.message }
}
