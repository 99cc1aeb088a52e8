import Synchronization

extension InProcessRateLimitStore {
    /// Looks at a counter without changing it.
    ///
    /// Where windows are shared (``RateLimitRule/sharesWindows``), the window of the rule says which hits count.
    public func usage(of rule: RateLimitRule, for key: RateLimitKey, at now: RateLimitInstant) -> RuleVerdict {
        let hash = KeyedHash.mixed(key.hash, identity: rule.identity)
        return self.shards[self.shardNumber(of: hash)].shard.withLock { shard in
            let time = shard.advance(to: now.nanoseconds)
            let record = shard.find(rule.identity, key, hash: hash)
            let reading =
                record == 0
                ? MeterReading.untouched(limit: rule.quota.limit)
                : shard.currentReading(record, rule.algorithm, under: rule.quota, at: time)
            let lag = time &- now.nanoseconds
            return RuleVerdict(
                rule: rule.name, outcome: .admitted, isShadow: rule.isShadow, limit: rule.quota.limit, used: reading.used,
                remaining: reading.remaining, resetNanoseconds: reading.resetAfter > 0 ? reading.resetAfter &+ lag : 0,
                replenishNanoseconds: reading.replenishAfter > 0 ? reading.replenishAfter &+ lag : 0, retryNanoseconds: 0
            )
        }
    }

    /// Looks at a counter at the time of the store's clock; never throws.
    public func usage(of rule: RateLimitRule, for key: RateLimitKey) async throws(RateLimitError) -> RuleVerdict {
        self.usage(of: rule, for: key, at: self.now)
    }

    /// Forgets a counter, so that the whole limit is free again.
    ///
    /// - Returns: Whether anything was counted.
    @discardableResult
    public func reset(_ rule: RateLimitRule, for key: RateLimitKey, at now: RateLimitInstant) -> Bool {
        let hash = KeyedHash.mixed(key.hash, identity: rule.identity)
        return self.shards[self.shardNumber(of: hash)].shard.withLock { shard in
            let time = shard.advance(to: now.nanoseconds)
            let record = shard.find(rule.identity, key, hash: hash)
            guard record != 0 else { return false }
            let used = shard.currentReading(record, rule.algorithm, under: rule.quota, at: time).used
            shard.remove(record)
            return used > 0
        }
    }

    /// Forgets a counter at the time of the store's clock; never throws.
    public func reset(_ rule: RateLimitRule, for key: RateLimitKey) async throws(RateLimitError) -> Bool {
        self.reset(rule, for: key, at: self.now)
    }
}

extension Shard {
    /// The numbers of a record at this time, a log pruned first.
    mutating func currentReading(_ record: UInt32, _ algorithm: RateLimitAlgorithm, under quota: Quota, at now: Int64)
        -> MeterReading
    {
        if algorithm == .slidingLog { self.pruneLog(record, at: now) }
        return self.reading(record, algorithm, under: quota, at: now)
    }
}
