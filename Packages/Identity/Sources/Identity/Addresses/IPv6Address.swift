/// An IPv6 address without a zone.
public struct IPv6Address: Hashable, Sendable, Comparable, LosslessStringConvertible {
    /// The address as a number, first group in the highest bits: `::1` is 1.
    public let bits: UInt128

    /// Creates the address with these bits.
    public init(bits: UInt128) {
        self.bits = bits
    }

    /// Reads a text form of RFC 4291, section 2.2: eight groups of 1 to 4 hexadecimal digits, at most one `::` for one
    /// group or more, and a dotted IPv4 address in place of the last two groups.
    ///
    /// Brackets, ports and zones (`fe80::1%eth0`) are nil; for the first two see ``AddressWithPort``.
    public init?(_ text: String) {
        self.init(utf8: text.utf8)
    }

    init?<Bytes: Collection>(utf8 bytes: Bytes) where Bytes.Element == UInt8 {
        var groups = GroupList()
        var group: UInt128 = 0
        var digits = 0
        var groupStart = bytes.startIndex
        var index = bytes.startIndex
        while index != bytes.endIndex {
            let byte = bytes[index]
            let next = bytes.index(after: index)
            switch byte {
            case UInt8(ascii: ":"):
                if digits > 0 {
                    guard next != bytes.endIndex, groups.append(group) else { return nil }
                } else {
                    // A colon without digits before it is one of the two in `::`: the first at the very start, else the second.
                    if index == bytes.startIndex {
                        guard next != bytes.endIndex, bytes[next] == UInt8(ascii: ":") else { return nil }
                        index = next
                    }
                    guard groups.openGap() else { return nil }
                }
                group = 0
                digits = 0
                index = bytes.index(after: index)
                groupStart = index
                continue
            case UInt8(ascii: "."):
                guard let tail = IPv4Address(utf8: bytes[groupStart...]) else { return nil }
                guard groups.append(UInt128(tail.bits >> 16)) else { return nil }
                guard groups.append(UInt128(tail.bits & 0xFFFF)), let bits = groups.bits else { return nil }
                self.bits = bits
                return
            default:
                guard digits < 4, let digit = Self.value(ofHexDigit: byte) else { return nil }
                group = group << 4 | UInt128(digit)
                digits += 1
            }
            index = next
        }
        if digits > 0 {
            guard groups.append(group) else { return nil }
        }
        guard let bits = groups.bits else { return nil }
        self.bits = bits
    }

    private static func value(ofHexDigit byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Orders by number.
    public static func < (left: IPv6Address, right: IPv6Address) -> Bool {
        left.bits < right.bits
    }
}

/// Groups read so far, and where `::` stood among them.
private struct GroupList {
    private var value: UInt128 = 0
    private var count = 0
    private var gap: Int?

    mutating func append(_ group: UInt128) -> Bool {
        guard self.count < 8 else { return false }
        self.value = self.value << 16 | group
        self.count += 1
        return true
    }

    mutating func openGap() -> Bool {
        guard self.gap == nil else { return false }
        self.gap = self.count
        return true
    }

    /// The whole address, or nil when groups are missing, or when `::` would stand for none.
    var bits: UInt128? {
        guard let gap = self.gap else { return self.count == 8 ? self.value : nil }
        guard self.count < 8 else { return nil }
        let tailWidth = 16 * (self.count - gap)
        let tail = self.value & ((1 << tailWidth) - 1)
        // Widths of 128 and more shift everything out, which is what an empty head needs.
        let head = (self.value >> tailWidth) << (16 * (8 - gap))
        return head | tail
    }
}
