extension Timestamp: CustomStringConvertible, LosslessStringConvertible {
    /// The form of ``rfc3339``.
    public var description: String { self.rfc3339 }

    /// Reads what ``init(rfc3339:)`` reads.
    public init?(_ description: String) {
        self.init(rfc3339: description)
    }

    /// The form of RFC 3339 with six digits of fraction and `Z`: `2026-11-20T21:52:36.972357Z`, always 27 characters.
    public var rfc3339: String {
        let (days, timeOfDay) = self.microseconds.flooredQuotientAndRemainder(by: 86_400_000_000)
        let date = CivilDate(daysSince1970: days)
        let seconds = timeOfDay / 1_000_000
        return String(unsafeUninitializedCapacity: 27) { text in
            func write(_ number: Int64, digits: Int, at place: Int, then separator: Unicode.Scalar) {
                var rest = number
                for offset in (0..<digits).reversed() {
                    text[place + offset] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                    rest /= 10
                }
                text[place + digits] = UInt8(ascii: separator)
            }
            write(date.year, digits: 4, at: 0, then: "-")
            write(date.month, digits: 2, at: 5, then: "-")
            write(date.day, digits: 2, at: 8, then: "T")
            write(seconds / 3600, digits: 2, at: 11, then: ":")
            write(seconds / 60 % 60, digits: 2, at: 14, then: ":")
            write(seconds % 60, digits: 2, at: 17, then: ".")
            write(timeOfDay % 1_000_000, digits: 6, at: 20, then: "Z")
            return 27
        }
    }

    /// Reads a date-time of RFC 3339, section 5.6: `2026-11-20T22:52:36.972357+01:00`, `1985-04-12t23:20:50z`.
    ///
    /// Digits finer than a microsecond are cut off. A leap second is taken where one can stand, at 23:59:60 UTC, and
    /// read as the second after it, as PostgreSQL does. `nil` for anything else, for a day that the month does not
    /// have, and outside the years 0001 to 9999.
    public init?(rfc3339 text: some StringProtocol) {
        var reader = TimestampReader(text.utf8)
        guard let local = reader.readLocalTime(separators: "Tt"), let offset = reader.readOffset(), reader.isAtEnd else {
            return nil
        }
        self.init(local, offsetSeconds: offset)
    }

    /// Reads what a database column may hold: RFC 3339, also with a blank for the `T`, and without an offset for UTC.
    ///
    /// The looser forms are those of other programs: `2026-11-20 21:52:36.972357` (SQLAlchemy, SQLite's own functions).
    public init?(sqlText text: some StringProtocol) {
        var reader = TimestampReader(text.utf8)
        guard let local = reader.readLocalTime(separators: "Tt ") else { return nil }
        guard let offset = reader.isAtEnd ? 0 : reader.readOffset(), reader.isAtEnd else { return nil }
        self.init(local, offsetSeconds: offset)
    }

    private init?(_ local: LocalTime, offsetSeconds: Int64) {
        let secondOfDay: Int64 = local.hour * 3600 + local.minute * 60 + local.second
        let seconds: Int64 = local.date.daysSince1970 * 86400 + secondOfDay - offsetSeconds
        if local.second == 60, seconds.flooredQuotientAndRemainder(by: 86400).remainder != 0 { return nil }
        self.init(microseconds: seconds * 1_000_000 + local.microsecond)
    }
}

extension Timestamp: Codable {
    /// Reads a string in the form of ``init(rfc3339:)``.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Timestamp(rfc3339: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no date-time of RFC 3339")
        }
        self = value
    }

    /// Writes a string in the form of ``rfc3339``.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.rfc3339)
    }
}

extension Int64 {
    fileprivate func flooredQuotientAndRemainder(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = self.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
