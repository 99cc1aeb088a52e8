/// The checksum of Ethereum addresses, which is hidden in the case of their letters: EIP-55.
///
/// One address in about 4 000 000 with letters in arbitrary case passes by chance.
public enum EthereumAddress {
    /// What a text is.
    public enum Form: Hashable, Sendable {
        /// All letters in one case, or none: no checksum.
        case plain
        /// Letters of both cases, each as the checksum wants it.
        case checked
        /// Letters of both cases, and some wrong.
        case wrong
    }

    /// What a text is; `nil` for anything but 40 hexadecimal digits.
    ///
    /// - Parameter digits: The digits without `0x`.
    public static func form(of digits: some Collection<UInt8>) -> Form? {
        let text = Array(digits)
        guard text.count == 40, text.allSatisfy({ self.isHexadecimal($0) }) else { return nil }
        let hasLower = text.contains { $0 >= UInt8(ascii: "a") }
        let hasUpper = text.contains { ($0 >= UInt8(ascii: "A")) && ($0 <= UInt8(ascii: "F")) }
        guard hasLower, hasUpper else { return .plain }
        let lower = text.map { $0 >= UInt8(ascii: "A") ? $0 | 0x20 : $0 }
        let hash = Keccak256.hash(lower)
        for (index, byte) in text.enumerated() where lower[index] >= UInt8(ascii: "a") {
            let nibble = index % 2 == 0 ? hash[index / 2] >> 4 : hash[index / 2] & 15
            if (nibble >= 8) != (byte < UInt8(ascii: "a")) { return .wrong }
        }
        return .checked
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 6
    }
}
