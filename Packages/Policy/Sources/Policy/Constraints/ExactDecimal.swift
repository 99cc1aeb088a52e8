import StrictJSON

/// The value of a number as it is written, exactly: compared by its digits, never by way of `Double`, for which
/// 9007199254740993 is 9007199254740992.
struct ExactDecimal: Sendable, Hashable, Comparable {
    private let isNegative: Bool
    /// Digits without zeros at either end; none for zero.
    private let digits: [UInt8]
    /// The power of ten of the place before the first digit: 0 for `0.5`, 1 for `5`; exponents beyond ±2^40 count as that.
    private let magnitude: Int

    private static let largestExponent = 1 << 40

    /// Reads a text in the grammar of RFC 8259, as ``JSONNumber`` holds it.
    init(_ text: String) {
        var rest = text.utf8[...]
        var isNegative = false
        if rest.first == UInt8(ascii: "-") {
            isNegative = true
            rest = rest.dropFirst()
        }
        var digits: [UInt8] = []
        var (whole, exponent, isFraction) = (0, 0, false)
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                // Zeros before the first other digit only move the point.
                if digits.isEmpty, byte == UInt8(ascii: "0") {
                    if isFraction { whole -= 1 }
                } else {
                    digits.append(byte)
                    if !isFraction { whole += 1 }
                }
            case UInt8(ascii: "."): isFraction = true
            default:
                exponent = Self.exponent(rest)
                rest = rest.dropFirst(rest.count)
            }
        }
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        self.digits = digits
        self.isNegative = isNegative && !digits.isEmpty
        self.magnitude = digits.isEmpty ? 0 : whole + exponent
    }

    /// The signed number behind an `e`, kept within bounds.
    private static func exponent(_ text: Substring.UTF8View) -> Int {
        var value = 0
        for byte in text where (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            value = min(value * 10 + Int(byte - UInt8(ascii: "0")), self.largestExponent)
        }
        return text.first == UInt8(ascii: "-") ? -value : value
    }

    static func < (left: ExactDecimal, right: ExactDecimal) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        return left.isNegative ? right.isSmaller(than: left) : left.isSmaller(than: right)
    }

    /// Compares without regard to signs.
    private func isSmaller(than other: ExactDecimal) -> Bool {
        if self.digits.isEmpty || other.digits.isEmpty { return self.digits.isEmpty && !other.digits.isEmpty }
        if self.magnitude != other.magnitude { return self.magnitude < other.magnitude }
        return self.digits.lexicographicallyPrecedes(other.digits)
    }
}

extension JSONNumber {
    /// The values that a number must be judged by: as it is written, and as it is sent, which for one with a fraction or an exponent
    /// is the nearest `Double`.
    var exactValues: [ExactDecimal] {
        let written = ExactDecimal(self.text)
        guard !self.isInteger, let double = self.doubleValue, let sent = JSONNumber(double) else { return [written] }
        let nearest = ExactDecimal(sent.text)
        return nearest == written ? [written] : [written, nearest]
    }

    /// Whether the number, as written and as sent, is exactly another that stands in a policy.
    func isExactly(_ other: JSONNumber) -> Bool {
        let value = ExactDecimal(other.text)
        return self.exactValues.allSatisfy { $0 == value }
    }
}
