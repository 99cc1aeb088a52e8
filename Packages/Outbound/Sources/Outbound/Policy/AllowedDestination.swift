public import Identity

/// A destination that the operator lists although the rules of ``AddressPolicy`` would refuse it.
///
/// Text forms: `hooks.internal`, `hooks.internal:8443`, `10.20.0.0/16`, `10.20.0.0/16:8443`, `127.0.0.1:9000`, `[fd00::7]`,
/// `[fd00::7]:8443`, `fd00::/64`, `[fd00::/64]:8443`.
public struct AllowedDestination: Hashable, Sendable, CustomStringConvertible {
    /// Whom it means.
    public enum Target: Hashable, Sendable {
        /// Addresses, in whatever way a URL leads to them; the block is taken at its word, whatever IPv4 addresses lie inside of
        /// its IPv6 ones.
        case block(CIDRBlock)
        /// A host of this name, in lower case. It may also have loopback, private and shared addresses; others, such as
        /// link-local ones, need a block of their own, as nobody lists a name to reach those.
        case name(String)
    }

    /// Whom it means.
    public let target: Target
    /// The only port that is allowed there by this entry, 1 to 65 535; nil for the ports of the policy.
    public let port: UInt16?

    /// Allows a block of addresses.
    ///
    /// - Parameters:
    ///   - block: The addresses.
    ///   - port: The only port, 1 to 65 535; nil for the ports of the policy.
    public init(_ block: CIDRBlock, port: UInt16? = nil) {
        self.target = .block(block)
        self.port = port
    }

    /// Allows what a URL points to, at its port alone.
    public init(of url: OutboundURL) {
        switch url.host {
        case .name(let name): self.target = .name(name)
        case .address(let address): self.target = .block(CIDRBlock(containing: address, prefixLength: 128))
        }
        self.port = url.port
    }

    /// Reads one of the text forms.
    ///
    /// - Throws: ``OutboundError`` with code `invalidConfiguration`, quoting what is wrong.
    public init(parsing text: String) throws(OutboundError) {
        func invalid(_ reason: String) -> OutboundError {
            OutboundError(.invalidConfiguration, message: "'\(text.quotable)' is no destination to allow: \(reason)")
        }
        let bytes = Array(text.utf8.prefix(300))
        var host = bytes[...]
        var port: UInt16?
        let colonCount = bytes.count { $0 == UInt8(ascii: ":") }
        let closing = bytes.lastIndex(of: UInt8(ascii: "]"))
        // A bare IPv6 address or block has two colons or more, and none of them is that of a port.
        if let colon = bytes.lastIndex(of: UInt8(ascii: ":")), closing.map({ $0 < colon }) ?? (colonCount == 1) {
            guard let number = OutboundURL.port(bytes[colon...].dropFirst()) else {
                throw invalid("its port is no number from 1 to 65535")
            }
            host = bytes[..<colon]
            port = number
        }
        let isBracketed = host.first == UInt8(ascii: "[") && host.last == UInt8(ascii: "]")
        if isBracketed { host = host.dropFirst().dropLast() }
        self.port = port
        let hostText = String(decoding: host, as: UTF8.self)
        if host.contains(UInt8(ascii: "/")) || host.contains(UInt8(ascii: ":")) || IPv4Spelling.isNumeric(host) {
            do {
                self.target = .block(try CIDRBlock(parsing: hostText))
            } catch {
                throw invalid(error.message)
            }
        } else {
            guard !isBracketed, bytes.count < 300, case .name(let name)? = try? OutboundHost(parsing: host) else {
                throw invalid("it is neither a host name nor a block of addresses")
            }
            self.target = .name(name)
        }
    }

    /// Reads destinations separated by commas, blanks around them ignored; empty text is an empty list.
    ///
    /// - Throws: ``OutboundError`` as ``init(parsing:)`` for the first element that is none.
    public static func list(parsing text: String) throws(OutboundError) -> [AllowedDestination] {
        var list: [AllowedDestination] = []
        guard !text.utf8.allSatisfy({ $0.isBlank }) else { return list }
        for element in text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let trimmed = element.drop { $0.isBlank }
            let end = trimmed.lastIndex { !$0.isBlank }.map { trimmed.index(after: $0) } ?? trimmed.startIndex
            list.append(try AllowedDestination(parsing: String(Substring(trimmed[..<end]))))
        }
        return list
    }

    /// The canonical text, such as `hooks.internal:8443`.
    public var description: String {
        let host =
            switch self.target {
            case .name(let name): name
            case .block(let block):
                if case .v6 = block.base, self.port != nil { "[\(block)]" } else { block.description }
            }
        return self.port.map { "\(host):\($0)" } ?? host
    }
}

extension UInt8 {
    fileprivate var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
}

extension String {
    /// The first 64 bytes for an error message, without control characters and what is no ASCII.
    var quotable: String {
        String(decoding: self.utf8.prefix(64).map { 0x20...0x7E ~= $0 ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
