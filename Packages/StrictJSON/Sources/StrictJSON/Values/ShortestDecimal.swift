/// The shortest decimal digits that read back as a given `Double`, and the two ways in which our forms write them.
///
/// The value is ± 0.`digits` × 10^`point`; there are at most 17 digits, the first and the last of which are not zero, or the
/// single digit 0.
struct ShortestDecimal {
    private var isNegative: Bool
    private var digits: [UInt8] = []
    private var point = 0

    /// Takes the digits of a finite number from the standard library, whose description is the shortest that reads back.
    init(_ value: Double) {
        self.isNegative = value.sign == .minus
        self.digits.reserveCapacity(24)
        var exponent = 0
        var wholeDigits: Int?
        var description = value.magnitude.description[...].utf8
        if let marker = description.firstIndex(of: UInt8(ascii: "e")) {
            exponent = Int(String(Substring(description[description.index(after: marker)...]))) ?? 0
            description = description[..<marker]
        }
        for byte in description {
            if byte == UInt8(ascii: ".") {
                wholeDigits = self.digits.count
            } else {
                self.digits.append(byte)
            }
        }
        self.point = (wholeDigits ?? self.digits.count) + exponent
        while self.digits.count > 1, self.digits.last == UInt8(ascii: "0") { self.digits.removeLast() }
        let zeros = min(self.digits.prefix { $0 == UInt8(ascii: "0") }.count, self.digits.count - 1)
        self.digits.removeFirst(zeros)
        self.point -= zeros
    }

    /// Appends the number as Python's `repr` writes a float: `1.0`, `1e-07`, `1e+16`, `-0.0`.
    ///
    /// Source: CPython, `float_repr_style` "short": an exponent below -4 or from 16 up is written out, with two digits at least.
    func appendPythonStyle(to output: inout [UInt8]) {
        if self.isNegative { output.append(UInt8(ascii: "-")) }
        let exponent = self.point - 1
        if (-4..<16).contains(exponent) {
            self.appendPlain(to: &output)
            if self.point >= self.digits.count { output.append(contentsOf: ".0".utf8) }
        } else {
            self.appendScientific(exponent, padding: exponent.magnitude < 10 ? "0" : "", to: &output)
        }
    }

    /// Appends the number as ECMAScript's `Number::toString` writes it: `1`, `1e-7`, `10000000000000000`, `0` also for -0.
    ///
    /// Source: ECMA-262, section 6.1.6.1.20, to which RFC 8785 section 3.2.2.3 refers.
    func appendECMAScriptStyle(to output: inout [UInt8]) {
        let isZero = self.digits == [UInt8(ascii: "0")]
        if self.isNegative, !isZero { output.append(UInt8(ascii: "-")) }
        let exponent = self.point - 1
        if (-6..<21).contains(exponent) {
            self.appendPlain(to: &output)
        } else {
            self.appendScientific(exponent, padding: "", to: &output)
        }
    }

    private func appendPlain(to output: inout [UInt8]) {
        if self.point <= 0 {
            output.append(contentsOf: "0.".utf8)
            output.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: -self.point))
            output.append(contentsOf: self.digits)
        } else if self.point >= self.digits.count {
            output.append(contentsOf: self.digits)
            output.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: self.point - self.digits.count))
        } else {
            output.append(contentsOf: self.digits[..<self.point])
            output.append(UInt8(ascii: "."))
            output.append(contentsOf: self.digits[self.point...])
        }
    }

    private func appendScientific(_ exponent: Int, padding: String, to output: inout [UInt8]) {
        output.append(contentsOf: self.digits.prefix(1))
        if self.digits.count > 1 {
            output.append(UInt8(ascii: "."))
            output.append(contentsOf: self.digits.dropFirst())
        }
        output.append(UInt8(ascii: "e"))
        output.append(UInt8(ascii: exponent < 0 ? "-" : "+"))
        output.append(contentsOf: padding.utf8)
        output.append(contentsOf: String(exponent.magnitude).utf8)
    }
}
