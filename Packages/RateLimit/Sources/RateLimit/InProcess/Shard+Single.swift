/// The decision over one check alone, as most requests need.
extension Shard {
    /// Decides over one check; the state of a known counter is read once and written once.
    @inline(__always)
    mutating func decide(_ check: borrowing RateLimitCheck, hash: UInt64, at now: Int64) -> RuleVerdict {
        let time = self.advance(to: now)
        let lag = time &- now
        let record = self.find(check.rule.identity, check.key, hash: hash)
        if record != 0, check.cost > 0, check.cost <= check.rule.quota.limit {
            let words = self.arena[record]
            switch check.rule.algorithm {
            case .fixedWindow: return self.decide(check, FixedWindow(words), in: words, at: time, lag: lag)
            case .slidingCounter: return self.decide(check, SlidingCounter(words), in: words, at: time, lag: lag)
            case .tokenBucket: return self.decide(check, TokenBucket(words), in: words, at: time, lag: lag)
            case .slidingLog: break
            }
        }
        return self.decide(check, record: record, hash: hash, at: time, lag: lag)
    }

    /// Decides over a check whose counter is known and never takes more room.
    @inline(__always)
    private mutating func decide<Counter: StoredMeter>(
        _ check: borrowing RateLimitCheck, _ counter: Counter, in words: UnsafeMutablePointer<UInt64>, at now: Int64, lag: Int64
    ) -> RuleVerdict {
        var counter = counter
        let wait = counter.take(check.cost, under: check.rule.quota, at: now)
        if wait == 0 {
            counter.store(to: words)
            words[0] = check.rule.recordWord
        }
        let reading = counter.reading(under: check.rule.quota, at: now)
        return self.verdict(check, wait == 0 ? .admitted : .exhausted, wait: wait, reading, lag: lag)
    }

    /// Decides over a check that may need room, or that asks for nothing or too much.
    @inline(never)
    private mutating func decide(
        _ check: borrowing RateLimitCheck, record: UInt32, hash: UInt64, at now: Int64, lag: Int64
    ) -> RuleVerdict {
        var examination = Examination()
        examination.hash = hash
        examination.record = record
        self.examine(check, &examination, at: now, sparing: Examination.none)
        self.take(check, &examination, at: now)
        self.endReservations()
        return self.report(check, examination, at: now, lag: lag)
    }
}
