/// An IP address of either family.
///
/// Equality tells `1.2.3.4` from `::ffff:1.2.3.4`; who compares peers uses ``unmapped`` first.
public enum IPAddress: Hashable, Sendable, Comparable, LosslessStringConvertible {
    /// An IPv4 address.
    case v4(IPv4Address)
    /// An IPv6 address.
    case v6(IPv6Address)

    /// Reads an address of either family in its strict text form; see ``IPv4Address/init(_:)`` and ``IPv6Address/init(_:)``.
    ///
    /// Ports, brackets and zones are nil. The work is bounded, however long the text is.
    public init?(_ text: String) {
        self.init(utf8: text.utf8)
    }

    init?(utf8 bytes: some Collection<UInt8>) {
        if let address = IPv4Address(utf8: bytes) {
            self = .v4(address)
        } else if let address = IPv6Address(utf8: bytes) {
            self = .v6(address)
        } else {
            return nil
        }
    }

    /// Takes an address in network byte order, as sockets give it; nil unless there are 4 or 16 bytes.
    public init?(networkBytes bytes: some Collection<UInt8>) {
        switch bytes.count {
        case 4: self = .v4(IPv4Address(bits: bytes.reduce(0) { $0 << 8 | UInt32($1) }))
        case 16: self = .v6(IPv6Address(bits: bytes.reduce(0) { $0 << 8 | UInt128($1) }))
        default: return nil
        }
    }

    /// The address in network byte order, 4 or 16 bytes.
    public var networkBytes: [UInt8] {
        switch self {
        case .v4(let address): (0..<4).map { UInt8(truncatingIfNeeded: address.bits >> (24 - 8 * $0)) }
        case .v6(let address): (0..<16).map { UInt8(truncatingIfNeeded: address.bits >> (120 - 8 * $0)) }
        }
    }

    /// The IPv4 address that an IPv4-mapped address stands for, else the address itself.
    ///
    /// A server that listens on `::` sees its IPv4 peers in mapped form (RFC 4291, section 2.5.5.2).
    public var unmapped: IPAddress {
        if case .v6(let address) = self, let mapped = address.mappedIPv4 { return .v4(mapped) }
        return self
    }

    /// The canonical text: dotted for IPv4, RFC 5952 for IPv6.
    public var description: String {
        switch self {
        case .v4(let address): address.description
        case .v6(let address): address.description
        }
    }

    /// Orders IPv4 before IPv6, then by number.
    public static func < (left: IPAddress, right: IPAddress) -> Bool {
        switch (left, right) {
        case (.v4(let left), .v4(let right)): left < right
        case (.v6(let left), .v6(let right)): left < right
        case (.v4, .v6): true
        case (.v6, .v4): false
        }
    }
}
