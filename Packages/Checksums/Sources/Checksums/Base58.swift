/// Numbers in base 58, as Bitcoin writes addresses: without `0`, `O`, `I` and `l`, which look like others.
///
/// The checksum of such an address is the beginning of a double SHA-256 over what stands before it; who has a hash can check it.
public enum Base58 {
    /// The longest text that is read.
    public static let longestText = 128

    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, digit) in "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8.enumerated() {
            values[Int(digit)] = UInt8(truncatingIfNeeded: value)
        }
        return values
    }()

    /// The bytes that a text stands for: each leading `1` is a zero byte, the rest one number with its first byte most significant.
    ///
    /// Takes time in proportion to the square of the length.
    ///
    /// - Returns: `nil` for other characters, and for more than ``longestText`` of them.
    public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count <= self.longestText else { return nil }
        var number: [UInt8] = []  // least significant first
        for byte in text {
            let value = self.values[Int(byte)]
            guard value < 58 else { return nil }
            var carry = Int(value)
            for index in number.indices {
                carry += Int(number[index]) * 58
                number[index] = UInt8(truncatingIfNeeded: carry)
                carry >>= 8
            }
            while carry > 0 {
                number.append(UInt8(truncatingIfNeeded: carry))
                carry >>= 8
            }
        }
        let zeros = text.prefix { $0 == UInt8(ascii: "1") }.count
        return [UInt8](repeating: 0, count: zeros) + number.reversed()
    }
}
