import Identity
import Outbound

/// Demands that a text is a plain URL to a host that is allowed.
///
/// ```yaml
/// allowed_domains: [api.example.com, '*.example.org', 'status.*']   # *.x means x too
/// denied_domains: [old.example.org]
/// require_https: true
/// block_private_ips: true     # in every spelling of an address; names of this host and of inner networks too
/// ```
///
/// No name is resolved here: whoever dials checks each address then.
struct URLConstraint: Sendable {
    /// nil allows all, an empty list none.
    let allowedDomains: [DomainPattern]?
    let deniedDomains: [DomainPattern]
    let requiresHTTPS: Bool
    let blocksPrivate: Bool

    func check(_ text: String) -> Mismatch.Reason? {
        let url: OutboundURL
        do {
            url = try OutboundURL(parsing: text)
        } catch {
            return .url(error.message)
        }
        if self.requiresHTTPS, url.scheme != .https { return .notHTTPS }
        if self.blocksPrivate, Self.isPrivate(url.host) { return .privateAddress }
        let host = Array(url.host.description.utf8)
        if self.deniedDomains.contains(where: { $0.matches(host) }) { return .deniedDomain }
        if let allowed = self.allowedDomains, !allowed.contains(where: { $0.matches(host) }) { return .domainNotAllowed }
        return nil
    }

    private static func isPrivate(_ host: OutboundHost) -> Bool {
        switch host {
        case .address(let address): return !address.isPubliclyRoutable
        case .name(let name):
            // A name without a dot, and names under these, mean this host or a network around it (RFC 6761, RFC 6762, RFC 8375).
            guard name.utf8.contains(UInt8(ascii: ".")) else { return true }
            return [".localhost", ".local", ".internal", ".intranet", ".lan", ".home.arpa", ".localdomain"].contains {
                name.utf8.reversed().starts(with: $0.utf8.reversed())
            }
        }
    }
}

/// A domain, `*.domain` for it and all below it, or `name.*` for a name under any domain.
struct DomainPattern: Sendable, Hashable {
    private enum Kind: Sendable, Hashable { case exact, below, prefix }

    private let kind: Kind
    private let bytes: [UInt8]

    /// - Returns: nil for what is none of the three forms.
    init?(_ text: String) {
        var text = text.lowercased()
        if text.utf8.last == UInt8(ascii: "."), text.utf8.count > 1 { text.removeLast() }
        let kind: Kind
        if text.hasPrefix("*.") {
            kind = .below
            text.removeFirst(2)
        } else if text.hasSuffix(".*") {
            kind = .prefix
            text.removeLast(2)
        } else {
            kind = .exact
        }
        guard !text.isEmpty, text.utf8.count <= 253,
            text.utf8.allSatisfy({ byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
                    || byte == UInt8(ascii: ":")
            })
        else { return nil }
        self.kind = kind
        self.bytes = Array(text.utf8)
    }

    /// Whether the canonical text of a host is meant.
    func matches(_ host: [UInt8]) -> Bool {
        switch self.kind {
        case .exact: return host == self.bytes
        case .below:
            if host == self.bytes { return true }
            return host.count > self.bytes.count + 1 && host.suffix(self.bytes.count).elementsEqual(self.bytes)
                && host[host.count - self.bytes.count - 1] == UInt8(ascii: ".")
        case .prefix:
            return host.count > self.bytes.count + 1 && host.starts(with: self.bytes)
                && host[self.bytes.count] == UInt8(ascii: ".")
        }
    }
}
