extension IPv4Address {
    /// The dotted form, such as `192.0.2.1`.
    public var description: String {
        String(unsafeUninitializedCapacity: 15) { buffer in
            var text = ASCIIWriter(buffer)
            text.append(self)
            return text.count
        }
    }
}

extension IPv6Address {
    /// The canonical text of RFC 5952, such as `2001:db8::1`: lower case, no leading zeros, the first longest run of two or
    /// more zero groups as `::`, and the last 32 bits of an IPv4-mapped address dotted (`::ffff:192.0.2.1`).
    public var description: String {
        String(unsafeUninitializedCapacity: 39) { buffer in
            var text = ASCIIWriter(buffer)
            if let mapped = self.mappedIPv4 {
                for byte in "::ffff:".utf8 { text.append(byte) }
                text.append(mapped)
            } else {
                self.write(to: &text)
            }
            return text.count
        }
    }

    private func write(to text: inout ASCIIWriter) {
        let gap = self.longestZeroRun
        var index = 0
        while index < 8 {
            if index == gap.lowerBound && !gap.isEmpty {
                text.append(UInt8(ascii: ":"))
                text.append(UInt8(ascii: ":"))
                index = gap.upperBound
            } else {
                if index > 0 && index != gap.upperBound { text.append(UInt8(ascii: ":")) }
                text.append(hexadecimal: self.group(index))
                index += 1
            }
        }
    }

    /// The group at `index`, 0 (first in the text) to 7.
    private func group(_ index: Int) -> UInt16 {
        UInt16(truncatingIfNeeded: self.bits >> (16 * (7 - index)))
    }

    /// The groups that `::` stands for; empty at 0 when no two zero groups are neighbours.
    private var longestZeroRun: Range<Int> {
        var longest = 0..<0
        var start = 0
        for index in 0..<8 {
            if self.group(index) != 0 {
                start = index + 1
            } else if index + 1 - start >= max(2, longest.count + 1) {
                longest = start..<(index + 1)
            }
        }
        return longest
    }
}

/// Fills the memory of a new string; what does not fit is dropped.
private struct ASCIIWriter {
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    init(_ buffer: UnsafeMutableBufferPointer<UInt8>) {
        self.buffer = buffer
    }

    mutating func append(_ byte: UInt8) {
        guard self.count < self.buffer.count else { return }
        self.buffer[self.count] = byte
        self.count += 1
    }

    mutating func append(_ address: IPv4Address) {
        for shift in stride(from: 24, through: 0, by: -8) {
            let octet = UInt8(truncatingIfNeeded: address.bits >> UInt32(shift))
            if octet >= 100 { self.append(UInt8(ascii: "0") + octet / 100) }
            if octet >= 10 { self.append(UInt8(ascii: "0") + octet / 10 % 10) }
            self.append(UInt8(ascii: "0") + octet % 10)
            if shift > 0 { self.append(UInt8(ascii: ".")) }
        }
    }

    mutating func append(hexadecimal group: UInt16) {
        var isLeading = true
        for shift in stride(from: 12, through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: group >> UInt16(shift)) & 0xF
            isLeading = isLeading && digit == 0 && shift > 0
            if !isLeading { self.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10) }
        }
    }
}
