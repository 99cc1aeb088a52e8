/// Request ids of the hot path: UUIDs of version 4 from a generator of this connection (xoshiro256++, seeded by the system).
///
/// Ids tell requests apart and keep no secret, so they need no system call each.
struct RequestIDs {
    private static let byteCount = 36

    private var state: (UInt64, UInt64, UInt64, UInt64)

    init() {
        var seed = SystemRandomNumberGenerator()
        self.state = (seed.next() | 1, seed.next(), seed.next(), seed.next())
    }

    /// Lends the bytes of a new id.
    @inline(__always)
    mutating func withNext(_ body: (UnsafeRawBufferPointer) -> Void) {
        let high = self.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        let low = self.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        withUnsafeTemporaryAllocation(byteCount: Self.byteCount, alignment: 1) { room in
            var position = 0
            for index in 0..<16 {
                if index == 4 || index == 6 || index == 8 || index == 10 {
                    room[position] = UInt8(ascii: "-")
                    position &+= 1
                }
                let word = index < 8 ? high : low
                let byte = UInt8(truncatingIfNeeded: word &>> UInt64(56 &- 8 &* (index & 7)))
                room[position] = Self.digit(byte &>> 4)
                room[position &+ 1] = Self.digit(byte & 0xF)
                position &+= 2
            }
            body(UnsafeRawBufferPointer(room))
        }
    }

    /// A new id as text.
    mutating func nextText() -> String {
        var text = ""
        self.withNext { text = String(decoding: $0, as: UTF8.self) }
        return text
    }

    @inline(__always)
    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? value &+ UInt8(ascii: "0") : value &+ (UInt8(ascii: "a") &- 10)
    }

    @inline(__always)
    private mutating func next() -> UInt64 {
        func rotated(_ word: UInt64, by count: UInt64) -> UInt64 { word &<< count | word &>> (64 &- count) }
        let result = rotated(self.state.0 &+ self.state.3, by: 23) &+ self.state.0
        let carried = self.state.1 &<< 17
        self.state.2 ^= self.state.0
        self.state.3 ^= self.state.1
        self.state.1 ^= self.state.2
        self.state.0 ^= self.state.3
        self.state.2 ^= carried
        self.state.3 = rotated(self.state.3, by: 45)
        return result
    }
}
