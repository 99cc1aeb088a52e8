/// What a cell holds; the two highest bits of its first word.
enum CellKind: UInt64 {
    case free = 0
    case keyTail = 1
    case logEntries = 2
    case record = 3

    var bits: UInt64 { self.rawValue << 62 }
}

/// All memory of an in-process store: one piece, cut into cells of seven words.
///
/// Cells are numbered from 1; 0 means none. They are handed to shards in segments of 64 and stay there. The piece is reserved whole at the
/// start and becomes resident only as it is touched, so the budget holds by construction and nothing is allocated later.
///
/// ```
/// record     rule identity · three words of state · key: 22 bytes, length (2 bytes)
/// long key   …  18 bytes, first tail cell (4 bytes), length (2 bytes)
/// key tail   next cell (4 bytes), 3 bytes unused, kind · 48 bytes of key
/// log        next cell (4 bytes), start, end, 1 byte unused, kind · time of the last entry · 40 bytes of entries
/// free       next cell (4 bytes), 3 bytes unused, kind
/// ```
struct CellArena {
    static let wordsPerCell = 7
    static let bytesPerCell = 56
    static let cellsPerSegment = 64

    private let words: UnsafeMutablePointer<UInt64>
    let segmentCount: Int
    /// For each segment, the one that the same shard got before; 0 means none, segments count from 1.
    let segmentLinks: UnsafeMutablePointer<UInt32>
    /// For each segment, an instant before which none of its records becomes vacant.
    let segmentBounds: UnsafeMutablePointer<Int64>

    init(segmentCount: Int) {
        self.segmentCount = segmentCount
        // Cell 0 is never touched, so it is not allocated: the base lies one cell before the memory.
        self.words = PageMemory.allocate(UInt64.self, capacity: segmentCount * Self.cellsPerSegment * Self.wordsPerCell)
        self.segmentLinks = .allocate(capacity: segmentCount + 1)
        self.segmentBounds = .allocate(capacity: segmentCount + 1)
    }

    func deallocate() {
        self.words.deallocate()
        self.segmentLinks.deallocate()
        self.segmentBounds.deallocate()
    }

    @inline(__always)
    subscript(cell: UInt32) -> UnsafeMutablePointer<UInt64> {
        self.words + (Int(cell) &- 1) &* Self.wordsPerCell
    }

    @inline(__always)
    static func segment(of cell: UInt32) -> Int {
        Int((cell &- 1) / UInt32(Self.cellsPerSegment)) &+ 1
    }

    static func firstCell(of segment: UInt32) -> UInt32 {
        (segment &- 1) &* UInt32(Self.cellsPerSegment) &+ 1
    }

    @inline(__always)
    func kind(of cell: UInt32) -> CellKind {
        CellKind(rawValue: self[cell][0] >> 62) ?? .free
    }

    /// The cell that follows in a chain.
    @inline(__always)
    func next(of cell: UInt32) -> UInt32 {
        UInt32(truncatingIfNeeded: self[cell][0])
    }

    func setNext(of cell: UInt32, to next: UInt32) {
        self[cell][0] = self[cell][0] & ~0xFFFF_FFFF | UInt64(next)
    }
}
