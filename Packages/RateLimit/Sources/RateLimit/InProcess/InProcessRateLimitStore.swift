import Synchronization

/// One shard behind its lock.
struct GuardedShard: ~Copyable {
    let shard: Mutex<Shard>
}

/// Counters in the memory of this process, within a hard byte budget.
///
/// The table is divided into shards with a lock each; a decision locks the shards that it needs in ascending order and does nothing
/// but arithmetic and look-ups meanwhile. No decision allocates memory for up to eight checks.
///
/// When the budget is used up, counters go first that can no longer be told from absent ones: ended windows, empty logs, full buckets.
/// When only live counters remain, a new key gets what its rule declares (``RateLimitRule/FullPolicy``), and known keys go on as before.
public final class InProcessRateLimitStore: RateLimitStore, @unchecked Sendable {
    // The arena and the indexes are divided among the shards, and each part is used under the lock of its shard only.
    let arena: CellArena
    let shards: UnsafeMutablePointer<GuardedShard>
    let shardCount: Int
    let leases: LeaseRegister
    private let indexes: UnsafeMutablePointer<UInt32>
    private let pool: SegmentPool
    private let clock: @Sendable () -> RateLimitInstant
    private let budgetBytes: Int

    /// Creates an empty store.
    ///
    /// The whole budget is reserved at once, as address space; it becomes resident as counters come, in steps of 2 MiB where the system
    /// grants huge pages.
    ///
    /// - Parameters:
    ///   - memoryBytes: The budget for counters, keys, logs, indexes and leases, from 64 KiB to 8 GiB; 256 MiB by default, which
    ///     holds about four million counters.
    ///   - clock: The time for the calls that are not told it; tests pass one that they move by hand.
    /// - Throws: ``RateLimitError`` with code `invalidConfiguration` when the budget is out of range.
    public init(
        memoryBytes: Int = 256 << 20, clock: @escaping @Sendable () -> RateLimitInstant = { .now }
    ) throws(RateLimitError) {
        let layout = try StoreLayout(budgetBytes: memoryBytes)
        let arena = CellArena(segmentCount: layout.segmentCount)
        let pool = SegmentPool(segmentCount: layout.segmentCount, promised: layout.promisedPerShard * layout.shardCount)
        let indexes = UnsafeMutablePointer<UInt32>.allocate(capacity: layout.indexLimit * layout.shardCount)
        let shards = UnsafeMutablePointer<GuardedShard>.allocate(capacity: layout.shardCount)
        for number in 0..<layout.shardCount {
            let shard = Shard(
                arena: arena, pool: pool, index: indexes + number * layout.indexLimit, indexLimit: layout.indexLimit,
                cellMask: layout.cellMask, promisedSegments: layout.promisedPerShard
            )
            (shards + number).initialize(to: GuardedShard(shard: Mutex(shard)))
        }
        self.arena = arena
        self.pool = pool
        self.indexes = indexes
        self.shards = shards
        self.shardCount = layout.shardCount
        self.leases = LeaseRegister(capacity: layout.leaseCapacity)
        self.clock = clock
        self.budgetBytes = memoryBytes
    }

    deinit {
        self.shards.deinitialize(count: self.shardCount)
        self.shards.deallocate()
        self.indexes.deallocate()
        self.arena.deallocate()
    }

    /// The time by the clock of the store.
    public var now: RateLimitInstant { self.clock() }

    /// What was done so far, and how full the table is; locks the shards one after another.
    public var statistics: RateLimitStoreStatistics {
        var statistics = RateLimitStoreStatistics()
        for number in 0..<self.shardCount {
            self.shards[number].shard.withLock { statistics.add($0) }
        }
        statistics.usedBytes += self.pool.takenCount * CellArena.cellsPerSegment * CellArena.bytesPerCell
        statistics.budgetBytes = self.budgetBytes
        return statistics
    }

    @inline(__always)
    func shardNumber(of hash: UInt64) -> Int {
        Int(truncatingIfNeeded: hash) & (self.shardCount &- 1)
    }
}
