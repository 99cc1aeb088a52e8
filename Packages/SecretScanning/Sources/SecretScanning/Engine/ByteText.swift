/// Bytes to look at, lent for the time of a scan; every offset may be asked for, and outside there are NULs.
///
/// No class contains NUL, so matchers need no separate check for either end.
struct ByteText {
    let base: UnsafePointer<UInt8>
    let count: Int
    let atoms: UnsafePointer<UInt16>

    @inline(__always) subscript(offset: Int) -> UInt8 {
        UInt(bitPattern: offset) < UInt(bitPattern: self.count) ? self.base[offset] : 0
    }

    /// Whether the byte at an offset belongs to a class.
    @inline(__always) func has(_ atoms: Atoms, at offset: Int) -> Bool {
        self.atoms[Int(self[offset])] & atoms.rawValue != 0
    }

    /// Where a run of a class that begins at `start` ends, at most `limit` bytes on.
    @inline(__always) func end(of atoms: Atoms, from start: Int, limit: Int) -> Int {
        var offset = start
        let bound = start &+ limit
        while offset < bound, self.has(atoms, at: offset) { offset &+= 1 }
        return offset
    }

    /// Where a run of a class that ends before `end` begins, at most `limit` bytes back.
    @inline(__always) func start(of atoms: Atoms, before end: Int, limit: Int) -> Int {
        var offset = end
        let bound = end &- limit
        while offset > bound, self.has(atoms, at: offset &- 1) { offset &-= 1 }
        return offset
    }

    /// Whether exactly these bytes stand at an offset.
    func matches(_ literal: [UInt8], at offset: Int) -> Bool {
        for index in literal.indices where self[offset &+ index] != literal[index] { return false }
        return true
    }

    /// Whether exactly this ASCII text stands at an offset.
    func matches(_ literal: StaticString, at offset: Int) -> Bool {
        for index in 0..<literal.utf8CodeUnitCount where self[offset &+ index] != literal.utf8Start[index] { return false }
        return true
    }

    /// Whether this ASCII text, given in lower case, stands at an offset in either case.
    func matchesFolded(_ literal: StaticString, at offset: Int) -> Bool {
        for index in 0..<literal.utf8CodeUnitCount where ByteText.folded(self[offset &+ index]) != literal.utf8Start[index] {
            return false
        }
        return true
    }

    /// Whether this ASCII text, given in lower case, occurs in a range, in either case.
    func containsFolded(_ literal: StaticString, in range: Range<Int>) -> Bool {
        var offset = range.lowerBound
        while offset &+ literal.utf8CodeUnitCount <= range.upperBound {
            if self.matchesFolded(literal, at: offset) { return true }
            offset &+= 1
        }
        return false
    }

    /// Where exactly this ASCII text first occurs in a range; `nil` if nowhere.
    func firstIndex(of literal: StaticString, in range: Range<Int>) -> Int? {
        let first = literal.utf8Start[0]
        var offset = max(range.lowerBound, 0)
        let bound = min(range.upperBound, self.count) &- literal.utf8CodeUnitCount
        while offset <= bound {
            if self.base[offset] == first, self.matches(literal, at: offset) { return offset }
            offset &+= 1
        }
        return nil
    }

    /// An ASCII upper-case letter in lower case; other bytes as they are.
    @inline(__always) static func folded(_ byte: UInt8) -> UInt8 {
        byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
    }

    /// The bytes of a range, copied; what lies outside is left out.
    func bytes(_ range: Range<Int>) -> [UInt8] {
        let range = range.clamped(to: 0..<self.count)
        return Array(UnsafeBufferPointer(start: self.base + range.lowerBound, count: range.count))
    }
}
