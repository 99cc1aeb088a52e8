import Persistence

/// A request that has moved on although the cache could not be told: a row of `approval_cache_debts`.
struct CacheDebt: Sendable, Hashable {
    /// What the cache has to forget.
    let handle: ApprovalHandle
    /// Until when a value of it may come late.
    let until: Timestamp

    init(handle: ApprovalHandle, until: Timestamp) {
        self.handle = handle
        self.until = until
    }

    /// - Throws: `PersistenceError` with code `decoding`.
    init(_ row: Row) throws {
        self.init(handle: ApprovalHandle(unchecked: try row.decode("token")), until: try row.decode("gone_until"))
    }

    /// Some debts, whichever.
    static func select(_ count: Int) -> SQL {
        "SELECT token, gone_until FROM approval_cache_debts ORDER BY token LIMIT \(count)"
    }

    static func delete(_ handles: [ApprovalHandle]) -> SQL {
        "DELETE FROM approval_cache_debts WHERE token IN \(list: handles.map(\.text))"
    }

    /// Once a handle is forgotten it stays so, whatever else happens to its request, so one row does for all.
    var insert: SQL {
        """
        INSERT INTO approval_cache_debts (token, gone_until) VALUES (\(self.handle.text), \(self.until))
        ON CONFLICT DO NOTHING
        """
    }
}
