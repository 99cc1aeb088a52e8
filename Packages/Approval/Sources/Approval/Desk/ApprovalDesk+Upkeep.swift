import Cryptography
import Logging
import Persistence

extension ApprovalDesk {
    /// Ends all requests whose time is over, in batches of ``ApprovalConfiguration/upkeepBatch``; ``ApprovalKeeper`` calls it
    /// again and again.
    ///
    /// A row that cannot be read is reported and stepped over, as is one that cannot be changed.
    ///
    /// - Returns: How many it has dealt with.
    /// - Throws: ``ApprovalError`` with code `unrecorded` when none of a batch could be recorded; `PersistenceError`;
    ///   `CancellationError`. What was ended before stays so.
    @discardableResult
    public func expireDue() async throws -> Int {
        let limit = max(self.configuration.upkeepBatch, 1)
        let now = self.now()
        var last: Int64?
        var count = 0
        while true {
            // The value behind the number may be the one that cannot be read, so it stays in the database.
            let start: SQL =
                last.map { "AND (r.expires_at, r.id) > (SELECT l.expires_at, l.id FROM approval_requests l WHERE l.id = \($0))" }
                ?? ""
            let page = try await self.readable(
                """
                WHERE r.status IN ('PENDING', 'APPROVED') AND r.expires_at <= \(now) \(start)
                ORDER BY r.expires_at, r.id LIMIT \(limit)
                """)
            count += try await self.expire(page.requests)
            guard page.numbers.count >= limit, let end = page.numbers.last else { return count }
            last = end
            try Task.checkCancellation()
        }
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

    /// Makes the cache forget what any server could not make it forget; only then is it believed again.
    ///
    /// - Throws: `PersistenceError`; `CancellationError`.
    func payCacheDebts() async throws {
        try await self.cache?.payDebts(in: self.database, at: self.now(), by: max(self.configuration.upkeepBatch, 1))
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
        var debts: [CacheDebt] = []
        for (_, request) in announced {
            if let debt = await self.cache?.forget(request, at: self.now()) { debts.append(debt) }
        }
        let owed = debts
        defer { self.cache?.finish(owed) }
        let numbers = requests.reduce(into: [:]) { $0[$1.request.handle] = $1.number }
        let ended: [ApprovalHandle: Effect<ApprovalRequest>]
        do {
            ended = try await self.end(announced.map(\.1), numbers: numbers, owing: owed)
        } catch {
            for (attempt, _) in announced { await self.settle(attempt, .failed) }
            throw error
        }
        for (attempt, request) in announced {
            switch ended[request.handle] {
            case nil:
                await self.settle(attempt, .failed)
            case .refused(let refusal):
                await self.settle(attempt, .refused(refusal))
            case .done(let request, let status):
                await self.settle(attempt, .done(status))
                await self.notifier.notify(self.notice(.decided, request))
            }
        }
        return announced.count
    }

    /// Ends requests in one transaction, those aside which cannot be changed: they are reported, and missing in the result.
    private func end(
        _ requests: [ApprovalRequest], numbers: [ApprovalHandle: Int64], owing debts: [CacheDebt]
    ) async throws -> [ApprovalHandle: Effect<ApprovalRequest>] {
        let now = self.now()
        // In one order everywhere, so that two servers do not wait for each other.
        let ordered = requests.sorted { $0.handle.text < $1.handle.text }
        return try await self.database.transaction(isolation: .readCommitted, retries: 5) { connection in
            let table = ApprovalTable(connection)
            var ended: [ApprovalHandle: Effect<ApprovalRequest>] = [:]
            for request in ordered {
                do {
                    ended[request.handle] = try connection.savepoint { try self.expire(request, at: now, in: table) }
                } catch let failure where Self.isOfOneRequest(failure) {
                    self.report(numbers[request.handle] ?? 0, failure)
                }
            }
            for debt in debts {
                if case .done = ended[debt.handle] { try connection.execute(debt.insert) }
            }
            return ended
        }
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
