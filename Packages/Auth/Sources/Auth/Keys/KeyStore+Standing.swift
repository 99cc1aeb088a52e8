public import Identity
public import Persistence

/// What a gateway caller with a valid key is at one moment.
public struct GatewayStanding: Sendable, Hashable {
    /// The role, as the row says, whether or not it can be one.
    public let role: String
    /// The tenant.
    public let organisation: OrganisationID
    /// The human, if all valid keys that name one name the same; else `nil`.
    public let person: PersonID?
}

extension KeyStore {
    /// What a gateway caller is within an open transaction, if a valid key is left to it then.
    ///
    /// On PostgreSQL the caller's row and valid keys are held (`FOR SHARE`) until the transaction ends: whoever revokes a key,
    /// deactivates the caller or changes its role meanwhile waits for that end, and who came first is waited for. So what the
    /// transaction does is either done by a valid key or not done. Writers of a SQLite file take turns anyway; begin the
    /// transaction there as one that writes. Two statements at most, each by an index.
    ///
    /// - Parameters:
    ///   - id: The caller.
    ///   - key: A key of the caller that has to be valid itself; `nil` when any will do. A key of another tool counts from its
    ///     first use here on.
    ///   - connection: The connection of a transaction.
    /// - Throws: `PersistenceError`.
    public func standing(
        of id: CallerID, presenting key: KeyID? = nil, in connection: any DatabaseConnection
    ) throws(PersistenceError) -> GatewayStanding? {
        let isNow: SQL = "(k.expires_at IS NULL OR k.expires_at > \(self.now()))"
        var lock: SQL = ""
        if connection.dialect == .postgres {
            // Keys by their ids and then the caller, as all that changes them goes.
            _ = try connection.query(
                """
                SELECT 1 AS found FROM caller_keys k
                WHERE k.owner_kind = 'gateway_caller' AND k.owner_id = \(id.text) AND k.revoked_at IS NULL AND \(isNow)
                ORDER BY k.id FOR SHARE
                """)
            lock = "FOR SHARE OF a"
        }
        let row = try connection.queryOne(
            """
            SELECT held.role, held.org_id, MIN(held.person) AS least, MAX(held.person) AS greatest,
                COUNT(CASE WHEN held.id = \(key?.text ?? "") THEN 1 END) AS presented
            FROM (
                SELECT a.role, a.org_id, k.id, k.person FROM api_keys a JOIN caller_keys k ON k.owner_id = a.caller_id
                WHERE a.caller_id = \(id.text) AND \(KeyTable.isValidGatewayKey) AND \(isNow) \(lock)
            ) AS held
            GROUP BY held.role, held.org_id
            """)
        guard let row else { return nil }
        if key != nil, try row.decode("presented", as: Int.self) == 0 { return nil }
        let person = try row.decode("least", as: String?.self)
        let isOne = person == (try row.decode("greatest", as: String?.self))
        return GatewayStanding(
            role: try row.decode("role"), organisation: OrganisationID(unchecked: try row.decode("org_id")),
            person: isOne ? person.map { PersonID(unchecked: $0) } : nil)
    }
}
