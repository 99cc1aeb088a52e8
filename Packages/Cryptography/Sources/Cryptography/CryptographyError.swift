/// Says why no answer could be given.
///
/// The message never holds a secret, a password or a plaintext.
public struct CryptographyError: Error, Equatable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The kind of failure; the set is open.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Value: String {
            case invalidKey, invalidLength, malformedInput, authenticationFailed, unknownKey, unacceptablePassword, costOutOfRange
            case exposedKeyFile, invalidKeyFile, fileAccess, randomUnavailable, libraryFailure
        }

        private let value: Value

        /// A key has the wrong length, is no valid base64, or is no point of the curve.
        public static let invalidKey = Code(value: .invalidKey)
        /// A length that was asked for lies outside of what the algorithm gives.
        public static let invalidLength = Code(value: .invalidLength)
        /// Sealed or signed bytes do not have the layout that they should have.
        public static let malformedInput = Code(value: .malformedInput)
        /// The bytes, or the data they are bound to, were changed, or another key made them.
        public static let authenticationFailed = Code(value: .authenticationFailed)
        /// The bytes were sealed with a key that is not on the ring.
        public static let unknownKey = Code(value: .unknownKey)
        /// A password is longer than 72 bytes or holds a NUL, which bcrypt would cut silently.
        public static let unacceptablePassword = Code(value: .unacceptablePassword)
        /// The cost of a password hash lies outside of 4 to 31.
        public static let costOutOfRange = Code(value: .costOutOfRange)
        /// A key file can be read or written by others than its owner.
        public static let exposedKeyFile = Code(value: .exposedKeyFile)
        /// A key file holds something else than keys.
        public static let invalidKeyFile = Code(value: .invalidKeyFile)
        /// A file could not be opened, read or written.
        public static let fileAccess = Code(value: .fileAccess)
        /// The system gave no random bytes.
        public static let randomUnavailable = Code(value: .randomUnavailable)
        /// libcrypto or libxcrypt refused an operation that it should carry out.
        public static let libraryFailure = Code(value: .libraryFailure)

        /// The name of the code, such as `invalidKey`.
        public var description: String { self.value.rawValue }
    }

    /// The kind of failure.
    public let code: Code
    /// What went wrong, for people.
    public let message: String
    /// What the library or the system said, for the log.
    public let cause: (any Error)?

    /// Creates an error.
    public init(_ code: Code, message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// Compares codes: tests match the kind, people read the message.
    public static func == (left: CryptographyError, right: CryptographyError) -> Bool {
        left.code == right.code
    }

    /// The message.
    public var description: String { self.message }

    /// The code, the message and the cause, for the log.
    public var debugDescription: String {
        let cause = self.cause.map { ", cause: \($0)" } ?? ""
        return "CryptographyError(\(self.code)): \(self.message)\(cause)"
    }
}
