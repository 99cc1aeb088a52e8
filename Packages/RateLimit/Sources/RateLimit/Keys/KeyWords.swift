/// The joined form of a short key, gathered in registers: three words, little-endian.
struct KeyWords {
    private var first: UInt64 = 0
    private var second: UInt64 = 0
    private var third: UInt64 = 0
    private var position: UInt64 = 0

    @inline(__always)
    init() {}

    /// The words of a whole joined form, its length in the two highest bytes of the last.
    @inline(__always)
    func words(byteCount: Int) -> (UInt64, UInt64, UInt64) {
        (self.first, self.second, self.third | UInt64(truncatingIfNeeded: byteCount) << 48)
    }

    /// Adds a part of less than 128 bytes behind its length.
    @inline(__always)
    mutating func append(_ part: UnsafeRawBufferPointer) {
        self.append(UInt64(truncatingIfNeeded: part.count), byteCount: 1)
        self.copy(part)
    }

    @inline(__always)
    mutating func append(_ part: String) {
        let wasContiguous: Void? = part.utf8.withContiguousStorageIfAvailable { self.append(UnsafeRawBufferPointer($0)) }
        if wasContiguous == nil { Array(part.utf8).withUnsafeBytes { self.append($0) } }
    }

    /// Adds bytes as they are.
    @inline(__always)
    mutating func copy(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        var start = base
        var rest = bytes.count
        while rest >= 8 {
            self.append(UInt64(littleEndian: start.loadUnaligned(as: UInt64.self)), byteCount: 8)
            start += 8
            rest &-= 8
        }
        if rest > 0 { self.append(Self.read(start, byteCount: rest), byteCount: rest) }
    }

    /// Reads 1 to 7 bytes; two reads that overlap cover them all.
    @inline(__always)
    private static func read(_ start: UnsafeRawPointer, byteCount: Int) -> UInt64 {
        if byteCount >= 4 {
            let low = UInt64(UInt32(littleEndian: start.loadUnaligned(as: UInt32.self)))
            let high = UInt64(UInt32(littleEndian: (start + (byteCount &- 4)).loadUnaligned(as: UInt32.self)))
            return low | high &<< UInt64(truncatingIfNeeded: (byteCount &- 4) &* 8)
        }
        let low = UInt64(start.load(as: UInt8.self))
        let middle = UInt64((start + byteCount / 2).load(as: UInt8.self))
        let high = UInt64((start + (byteCount &- 1)).load(as: UInt8.self))
        return low | middle &<< UInt64(truncatingIfNeeded: byteCount / 2 &* 8)
            | high &<< UInt64(truncatingIfNeeded: (byteCount &- 1) &* 8)
    }

    @inline(__always)
    private mutating func append(_ bytes: UInt64, byteCount: Int) {
        let shift = (self.position & 7) &* 8
        let low = bytes &<< shift
        let high = (bytes &>> 1) &>> (63 &- shift)
        switch self.position &>> 3 {
        case 0:
            self.first |= low
            self.second |= high
        case 1:
            self.second |= low
            self.third |= high
        default: self.third |= low
        }
        self.position &+= UInt64(truncatingIfNeeded: byteCount)
    }
}
