public import Identity

/// Where a URL points to: a name of the DNS, or an address.
public enum OutboundHost: Hashable, Sendable, CustomStringConvertible {
    /// A name in lower case, without a dot at its end, such as `hooks.example.com`.
    case name(String)
    /// An address, in whatever spelling it was written.
    case address(IPAddress)

    /// The canonical text, without brackets.
    public var description: String {
        switch self {
        case .name(let name): name
        case .address(let address): address.description
        }
    }

    /// Reads a host as it stands in a URL, IPv6 addresses in brackets.
    ///
    /// - Throws: ``OutboundError`` with code `invalidURL`, naming the rule that the text breaks.
    init(parsing bytes: some BidirectionalCollection<UInt8>) throws(OutboundError) {
        guard bytes.first != UInt8(ascii: "[") else {
            guard bytes.last == UInt8(ascii: "]"),
                let address = IPv6Address(String(decoding: bytes.dropFirst().dropLast(), as: UTF8.self))
            else { throw .invalidURL("between the brackets of its host stands no IPv6 address; zones are not allowed") }
            self = .address(.v6(address))
            return
        }
        // One dot at the end makes a name absolute; it changes neither whom the name means nor which address is spelled.
        let host = bytes.last == UInt8(ascii: ".") ? bytes.dropLast() : bytes[...]
        guard !host.isEmpty else { throw .invalidURL("its host is empty") }
        if IPv4Spelling.isNumeric(host) {
            guard let address = IPv4Spelling.parse(host) else {
                throw .invalidURL("its host ends in a number but spells no IPv4 address")
            }
            self = .address(.v4(address))
            return
        }
        self = .name(try Self.name(host))
    }

    /// Checks the form of RFC 1123, section 2.1; names in other scripts must come as `xn--…` (RFC 5890).
    private static func name(_ host: some Collection<UInt8>) throws(OutboundError) -> String {
        guard host.count <= 253 else { throw .invalidURL("its host has more than 253 bytes") }
        for label in host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            guard (1...63).contains(label.count) else { throw .invalidURL("a label of its host has not 1 to 63 bytes") }
            guard label.first != UInt8(ascii: "-"), label.lazy.reversed().first != UInt8(ascii: "-") else {
                throw .invalidURL("a label of its host begins or ends with a hyphen")
            }
            for byte in label where !byte.isDigit && byte != UInt8(ascii: "-") && !byte.isLetter {
                throw .invalidURL("its host may hold ASCII letters, digits, hyphens and dots only; write other names as xn--")
            }
        }
        return String(decoding: host.map { $0.isLetter ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    /// Whether the name means this host by its own rules, whatever a resolver says (RFC 6761, section 6.3).
    var isLocalhost: Bool {
        guard case .name(let name) = self else { return false }
        return name.utf8.elementsEqual("localhost".utf8) || name.utf8.reversed().starts(with: ".localhost".utf8.reversed())
    }
}

extension UInt8 {
    /// Whether the byte is one of `A`–`Z` and `a`–`z`.
    var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
}

extension OutboundError {
    static func invalidURL(_ reason: String) -> OutboundError {
        OutboundError(.invalidURL, message: "this is no URL to send to: \(reason)")
    }
}
