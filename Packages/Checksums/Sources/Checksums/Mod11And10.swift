/// The check digit of ISO 7064, MOD 11,10: the last digit of a German tax number.
///
/// It finds every single wrong digit and nearly all neighbours exchanged. One number in ten passes by chance.
public enum Mod11And10 {
    /// Whether the last digit is the right one for those before it.
    ///
    /// - Parameter digits: ASCII digits, two or more; anything else among them makes the answer no.
    public static func isValid(_ digits: some BidirectionalCollection<UInt8>) -> Bool {
        guard digits.count >= 2, let last = digits.last, let check = self.checkDigit(for: digits.dropLast()) else { return false }
        return last == UInt8(ascii: "0") + UInt8(truncatingIfNeeded: check)
    }

    /// The digit to put behind a number, as a value from 0 to 9; `nil` unless all bytes are ASCII digits and there are any.
    public static func checkDigit(for digits: some Collection<UInt8>) -> Int? {
        if digits.isEmpty { return nil }
        var product = 10
        for byte in digits {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            let sum = (Int(digit) + product) % 10
            product = (sum == 0 ? 10 : sum) * 2 % 11
        }
        return (11 - product) % 10
    }
}
