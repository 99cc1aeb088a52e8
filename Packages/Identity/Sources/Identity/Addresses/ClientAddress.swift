/// The address that a request came from, as far as it can be believed.
public struct ClientAddress: Hashable, Sendable {
    /// What the address was taken from.
    public enum Origin: Hashable, Sendable {
        /// The peer of the connection; nothing was forwarded, or the peer may not say so.
        case peer
        /// A hop of `X-Forwarded-For`.
        case forwarded
        /// The last good hop before one that cannot be read, so it is a proxy's address and stands for an unknown client.
        case unreadableHop
    }

    /// The address, IPv4 rather than IPv4-mapped.
    public let address: IPAddress
    /// What the address was taken from; a privilege for loopback callers should ask for ``Origin/peer`` as well.
    public let origin: Origin

    /// Hops that are looked at, counted from the right; no honest chain of proxies is longer.
    private static let maximumHops = 64
    /// Bytes of a hop with the blanks around it; the longest address with a port has 53.
    private static let maximumHopBytes = 128

    /// Finds the client: the peer, or the right-most untrusted hop of `X-Forwarded-For` when the peer is a trusted proxy.
    ///
    /// Proxies append the address that they saw, so the list is believed from its right end, as far as trusted proxies
    /// vouch for it. What stands left of the first untrusted hop was written by the client itself and is never read.
    ///
    /// ```
    /// peer 127.0.0.1, trusted 127.0.0.1 and 10.0.0.0/8
    /// X-Forwarded-For: 1.1.1.1, 203.0.113.7, 10.0.0.2      → 203.0.113.7
    /// ```
    ///
    /// The walk ends at the last good hop when it meets text that is no address (`unknown`, an empty element, a hop longer
    /// than 128 bytes), and after 64 hops. If all hops are trusted, the left-most is the client.
    ///
    /// - Parameters:
    ///   - peer: The other end of the connection.
    ///   - forwardedFor: The values of all `X-Forwarded-For` lines, in the order of the message; they count as one list.
    ///   - trustedProxies: Whose word is taken; nobody's if empty.
    public static func resolve(peer: IPAddress, forwardedFor: [String], trustedProxies: [CIDRBlock]) -> ClientAddress {
        var client = ClientAddress(address: peer.unmapped, origin: .peer)
        var hopsLeft = self.maximumHops
        for line in forwardedFor.reversed() {
            var hops = HopsFromRight(line)
            while let hop = hops.next(maximumBytes: self.maximumHopBytes) {
                guard hopsLeft > 0, trustedProxies.contains(where: { $0.contains(client.address) }) else { return client }
                guard case .text(let text) = hop, let parsed = AddressWithPort(utf8: text) else {
                    return ClientAddress(address: client.address, origin: .unreadableHop)
                }
                client = ClientAddress(address: parsed.address.unmapped, origin: .forwarded)
                hopsLeft -= 1
            }
        }
        return client
    }
}

/// Walks over the elements of a comma-separated list from its right end.
private struct HopsFromRight {
    enum Hop {
        case text(Substring.UTF8View)
        case tooLong
    }

    private let bytes: String.UTF8View
    private var end: String.Index?

    init(_ line: String) {
        self.bytes = line.utf8
        self.end = line.utf8.endIndex
    }

    /// The next element without the blanks around it; nil when the left end was passed.
    mutating func next(maximumBytes: Int) -> Hop? {
        guard let end = self.end else { return nil }
        var start = end
        var count = 0
        self.end = nil
        while start != self.bytes.startIndex {
            let before = self.bytes.index(before: start)
            if self.bytes[before] == UInt8(ascii: ",") {
                self.end = before
                break
            }
            start = before
            count += 1
            if count > maximumBytes { return .tooLong }
        }
        let element = self.bytes[start..<end].drop { $0.isBlank }
        let last = element.lastIndex { !$0.isBlank }
        return .text(element[..<(last.map { element.index(after: $0) } ?? element.startIndex)])
    }
}
