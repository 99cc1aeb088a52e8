/// Why a change of users or keys could not be made, or a key not be checked.
public struct AuthError: Error {
    /// The kind of an ``AuthError``.
    public struct Code: Hashable, Sendable {
        private enum Kind {
            case emailTaken, callerExists, invalidText, unknownUser, unknownKey, alreadyRevoked
            case alreadyRotated, expired, replacedElsewhere, invalidOverlap, unknownCaller, alreadyInactive, tooManyAttempts
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
        /// Another key took the key's place before.
        public static let alreadyRotated = Code(kind: .alreadyRotated)
        /// The key has expired.
        public static let expired = Code(kind: .expired)
        /// Another tool put something else in the key's place, or ended its owner.
        public static let replacedElsewhere = Code(kind: .replacedElsewhere)
        /// An overlap is negative.
        public static let invalidOverlap = Code(kind: .invalidOverlap)
        /// No gateway caller has the name.
        public static let unknownCaller = Code(kind: .unknownCaller)
        /// The gateway caller was ended before.
        public static let alreadyInactive = Code(kind: .alreadyInactive)
        /// So many unknown keys are being checked that no further one can be now.
        public static let tooManyAttempts = Code(kind: .tooManyAttempts)
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
