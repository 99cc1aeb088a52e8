/// What a decision knows about one of its checks while it is made.
struct Examination {
    /// The record of the counter, 0 when there is none.
    var record: UInt32 = 0
    var outcome = RuleVerdict.Outcome.admitted
    /// Nanoseconds until the cost fits.
    var wait: Int64 = 0
    /// What earlier checks of the same decision take from the same counter.
    var prior: Int64 = 0
    /// What a refund must know.
    var mark = RateLimitLease.uncounted
    var hash: UInt64 = 0
    var shardNumber = 0
    var shard: UnsafeMutablePointer<Shard>?

    /// No examinations.
    static var none: UnsafeMutableBufferPointer<Examination> { UnsafeMutableBufferPointer(start: nil, count: 0) }
}

extension Shard {
    /// The time to go by: what the caller says, but never before what another caller said.
    @inline(__always)
    mutating func advance(to now: Int64) -> Int64 {
        if now > self.latest { self.latest = now }
        return self.latest
    }

    /// Finds out what the rule says, and reserves the room that taking would need. Nothing is taken yet; the record was looked up before.
    @inline(__always)
    mutating func examine(
        _ check: borrowing RateLimitCheck, _ examination: inout Examination, at now: Int64,
        sparing: UnsafeMutableBufferPointer<Examination>
    ) {
        let (cost, overflow) = check.cost.addingReportingOverflow(examination.prior)
        if overflow || cost > check.rule.quota.limit, check.cost > 0 {
            examination.outcome = .costExceedsLimit
            if examination.record != 0 { _ = self.wait(examination.record, for: 0, under: check.rule, at: now) }
            return
        }
        if examination.record != 0 {
            let wait = self.wait(examination.record, for: cost, under: check.rule, at: now)
            if wait > 0, check.cost > 0 {
                examination.outcome = .exhausted
                examination.wait = wait
                return
            }
        }
        guard check.cost > 0 else { return }
        let isNew = examination.record == 0
        let cells = isNew ? 1 &+ CellArena.tailCells(of: check.key) : check.rule.algorithm == .slidingLog ? 1 : 0
        guard
            cells == 0
                || self.reserve(cells: cells, records: isNew ? 1 : 0, at: now, keeping: examination.record, sparing: sparing)
        else {
            examination.outcome = check.rule.onFull == .allow ? .admittedUncounted : .refusedUncounted
            return
        }
    }

    /// Takes the cost of a check that was examined and admitted.
    @inline(__always)
    mutating func take(_ check: borrowing RateLimitCheck, _ examination: inout Examination, at now: Int64) {
        guard check.cost > 0, examination.outcome == .admitted else { return }
        if examination.record == 0, examination.prior > 0 {
            examination.record = self.find(check.rule.identity, check.key, hash: examination.hash)
        }
        let isNew = examination.record == 0
        if isNew {
            examination.record = self.insert(check.rule.identity, check.key, hash: examination.hash)
            self.reset(examination.record, check.rule.algorithm, at: now)
        }
        examination.mark = self.spend(examination.record, check.cost, under: check.rule, at: now)
        if isNew { self.expect(vacancyOf: examination.record, at: self.vacancy(of: examination.record)) }
    }

    /// Writes the state of a counter that never was hit.
    private func reset(_ record: UInt32, _ algorithm: RateLimitAlgorithm, at now: Int64) {
        let words = self.arena[record]
        switch algorithm {
        case .fixedWindow: FixedWindow(at: now).store(to: words)
        case .slidingCounter: SlidingCounter(at: now).store(to: words)
        case .tokenBucket: TokenBucket(at: now).store(to: words)
        case .slidingLog: break
        }
    }

    /// Puts into words what the rule said, with the numbers as they are now.
    ///
    /// - Parameter lag: How far the caller's time lies behind the time that was gone by.
    @inline(__always)
    mutating func report(
        _ check: borrowing RateLimitCheck, _ examination: borrowing Examination, at now: Int64, lag: Int64
    ) -> RuleVerdict {
        let reading =
            examination.record == 0
            ? MeterReading.untouched(limit: check.rule.quota.limit)
            : self.reading(examination.record, check.rule.algorithm, under: check.rule.quota, at: now)
        return self.verdict(check, examination.outcome, wait: examination.wait, reading, lag: lag)
    }

    /// Counts an outcome in the statistics and puts it into words.
    @inline(__always)
    mutating func verdict(
        _ check: borrowing RateLimitCheck, _ outcome: RuleVerdict.Outcome, wait: Int64, _ reading: MeterReading, lag: Int64
    ) -> RuleVerdict {
        let retry: Int64
        switch outcome {
        case .admitted:
            self.tally.admitted &+= 1
            retry = 0
        case .admittedUncounted:
            self.tally.admittedUncounted &+= 1
            retry = 0
        case .exhausted:
            self.tally.refused &+= 1
            retry = wait.addingSaturated(lag)
        case .costExceedsLimit:
            self.tally.refused &+= 1
            retry = -1
        case .refusedUncounted:
            self.tally.refusedUncounted &+= 1
            retry = 1_000_000_000
        }
        return RuleVerdict(
            rule: check.rule.name, outcome: outcome, isShadow: check.rule.isShadow, limit: check.rule.quota.limit,
            used: reading.used, remaining: reading.remaining,
            resetNanoseconds: reading.resetAfter > 0 ? reading.resetAfter.addingSaturated(lag) : 0,
            replenishNanoseconds: reading.replenishAfter > 0 ? reading.replenishAfter.addingSaturated(lag) : 0,
            retryNanoseconds: retry
        )
    }
}
