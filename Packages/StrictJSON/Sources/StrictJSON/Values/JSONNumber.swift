/// A JSON number: its exact text, and whether it is an integer or a float.
///
/// A number with a fraction or an exponent is a float and means the `Double` nearest to its text; any other is an integer and
/// means exactly its digits, however many. Two numbers are equal when they are integers of one value or floats with the same
/// bits, so `1` differs from `1.0`, and `-0.0` from `0.0`, while `-0` equals `0`.
public struct JSONNumber: Sendable {
    /// The number as it was written, for example `4.50` or `12345678901234567890`.
    public let text: String

    /// Takes text that the scanner has found to be a number whose value is finite.
    init(unchecked text: String) {
        self.text = text
    }

    /// Creates an integer.
    public init(_ integer: some BinaryInteger) {
        self.text = String(integer)
    }

    /// Creates a float, written as the shortest digits that read back as the same `Double`; `nil` for infinities and NaN.
    public init?(_ float: Double) {
        guard float.isFinite else { return nil }
        var bytes: [UInt8] = []
        ShortestDecimal(float).appendPythonStyle(to: &bytes)
        self.text = String(decoding: bytes, as: UTF8.self)
    }

    /// Reads a number in the grammar of RFC 8259 section 6, with nothing before or after it.
    ///
    /// - Returns: `nil` for any other text, for more than 4 300 digits, and for a float beyond the range of `Double`.
    public init?(text: String) {
        let bytes = Array(text.utf8)
        guard let scanned = try? NumberScanner(maximumDigits: JSONParsingOptions().maximumDigits).scan(bytes.span, from: 0),
            scanned.end == bytes.count
        else { return nil }
        self = scanned.number
    }

    /// Whether this number has neither a fraction nor an exponent.
    public var isInteger: Bool {
        !self.text.utf8.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
    }

    /// The nearest `Double`; `nil` for an integer beyond the range of `Double`.
    public var doubleValue: Double? {
        Double(self.text).flatMap { $0.isFinite ? $0 : nil }
    }

    /// The value in an integer type, if it is integral and in range.
    ///
    /// A float counts as what its `Double` holds, which is also what the sorted form hands on: `5.0` and `5e0` are 5, and
    /// `9007199254740993.0` is 9007199254740992.
    ///
    /// - Returns: `nil` for a value with a fraction or outside the range of the type.
    public func exactly<Integer: FixedWidthInteger>(_ type: Integer.Type) -> Integer? {
        self.isInteger ? Integer(self.text) : self.doubleValue.flatMap { Integer(exactly: $0) }
    }

    /// The text of an integer with its one second spelling, `-0`, brought to `0`.
    var integerText: String {
        self.text == "-0" ? "0" : self.text
    }
}

extension JSONNumber: Hashable {
    /// Whether both are integers of one value, or both floats with the same bits.
    public static func == (left: JSONNumber, right: JSONNumber) -> Bool {
        switch (left.isInteger, right.isInteger) {
        case (true, true): left.integerText == right.integerText
        case (false, false): left.text == right.text || left.doubleValue?.bitPattern == right.doubleValue?.bitPattern
        default: false
        }
    }

    /// Feeds the hasher so that equal numbers hash alike.
    public func hash(into hasher: inout Hasher) {
        if self.isInteger {
            hasher.combine(self.integerText)
        } else {
            hasher.combine(self.doubleValue?.bitPattern)
        }
    }
}
