/// The algorithms over the state words of a record.
extension Shard {
    /// Nanoseconds until `cost` fits, 0 when it does.
    @inline(__always)
    mutating func wait(_ record: UInt32, for cost: Int64, under rule: borrowing RateLimitRule, at now: Int64) -> Int64 {
        let words = self.arena[record]
        switch rule.algorithm {
        case .fixedWindow: return FixedWindow(words).wait(for: cost, under: rule.quota, at: now)
        case .slidingCounter: return SlidingCounter(words).wait(for: cost, under: rule.quota, at: now)
        case .tokenBucket: return TokenBucket(words).wait(for: cost, under: rule.quota, at: now)
        case .slidingLog:
            self.pruneLog(record, at: now)
            return self.logWait(record, for: cost, under: rule.quota, at: now)
        }
    }

    /// Counts `cost` and tells the mark for a later refund.
    @inline(__always)
    @discardableResult
    mutating func spend(_ record: UInt32, _ cost: Int64, under rule: borrowing RateLimitRule, at now: Int64) -> Int64 {
        let words = self.arena[record]
        switch rule.algorithm {
        case .fixedWindow:
            var meter = FixedWindow(words)
            meter.spend(cost, under: rule.quota, at: now)
            meter.store(to: words)
            return meter.mark
        case .slidingCounter:
            var meter = SlidingCounter(words)
            meter.spend(cost, under: rule.quota, at: now)
            meter.store(to: words)
            return meter.mark
        case .tokenBucket:
            var meter = TokenBucket(words)
            meter.spend(cost, under: rule.quota, at: now)
            meter.store(to: words)
            words[0] = rule.recordWord
            return meter.mark
        case .slidingLog:
            self.widenLog(record, to: rule.quota.windowMilliseconds)
            self.appendLog(record, units: cost, at: now)
            return Self.stamp(now)
        }
    }

    /// Gives units back that were spent under `mark`.
    mutating func refund(_ record: UInt32, _ units: Int64, mark: Int64, under rule: borrowing RateLimitRule, at now: Int64) {
        let words = self.arena[record]
        switch rule.algorithm {
        case .fixedWindow:
            var meter = FixedWindow(words)
            meter.refund(units, mark: mark, under: rule.quota, at: now)
            meter.store(to: words)
        case .slidingCounter:
            var meter = SlidingCounter(words)
            meter.refund(units, mark: mark, under: rule.quota, at: now)
            meter.store(to: words)
        case .tokenBucket:
            var meter = TokenBucket(words)
            meter.refund(units, mark: mark, under: rule.quota, at: now)
            meter.store(to: words)
            words[0] = rule.recordWord
        case .slidingLog:
            self.pruneLog(record, at: now)
            self.refundLog(record, units: units, stamp: mark)
        }
        self.expect(vacancyOf: record, at: self.vacancy(of: record))
    }

    /// The numbers of a record; a log was pruned before.
    @inline(__always)
    func reading(_ record: UInt32, _ algorithm: RateLimitAlgorithm, under quota: Quota, at now: Int64) -> MeterReading {
        let words = self.arena[record]
        switch algorithm {
        case .fixedWindow: return FixedWindow(words).reading(under: quota, at: now)
        case .slidingCounter: return SlidingCounter(words).reading(under: quota, at: now)
        case .tokenBucket: return TokenBucket(words).reading(under: quota, at: now)
        case .slidingLog:
            let used = Int64(bitPattern: words[2]) &- self.logUnits(of: record, before: quota, at: now)
            guard used > 0 else { return .untouched(limit: quota.limit) }
            let remaining = max(quota.limit &- used, 0)
            let newest = self.arena.logNewest(of: record) &* 1_000
            return MeterReading(
                used: used, remaining: remaining, resetAfter: newest &+ quota.windowNanoseconds &- now,
                replenishAfter: remaining < quota.limit ? self.logWait(record, for: remaining &+ 1, under: quota, at: now) : 0
            )
        }
    }

    /// The instant from which a record may be dropped, or a log has something to drop.
    func vacancy(of record: UInt32) -> Int64 {
        let words = self.arena[record]
        let identity = RuleIdentity(word: words[0])
        let window = identity.windowNanoseconds
        switch identity.algorithm {
        case .fixedWindow: return FixedWindow(words).vacancy(window: window)
        case .slidingCounter: return SlidingCounter(words).vacancy(window: window)
        case .tokenBucket: return TokenBucket(words).vacancy(window: window)
        case .slidingLog: return words[2] == 0 ? .min : Int64(bitPattern: words[1]) &* 1_000 &+ window
        }
    }

    @inline(__always)
    private func logWait(_ record: UInt32, for cost: Int64, under quota: Quota, at now: Int64) -> Int64 {
        let words = self.arena[record]
        let room = quota.limit &- cost
        guard Int64(bitPattern: words[2]) > room else { return 0 }
        let excess = Int64(bitPattern: words[2]) &- room
        let gone = self.logUnits(of: record, before: quota, at: now)
        guard excess > gone else { return 0 }
        // An entry of one unit or more at the head is the usual case.
        let time =
            excess == 1 && words[3] == 0 ? Int64(bitPattern: words[1]) : self.arena.logTime(of: record, releasing: excess)
        return time &* 1_000 &+ quota.windowNanoseconds &- now
    }
}

/// A counter whose whole state stands in the state words of its record.
protocol StoredMeter: Meter {
    func store(to words: UnsafeMutablePointer<UInt64>)
}

extension FixedWindow: StoredMeter {
    @inline(__always)
    init(_ words: UnsafeMutablePointer<UInt64>) {
        self.init(end: Int64(bitPattern: words[1]), used: Int64(bitPattern: words[2]))
    }

    @inline(__always)
    func store(to words: UnsafeMutablePointer<UInt64>) {
        words[1] = UInt64(bitPattern: self.end)
        words[2] = UInt64(bitPattern: self.used)
    }
}

extension SlidingCounter: StoredMeter {
    @inline(__always)
    init(_ words: UnsafeMutablePointer<UInt64>) {
        self.init(
            start: Int64(bitPattern: words[1]), previous: Int64(bitPattern: words[2]), current: Int64(bitPattern: words[3])
        )
    }

    @inline(__always)
    func store(to words: UnsafeMutablePointer<UInt64>) {
        words[1] = UInt64(bitPattern: self.start)
        words[2] = UInt64(bitPattern: self.previous)
        words[3] = UInt64(bitPattern: self.current)
    }
}

extension TokenBucket: StoredMeter {
    @inline(__always)
    init(_ words: UnsafeMutablePointer<UInt64>) {
        self.init(full: Int64(bitPattern: words[1]), fraction: Int64(bitPattern: words[2]), parts: Int64(bitPattern: words[3]))
    }

    @inline(__always)
    func store(to words: UnsafeMutablePointer<UInt64>) {
        words[1] = UInt64(bitPattern: self.full)
        words[2] = UInt64(bitPattern: self.fraction)
        words[3] = UInt64(bitPattern: self.parts)
    }
}
