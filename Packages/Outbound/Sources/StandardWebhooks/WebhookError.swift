/// Says why a webhook could not be signed or was not believed.
///
/// The message never holds a secret, a signature or a body. Two errors are equal when their codes are equal.
public struct WebhookError: Error, Equatable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The kind of failure; the set is open.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Value: String {
            case invalidSecret, noSecret, invalidID, invalidTimestamp, outsideTolerance, invalidSignatures, noMatchingSignature
            case libraryFailure
        }

        private let value: Value

        /// The text is no `whsec_` followed by base64 of 24 to 64 bytes.
        public static let invalidSecret = Code(value: .invalidSecret)
        /// There is no secret, or there are more than eight.
        public static let noSecret = Code(value: .noSecret)
        /// The id of the message is empty, too long, or has other characters than letters, digits, `_` and `-`.
        public static let invalidID = Code(value: .invalidID)
        /// The timestamp is no plain number of seconds.
        public static let invalidTimestamp = Code(value: .invalidTimestamp)
        /// The timestamp lies too far in the past or in the future.
        public static let outsideTolerance = Code(value: .outsideTolerance)
        /// The list of signatures is too long.
        public static let invalidSignatures = Code(value: .invalidSignatures)
        /// No signature of a known version belongs to the message and one of the secrets.
        public static let noMatchingSignature = Code(value: .noMatchingSignature)
        /// The library for cryptography refused.
        public static let libraryFailure = Code(value: .libraryFailure)

        /// The name of the code, such as `outsideTolerance`.
        public var description: String { self.value.rawValue }
    }

    /// The kind of failure.
    public let code: Code
    /// What went wrong, for people.
    public let message: String
    /// What the library said, for the log.
    public let cause: (any Error)?

    /// Creates an error.
    public init(_ code: Code, message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// Compares codes: tests match the kind, people read the message.
    public static func == (left: WebhookError, right: WebhookError) -> Bool {
        left.code == right.code
    }

    /// The message.
    public var description: String { self.message }

    /// The code, the message and the cause, for the log.
    public var debugDescription: String {
        let cause = self.cause.map { ", cause: \(String(reflecting: $0))" } ?? ""
        return "WebhookError(\(self.code)): \(self.message)\(cause)"
    }
}
