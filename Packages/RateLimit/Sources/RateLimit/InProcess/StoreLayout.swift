/// How a byte budget is divided into shards, segments and indexes.
struct StoreLayout {
    static let smallestBudget = 64 << 10
    static let largestBudget = 8 << 30

    let shardCount: Int
    let segmentCount: Int
    /// Entries reserved for the index of each shard: a quarter more than its even share of records needs at seven eighths full.
    let indexLimit: Int
    let leaseCapacity: Int

    init(budgetBytes: Int) throws(RateLimitError) {
        guard (Self.smallestBudget...Self.largestBudget).contains(budgetBytes) else {
            throw RateLimitError(
                .invalidConfiguration,
                message:
                    "a memory budget of \(budgetBytes) bytes is out of range; allowed are \(Self.smallestBudget) to \(Self.largestBudget)"
            )
        }
        var shards = 256
        while shards > 1, budgetBytes / shards < 128 << 10 { shards /= 2 }
        var leases = 1 << 20
        while leases > 1_024, leases / 8 > budgetBytes / 256 { leases /= 2 }
        self.shardCount = shards
        self.leaseCapacity = leases

        let fixedBytes = leases / 8 + shards * (MemoryLayout<GuardedShard>.stride + 64)
        let cells = CellArena.cellsPerSegment
        let bytesPerSegment = cells * CellArena.bytesPerCell + cells * 10 / 7 * MemoryLayout<UInt32>.size + 12
        let segments = max((budgetBytes - fixedBytes) / bytesPerSegment, 1)
        self.segmentCount = segments
        self.indexLimit = segments * cells * 10 / (7 * shards)
    }

    /// The bits of an index entry that hold a cell number.
    var cellMask: UInt32 {
        let cells = UInt32(truncatingIfNeeded: self.segmentCount * CellArena.cellsPerSegment)
        return ~0 >> UInt32(cells.leadingZeroBitCount)
    }

    /// Segments promised to each shard; the rest is shared.
    var promisedPerShard: Int { self.segmentCount * 3 / (4 * self.shardCount) }
}
