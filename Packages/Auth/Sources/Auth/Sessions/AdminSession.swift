public import Identity
public import Persistence

/// A session of an administrator just opened; the only time that its token exists outside its owner's hands.
public struct AdminSession: Sendable {
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
    case notAdmin
    /// It is not a valid key now.
    case unknownKey
}
