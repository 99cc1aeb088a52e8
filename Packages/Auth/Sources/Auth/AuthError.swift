/// Why a change of users or keys could not be made.
public struct AuthError: Error {
    /// The kind of an ``AuthError``.
    public struct Code: Hashable, Sendable {
        private enum Kind {
            case emailTaken, callerExists, invalidText, unknownUser, unknownKey, alreadyRevoked
        }

        private let kind: Kind

        /// Another user has the e-mail address already.
        public static let emailTaken = Code(kind: .emailTaken)
        /// Another gateway caller has the name already.
        public static let callerExists = Code(kind: .callerExists)
        /// A text is longer than its column or has not its form.
        public static let invalidText = Code(kind: .invalidText)
        /// No user has the id.
        public static let unknownUser = Code(kind: .unknownUser)
        /// No key has the public id.
        public static let unknownKey = Code(kind: .unknownKey)
        /// The key was revoked before.
        public static let alreadyRevoked = Code(kind: .alreadyRevoked)
    }

    /// The kind, by which errors are compared.
    public let code: Code
    /// What happened, safe to show to a client.
    public let message: String

    init(_ code: Code, message: String) {
        self.code = code
        self.message = message
    }
}

extension AuthError: Equatable, CustomStringConvertible {
    /// The message.
    public var description: String { self.message }

    /// Whether both are of one kind.
    public static func == (left: AuthError, right: AuthError) -> Bool {
        left.code == right.code
    }
}
