/// Numbers as Prometheus' Python client writes them (`prometheus_client.utils.floatToGoString`).
///
/// The shortest digits that read back as the same number, always with a point or an exponent: `1.0`, `0.005`, `1e-05`,
/// `1.234567e+06`, `+Inf`, `NaN`.
enum PrometheusNumber {
    static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int(exactly: value), whole.magnitude < 1_000_000, whole != 0 { return "\(whole).0" }
        if value == 0 { return value.sign == .minus ? "-0.0" : "0.0" }
        let decimal = Decimal(value)
        let exponent = decimal.point - 1
        // Positive numbers turn to exponents from a million on, as Go does; negative ones as Python does, from 10¹⁶ on.
        let usesExponent = exponent < -4 || exponent >= (value > 0 ? 6 : 16)
        return (value < 0 ? "-" : "") + (usesExponent ? decimal.scientific : decimal.plain)
    }

    /// The shortest decimal digits of a finite number other than zero; the number is `0.digits × 10^point`.
    private struct Decimal {
        var digits: [Character] = []
        var point = 0

        init(_ value: Double) {
            let description = value.magnitude.description
            let parts = description.split(separator: "e")
            let mantissa = parts[0]
            let whole = mantissa.prefix { $0 != "." }
            self.digits = mantissa.filter { $0 != "." }.map { $0 }
            self.point = whole.count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
            let leadingZeros = self.digits.prefix { $0 == "0" }.count
            self.digits.removeFirst(leadingZeros)
            self.point -= leadingZeros
            while self.digits.last == "0" { self.digits.removeLast() }
        }

        var plain: String {
            if self.point <= 0 { return "0." + String(repeating: "0", count: -self.point) + String(self.digits) }
            if self.digits.count <= self.point {
                return String(self.digits) + String(repeating: "0", count: self.point - self.digits.count) + ".0"
            }
            return String(self.digits[..<self.point]) + "." + String(self.digits[self.point...])
        }

        var scientific: String {
            let exponent = self.point - 1
            let size = exponent.magnitude < 10 ? "0\(exponent.magnitude)" : "\(exponent.magnitude)"
            let fraction = self.digits.count > 1 ? "." + String(self.digits[1...]) : ""
            return String(self.digits[..<1]) + fraction + "e" + (exponent < 0 ? "-" : "+") + size
        }
    }
}
