extension Shard {
    /// Reserves cells, and a place in the index for a new record, for the decision under way.
    ///
    /// Vacant records go first, then a fresh segment is taken; `false` means that only live records remain.
    ///
    /// - Parameters:
    ///   - own: The record that the cells are for, 0 for a new one; it stays, though it may be vacant until its cost is counted.
    ///   - sparing: What the decision has looked up already; these records stay too.
    @inline(__always)
    mutating func reserve(
        cells: Int, records: Int, at now: Int64, keeping own: UInt32, sparing: UnsafeMutableBufferPointer<Examination>
    ) -> Bool {
        let hasRoom = self.freeCount >= self.reservedCells &+ cells && (records == 0 || self.makeIndexRoom())
        guard hasRoom || self.makeRoom(cells: cells, records: records, at: now, keeping: own, sparing: sparing) else {
            return false
        }
        self.reservedCells &+= cells
        self.reservedRecords &+= records
        return true
    }

    /// Ends all reservations of the decision under way.
    mutating func endReservations() {
        self.reservedCells = 0
        self.reservedRecords = 0
    }

    @inline(never)
    private mutating func makeRoom(
        cells: Int, records: Int, at now: Int64, keeping own: UInt32, sparing: UnsafeMutableBufferPointer<Examination>
    ) -> Bool {
        let needed = self.reservedCells &+ cells
        if self.freeCount < needed, now >= self.sweepBound { self.sweep(for: needed, at: now, keeping: own, sparing: sparing) }
        while self.freeCount < needed, self.addSegment() {}
        guard self.freeCount >= needed else { return false }
        if records == 0 || self.makeIndexRoom() { return true }
        if now >= self.sweepBound { self.sweep(for: .max, at: now, keeping: own, sparing: sparing) }
        return self.makeIndexRoom()
    }

    /// Drops vacant records, segment by segment from where the last sweep ended, until enough cells are free or all were seen.
    private mutating func sweep(
        for needed: Int, at now: Int64, keeping own: UInt32, sparing: UnsafeMutableBufferPointer<Examination>
    ) {
        guard self.firstSegment != 0 else { return }
        let start = self.sweepHand == 0 ? self.firstSegment : self.sweepHand
        var segment = start
        var lowest = Int64.max
        repeat {
            if self.arena.segmentBounds[Int(segment)] <= now {
                self.sweep(segment: segment, at: now, keeping: own, sparing: sparing)
            }
            lowest = min(lowest, self.arena.segmentBounds[Int(segment)])
            let next = self.arena.segmentLinks[Int(segment)]
            segment = next == 0 ? self.firstSegment : next
            if self.freeCount >= needed {
                self.sweepHand = segment
                return
            }
        } while segment != start
        self.sweepHand = segment
        self.sweepBound = lowest
    }

    private mutating func sweep(
        segment: UInt32, at now: Int64, keeping own: UInt32, sparing: UnsafeMutableBufferPointer<Examination>
    ) {
        let first = CellArena.firstCell(of: segment)
        var bound = Int64.max
        for cell in first..<first + UInt32(CellArena.cellsPerSegment) where self.arena.kind(of: cell) == .record {
            let identity = RuleIdentity(word: self.arena[cell][0])
            if identity.algorithm == .slidingLog { self.pruneLog(cell, at: now) }
            let vacancy = self.vacancy(of: cell)
            if vacancy <= now, cell != own, !sparing.contains(where: { $0.record == cell }) {
                self.remove(cell)
                self.tally.reclaimed &+= 1
            } else {
                bound = min(bound, vacancy)
            }
        }
        self.arena.segmentBounds[Int(segment)] = bound
    }
}
