/// The two check digits of IBAN, LEI and others: ISO 7064, MOD 97-10.
///
/// A letter counts as two digits, `A` as 10 to `Z` as 35, in either case. It finds every single wrong digit or letter and every two
/// neighbouring digits exchanged. One text in 97 passes by chance.
public enum Mod97 {
    /// The remainder of a text, read as one decimal number, on division by 97; `nil` for an empty text and for anything but
    /// ASCII digits and letters.
    public static func remainder(of text: some Sequence<UInt8>) -> Int? {
        var (remainder, isEmpty) = (0, true)
        for byte in text {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                remainder = (remainder * 10 + Int(byte - UInt8(ascii: "0"))) % 97
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"):
                remainder = (remainder * 100 + Int(byte | 0x20) - Int(UInt8(ascii: "a")) + 10) % 97
            default:
                return nil
            }
            isEmpty = false
        }
        return isEmpty ? nil : remainder
    }

    /// Whether a text ends with the right check digits, as an LEI does.
    ///
    /// `00`, `01` and `99`, which no calculation gives, are wrong, though they leave the same remainder as `97`, `98` and `02`.
    ///
    /// - Parameter text: ASCII digits and letters, three or more.
    public static func isValid(_ text: some BidirectionalCollection<UInt8>) -> Bool {
        guard text.count >= 3, self.remainder(of: text) == 1, let digits = self.number(text.suffix(2)) else { return false }
        return (2...98).contains(digits)
    }

    /// The check digits to put behind a text, as a number from 2 to 98 to be written with two digits.
    ///
    /// - Returns: `nil` for an empty text and for anything but ASCII digits and letters.
    public static func checkDigits(for text: some Sequence<UInt8>) -> Int? {
        self.remainder(of: text).map { 98 - $0 * 100 % 97 }
    }

    /// The value of two ASCII digits.
    static func number(_ digits: some Collection<UInt8>) -> Int? {
        guard digits.count == 2, digits.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 & 0x0F) }
    }
}
