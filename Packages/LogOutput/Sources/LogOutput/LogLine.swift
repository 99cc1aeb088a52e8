/// One line in the making.
struct LogLine {
    private(set) var bytes: [UInt8] = []

    init() {
        self.bytes.reserveCapacity(256)
    }

    mutating func append(_ text: String) {
        self.bytes.append(contentsOf: text.utf8)
    }

    /// Text with everything escaped that could end the line or disguise its content.
    mutating func appendText(_ text: String) {
        for scalar in text.unicodeScalars { self.append(scalar, escapingQuotes: false) }
    }

    /// A value: bare when it is one plain word, else in quotes.
    mutating func appendTextValue(_ text: String) {
        let isPlain =
            !text.isEmpty
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=") }
        if isPlain { self.append(text) } else { self.appendQuoted(text) }
    }

    /// A JSON string.
    mutating func appendQuoted(_ text: String) {
        self.append("\"")
        for scalar in text.unicodeScalars { self.append(scalar, escapingQuotes: true) }
        self.append("\"")
    }

    private mutating func append(_ scalar: Unicode.Scalar, escapingQuotes: Bool) {
        switch scalar {
        case "\"" where escapingQuotes: self.append("\\\"")
        case "\\": self.append("\\\\")
        case "\n": self.append("\\n")
        case "\r": self.append("\\r")
        case "\t": self.append("\\t")
        default:
            if Self.isHidden(scalar) {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    self.append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
                }
            } else {
                self.bytes.append(contentsOf: String(scalar).utf8)
            }
        }
    }

    /// Control, format (direction marks, zero width) and separator characters (general categories Cc, Cf, Zl, Zp).
    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7F { return scalar.value < 0x20 }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: return true
        default: return false
        }
    }

    /// An instant in UTC with milliseconds (RFC 3339): `2026-11-20T23:44:13.123Z`.
    mutating func appendTimestamp(_ instant: WallInstant) {
        let days = instant.seconds / 86_400
        let second = instant.seconds % 86_400
        let (year, month, day) = Self.civil(daysSinceEpoch: days)
        self.append(year, width: 4)
        self.append("-")
        self.append(month, width: 2)
        self.append("-")
        self.append(day, width: 2)
        self.append("T")
        self.append(second / 3_600, width: 2)
        self.append(":")
        self.append(second / 60 % 60, width: 2)
        self.append(":")
        self.append(second % 60, width: 2)
        self.append(".")
        self.append(instant.milliseconds, width: 3)
        self.append("Z")
    }

    private mutating func append(_ number: Int, width: Int) {
        let digits = String(number)
        for _ in 0..<max(0, width - digits.utf8.count) { self.bytes.append(UInt8(ascii: "0")) }
        self.append(digits)
    }

    /// The date of a day in the proleptic Gregorian calendar; days before 1970 do not occur here.
    ///
    /// Algorithm: Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`.
    private static func civil(daysSinceEpoch days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}
