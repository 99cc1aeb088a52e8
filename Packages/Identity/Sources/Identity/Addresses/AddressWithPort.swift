/// An IP address with or without a port, as it stands in a hop of `X-Forwarded-For`.
///
/// Forms: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:80`.
public struct AddressWithPort: Hashable, Sendable, LosslessStringConvertible {
    /// The address.
    public let address: IPAddress
    /// The port, 0 to 65 535; nil when none was given.
    public let port: UInt16?

    /// Creates a pair.
    public init(_ address: IPAddress, port: UInt16? = nil) {
        self.address = address
        self.port = port
    }

    /// Reads one of the forms; a port has 1 to 5 digits, and an IPv6 address with a port needs brackets.
    public init?(_ text: String) {
        self.init(utf8: text.utf8)
    }

    init?<Bytes: Collection>(utf8 bytes: Bytes) where Bytes.Element == UInt8 {
        if bytes.first == UInt8(ascii: "[") {
            guard let closing = bytes.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            let inner = bytes[bytes.index(after: bytes.startIndex)..<closing]
            guard let address = IPv6Address(utf8: inner) else { return nil }
            let rest = bytes[bytes.index(after: closing)...]
            if rest.isEmpty {
                self.init(.v6(address))
            } else {
                guard rest.first == UInt8(ascii: ":"), let port = Self.port(rest.dropFirst()) else { return nil }
                self.init(.v6(address), port: port)
            }
        } else if let address = IPAddress(utf8: bytes) {
            self.init(address)
        } else {
            guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), let address = IPv4Address(utf8: bytes[..<colon]),
                let port = Self.port(bytes[bytes.index(after: colon)...])
            else { return nil }
            self.init(.v4(address), port: port)
        }
    }

    private static func port(_ bytes: some Collection<UInt8>) -> UInt16? {
        guard (1...5).contains(bytes.count) else { return nil }
        var port: UInt32 = 0
        for byte in bytes {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            port = port * 10 + UInt32(byte - UInt8(ascii: "0"))
        }
        return UInt16(exactly: port)
    }

    /// The canonical text: the address, in brackets before a port if it is IPv6.
    public var description: String {
        switch (self.address, self.port) {
        case (let address, nil): address.description
        case (.v4(let address), let port?): "\(address):\(port)"
        case (.v6(let address), let port?): "[\(address)]:\(port)"
        }
    }
}
