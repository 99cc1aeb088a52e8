/// The sliding log over cells of the arena.
///
/// A log keeps what is younger than the window in the record's first word. Where windows are shared that is the longest which the log
/// has counted under, and a decision under a shorter one leaves out what is older than its own.
///
/// State of a record: time of the oldest entry in microseconds · units counted · first and last cell of entries. A single entry needs
/// no cell. Times are rounded up, so a hit never leaves before its window has passed and at most a microsecond later.
extension Shard {
    static func stamp(_ now: Int64) -> Int64 {
        let (quotient, remainder) = now.quotientAndRemainder(dividingBy: 1_000)
        return remainder > 0 ? quotient &+ 1 : quotient
    }

    /// The latest stamp that a window ending now no longer holds.
    static func cutoff(_ now: Int64, window: Int64) -> Int64 {
        let (quotient, remainder) = (now &- window).quotientAndRemainder(dividingBy: 1_000)
        return remainder < 0 ? quotient &- 1 : quotient
    }

    /// Drops what is as old as the window of the record or older.
    @inline(__always)
    mutating func pruneLog(_ record: UInt32, at now: Int64) {
        let words = self.arena[record]
        let cutoff = Self.cutoff(now, window: RuleIdentity(word: words[0]).windowNanoseconds)
        while Int64(bitPattern: words[1]) <= cutoff, words[2] != 0 || words[3] != 0 { self.dropOldest(record) }
    }

    private mutating func dropOldest(_ record: UInt32) {
        let words = self.arena[record]
        let head = self.arena.logHead(of: record)
        guard head != 0 else {
            words[2] = 0
            return
        }
        let start = self.arena.logStart(of: head)
        let (oldest, byteCount) = LogEntry.read(from: self.arena.logBytes(of: head) + start)
        words[2] = words[2] &- UInt64(bitPattern: oldest.units)
        var first = head
        var position = start + byteCount
        if position == self.arena.logEnd(of: head) {
            first = self.arena.next(of: head)
            self.free(head)
            guard first != 0 else {
                words[2] = 0
                words[3] = 0
                return
            }
            words[3] = words[3] & ~0xFFFF_FFFF | UInt64(first)
            position = self.arena.logStart(of: first)
        }
        let (next, nextByteCount) = LogEntry.read(from: self.arena.logBytes(of: first) + position)
        words[1] = words[1] &+ UInt64(bitPattern: next.gap)
        if self.arena.logTail(of: record) == first, position + nextByteCount == self.arena.logEnd(of: first) {
            // One entry is left: it moves into the record.
            words[3] = 0
            self.free(first)
        } else {
            self.arena.setLogStart(of: first, to: position)
        }
    }

    /// Units whose hits are as old as the window of the quota or older, where the log keeps them for a longer one.
    @inline(__always)
    func logUnits(of record: UInt32, before quota: Quota, at now: Int64) -> Int64 {
        guard quota.windowMilliseconds < RuleIdentity(word: self.arena[record][0]).windowMilliseconds else { return 0 }
        return self.arena.logUnits(of: record, until: Self.cutoff(now, window: quota.windowNanoseconds))
    }

    /// Lets the log keep hits for a longer window from now on; a log that counts nothing takes a shorter one too.
    @inline(__always)
    func widenLog(_ record: UInt32, to milliseconds: Int64) {
        let words = self.arena[record]
        let identity = RuleIdentity(word: words[0])
        guard identity.windowMilliseconds != milliseconds, identity.windowMilliseconds < milliseconds || words[2] == 0 else {
            return
        }
        // The segment need not be told: its bound is past when the log is empty, and a longer window ends later.
        words[0] = identity.withWindow(milliseconds).word
    }

    /// Adds an entry; a cell for it was reserved unless the log is empty.
    mutating func appendLog(_ record: UInt32, units wanted: Int64, at now: Int64) {
        let words = self.arena[record]
        let counted = Int64(bitPattern: words[2])
        let units = min(wanted, Int64.max &- counted)
        guard units > 0 else { return }
        words[2] = UInt64(bitPattern: counted &+ units)
        let stamp = Self.stamp(now)
        if counted == 0, words[3] == 0 {
            words[1] = UInt64(bitPattern: stamp)
            return
        }
        if words[3] == 0 {
            let cell = self.takeLogCell()
            words[3] = UInt64(cell) | UInt64(cell) << 32
            self.arena[cell][1] = words[1]
            self.write(LogEntry(gap: 0, units: counted), to: cell)
        }
        var tail = self.arena.logTail(of: record)
        let gap = max(stamp &- Int64(bitPattern: self.arena[tail][1]), 0)
        let entry = LogEntry(gap: gap, units: units)
        if self.arena.logEnd(of: tail) + entry.byteCount > CellArena.logBytesPerCell {
            let cell = self.takeLogCell()
            self.arena.setNext(of: tail, to: cell)
            self.arena[cell][1] = self.arena[tail][1]
            words[3] = words[3] & 0xFFFF_FFFF | UInt64(cell) << 32
            tail = cell
        }
        self.write(entry, to: tail)
    }

    /// Lowers the entries of one stamp by `units` in all, as far as they count that much.
    func refundLog(_ record: UInt32, units: Int64, stamp: Int64) {
        let words = self.arena[record]
        var left = units
        var cursor = LogCursor(arena: self.arena, record: record)
        while left > 0, let (counted, place) = cursor.next(), cursor.time <= stamp {
            guard cursor.time == stamp, counted > 0 else { continue }
            let returned = min(left, counted)
            if let place { LogEntry.lower(at: place, to: counted &- returned) }
            words[2] = words[2] &- UInt64(bitPattern: returned)
            left = left &- returned
        }
    }

    private mutating func takeLogCell() -> UInt32 {
        let cell = self.takeCell()
        self.arena[cell][0] = CellKind.logEntries.bits
        return cell
    }

    private func write(_ entry: LogEntry, to cell: UInt32) {
        let end = self.arena.logEnd(of: cell)
        entry.write(to: self.arena.logBytes(of: cell) + end)
        self.arena.setLogEnd(of: cell, to: end + entry.byteCount)
        self.arena[cell][1] = self.arena[cell][1] &+ UInt64(bitPattern: entry.gap)
    }
}
