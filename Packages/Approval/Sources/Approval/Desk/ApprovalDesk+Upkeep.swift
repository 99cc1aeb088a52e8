import Cryptography
import Logging
import Persistence

extension ApprovalDesk {
    /// Ends requests whose time is over, a batch at most; ``ApprovalKeeper`` calls it again and again.
    ///
    /// - Returns: How many it has dealt with; fewer than ``ApprovalConfiguration/upkeepBatch`` means that none is
    ///   left, or that some could not be recorded.
    /// - Throws: ``ApprovalError`` with code `unrecorded` when none of them could be recorded; `PersistenceError`.
    public func expireDue() async throws -> Int {
        let limit = max(self.configuration.upkeepBatch, 1)
        let rows = try await self.database.query(
            """
            \(ApprovalTable.selection) WHERE r.status IN ('PENDING', 'APPROVED') AND r.expires_at <= \(self.now())
            ORDER BY r.expires_at LIMIT \(limit)
            """)
        return try await self.expire(try rows.map { try StoredApproval($0) })
    }

    /// Removes requests that came to their end long ago, with all that belongs to them, a batch at most.
    ///
    /// - Warning: What is removed is gone; the ledger keeps its records.
    /// - Returns: How many were removed; fewer than ``ApprovalConfiguration/upkeepBatch`` means that none is left.
    /// - Throws: `PersistenceError`.
    public func removeOld() async throws -> Int {
        let retention = self.configuration.retention
        guard retention > .zero else { return 0 }
        let end = self.now().advanced(by: .zero - retention)
        let limit = max(self.configuration.upkeepBatch, 1)
        return try await self.database.transaction(isolation: .readCommitted, retries: 5) { connection in
            if connection.dialect == .sqlite { _ = try connection.query("PRAGMA secure_delete = ON") }
            return try connection.execute(
                """
                DELETE FROM approval_requests WHERE id IN (
                    SELECT r.id FROM approval_requests r
                    WHERE r.status IN ('DENIED', 'EXPIRED', 'USED', 'CANCELLED') AND r.expires_at < \(end)
                    ORDER BY r.expires_at LIMIT \(limit))
                """)
        }
    }

    /// How many requests wait for a decision, in all organisations.
    ///
    /// - Throws: `PersistenceError`.
    public func pendingCount() async throws -> Int {
        let now = self.now()
        return try await self.database.queryOne(
            "SELECT count(*) AS n FROM approval_requests WHERE status = 'PENDING' AND expires_at > \(now)")?.decode("n") ?? 0
    }

    /// Writes down what is found to have expired. Where that fails it still counts as expired, and the upkeep tries again.
    func expireIfDue(_ requests: [StoredApproval]) async {
        let now = self.now()
        let due = requests.filter { $0.isPastDue(at: now) }
        if due.isEmpty { return }
        do {
            _ = try await self.expire(due)
        } catch {
            self.logger.debug(
                "expiry of approvals is not written down yet", metadata: ["error": .string(String(reflecting: error))])
        }
    }

    /// - Returns: How many were dealt with.
    private func expire(_ requests: [StoredApproval]) async throws -> Int {
        if requests.isEmpty { return 0 }
        let announced = try await self.announceExpiry(of: requests)
        for (_, request) in announced { await self.cache?.forget(request, at: self.now()) }
        let now = self.now()
        let ended: [ApprovalHandle: Effect<ApprovalRequest>]
        do {
            // In one order everywhere, so that two servers do not wait for each other.
            let ordered = announced.map(\.1).sorted { $0.handle.text < $1.handle.text }
            ended = try await self.database.transaction(isolation: .readCommitted, retries: 5) { connection in
                let table = ApprovalTable(connection)
                var ended: [ApprovalHandle: Effect<ApprovalRequest>] = [:]
                for request in ordered { ended[request.handle] = try self.expire(request, at: now, in: table) }
                return ended
            }
        } catch {
            for (attempt, _) in announced { await self.settle(attempt, .failed) }
            throw error
        }
        for (attempt, request) in announced {
            switch ended[request.handle] ?? .refused(.unknown) {
            case .refused(let refusal):
                await self.settle(attempt, .refused(refusal))
            case .done(let request, let status):
                await self.settle(attempt, .done(status))
                await self.notifier.notify(self.notice(.decided, request))
            }
        }
        return announced.count
    }

    private func expire(
        _ request: ApprovalRequest, at now: Timestamp, in table: ApprovalTable
    ) throws -> Effect<ApprovalRequest> {
        guard try table.expire(request.handle, at: now) else {
            return .refused(try table.request(request.handle).map { .decided($0.request.status) } ?? .unknown)
        }
        try table.shred(SealedPart.allCases, of: request.handle)
        let expired = request.with(.expired)
        try self.outbox?.write(self.notice(.decided, expired), on: table.connection)
        return .done(expired, .expired)
    }

    /// Records the intents together; those that are not kept stay as they are.
    private func announceExpiry(of requests: [StoredApproval]) async throws -> [(Attempt, ApprovalRequest)] {
        var announced: [(Attempt, ApprovalRequest)] = []
        try await withThrowingTaskGroup(of: (Attempt, ApprovalRequest)?.self) { group in
            for stored in requests {
                var named = try Attempt(.expire, on: nil, by: nil, requestID: nil)
                named.name(stored.request)
                let attempt = named
                group.addTask {
                    do throws(ApprovalError) {
                        try await self.announce(attempt)
                        return (attempt, stored.request)
                    } catch {
                        return nil
                    }
                }
            }
            for try await one in group { if let one { announced.append(one) } }
        }
        if announced.isEmpty {
            throw ApprovalError(.unrecorded, message: "The expiry of approvals cannot be recorded now")
        }
        return announced
    }
}
