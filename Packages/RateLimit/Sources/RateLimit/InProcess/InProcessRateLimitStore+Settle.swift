import Synchronization

extension InProcessRateLimitStore {
    /// Decides over all checks and gives a lease when the request may pass.
    ///
    /// - Parameters:
    ///   - checks: The checks, with estimates as costs.
    ///   - now: The time; one that lies before the time of an earlier call counts as that.
    public func reserve(_ checks: [RateLimitCheck], at now: RateLimitInstant) -> RateLimitReservation {
        var marks: [Int64] = []
        var rules = RuleVerdicts()
        checks.withUnsafeBufferPointer { self.decide($0, at: now, into: &rules) { work in marks = work.map(\.mark) } }
        let verdict = Verdict(rules: rules)
        guard verdict.isAllowed else { return RateLimitReservation(verdict: verdict, lease: nil) }
        let lease = RateLimitLease(
            id: self.leases.issue(), issuer: self.leases.issuer, checks: checks, instant: now, marks: marks)
        return RateLimitReservation(verdict: verdict, lease: lease)
    }

    /// Decides over all checks and gives a lease, at the time of the store's clock; never throws.
    public func reserve(_ checks: [RateLimitCheck]) async throws(RateLimitError) -> RateLimitReservation {
        self.reserve(checks, at: self.now)
    }

    /// Corrects the costs of a lease, once.
    ///
    /// The store remembers its latest leases, a million with the default budget; an older one can no longer be settled.
    ///
    /// - Parameters:
    ///   - lease: The lease.
    ///   - actual: The true cost of each check, 0 or more.
    ///   - now: The time; one that lies before the time of an earlier call counts as that.
    /// - Throws: ``RateLimitError`` with code `invalidLease` or `invalidCost`; the lease is not settled then.
    public func settle(
        _ lease: RateLimitLease, actual: [Int64], at now: RateLimitInstant
    ) throws(RateLimitError) -> RateLimitSettlement {
        guard actual.count == lease.checks.count, lease.marks.count == lease.checks.count else {
            throw RateLimitError(
                .invalidLease, message: "\(actual.count) costs do not settle a lease of \(lease.checks.count) checks"
            )
        }
        if let negative = actual.first(where: { $0 < 0 }) {
            throw RateLimitError(.invalidCost, message: "the cost \(negative) is below 0; allowed is 0 or more")
        }
        let settlement = self.leases.settle(lease)
        guard settlement == .settled else { return settlement }
        for (check, (cost, mark)) in zip(lease.checks, zip(actual, lease.marks)) where mark != RateLimitLease.uncounted {
            self.correct(check, by: cost &- check.cost, mark: mark, at: now.nanoseconds)
        }
        return .settled
    }

    /// Corrects the costs of a lease, once, at the time of the store's clock.
    ///
    /// - Throws: ``RateLimitError`` with code `invalidLease` or `invalidCost`; the lease is not settled then.
    public func settle(_ lease: RateLimitLease, actual: [Int64]) async throws(RateLimitError) -> RateLimitSettlement {
        try self.settle(lease, actual: actual, at: self.now)
    }

    /// Gives back or counts the difference between estimate and truth.
    private func correct(_ check: RateLimitCheck, by difference: Int64, mark: Int64, at now: Int64) {
        guard difference != 0 else { return }
        let hash = check.counterHash
        self.shards[self.shardNumber(of: hash)].shard.withLock { shard in
            let time = shard.advance(to: now)
            let record = shard.find(check.rule.identity, check.key, hash: hash)
            if difference < 0 {
                if record != 0 { shard.refund(record, -difference, mark: mark, under: check.rule, at: time) }
            } else {
                shard.charge(check, difference, record: record, hash: hash, at: time)
            }
        }
    }
}

extension Shard {
    /// Counts units whatever the limit, as long as there is room for the counter.
    fileprivate mutating func charge(_ check: RateLimitCheck, _ units: Int64, record: UInt32, hash: UInt64, at now: Int64) {
        guard let excess = try? RateLimitCheck(check.rule, check.key, cost: units) else { return }
        var examination = Examination()
        examination.record = record
        examination.hash = hash
        let isNew = record == 0
        let cells = isNew ? 1 + CellArena.tailCells(of: check.key) : 1
        let sparing = Examination.none
        if record != 0 { _ = self.wait(record, for: 0, under: check.rule, at: now) }
        guard self.reserve(cells: cells, records: isNew ? 1 : 0, at: now, keeping: record, sparing: sparing) else {
            self.tally.lostExcess &+= 1
            return
        }
        self.take(excess, &examination, at: now)
        self.endReservations()
    }
}
