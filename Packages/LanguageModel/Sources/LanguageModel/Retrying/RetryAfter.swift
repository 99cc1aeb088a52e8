import HTTPTypes
import Outbound

/// Reads the field `Retry-After`: seconds, or a date (RFC 9110, section 10.2.3).
enum RetryAfter {
    private static let fieldName = HTTPField.Name("Retry-After")

    /// How long the endpoint wants to be left alone; nil when it does not say, or not in a way that can be read.
    ///
    /// A date is compared with the field `Date` of the same answer, as clocks differ.
    static func duration(in head: OutboundResponseHead) -> Duration? {
        guard let name = self.fieldName, let text = head.headers[name] else { return nil }
        if (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            return Int64(text).map { .seconds($0) }
        }
        guard let until = HTTPDate.seconds(text), let now = head.headers[.date].flatMap({ HTTPDate.seconds($0) }) else {
            return nil
        }
        return .seconds(max(0, until - now))
    }
}

/// Reads dates as servers write them: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7); the obsolete forms are not read.
enum HTTPDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Seconds since 1970; nil for anything else.
    static func seconds(_ text: String) -> Int64? {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard text.utf8.count == 29, words.count == 6, words[5] == "GMT", words[0].utf8.last == UInt8(ascii: ",") else {
            return nil
        }
        let clock = words[4].split(separator: ":", omittingEmptySubsequences: false)
        guard let day = Self.number(words[1], digits: 2), let month = Self.months.firstIndex(of: String(words[2])),
            let year = Self.number(words[3], digits: 4), clock.count == 3, let hour = Self.number(clock[0], digits: 2),
            let minute = Self.number(clock[1], digits: 2), let second = Self.number(clock[2], digits: 2),
            (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        let days = Self.days(year: year, month: Int64(month) + 1, day: day)
        return ((days * 24 + hour) * 60 + minute) * 60 + second
    }

    /// Days since 1970 in the Gregorian calendar; the year is counted from March, so that leap days come last.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return 365 * year + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    }

    private static func number(_ text: Substring, digits: Int) -> Int64? {
        guard text.utf8.count == digits, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(text)
    }
}
