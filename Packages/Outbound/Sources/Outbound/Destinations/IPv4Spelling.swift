import Identity

/// Reads IPv4 addresses in all the spellings that the C library knows, so that none of them passes as a name.
///
/// One to four numbers between dots, each decimal, octal (`0177`) or hexadecimal (`0x7f`); the last one fills the bytes that are
/// left: `127.1`, `2130706433`, `0x7f.1` and `0177.0.0.1` are all `127.0.0.1`. Source: POSIX, `inet_addr`.
enum IPv4Spelling {
    /// Whether a host ends in a number, which no top-level domain does: such a text is an address or nothing (the URL
    /// standard of the WHATWG, section 3.5, "ends in a number checker").
    static func isNumeric(_ host: some BidirectionalCollection<UInt8>) -> Bool {
        let last = host.suffix(while: { $0 != UInt8(ascii: ".") })
        if last.isEmpty { return false }
        if last.allSatisfy({ $0.isDigit }) { return true }
        return last.first == UInt8(ascii: "0") && last.dropFirst().first.map { $0 | 0x20 } == UInt8(ascii: "x")
            && last.dropFirst(2).allSatisfy { $0.hexadecimalValue != nil }
    }

    /// The address that a text spells; nil when it spells none.
    static func parse(_ text: some Collection<UInt8>) -> IPv4Address? {
        let parts = text.split(separator: UInt8(ascii: "."), maxSplits: 4, omittingEmptySubsequences: false)
        guard (1...4).contains(parts.count) else { return nil }
        var bits: UInt32 = 0
        for (index, part) in parts.enumerated() {
            guard let number = Self.number(part) else { return nil }
            let isLast = index == parts.count - 1
            // The last number has the room of all bytes that the ones before it left.
            let width = isLast ? UInt32(8 * (4 - index)) : 8
            guard UInt64(number) < UInt64(1) << UInt64(width) else { return nil }
            bits |= number << UInt32(isLast ? 0 : 24 - 8 * index)
        }
        return IPv4Address(bits: bits)
    }

    /// One number of at most 32 bits in the notation of C.
    private static func number(_ part: some Collection<UInt8>) -> UInt32? {
        var digits = part[...]
        var radix: UInt32 = 10
        if digits.first == UInt8(ascii: "0"), digits.count > 1 {
            digits = digits.dropFirst()
            radix = 8
            if let letter = digits.first, letter | 0x20 == UInt8(ascii: "x") {
                digits = digits.dropFirst()
                radix = 16
            }
        }
        guard !digits.isEmpty else { return nil }
        var value: UInt32 = 0
        for digit in digits {
            guard let digit = digit.hexadecimalValue, digit < radix else { return nil }
            let (product, overflows) = value.multipliedReportingOverflow(by: radix)
            let (sum, exceeds) = product.addingReportingOverflow(digit)
            guard !overflows, !exceeds else { return nil }
            value = sum
        }
        return value
    }
}

extension BidirectionalCollection {
    /// The longest end of the collection whose elements all satisfy the condition.
    fileprivate func suffix(while condition: (Element) -> Bool) -> SubSequence {
        var start = self.endIndex
        while start > self.startIndex {
            let before = self.index(before: start)
            guard condition(self[before]) else { break }
            start = before
        }
        return self[start...]
    }
}

extension UInt8 {
    /// Whether the byte is one of `0`–`9`.
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    /// The value of a hexadecimal digit of either case.
    var hexadecimalValue: UInt32? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(self - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(self - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(self - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
