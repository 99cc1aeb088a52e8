package import Persistence

/// Names for calls that come without one: UUIDs of version 7 (RFC 9562 §5.7) in lower case.
///
/// They begin with the time, so that the indexes over request ids grow at one end; with random ones each record of a call
/// changes pages of its own in four indexes.
package enum DrawnRequestID {
    package static func make(at time: Timestamp = .now()) -> String {
        var generator = SystemRandomNumberGenerator()
        let milliseconds = UInt64(clamping: time.microseconds / 1_000)
        let high = milliseconds << 16 | 0x7000 | generator.next() & 0xFFF
        let low = generator.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        let digits = Self.digits(high) + Self.digits(low)
        let parts = [
            digits.prefix(8), digits.dropFirst(8).prefix(4), digits.dropFirst(12).prefix(4), digits.dropFirst(16).prefix(4),
            digits.dropFirst(20),
        ]
        return parts.joined(separator: "-")
    }

    private static func digits(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
