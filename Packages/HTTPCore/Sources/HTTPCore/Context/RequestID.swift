/// Makes request ids: UUIDs of version 4 (RFC 9562 §5.4) in lower case.
enum RequestID {
    private static let digits: StaticString = "0123456789abcdef"

    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        let high = generator.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        let low = generator.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        return self.digits.withUTF8Buffer { digits in
            String(unsafeUninitializedCapacity: 36) { buffer in
                var position = 0
                for nibble in 0..<32 {
                    if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 {
                        buffer[position] = UInt8(ascii: "-")
                        position += 1
                    }
                    let word = nibble < 16 ? high : low
                    buffer[position] = digits[Int(truncatingIfNeeded: word >> UInt64(60 - 4 * (nibble & 15)) & 0xF)]
                    position += 1
                }
                return position
            }
        }
    }
}
