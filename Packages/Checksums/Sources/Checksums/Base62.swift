/// Numbers in base 62, digits `0-9`, `A-Z`, `a-z` in this order, most significant first, always at full width.
///
/// The text is one word for a double click and needs no escape anywhere. A number has exactly one text of a given width.
public enum Base62 {
    static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// The number of digits that hold every value of an integer type: 6 for `UInt32`, 11 for `UInt64`.
    public static func width<Integer: FixedWidthInteger & UnsignedInteger>(of type: Integer.Type) -> Int {
        var (width, rest) = (0, Integer.max)
        while rest > 0 {
            rest /= 62
            width += 1
        }
        return width
    }

    /// Writes a number with as many digits as hold every value of its type, `0` in front: `000010` for 62 as `UInt32`.
    public static func encode<Integer: FixedWidthInteger & UnsignedInteger>(_ value: Integer) -> String {
        self.text(value, width: self.width(of: Integer.self))
    }

    /// Writes a number with the given number of digits, `0` in front.
    ///
    /// - Returns: `nil` if the width is too small for the number, or not within 1 to 1 000.
    public static func encode<Integer: FixedWidthInteger & UnsignedInteger>(_ value: Integer, width: Int) -> String? {
        guard (1...1_000).contains(width) else { return nil }
        var (needed, rest) = (1, value / 62)
        while rest > 0 {
            rest /= 62
            needed += 1
        }
        return needed <= width ? self.text(value, width: width) : nil
    }

    /// Reads a number of any width.
    ///
    /// - Returns: `nil` for an empty text, for any other character, and for a number beyond the type.
    public static func decode<Integer: FixedWidthInteger & UnsignedInteger>(
        _ text: some Collection<UInt8>, as type: Integer.Type
    ) -> Integer? {
        var value: Integer = 0
        for byte in text {
            guard let digit = self.value(of: byte) else { return nil }
            let (product, isTooLarge) = value.multipliedReportingOverflow(by: 62)
            let (sum, isOverflowing) = product.addingReportingOverflow(Integer(digit))
            if isTooLarge || isOverflowing { return nil }
            value = sum
        }
        return text.isEmpty ? nil : value
    }

    private static func text<Integer: FixedWidthInteger & UnsignedInteger>(_ value: Integer, width: Int) -> String {
        var text = [UInt8](repeating: self.digits[0], count: width)
        var rest = value
        for position in text.indices.reversed() where rest > 0 {
            text[position] = self.digits[Int(rest % 62)]
            rest /= 62
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The value of a digit, 0 to 61.
    static func value(of byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 36
        default: nil
        }
    }
}
