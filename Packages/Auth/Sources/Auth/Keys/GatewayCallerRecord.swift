public import Identity
public import Persistence

/// A gateway caller as lists show it: a row of `api_keys` without its hash.
///
/// Other tools write these rows too, so names and numbers are given as they stand there.
public struct GatewayCallerRecord: Sendable, Hashable {
    /// The number of the row.
    public let rowID: Int64
    /// The caller's name.
    public let id: CallerID
    /// What the caller does in the organisation.
    public let role: String
    /// How far the caller is trusted: 0 to 4 unless another tool wrote something else.
    public let trustLevel: Int
    /// The surroundings that the caller is registered for.
    public let environment: String
    /// Whose data the caller sees.
    public let organisation: OrganisationID
    /// Whether the caller's keys are valid at all.
    public let isActive: Bool
    /// When it was registered.
    public let createdAt: Timestamp
    /// When one of its keys was last used, up to half a minute late.
    public let lastUsedAt: Timestamp?

    init(_ row: Row) throws(PersistenceError) {
        self.rowID = try row.decode("id")
        self.id = CallerID(unchecked: try row.decode("caller_id"))
        self.role = try row.decode("role")
        self.trustLevel = try row.decode("trust_level")
        self.environment = try row.decode("environment")
        self.organisation = OrganisationID(unchecked: try row.decode("org_id"))
        self.isActive = try row.decode("is_active")
        self.createdAt = try row.decode("created_at")
        self.lastUsedAt = try row.decode("last_used_at")
    }
}
