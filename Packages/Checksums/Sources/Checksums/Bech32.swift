/// The checksum of Bech32 (BIP 173) and Bech32m (BIP 350) texts: age keys, Bitcoin addresses.
///
/// It finds up to four wrong characters in texts of up to 89 characters.
public enum Bech32 {
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, digit) in "qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8.enumerated() {
            values[Int(digit)] = UInt8(truncatingIfNeeded: value)
        }
        return values
    }()

    /// Which constant a checksum was made with.
    public enum Variant: Hashable, Sendable {
        /// BIP 173.
        case bech32
        /// BIP 350.
        case bech32m
    }

    /// Which variant a text is a valid example of; `nil` if of none.
    ///
    /// Longer texts than the 90 characters of BIP 173 are allowed, as age uses them.
    ///
    /// - Parameter text: Prefix, `1`, digits with six of checksum; all letters in one case. At most 1 000 bytes.
    public static func variant(of text: some Collection<UInt8>) -> Variant? {
        var bytes = Array(text)
        guard bytes.count <= 1_000, bytes.allSatisfy({ (33...126).contains($0) }) else { return nil }
        let hasLower = bytes.contains { $0 &- UInt8(ascii: "a") < 26 }
        let hasUpper = bytes.contains { $0 &- UInt8(ascii: "A") < 26 }
        if hasLower, hasUpper { return nil }
        if hasUpper { bytes = bytes.map { $0 &- UInt8(ascii: "A") < 26 ? $0 | 0x20 : $0 } }
        guard let separator = bytes.lastIndex(of: UInt8(ascii: "1")), separator >= 1, bytes.count - separator > 6 else {
            return nil
        }
        let digits = bytes[(separator + 1)...].map { self.values[Int($0)] }
        guard digits.allSatisfy({ $0 < 32 }) else { return nil }
        let prefix = bytes[..<separator]
        switch self.polymod(prefix.map { $0 >> 5 } + [0] + prefix.map { $0 & 31 } + digits) {
        case 1: return .bech32
        case 0x2BC8_30A3: return .bech32m
        default: return nil
        }
    }

    /// Whether a text is valid Bech32 of BIP 173.
    public static func isValid(_ text: some Collection<UInt8>) -> Bool { self.variant(of: text) == .bech32 }

    private static func polymod(_ values: [UInt8]) -> UInt32 {
        let generators: [UInt32] = [0x3B6A_57B2, 0x2650_8E6D, 0x1EA1_19FA, 0x3D42_33DD, 0x2A14_62B3]
        var checksum: UInt32 = 1
        for value in values {
            let top = checksum >> 25
            checksum = (checksum & 0x1FF_FFFF) << 5 ^ UInt32(value)
            for (bit, generator) in generators.enumerated() where top >> UInt32(bit) & 1 == 1 { checksum ^= generator }
        }
        return checksum
    }
}
