/// An IPv4 address.
public struct IPv4Address: Hashable, Sendable, Comparable, LosslessStringConvertible {
    /// The address as a number, first octet in the highest byte: `127.0.0.1` is `0x7F00_0001`.
    public let bits: UInt32

    /// Creates the address with these bits.
    public init(bits: UInt32) {
        self.bits = bits
    }

    /// Reads the dotted form: four decimal numbers from 0 to 255 without leading zeros, and nothing else.
    ///
    /// Short (`127.1`), octal (`0177.0.0.1`), hexadecimal (`0x7f.0.0.1`) and single-number forms are nil, because
    /// programs disagree about what they mean. Grammar: `IPv4address` of RFC 3986, section 3.2.2.
    public init?(_ text: String) {
        self.init(utf8: text.utf8)
    }

    init?(utf8 bytes: some Sequence<UInt8>) {
        var bits: UInt32 = 0
        var octet: UInt32 = 0
        var digits = 0
        var dots = 0
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if digits > 0 && octet == 0 { return nil }
                octet = octet * 10 + UInt32(byte - UInt8(ascii: "0"))
                digits += 1
                guard octet <= 255 else { return nil }
            case UInt8(ascii: "."):
                guard digits > 0, dots < 3 else { return nil }
                bits = bits << 8 | octet
                octet = 0
                digits = 0
                dots += 1
            default: return nil
            }
        }
        guard digits > 0, dots == 3 else { return nil }
        self.bits = bits << 8 | octet
    }

    /// Orders by number.
    public static func < (left: IPv4Address, right: IPv4Address) -> Bool {
        left.bits < right.bits
    }
}
