#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Writes and reads the times that nodes register with: ISO 8601 without a zone, as older programs write the time of their host, or RFC 3339.
public enum RegistrationTime {
    /// The time now, such as `2026-11-26T21:27:22Z`.
    public static func now() -> String {
        var second = time(nil)
        var parts = tm()
        gmtime_r(&second, &parts)
        func padded(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let date = "\(parts.tm_year + 1_900)-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday))"
        return "\(date)T\(padded(parts.tm_hour)):\(padded(parts.tm_min)):\(padded(parts.tm_sec))Z"
    }

    /// The time in RFC 3339, or `nil` when the text is none.
    ///
    /// A time without zone is taken for UTC. `2026-11-26T21:27:22.5` gives `2026-11-26T21:27:22.5Z`.
    static func normalised(_ text: String) -> String? {
        var rest = text.utf8[...]
        guard let year = rest.takeNumber(digits: 4), year > 0, rest.take("-"),
            let month = rest.takeNumber(digits: 2), (1...12).contains(month), rest.take("-"),
            let day = rest.takeNumber(digits: 2), (1...Self.days(in: month, of: year)).contains(day),
            rest.take("T") || rest.take(" "),
            let hour = rest.takeNumber(digits: 2), hour < 24, rest.take(":"),
            let minute = rest.takeNumber(digits: 2), minute < 60, rest.take(":"),
            let second = rest.takeNumber(digits: 2), second < 61
        else { return nil }
        if rest.take(".") {
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard (1...9).contains(digits.count) else { return nil }
            rest = rest.dropFirst(digits.count)
        }
        let local = Substring(text.utf8[..<rest.startIndex]).replacing(" ", with: "T")
        if rest.isEmpty || rest.elementsEqual("Z".utf8) || rest.elementsEqual("+00:00".utf8) { return local + "Z" }
        let sign = rest
        guard rest.take("+") || rest.take("-"), let hours = rest.takeNumber(digits: 2), hours < 24, rest.take(":"),
            let minutes = rest.takeNumber(digits: 2), minutes < 60, rest.isEmpty
        else { return nil }
        return local + String(Substring(sign))
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension Substring.UTF8View {
    fileprivate mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let byte = self.first, UInt32(byte) == character.value else { return false }
        self = self.dropFirst()
        return true
    }

    fileprivate mutating func takeNumber(digits: Int) -> Int? {
        let text = self.prefix(digits)
        guard text.count == digits else { return nil }
        var number = 0
        for byte in text {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        self = self.dropFirst(digits)
        return number
    }
}
