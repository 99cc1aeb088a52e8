/// Walks over the entries of a sliding log, oldest first.
struct LogCursor {
    private let arena: CellArena
    private var cell: UInt32
    private var position: Int
    private var isFirst = true
    /// The time of the entry that was read last, in microseconds.
    private(set) var time: Int64
    /// What the log counts when its only entry stands in the record itself.
    private var single: Int64

    init(arena: CellArena, record: UInt32) {
        let words = arena[record]
        self.arena = arena
        self.cell = UInt32(truncatingIfNeeded: words[3])
        self.position = self.cell == 0 ? 0 : arena.logStart(of: self.cell)
        self.time = Int64(bitPattern: words[1])
        self.single = self.cell == 0 ? Int64(bitPattern: words[2]) : 0
    }

    /// Reads the next entry: its units and where it stands, `nil` for an entry in the record itself.
    mutating func next() -> (units: Int64, place: UnsafeMutablePointer<UInt8>?)? {
        if self.cell == 0 {
            guard self.single > 0 else { return nil }
            defer { self.single = 0 }
            return (self.single, nil)
        }
        if self.position == self.arena.logEnd(of: self.cell) {
            self.cell = self.arena.next(of: self.cell)
            guard self.cell != 0 else { return nil }
            self.position = self.arena.logStart(of: self.cell)
        }
        let place = self.arena.logBytes(of: self.cell) + self.position
        let (entry, byteCount) = LogEntry.read(from: place)
        self.position += byteCount
        // The first entry's distance is to one that is gone already; its time stands in the record.
        if self.isFirst { self.isFirst = false } else { self.time &+= entry.gap }
        return (entry.units, place)
    }
}

extension CellArena {
    static let logBytesPerCell = 40

    func logHead(of record: UInt32) -> UInt32 { UInt32(truncatingIfNeeded: self[record][3]) }
    func logTail(of record: UInt32) -> UInt32 { UInt32(truncatingIfNeeded: self[record][3] >> 32) }

    @inline(__always)
    func logStart(of cell: UInt32) -> Int { Int(self[cell][0] >> 32 & 0xFF) }
    @inline(__always)
    func logEnd(of cell: UInt32) -> Int { Int(self[cell][0] >> 40 & 0xFF) }

    func setLogStart(of cell: UInt32, to start: Int) {
        self[cell][0] = self[cell][0] & ~(0xFF << 32) | UInt64(start) << 32
    }

    func setLogEnd(of cell: UInt32, to end: Int) {
        self[cell][0] = self[cell][0] & ~(0xFF << 40) | UInt64(end) << 40
    }

    func logBytes(of cell: UInt32) -> UnsafeMutablePointer<UInt8> {
        UnsafeMutableRawPointer(self[cell] + 2).assumingMemoryBound(to: UInt8.self)
    }

    /// The time of the newest entry, in microseconds.
    func logNewest(of record: UInt32) -> Int64 {
        let tail = self.logTail(of: record)
        return Int64(bitPattern: tail == 0 ? self[record][1] : self[tail][1])
    }

    /// Units of the entries up to a stamp, in microseconds; walks over them unless they are all or none.
    @inline(never)
    func logUnits(of record: UInt32, until stamp: Int64) -> Int64 {
        let words = self[record]
        guard Int64(bitPattern: words[1]) <= stamp else { return 0 }
        guard self.logNewest(of: record) > stamp else { return Int64(bitPattern: words[2]) }
        var cursor = LogCursor(arena: self, record: record)
        var units: Int64 = 0
        while let entry = cursor.next(), cursor.time <= stamp { units = units &+ entry.units }
        return units
    }

    /// The time of the entry with which the oldest `units` are complete, in microseconds.
    func logTime(of record: UInt32, releasing units: Int64) -> Int64 {
        var cursor = LogCursor(arena: self, record: record)
        var released: Int64 = 0
        while released < units, let entry = cursor.next() { released = released.addingSaturated(entry.units) }
        return cursor.time
    }
}
