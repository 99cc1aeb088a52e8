/// What one shard counted.
struct ShardTally {
    var admitted: UInt64 = 0
    var refused: UInt64 = 0
    var refusedUncounted: UInt64 = 0
    var admittedUncounted: UInt64 = 0
    var reclaimed: UInt64 = 0
    var lostExcess: UInt64 = 0
}

/// What an in-process store did since it was made, and how full it is.
public struct RateLimitStoreStatistics: Hashable, Sendable {
    /// Checks that their own rule admitted.
    public internal(set) var admittedChecks: UInt64 = 0
    /// Checks that their own rule refused.
    public internal(set) var refusedChecks: UInt64 = 0
    /// Checks refused because the table was full of live counters.
    public internal(set) var refusedUncountedChecks: UInt64 = 0
    /// Checks admitted without being counted because the table was full of live counters.
    public internal(set) var admittedUncountedChecks: UInt64 = 0
    /// Counters dropped because they could no longer be told from absent ones.
    public internal(set) var reclaimedCounters: UInt64 = 0
    /// Settlements that found no room to count what was missing.
    public internal(set) var lostSettlements: UInt64 = 0
    /// Counters in the table, live or not yet reclaimed.
    public internal(set) var counters = 0
    /// Bytes in use: cells of segments that were handed out, and indexes.
    public internal(set) var usedBytes = 0
    /// Bytes that the store may use.
    public internal(set) var budgetBytes = 0

    mutating func add(_ shard: borrowing Shard) {
        self.admittedChecks &+= shard.tally.admitted
        self.refusedChecks &+= shard.tally.refused
        self.refusedUncountedChecks &+= shard.tally.refusedUncounted
        self.admittedUncountedChecks &+= shard.tally.admittedUncounted
        self.reclaimedCounters &+= shard.tally.reclaimed
        self.lostSettlements &+= shard.tally.lostExcess
        self.counters += shard.recordCount
        self.usedBytes += shard.indexCapacity * MemoryLayout<UInt32>.size
    }
}
