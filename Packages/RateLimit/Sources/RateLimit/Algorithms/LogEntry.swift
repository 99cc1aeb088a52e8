/// One hit in a sliding log, packed into as few bytes as its distance from the hit before allows.
///
/// ```
/// gap · 4 + form     little-endian base-128 number; the gap in microseconds
/// weight             the same, present when form is 1
/// ```
///
/// Form 0 is a hit of one unit, form 1 carries its weight, form 2 is a hit of one unit that was given back.
package struct LogEntry: Equatable {
    /// Microseconds since the entry before.
    package var gap: Int64
    /// Units that the entry still counts.
    package var units: Int64

    /// The most bytes that an entry takes: ten for the gap, nine for the weight.
    package static let maximumByteCount = 19

    package init(gap: Int64, units: Int64) {
        self.gap = gap
        self.units = units
    }

    /// How many bytes the entry takes.
    package var byteCount: Int {
        let gapBytes = Self.byteCount(of: UInt64(bitPattern: self.gap) << 2)
        return self.units == 1 ? gapBytes : gapBytes + Self.byteCount(of: UInt64(bitPattern: self.units))
    }

    /// Writes the entry.
    ///
    /// - Parameter target: At least ``byteCount`` bytes.
    package func write(to target: UnsafeMutablePointer<UInt8>) {
        let form: UInt64 = self.units == 1 ? 0 : 1
        let end = Self.write(UInt64(bitPattern: self.gap) << 2 | form, to: target)
        if form == 1 { _ = Self.write(UInt64(bitPattern: self.units), to: target + end) }
    }

    /// Reads the entry that starts at `source`, and how many bytes it takes.
    @inline(__always)
    package static func read(from source: UnsafePointer<UInt8>) -> (entry: LogEntry, byteCount: Int) {
        let (head, headBytes) = Self.readNumber(from: source)
        let gap = Int64(bitPattern: head >> 2)
        switch head & 0b11 {
        case 0: return (LogEntry(gap: gap, units: 1), headBytes)
        case 1:
            let (weight, weightBytes) = Self.readNumber(from: source + headBytes)
            return (LogEntry(gap: gap, units: Int64(bitPattern: weight)), headBytes + weightBytes)
        default: return (LogEntry(gap: gap, units: 0), headBytes)
        }
    }

    /// Lowers the weight of the entry at `source` in place, without changing how many bytes it takes.
    ///
    /// - Parameter units: The new weight, at least 0 and below the old one.
    package static func lower(at source: UnsafeMutablePointer<UInt8>, to units: Int64) {
        let (head, headBytes) = Self.readNumber(from: source)
        guard head & 0b11 == 1 else {
            source[0] = source[0] & ~0b11 | 0b10
            return
        }
        let weight = source + headBytes
        let (_, weightBytes) = Self.readNumber(from: weight)
        var rest = UInt64(bitPattern: units)
        for position in 0..<weightBytes {
            let continues: UInt8 = position + 1 < weightBytes ? 0x80 : 0
            weight[position] = UInt8(truncatingIfNeeded: rest & 0x7F) | continues
            rest >>= 7
        }
    }

    private static func byteCount(of number: UInt64) -> Int {
        max((70 - number.leadingZeroBitCount) / 7, 1)
    }

    private static func write(_ number: UInt64, to target: UnsafeMutablePointer<UInt8>) -> Int {
        var rest = number
        var position = 0
        while rest > 0x7F {
            target[position] = UInt8(truncatingIfNeeded: rest) | 0x80
            rest >>= 7
            position += 1
        }
        target[position] = UInt8(truncatingIfNeeded: rest)
        return position + 1
    }

    @inline(__always)
    private static func readNumber(from source: UnsafePointer<UInt8>) -> (number: UInt64, byteCount: Int) {
        var number: UInt64 = 0
        var position = 0
        while true {
            let byte = source[position]
            number |= UInt64(byte & 0x7F) &<< UInt64(7 &* position)
            position &+= 1
            if byte < 0x80 { return (number, position) }
        }
    }
}
