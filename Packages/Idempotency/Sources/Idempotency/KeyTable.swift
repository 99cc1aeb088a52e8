import Persistence

/// A row of `idempotency_keys`.
struct KeyRow: Sendable {
    enum State: String {
        case running = "RUNNING"
        case answered = "ANSWERED"
        case unknown = "UNKNOWN"
    }

    let digest: [UInt8]
    let requestDigest: [UInt8]
    let claim: String
    let state: State
    let deadline: Timestamp
    let status: Int?
    let answer: [UInt8]?

    init(_ row: Row) throws(PersistenceError) {
        self.digest = try row.decode("digest")
        self.requestDigest = try row.decode("request_digest")
        self.claim = try row.decode("claim_id")
        // A state that a newer server wrote is one that we do not know.
        self.state = State(rawValue: try row.decode("state")) ?? .unknown
        self.deadline = try row.decode("deadline")
        self.status = try row.decode("status")
        self.answer = try row.decode("answer")
    }
}

/// What is done to the table; each change is one statement with all its conditions in itself.
enum KeyTable {
    /// When and for how long a key is claimed.
    struct Claim: Sendable {
        let id: String
        let now: Timestamp
        let deadline: Timestamp
        let expiry: Timestamp
        let maximumKeys: Int
    }

    /// Claims a key that nobody holds, or whose time is over, unless the caller has too many.
    static func claim(_ digests: KeyDigests, _ claim: Claim) -> SQL {
        """
        INSERT INTO idempotency_keys
            (digest, caller_digest, request_digest, claim_id, state, deadline, created_at, expires_at)
        SELECT \(digests.key), \(digests.caller), \(digests.request), \(claim.id), 'RUNNING', \(claim.deadline), \(claim.now),
            \(claim.expiry)
        WHERE (\(Self.count(digests, claim))) < \(claim.maximumKeys)
        ON CONFLICT (digest) DO UPDATE SET
            caller_digest = excluded.caller_digest, request_digest = excluded.request_digest, claim_id = excluded.claim_id,
            state = excluded.state, deadline = excluded.deadline, status = NULL, answer = NULL,
            created_at = excluded.created_at, expires_at = excluded.expires_at
        WHERE idempotency_keys.expires_at <= \(claim.now)
        """
    }

    /// How many keys the caller has, counted up to the limit.
    static func count(_ digests: KeyDigests, _ claim: Claim) -> SQL {
        """
        SELECT count(*) AS n FROM (
            SELECT 1 AS one FROM idempotency_keys WHERE caller_digest = \(digests.caller) AND expires_at > \(claim.now)
            LIMIT \(claim.maximumKeys)
        ) AS live
        """
    }

    /// The row of a key under whichever secret.
    static func find(_ digests: [KeyDigests], at now: Timestamp) -> SQL {
        """
        SELECT digest, request_digest, claim_id, state, deadline, status, answer FROM idempotency_keys
        WHERE digest IN \(list: digests.map(\.key)) AND expires_at > \(now) LIMIT 1
        """
    }

    /// Keeps a sealed answer in the row of the secret that sealed it: digests and sealed bytes begin with the same 9 bytes, which
    /// name it, so whoever can find the row can open the answer.
    static func answer(_ claim: String, status: Int, sealed: [UInt8]) -> SQL {
        """
        UPDATE idempotency_keys SET state = 'ANSWERED', status = \(status), answer = \(sealed)
        WHERE claim_id = \(claim) AND state = 'RUNNING' AND substr(digest, 1, 9) = \(Array(sealed.prefix(9)))
        """
    }

    /// Keeps the status of an answer that is not kept itself.
    static func answer(_ claim: String, status: Int) -> SQL {
        "UPDATE idempotency_keys SET state = 'ANSWERED', status = \(status) WHERE claim_id = \(claim) AND state = 'RUNNING'"
    }

    static func leaveUnknown(_ claim: String) -> SQL {
        "UPDATE idempotency_keys SET state = 'UNKNOWN' WHERE claim_id = \(claim) AND state = 'RUNNING'"
    }

    static func release(_ claim: String) -> SQL {
        "DELETE FROM idempotency_keys WHERE claim_id = \(claim) AND state = 'RUNNING'"
    }

    static func removeExpired(at now: Timestamp, limit: Int) -> SQL {
        """
        DELETE FROM idempotency_keys WHERE expires_at <= \(now) AND digest IN (
            SELECT k.digest FROM idempotency_keys k WHERE k.expires_at <= \(now) ORDER BY k.expires_at LIMIT \(limit))
        """
    }
}
