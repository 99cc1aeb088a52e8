/// One part of the table: an index of its own over cells of its own, used under one lock.
///
/// The index is an open-addressing table with linear probing. An entry is a cell number with some bits of the hash above it, so that
/// a look-up touches one line of the index and one record. The index grows by a quarter within memory that is reserved for it.
struct Shard: @unchecked Sendable {
    // The pointers lead into memory that belongs to this shard alone and is used only under its lock. What every decision needs stands
    // first, in the line of the lock and the next.
    let index: UnsafeMutablePointer<UInt32>
    var indexCapacity = 0
    /// The latest time that this shard was told; it never goes back.
    var latest = Int64.min
    let arena: CellArena
    let cellMask: UInt32
    var tally = ShardTally()

    let pool: SegmentPool
    let indexLimit: Int
    var recordCount = 0
    var freeCell: UInt32 = 0
    var freeCount = 0
    /// Cells and records that the decision under way may still take.
    var reservedCells = 0
    var reservedRecords = 0
    var promisedSegments: Int
    var firstSegment: UInt32 = 0
    var sweepHand: UInt32 = 0
    /// No record of this shard becomes vacant before this instant.
    var sweepBound = Int64.max

    init(
        arena: CellArena, pool: SegmentPool, index: UnsafeMutablePointer<UInt32>, indexLimit: Int, cellMask: UInt32,
        promisedSegments: Int
    ) {
        self.arena = arena
        self.pool = pool
        self.index = index
        self.indexLimit = indexLimit
        self.cellMask = cellMask
        self.promisedSegments = promisedSegments
    }

    /// The record of a counter, or 0.
    @inline(__always)
    func find(_ identity: UInt64, _ key: borrowing RateLimitKey, hash: UInt64) -> UInt32 {
        guard self.indexCapacity > 0 else { return 0 }
        let tag = UInt32(truncatingIfNeeded: hash) & ~self.cellMask
        let mask = RuleIdentity(word: identity).mask
        var position = self.home(of: hash)
        while true {
            let entry = self.index[position]
            if entry == 0 { return 0 }
            if entry & ~self.cellMask == tag {
                let cell = entry & self.cellMask
                if self.arena.holds(identity, mask: mask, key, in: cell) { return cell }
            }
            position &+= 1
            if position == self.indexCapacity { position = 0 }
        }
    }

    /// Makes a record with untouched state; room for it was reserved.
    mutating func insert(_ identity: UInt64, _ key: borrowing RateLimitKey, hash: UInt64) -> UInt32 {
        let cell = self.takeCell()
        let words = self.arena[cell]
        words[0] = identity
        words[1] = 0
        words[2] = 0
        words[3] = 0
        words[4] = key.words.0
        words[5] = key.words.1
        words[6] = key.words.2
        if let spill = key.spill { self.writeTail(of: spill, from: cell) }
        self.enter(cell, hash: hash)
        self.recordCount &+= 1
        return cell
    }

    /// Takes a record out of the table and frees all its cells.
    mutating func remove(_ record: UInt32) {
        self.leave(record, hash: self.arena.counterHash(of: record))
        if RuleIdentity(word: self.arena[record][0]).algorithm == .slidingLog {
            self.freeChain(self.arena.logHead(of: record))
        }
        self.freeChain(self.arena.keyTail(of: record))
        self.free(record)
        self.recordCount &-= 1
    }

    /// Whether the index has a place for another record, growing it when it is seven eighths full.
    mutating func makeIndexRoom() -> Bool {
        let needed = self.recordCount &+ self.reservedRecords &+ 1
        if needed &* 8 <= self.indexCapacity &* 7 { return true }
        let capacity = min(max(self.indexCapacity &+ self.indexCapacity / 4, 16), self.indexLimit)
        guard needed &* 8 <= capacity &* 7 else { return false }
        self.rebuildIndex(capacity: capacity)
        return true
    }

    @inline(__always)
    private func home(of hash: UInt64) -> Int {
        Int(truncatingIfNeeded: ((hash >> 32) &* UInt64(truncatingIfNeeded: self.indexCapacity)) >> 32)
    }

    private mutating func rebuildIndex(capacity: Int) {
        self.indexCapacity = capacity
        self.index.update(repeating: 0, count: capacity)
        var segment = self.firstSegment
        while segment != 0 {
            let first = CellArena.firstCell(of: segment)
            for cell in first..<first + UInt32(CellArena.cellsPerSegment) where self.arena.kind(of: cell) == .record {
                self.enter(cell, hash: self.arena.counterHash(of: cell))
            }
            segment = self.arena.segmentLinks[Int(segment)]
        }
    }

    private func enter(_ cell: UInt32, hash: UInt64) {
        var position = self.home(of: hash)
        while self.index[position] != 0 {
            position &+= 1
            if position == self.indexCapacity { position = 0 }
        }
        self.index[position] = cell | UInt32(truncatingIfNeeded: hash) & ~self.cellMask
    }

    /// Empties the place of `cell` and moves later entries of the run forward, so that no look-up meets a hole.
    private func leave(_ cell: UInt32, hash: UInt64) {
        var hole = self.home(of: hash)
        while self.index[hole] & self.cellMask != cell {
            hole &+= 1
            if hole == self.indexCapacity { hole = 0 }
        }
        var position = hole
        while true {
            position &+= 1
            if position == self.indexCapacity { position = 0 }
            let entry = self.index[position]
            if entry == 0 { break }
            let home = self.home(of: self.arena.counterHash(of: entry & self.cellMask))
            let isReachable = hole <= position ? (home <= hole || home > position) : (home <= hole && home > position)
            if isReachable {
                self.index[hole] = entry
                hole = position
            }
        }
        self.index[hole] = 0
    }
}
