import Cryptography
import Identity
import Persistence

extension ApprovalDesk {
    /// A page of an organisation's requests, the newest first.
    ///
    /// Costs about the same wherever a page begins and however many requests there are, except with filters that few of them pass.
    ///
    /// - Throws: ``ApprovalError`` with code `invalidQuery` or `invalidCursor`; `PersistenceError`.
    public func requests(_ query: ApprovalQuery) async throws -> ApprovalPage {
        try query.check()
        let start = try query.start(by: self.keyring)
        let now = self.now()
        var conditions: [SQL] = ["r.org_id = \(query.organisation.text)"]
        if let status = query.status { conditions.append(Self.condition(status, at: now)) }
        if let callerID = query.callerID { conditions.append("r.caller_id = \(callerID)") }
        if let tool = query.tool { conditions.append("b.tool = \(tool)") }
        if let scope = query.scope { conditions.append("r.scope = \(scope.rawValue)") }
        if let start { conditions.append("(r.created_at, r.id) < (\(start.time), \(start.number))") }
        // One more than is shown tells whether anything follows.
        let rows = try await self.database.query(
            """
            \(ApprovalTable.selection) WHERE \(conditions.joined(separator: " AND "))
            ORDER BY r.created_at DESC, r.id DESC LIMIT \(query.limit + 1)
            """)
        let found = try rows.prefix(query.limit).map { try StoredApproval($0) }
        await self.expireIfDue(found)
        let requests = found.map { $0.current(at: now) }
        guard rows.count > query.limit, let last = found.last else { return ApprovalPage(requests: requests, next: nil) }
        let cursor = PageCursor([last.request.createdAt.microseconds, last.number])
        return ApprovalPage(requests: requests, next: try cursor.text(for: query.list, by: self.keyring))
    }

    private static func condition(_ status: ApprovalStatus, at now: Timestamp) -> SQL {
        switch status {
        case .pending, .approved: "r.status = \(status.rawValue) AND r.expires_at > \(now)"
        case .expired: "(r.status = 'EXPIRED' OR (r.status IN ('PENDING', 'APPROVED') AND r.expires_at <= \(now)))"
        case .denied, .used, .cancelled: "r.status = \(status.rawValue)"
        }
    }
}
