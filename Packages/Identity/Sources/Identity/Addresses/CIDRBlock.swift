/// A block of addresses that share a prefix, such as `10.0.0.0/8`; a single address is a block of its own.
///
/// An IPv4-mapped IPv6 address is the IPv4 address that it stands for, in blocks as in what they are asked about. So
/// `10.0.0.0/8` contains `::ffff:10.1.2.3`, `::ffff:10.0.0.0/104` is `10.0.0.0/8`, `0.0.0.0/0` is all of IPv4 and `::/0`
/// all of IPv6 but the mapped addresses.
public struct CIDRBlock: Hashable, Sendable, CustomStringConvertible {
    /// The first address of the block.
    public let base: IPAddress
    /// The number of leading bits that all addresses share: 0 to 32 for IPv4, 0 to 128 for IPv6.
    public let prefixLength: Int

    /// Creates the block of the given size that an address lies in: host bits are cleared.
    ///
    /// Limits per network use it, such as 64 bits for IPv6 peers. A length outside the family's range is brought into it.
    public init(containing address: IPAddress, prefixLength: Int) {
        switch address {
        case .v6(let address) where address.mappedIPv4 != nil && prefixLength >= 96:
            self.init(containing: IPAddress.v6(address).unmapped, prefixLength: prefixLength - 96)
        case .v6(let address):
            let length = min(max(prefixLength, 0), 128)
            let bits = address.bits & ~UInt128.hostMask(prefixLength: length)
            self.init(base: .v6(IPv6Address(bits: bits)), prefixLength: length)
        case .v4(let address):
            let length = min(max(prefixLength, 0), 32)
            let bits = address.bits & ~UInt32.hostMask(prefixLength: length)
            self.init(base: .v4(IPv4Address(bits: bits)), prefixLength: length)
        }
    }

    private init(base: IPAddress, prefixLength: Int) {
        self.base = base
        self.prefixLength = prefixLength
    }

    /// Reads `ADDRESS` or `ADDRESS/LENGTH`, such as `127.0.0.1`, `10.0.0.0/8` or `2001:db8::/32`.
    ///
    /// - Throws: ``IdentityError`` with code `invalidAddress`; `invalidPrefixLength` when the length is not a plain number
    ///   within the family's range; `hostBitsSet` for text like `10.1.2.3/8`, whose author meant either less or more.
    public init(parsing text: String) throws(IdentityError) {
        let bytes = text.utf8
        let slash = bytes.firstIndex(of: UInt8(ascii: "/")) ?? bytes.endIndex
        guard let address = IPAddress(utf8: bytes[..<slash]) else {
            throw IdentityError(.invalidAddress, message: "'\(text.quotable)' does not begin with an IPv4 or IPv6 address")
        }
        let width = if case .v4 = address { 32 } else { 128 }
        var length = width
        if slash != bytes.endIndex {
            let digits = bytes[bytes.index(after: slash)...]
            guard let number = Self.prefixLength(digits), number <= width else {
                throw IdentityError(
                    .invalidPrefixLength, message: "'\(text.quotable)' needs a prefix length from 0 to \(width) after the slash")
            }
            length = number
        }
        self.init(containing: address, prefixLength: length)
        // A mapped base lost its upper 96 bits in `init(containing:)`; they are no host bits.
        guard self.base == address.unmapped || self.base == address else {
            throw IdentityError(.hostBitsSet, message: "'\(text.quotable)' has bits set behind its prefix; the block is \(self)")
        }
    }

    /// Reads blocks separated by commas, blanks around them ignored, such as `127.0.0.1, ::1, 10.0.0.0/8`.
    ///
    /// Empty text is an empty list; an empty element is an error.
    ///
    /// - Throws: ``IdentityError`` as ``init(parsing:)`` for the first element that is no block.
    public static func list(parsing text: String) throws(IdentityError) -> [CIDRBlock] {
        var blocks: [CIDRBlock] = []
        guard !text.utf8.allSatisfy({ $0.isBlank }) else { return blocks }
        for element in text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let trimmed = element.drop { $0.isBlank }
            let end = trimmed.lastIndex { !$0.isBlank }.map { trimmed.index(after: $0) } ?? trimmed.startIndex
            blocks.append(try CIDRBlock(parsing: String(Substring(trimmed[..<end]))))
        }
        return blocks
    }

    /// Whether the address lies in the block; constant time.
    public func contains(_ address: IPAddress) -> Bool {
        switch (self.base, address.unmapped) {
        case (.v4(let base), .v4(let address)):
            (base.bits ^ address.bits) & ~UInt32.hostMask(prefixLength: self.prefixLength) == 0
        case (.v6(let base), .v6(let address)):
            (base.bits ^ address.bits) & ~UInt128.hostMask(prefixLength: self.prefixLength) == 0
        default: false
        }
    }

    /// The canonical text, such as `10.0.0.0/8`; a single address stands without a length.
    public var description: String {
        switch (self.base, self.prefixLength) {
        case (.v4, 32), (.v6, 128): self.base.description
        default: "\(self.base)/\(self.prefixLength)"
        }
    }

    /// Reads one to three digits without a leading zero.
    private static func prefixLength(_ digits: some Collection<UInt8>) -> Int? {
        guard (1...3).contains(digits.count), digits.count == 1 || digits.first != UInt8(ascii: "0") else { return nil }
        var number = 0
        for byte in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return number
    }
}

extension FixedWidthInteger where Self: UnsignedInteger {
    /// Ones where the bits of a host stand behind a prefix.
    static func hostMask(prefixLength: Int) -> Self {
        prefixLength >= Self.bitWidth ? 0 : Self.max >> prefixLength
    }
}

extension UInt8 {
    /// Whether the byte is a space or a tab (`OWS` of RFC 9110, section 5.6.3).
    var isBlank: Bool { self == 0x20 || self == 0x09 }
}

extension String {
    /// The first 64 bytes for an error message, with `?` for what is no printable ASCII.
    var quotable: String {
        String(decoding: self.utf8.prefix(64).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
