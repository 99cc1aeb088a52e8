extension Shard {
    /// Takes a free cell; the caller has reserved it.
    mutating func takeCell() -> UInt32 {
        let cell = self.freeCell
        precondition(cell != 0, "cells are reserved before they are taken")
        self.freeCell = self.arena.next(of: cell)
        self.freeCount &-= 1
        return cell
    }

    /// Gives one cell back.
    mutating func free(_ cell: UInt32) {
        self.arena[cell][0] = CellKind.free.bits | UInt64(self.freeCell)
        self.freeCell = cell
        self.freeCount &+= 1
    }

    /// Gives back a cell and all that follow it; 0 is no cell.
    mutating func freeChain(_ first: UInt32) {
        var cell = first
        while cell != 0 {
            let next = self.arena.next(of: cell)
            self.free(cell)
            cell = next
        }
    }

    /// Adds the cells of a fresh segment, if there is one for this shard.
    mutating func addSegment() -> Bool {
        var segment: UInt32
        if self.promisedSegments > 0 {
            self.promisedSegments -= 1
            segment = self.pool.takePromised()
        } else {
            segment = self.pool.takeShared()
        }
        guard segment != 0 else { return false }
        self.arena.segmentLinks[Int(segment)] = self.firstSegment
        self.arena.segmentBounds[Int(segment)] = .max
        self.firstSegment = segment
        let first = CellArena.firstCell(of: segment)
        for cell in (first..<first + UInt32(CellArena.cellsPerSegment)).reversed() { self.free(cell) }
        return true
    }

    /// Notes that a record may become vacant at `instant`.
    @inline(__always)
    mutating func expect(vacancyOf record: UInt32, at instant: Int64) {
        let segment = CellArena.segment(of: record)
        if instant < self.arena.segmentBounds[segment] { self.arena.segmentBounds[segment] = instant }
        if instant < self.sweepBound { self.sweepBound = instant }
    }
}
