/// A date and a time of day in some zone; `second` may be 60.
struct LocalTime {
    var date: CivilDate
    var hour: Int64
    var minute: Int64
    var second: Int64
    var microsecond: Int64
}

/// Reads the parts of a written date-time, byte by byte.
struct TimestampReader<Bytes: Collection<UInt8>> {
    private var rest: Bytes.SubSequence

    init(_ bytes: Bytes) {
        self.rest = bytes[...]
    }

    var isAtEnd: Bool { self.rest.isEmpty }

    mutating func readLocalTime(separators: StaticString) -> LocalTime? {
        guard let year = self.readNumber(digits: 4), year >= 1, self.skip("-"),
            let month = self.readNumber(digits: 2), (1...12).contains(month), self.skip("-"),
            let day = self.readNumber(digits: 2), (1...CivilDate.days(inMonth: month, of: year)).contains(day),
            self.skip(oneOf: separators),
            let hour = self.readNumber(digits: 2), hour < 24, self.skip(":"),
            let minute = self.readNumber(digits: 2), minute < 60, self.skip(":"),
            let second = self.readNumber(digits: 2), second <= 60,
            let microsecond = self.readFraction()
        else { return nil }
        let date = CivilDate(year: year, month: month, day: day)
        return LocalTime(date: date, hour: hour, minute: minute, second: second, microsecond: microsecond)
    }

    /// `Z`, `z`, `+hh:mm` or `-hh:mm`, in seconds east of UTC.
    mutating func readOffset() -> Int64? {
        if self.skip(oneOf: "Zz") { return 0 }
        let sign: Int64
        if self.skip("+") {
            sign = 1
        } else if self.skip("-") {
            sign = -1
        } else {
            return nil
        }
        guard let hours = self.readNumber(digits: 2), hours < 24, self.skip(":"),
            let minutes = self.readNumber(digits: 2), minutes < 60
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }

    /// Microseconds after a point, 0 without one, `nil` for a point without digits.
    private mutating func readFraction() -> Int64? {
        guard self.skip(".") else { return 0 }
        guard let first = self.rest.first, Self.isDigit(first) else { return nil }
        var value: Int64 = 0
        var weight: Int64 = 100_000
        while let byte = self.rest.first, Self.isDigit(byte) {
            value += Int64(byte - UInt8(ascii: "0")) * weight
            weight /= 10
            self.rest.removeFirst()
        }
        return value
    }

    private mutating func readNumber(digits: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<digits {
            guard let byte = self.rest.first, Self.isDigit(byte) else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
            self.rest.removeFirst()
        }
        return value
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let byte = self.rest.first, byte == UInt8(ascii: character) else { return false }
        self.rest.removeFirst()
        return true
    }

    private mutating func skip(oneOf characters: StaticString) -> Bool {
        guard let byte = self.rest.first, characters.withUTF8Buffer({ $0.contains(byte) }) else { return false }
        self.rest.removeFirst()
        return true
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
