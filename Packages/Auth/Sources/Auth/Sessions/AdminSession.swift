import Cryptography
public import Identity
public import Persistence

/// A session of an administrator just opened; the only time that its token exists outside its owner's hands.
public struct AdminSession: Sendable {
    /// Names the session in records, and cannot be presented: the first 16 hexadecimal digits of the token's SHA-256.
    public var id: String { Self.id(ofToken: self.token) }
    /// What later requests present as a bearer token: 32 random bytes as base64url, 43 characters.
    public let token: String
    /// Whose key opened it.
    public let callerID: CallerID
    /// The caller's role, which is `admin`.
    public let role: Role
    /// The surroundings that the caller is registered for, if it is a name.
    public let environment: EnvironmentName?
    /// The number of the caller's row in `api_keys`.
    public let apiKeyID: Int64
    /// Whose data the caller sees.
    public let organisation: OrganisationID
    /// When it ends by itself: after its lifetime, or with its key.
    public let expiresAt: Timestamp

    /// The ``id`` of the session that a token is of, if it is a session's.
    public static func id(ofToken token: String) -> String { String(SHA256.hash(token.utf8).hex.prefix(16)) }
}

extension AdminSession: CustomStringConvertible, CustomReflectable {
    /// The caller without the token.
    public var description: String { "session of \(self.callerID)" }

    /// The caller only, so that no dump shows the token.
    public var customMirror: Mirror { Mirror(self, children: ["callerID": self.callerID]) }
}

/// What came of presenting a key to open a session with.
public enum AdminLogin: Sendable {
    /// The key is an administrator's.
    case opened(AdminSession)
    /// The key is valid, and its caller is no administrator.
    case notAdmin(Caller)
    /// It is not a valid key now.
    case unknownKey
}

/// Whose key was presented to open a session with.
public enum AdminCandidate: Sendable {
    /// An administrator's, for whom ``KeyAuthority/openSession(for:)`` opens one.
    case admin(Caller)
    /// A valid key of a caller who is no administrator.
    case notAdmin(Caller)
    /// It is not a valid key now.
    case unknownKey
}
