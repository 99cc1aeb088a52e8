/// The hash of Ethereum: Keccak with 256 bits as it was before NIST changed its padding (Bertoni and others, "The Keccak reference",
/// version 3.0, 2011). Here it checks addresses and nothing else.
enum Keccak256 {
    private static let rate = 136

    /// The 32 bytes of the hash.
    static func hash(_ message: [UInt8]) -> [UInt8] {
        var state = [UInt64](repeating: 0, count: 25)
        var padded = message + [1]
        padded += [UInt8](repeating: 0, count: (Self.rate - padded.count % Self.rate) % Self.rate)
        padded[padded.count - 1] |= 0x80
        for block in stride(from: 0, to: padded.count, by: Self.rate) {
            for offset in 0..<Self.rate {
                state[offset / 8] ^= UInt64(padded[block + offset]) << UInt64(offset % 8 * 8)
            }
            self.permute(&state)
        }
        return (0..<32).map { UInt8(truncatingIfNeeded: state[$0 / 8] >> UInt64($0 % 8 * 8)) }
    }

    private static func permute(_ state: inout [UInt64]) {
        var register: UInt8 = 1  // makes the round constants
        for _ in 0..<24 {
            let columns = (0..<5).map { x in (0..<5).reduce(0) { $0 ^ state[x + 5 * $1] } }
            for x in 0..<5 {
                let parity = columns[(x + 4) % 5] ^ self.rotated(columns[(x + 1) % 5], by: 1)
                for y in 0..<5 { state[x + 5 * y] ^= parity }
            }
            var (x, y, lane) = (1, 0, state[1])
            for step in 0..<24 {
                (x, y) = (y, (2 * x + 3 * y) % 5)
                let next = state[x + 5 * y]
                state[x + 5 * y] = self.rotated(lane, by: (step + 1) * (step + 2) / 2 % 64)
                lane = next
            }
            for y in 0..<5 {
                let row = (0..<5).map { state[$0 + 5 * y] }
                for x in 0..<5 { state[x + 5 * y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]) }
            }
            for bit in 0..<7 {
                if register & 1 == 1 { state[0] ^= 1 << UInt64((1 << bit) - 1) }
                register = register & 0x80 != 0 ? register << 1 ^ 0x71 : register << 1
            }
        }
    }

    private static func rotated(_ value: UInt64, by count: Int) -> UInt64 {
        count == 0 ? value : value << UInt64(count) | value >> UInt64(64 - count)
    }
}
