public import Identity
public import Persistence

/// A key as lists show it: everything but the key.
public struct KeyRecord: Sendable, Hashable {
    /// The public id, by which the key is revoked.
    public let id: KeyID
    /// Where the owner is registered: `user` or `gateway_caller`.
    public let ownerKind: Caller.Kind
    /// The owner's id within its kind.
    public let ownerID: String
    /// What the owner calls the key.
    public let label: String?
    /// The human behind the key.
    public let person: String?
    /// When it was made.
    public let createdAt: Timestamp
    /// When it stops being valid by itself.
    public let expiresAt: Timestamp?
    /// When it was revoked.
    public let revokedAt: Timestamp?
    /// When it was last used, up to half a minute late.
    public let lastUsedAt: Timestamp?
    /// The key that a rotation put in this one's place.
    public let replacedBy: KeyID?

    init(_ row: Row) throws(PersistenceError) {
        self.id = KeyID(unchecked: try row.decode("id"))
        let kind = try row.decode("owner_kind", as: String.self)
        guard let ownerKind = Caller.Kind(rawValue: kind) else {
            throw PersistenceError(.decoding, message: "column owner_kind holds no kind of caller")
        }
        self.ownerKind = ownerKind
        self.ownerID = try row.decode("owner_id")
        self.label = try row.decode("label")
        self.person = try row.decode("person")
        self.createdAt = try row.decode("created_at")
        self.expiresAt = try row.decode("expires_at")
        self.revokedAt = try row.decode("revoked_at")
        self.lastUsedAt = try row.decode("last_used_at")
        self.replacedBy = try row.decode("replaced_by", as: String?.self).map { KeyID(unchecked: $0) }
    }
}
