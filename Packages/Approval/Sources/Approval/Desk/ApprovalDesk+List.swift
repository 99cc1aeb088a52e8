import Cryptography
import Identity
import Persistence

extension ApprovalDesk {
    /// A page of an organisation's requests, the newest first.
    ///
    /// A row that cannot be read is reported and left out.
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
        let page = try await self.readable(
            """
            WHERE \(conditions.joined(separator: " AND "))
            ORDER BY r.created_at DESC, r.id DESC LIMIT \(query.limit + 1)
            """)
        let shown = page.numbers.prefix(query.limit)
        let isCut = page.numbers.count > query.limit
        let found = page.requests.filter { !isCut || $0.number != page.numbers.last }
        await self.expireIfDue(found)
        let requests = found.map { $0.current(at: now) }
        guard isCut, let end = shown.last else { return ApprovalPage(requests: requests, next: nil) }
        let time = try await self.time(of: end, among: found)
        let cursor = PageCursor([time.microseconds, end])
        return ApprovalPage(requests: requests, next: try cursor.text(for: query.list, by: self.keyring))
    }

    /// When a request was asked for, whether or not the rest of it can be read.
    private func time(of number: Int64, among found: [StoredApproval]) async throws -> Timestamp {
        if let last = found.last, last.number == number { return last.request.createdAt }
        let row = try await self.database.queryOne("SELECT created_at FROM approval_requests WHERE id = \(number)")
        guard let row else { throw PersistenceError(.decoding, message: "an approval was removed while it was read") }
        return try row.decode("created_at")
    }

    private static func condition(_ status: ApprovalStatus, at now: Timestamp) -> SQL {
        switch status {
        case .pending, .approved: "r.status = \(status.rawValue) AND r.expires_at > \(now)"
        case .expired: "(r.status = 'EXPIRED' OR (r.status IN ('PENDING', 'APPROVED') AND r.expires_at <= \(now)))"
        case .denied, .used, .cancelled: "r.status = \(status.rawValue)"
        }
    }
}
