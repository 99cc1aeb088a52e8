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
            let time = shard.advance(to: now.nanoseconds)
            var examination = Examination()
            examination.hash = hash
            shard.examine(check, &examination, at: time, sparing: Examination.none)
            shard.take(check, &examination, at: time)
            shard.endReservations()
            return shard.report(check, examination, at: time, lag: time &- now.nanoseconds)
        }
    }

    /// Decides over all checks of one request at once; allocates nothing for up to eight.
    ///
    /// - Parameters:
    ///   - checks: The checks.
    ///   - now: The time; one that lies before the time of an earlier call counts as that.
    public func decide(_ checks: [RateLimitCheck], at now: RateLimitInstant) -> Verdict {
        guard checks.count == 1 else { return self.decide(checks, at: now) { _ in } }
        var rules = RuleVerdicts()
        rules.append(self.decide(checks[0], at: now))
        return Verdict(rules: rules)
    }

    /// Decides over all checks of one request at once, at the time of the store's clock; never throws.
    public func decide(_ checks: [RateLimitCheck]) async throws(RateLimitError) -> Verdict {
        self.decide(checks, at: self.now)
    }

    /// Decides, and shows the examinations while everything is still locked.
    func decide(
        _ checks: [RateLimitCheck], at now: RateLimitInstant, then inspect: (UnsafeMutableBufferPointer<Examination>) -> Void
    ) -> Verdict {
        guard checks.count > RuleVerdicts.inlineCount else {
            return withUnsafeTemporaryAllocation(of: Examination.self, capacity: RuleVerdicts.inlineCount) { buffer in
                self.decide(checks, at: now, using: UnsafeMutableBufferPointer(rebasing: buffer[..<checks.count]), then: inspect)
            }
        }
        let buffer = UnsafeMutableBufferPointer<Examination>.allocate(capacity: checks.count)
        defer { buffer.deallocate() }
        return self.decide(checks, at: now, using: buffer, then: inspect)
    }

    private func decide(
        _ checks: [RateLimitCheck], at now: RateLimitInstant, using work: UnsafeMutableBufferPointer<Examination>,
        then inspect: (UnsafeMutableBufferPointer<Examination>) -> Void
    ) -> Verdict {
        for position in 0..<checks.count {
            var examination = Examination()
            examination.hash = checks[position].counterHash
            examination.shardNumber = self.shardNumber(of: examination.hash)
            work.initializeElement(at: position, to: examination)
        }
        var verdict = Verdict(rules: RuleVerdicts())
        self.withShards(of: work, from: 0) {
            verdict = Self.decide(checks, at: now.nanoseconds, using: work)
            inspect(work)
        }
        return verdict
    }

    /// Locks the shards of all examinations in ascending order, so that no two decisions wait for each other.
    private func withShards(of work: UnsafeMutableBufferPointer<Examination>, from lowest: Int, _ body: () -> Void) {
        var next = Int.max
        for examination in work where examination.shardNumber >= lowest { next = min(next, examination.shardNumber) }
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
        _ checks: [RateLimitCheck], at now: Int64, using work: UnsafeMutableBufferPointer<Examination>
    ) -> Verdict {
        var time = now
        for examination in work { time = max(time, examination.shard?.pointee.advance(to: now) ?? now) }
        var isDenied = false
        for position in work.indices {
            guard let shard = work[position].shard else { continue }
            work[position].prior = Self.prior(at: position, checks, work)
            let seen = UnsafeMutableBufferPointer(rebasing: work[..<position])
            var examination = work[position]
            _ = shard.pointee.advance(to: time)
            shard.pointee.examine(checks[position], &examination, at: time, sparing: seen)
            work[position] = examination
            let admits = examination.outcome == .admitted || examination.outcome == .admittedUncounted
            if !admits, !checks[position].rule.isShadow { isDenied = true }
        }
        if !isDenied {
            for position in work.indices {
                work[position].shard?.pointee.take(checks[position], &work[position], at: time)
            }
        }
        var rules = RuleVerdicts()
        for position in work.indices {
            guard let shard = work[position].shard else { continue }
            shard.pointee.endReservations()
            rules.append(shard.pointee.report(checks[position], work[position], at: time, lag: time &- now))
        }
        return Verdict(rules: rules)
    }

    /// What the admitted checks before this one take from the same counter.
    private static func prior(
        at position: Int, _ checks: [RateLimitCheck], _ work: UnsafeMutableBufferPointer<Examination>
    ) -> Int64 {
        var prior: Int64 = 0
        for earlier in 0..<position where work[earlier].hash == work[position].hash && work[earlier].outcome == .admitted {
            guard checks[earlier].countsTogether(with: checks[position]) else { continue }
            prior = prior.addingSaturated(checks[earlier].cost)
        }
        return prior
    }
}
