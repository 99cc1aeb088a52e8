/// Who makes a request, as proven by its credential; everything later in the pipeline goes by this and not by what the
/// request says of itself.
///
/// Two callers are equal when all members are; to ask whether the same human stands behind two requests, use
/// ``isSamePerson(as:)``.
public struct Caller: Hashable, Sendable {
    /// Where a caller is registered, which decides the namespace of its ``Caller/id``.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A contributor of the knowledge base: a row of `users`.
        case user = "user"
        /// An agent or person who calls tools: a row of `api_keys`.
        case gatewayCaller = "gateway_caller"
        /// Nobody: no credential was presented where none is needed.
        case anonymous = "anonymous"
    }

    /// The caller's name, unique within its ``kind``.
    public let id: CallerID
    /// Where the caller is registered.
    public let kind: Kind
    /// The tenant whose data the caller sees.
    public let organisation: OrganisationID
    /// What policies select by; nil when the registration names no role, which then matches only the pattern `*`.
    public let role: Role?
    /// How far the caller is trusted.
    public let trustLevel: TrustLevel
    /// The surroundings the caller is registered for; nil when the registration names none.
    public let environment: EnvironmentName?
    /// The key of this request; nil for anonymous callers.
    public let keyID: KeyID?
    /// The human behind the key; nil when nobody recorded one.
    public let person: PersonID?
    /// What the key of this request may be used for.
    public let scopes: ScopeSet

    /// Creates a caller from a registration.
    ///
    /// - Parameters:
    ///   - id: The caller's name within `kind`.
    ///   - kind: Where the caller is registered.
    ///   - organisation: The tenant, `default` unless the registration names one.
    ///   - role: The role, none by default.
    ///   - trustLevel: The trust, `untrusted` by default.
    ///   - environment: The surroundings, none by default.
    ///   - keyID: The key of this request.
    ///   - person: The human behind the key.
    ///   - scopes: What the key may be used for, unrestricted by default.
    public init(
        id: CallerID,
        kind: Kind,
        organisation: OrganisationID = .default,
        role: Role? = nil,
        trustLevel: TrustLevel = .untrusted,
        environment: EnvironmentName? = nil,
        keyID: KeyID? = nil,
        person: PersonID? = nil,
        scopes: ScopeSet = .unrestricted
    ) {
        self.id = id
        self.kind = kind
        self.organisation = organisation
        self.role = role
        self.trustLevel = trustLevel
        self.environment = environment
        self.keyID = keyID
        self.person = person
        self.scopes = scopes
    }

    /// The caller of a request without credential: untrusted, in the default organisation, without any scope.
    public static let anonymous = Caller(id: CallerID(unchecked: "anonymous"), kind: .anonymous, scopes: .limited([]))

    /// Whether nobody is known behind the request.
    public var isAnonymous: Bool { self.kind == .anonymous }

    /// Whether the same human is known to stand behind both callers, whatever keys they used.
    ///
    /// True when both name the same ``person``, or when both are the same registration of the same organisation; so a
    /// second key of one caller is the same person even if only one of the keys names it. Anonymous callers cannot be
    /// told apart, and count as one.
    public func isSamePerson(as other: Caller) -> Bool {
        if let person = self.person, person == other.person { return true }
        return self.kind == other.kind && self.id == other.id && self.organisation == other.organisation
    }
}
