#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The date of an answer (RFC 9110 §5.6.7), written once per second: `Thu, 26 Nov 2026 21:58:58 GMT`.
struct HTTPDate {
    private static let byteCount = 29

    private var second: time_t = -1
    private var text: [UInt8] = []

    /// Lends the bytes of the current second.
    @inline(__always)
    mutating func withCurrent(_ body: (UnsafeRawBufferPointer) -> Void) {
        let now = time(nil)
        if now != self.second {
            self.second = now
            self.text = Self.text(of: now)
        }
        self.text.withUnsafeBytes(body)
    }

    static func text(of second: time_t) -> [UInt8] {
        var second = second
        var parts = tm()
        gmtime_r(&second, &parts)
        let days: [StaticString] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months: [StaticString] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        var text: [UInt8] = []
        text.reserveCapacity(Self.byteCount)
        func add(_ word: StaticString) { word.withUTF8Buffer { text.append(contentsOf: $0) } }
        func add(_ number: Int32, digits: Int32 = 2) {
            var divisor: Int32 = digits == 4 ? 1_000 : 10
            while divisor > 0 {
                text.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
                divisor /= 10
            }
        }
        add(days[Int(parts.tm_wday)])
        add(", ")
        add(parts.tm_mday)
        add(" ")
        add(months[Int(parts.tm_mon)])
        add(" ")
        add(parts.tm_year + 1_900, digits: 4)
        add(" ")
        add(parts.tm_hour)
        add(":")
        add(parts.tm_min)
        add(":")
        add(parts.tm_sec)
        add(" GMT")
        return text
    }
}
