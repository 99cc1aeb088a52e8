import Synchronization

extension InProcessRateLimitStore {
    /// Decides over one check.
    ///
    /// Complexity: constant, save for a sliding log whose wait spans many hits.
    ///
    /// - Parameters:
    ///   - check: The check.
    ///   - now: The time; one that lies before the time of an earlier call counts as that.
    public func decide(_ check: borrowing RateLimitCheck, at now: RateLimitInstant) -> RuleVerdict {
        let hash = check.counterHash
        return self.shards[self.shardNumber(of: hash)].shard.withLock { shard in
            shard.decide(check, hash: hash, at: now.nanoseconds)
        }
    }

    /// Decides over all checks of one request at once; allocates nothing for up to eight.
    ///
    /// - Parameters:
    ///   - checks: The checks.
    ///   - now: The time; one that lies before the time of an earlier call counts as that.
    public func decide(_ checks: [RateLimitCheck], at now: RateLimitInstant) -> Verdict {
        var rules = RuleVerdicts()
        checks.withUnsafeBufferPointer { checks in
            if checks.count == 1 {
                rules.append(self.decide(checks[0], at: now))
            } else {
                self.decide(checks, at: now, into: &rules) { _ in }
            }
        }
        return Verdict(rules: rules)
    }

    /// Decides over all checks of one request at once, at the time of the store's clock; never throws.
    public func decide(_ checks: [RateLimitCheck]) async throws(RateLimitError) -> Verdict {
        self.decide(checks, at: self.now)
    }

    /// Decides, and shows the examinations while everything is still locked.
    func decide(
        _ checks: UnsafeBufferPointer<RateLimitCheck>, at now: RateLimitInstant, into rules: inout RuleVerdicts,
        then inspect: (UnsafeMutableBufferPointer<Examination>) -> Void
    ) {
        guard checks.count > RuleVerdicts.inlineCount else {
            return withUnsafeTemporaryAllocation(of: Examination.self, capacity: RuleVerdicts.inlineCount) { buffer in
                let work = UnsafeMutableBufferPointer(rebasing: buffer[..<checks.count])
                self.decide(checks, at: now, using: work, into: &rules, then: inspect)
            }
        }
        let work = UnsafeMutableBufferPointer<Examination>.allocate(capacity: checks.count)
        defer { work.deallocate() }
        self.decide(checks, at: now, using: work, into: &rules, then: inspect)
    }

    private func decide(
        _ checks: UnsafeBufferPointer<RateLimitCheck>, at now: RateLimitInstant,
        using work: UnsafeMutableBufferPointer<Examination>, into rules: inout RuleVerdicts,
        then inspect: (UnsafeMutableBufferPointer<Examination>) -> Void
    ) {
        for position in checks.indices {
            var examination = Examination()
            examination.hash = checks[position].counterHash
            examination.shardNumber = self.shardNumber(of: examination.hash)
            work.initializeElement(at: position, to: examination)
        }
        self.withShards(of: work, from: 0) {
            Self.decide(checks, at: now.nanoseconds, using: work, into: &rules)
            inspect(work)
        }
    }

    /// Locks the shards of all examinations in ascending order, so that no two decisions wait for each other.
    private func withShards(of work: UnsafeMutableBufferPointer<Examination>, from lowest: Int, _ body: () -> Void) {
        var next = Int.max
        for position in work.indices where work[position].shardNumber >= lowest {
            next = min(next, work[position].shardNumber)
        }
        guard next < self.shardCount else { return body() }
        self.shards[next].shard.withLock { shard in
            withUnsafeMutablePointer(to: &shard) { pointer in
                for position in work.indices where work[position].shardNumber == next { work[position].shard = pointer }
                self.withShards(of: work, from: next + 1, body)
            }
        }
    }

    /// The decision itself, with every shard locked.
    private static func decide(
        _ checks: UnsafeBufferPointer<RateLimitCheck>, at now: Int64, using work: UnsafeMutableBufferPointer<Examination>,
        into rules: inout RuleVerdicts
    ) {
        var time = now
        // All counters are looked up first: none of the reads waits for another.
        for position in work.indices {
            guard let shard = work[position].shard else { continue }
            time = max(time, shard.pointee.advance(to: now))
            work[position].record = shard.pointee.find(
                checks[position].rule.identity, checks[position].key, hash: work[position].hash)
        }
        var isDenied = false
        for position in work.indices {
            guard let shard = work[position].shard else { continue }
            work[position].prior = Self.prior(at: position, checks, work)
            _ = shard.pointee.advance(to: time)
            shard.pointee.examine(checks[position], &work[position], at: time, sparing: work)
            let admits = work[position].outcome == .admitted || work[position].outcome == .admittedUncounted
            if !admits, !checks[position].rule.isShadow { isDenied = true }
        }
        if !isDenied {
            for position in work.indices {
                work[position].shard?.pointee.take(checks[position], &work[position], at: time)
            }
        }
        for position in work.indices {
            guard let shard = work[position].shard else { continue }
            shard.pointee.endReservations()
            rules.append(shard.pointee.report(checks[position], work[position], at: time, lag: time &- now))
        }
    }

    /// What the admitted checks before this one take from the same counter.
    @inline(__always)
    private static func prior(
        at position: Int, _ checks: UnsafeBufferPointer<RateLimitCheck>, _ work: UnsafeMutableBufferPointer<Examination>
    ) -> Int64 {
        var prior: Int64 = 0
        for earlier in 0..<position where work[earlier].hash == work[position].hash && work[earlier].outcome == .admitted {
            guard checks[earlier].countsTogether(with: checks[position]) else { continue }
            prior = prior.addingSaturated(checks[earlier].cost)
        }
        return prior
    }
}
