import Cryptography
import Identity
import Persistence

/// The statements over `caller_key_candidates`: active rows of `api_keys` whose bcrypt hash no key of `caller_keys` accounts for.
enum CandidateTable {
    /// A row whose key nobody has presented yet.
    struct Candidate: Sendable {
        /// The place among all candidates; a row that changes gets a new one, larger than all before.
        let number: Int64
        /// The row of `api_keys`; nil when it is gone.
        let rowID: Int64?
        /// What `api_keys.key_hash` holds, which another tool wrote.
        let keyHash: String
    }

    /// Which candidates are wanted.
    enum Slice: Sendable {
        case newest
        case newerThan(Int64)
        case olderThan(Int64)
    }

    /// At most `limit` candidates, from the edge of the slice on.
    static func candidates(_ slice: Slice, limit: Int, in database: any Database) async throws -> [Candidate] {
        let condition: SQL =
            switch slice {
            case .newest: "ORDER BY c.number DESC"
            case .newerThan(let number): "WHERE c.number > \(number) ORDER BY c.number"
            case .olderThan(let number): "WHERE c.number < \(number) ORDER BY c.number DESC"
            }
        // A candidate without its row is read as well, so that many of them cannot make the statement long.
        let rows = try await database.query(
            """
            SELECT c.number, a.id, a.key_hash FROM caller_key_candidates c LEFT JOIN api_keys a ON a.id = c.api_key_id
            \(condition) LIMIT \(limit)
            """
        )
        var candidates: [Candidate] = []
        for row in rows { candidates.append(try Self.candidate(row)) }
        return candidates
    }

    /// The candidate of a caller's name, if its row is one.
    static func candidate(of caller: CallerID, in database: any Database) async throws -> Candidate? {
        let row = try await database.queryOne(
            """
            SELECT c.number, a.id, a.key_hash FROM api_keys a JOIN caller_key_candidates c ON c.api_key_id = a.id
            WHERE a.caller_id = \(caller.text)
            """
        )
        return try row.map(Self.candidate)
    }

    private static func candidate(_ row: Row) throws(PersistenceError) -> Candidate {
        Candidate(
            number: try row.decode("number"), rowID: try row.decode("id"),
            keyHash: try row.decode("key_hash", as: String?.self) ?? "")
    }

    /// Takes a candidate off the list: nothing can be a key to it.
    ///
    /// - Returns: Whether it stood there; of several servers that do it at once, one is told so.
    static func remove(_ candidate: Candidate, in database: any Database) async throws -> Bool {
        try await database.write { connection in
            try connection.execute("DELETE FROM caller_key_candidates WHERE number = \(candidate.number)") == 1
        }
    }

    /// Stores the digest of a key that fits a candidate, so that from now on one statement finds it.
    ///
    /// A key that has a digest already, because its row had another hash of it before, is bound to the row as it is now, unless
    /// it was revoked: that is for good.
    static func adopt(
        _ digest: SHA256Digest, of candidate: Candidate, as id: KeyID, at now: Timestamp, on connection: any DatabaseConnection
    ) throws(PersistenceError) {
        let lock = KeyTable.rowLock(connection.dialect)
        // Whoever ends a key takes its rows in the same order.
        _ = try connection.queryOne("SELECT 1 AS found FROM caller_keys WHERE digest = \(digest.hex) \(lock)")
        let row = try connection.queryOne(
            """
            SELECT caller_id FROM api_keys
            WHERE id = \(candidate.rowID) AND key_hash = \(candidate.keyHash) AND is_active \(lock)
            """
        )
        // A row that changed since is a new candidate.
        guard let caller = try row?.decode("caller_id", as: String.self) else { return }
        try connection.execute(
            """
            INSERT INTO caller_keys (id, digest, owner_kind, owner_id, is_primary, created_at, key_hash)
            VALUES (\(id.text), \(digest.hex), 'gateway_caller', \(caller), \(true), \(now), \(candidate.keyHash))
            ON CONFLICT (digest) DO UPDATE SET owner_id = excluded.owner_id, key_hash = excluded.key_hash, is_primary = \(true)
            WHERE caller_keys.owner_kind = 'gateway_caller' AND caller_keys.revoked_at IS NULL
            """
        )
        try connection.execute("DELETE FROM caller_key_candidates WHERE number = \(candidate.number)")
    }
}
