/// SipHash-1-3 over 64-bit words, keyed with numbers drawn at start, so that nobody can choose keys that fall together.
///
/// Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012, with one compression and three finalisation rounds, the
/// variant that Swift's own `Hasher` uses.
struct KeyedHash {
    private static let seed = (first: UInt64.random(in: .min ... .max), second: UInt64.random(in: .min ... .max))

    private static let spread: UInt64 = 0x9E37_79B9_7F4A_7C15

    private var v0: UInt64
    private var v1: UInt64
    private var v2: UInt64
    private var v3: UInt64

    @inline(__always)
    init() {
        let seed = Self.seed
        self.v0 = seed.first ^ 0x736F_6D65_7073_6575
        self.v1 = seed.second ^ 0x646F_7261_6E64_6F6D
        self.v2 = seed.first ^ 0x6C79_6765_6E65_7261
        self.v3 = seed.second ^ 0x7465_6462_7974_6573
    }

    @inline(__always)
    mutating func combine(_ word: UInt64) {
        self.v3 ^= word
        self.round()
        self.v0 ^= word
    }

    @inline(__always)
    consuming func finalize() -> UInt64 {
        self.v2 ^= 0xFF
        self.round()
        self.round()
        self.round()
        return self.v0 ^ self.v1 ^ self.v2 ^ self.v3
    }

    /// Spreads a hash that nobody can foretell together with the identity of a rule.
    @inline(__always)
    static func mixed(_ hash: UInt64, identity: UInt64) -> UInt64 {
        var mixed = hash ^ (identity &* Self.spread)
        mixed = (mixed ^ (mixed >> 32)) &* 0xD6E8_FEB8_6659_FD93
        mixed = (mixed ^ (mixed >> 32)) &* 0xD6E8_FEB8_6659_FD93
        return mixed ^ (mixed >> 32)
    }

    /// The hash that mixes with `other` to what `hash` mixes to with `identity`.
    static func counterpart(of hash: UInt64, identity: UInt64, under other: UInt64) -> UInt64 {
        hash ^ (identity &* Self.spread) ^ (other &* Self.spread)
    }

    @inline(__always)
    private mutating func round() {
        self.v0 &+= self.v1
        self.v1 = (self.v1 << 13 | self.v1 >> 51) ^ self.v0
        self.v0 = self.v0 << 32 | self.v0 >> 32
        self.v2 &+= self.v3
        self.v3 = (self.v3 << 16 | self.v3 >> 48) ^ self.v2
        self.v0 &+= self.v3
        self.v3 = (self.v3 << 21 | self.v3 >> 43) ^ self.v0
        self.v2 &+= self.v1
        self.v1 = (self.v1 << 17 | self.v1 >> 47) ^ self.v2
        self.v2 = self.v2 << 32 | self.v2 >> 32
    }
}
