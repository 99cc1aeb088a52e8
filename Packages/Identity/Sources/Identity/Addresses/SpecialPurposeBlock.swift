/// One row of the registries of special-purpose addresses.
///
/// Sources: the IANA registries "IPv4 Special-Purpose Address Space" and "IPv6 Special-Purpose Address Space" (RFC 6890),
/// the multicast prefixes (RFC 5771, RFC 4291), and the deprecated IPv4-compatible (RFC 4291) and site-local (RFC 3879)
/// prefixes, which no longer stand in the registries but still work on some hosts. IPv4-mapped addresses have no row,
/// because a ``CIDRBlock`` takes them for IPv4.
struct SpecialPurposeBlock: Sendable {
    let block: CIDRBlock
    let addressClass: AddressClass
    /// The registry's column "Globally Reachable"; `N/A` counts as no.
    let isGloballyReachable: Bool

    /// All rows, longer prefixes first.
    private static let all: [SpecialPurposeBlock] = (Self.ipv4 + Self.ipv6).sorted {
        $0.block.prefixLength > $1.block.prefixLength
    }

    /// The row with the longest prefix that contains the address, or nil for ordinary addresses.
    static func mostSpecific(containing address: IPAddress) -> SpecialPurposeBlock? {
        self.all.first { $0.block.contains(address) }
    }

    private init(_ text: StaticString, _ addressClass: AddressClass, reachable: Bool) {
        do throws(IdentityError) {
            self.block = try CIDRBlock(parsing: "\(text)")
        } catch {
            preconditionFailure("a row of the registry is no block: \(error)")
        }
        self.addressClass = addressClass
        self.isGloballyReachable = reachable
    }

    private static let ipv4: [SpecialPurposeBlock] = [
        Self("0.0.0.0/8", .thisNetwork, reachable: false),  // This network, RFC 791
        Self("0.0.0.0/32", .unspecified, reachable: false),  // This host on this network, RFC 1122
        Self("10.0.0.0/8", .privateUse, reachable: false),  // Private-Use, RFC 1918
        Self("100.64.0.0/10", .shared, reachable: false),  // Shared Address Space, RFC 6598
        Self("127.0.0.0/8", .loopback, reachable: false),  // Loopback, RFC 1122
        Self("169.254.0.0/16", .linkLocal, reachable: false),  // Link Local, RFC 3927
        Self("172.16.0.0/12", .privateUse, reachable: false),  // Private-Use, RFC 1918
        Self("192.0.0.0/24", .protocolAssignment, reachable: false),  // IETF Protocol Assignments, RFC 6890
        Self("192.0.0.0/29", .protocolAssignment, reachable: false),  // IPv4 Service Continuity Prefix, RFC 7335
        Self("192.0.0.8/32", .protocolAssignment, reachable: false),  // IPv4 dummy address, RFC 7600
        Self("192.0.0.9/32", .protocolAssignment, reachable: true),  // Port Control Protocol Anycast, RFC 7723
        Self("192.0.0.10/32", .protocolAssignment, reachable: true),  // TURN Anycast, RFC 8155
        Self("192.0.0.170/32", .protocolAssignment, reachable: false),  // NAT64/DNS64 Discovery, RFC 8880
        Self("192.0.0.171/32", .protocolAssignment, reachable: false),  // NAT64/DNS64 Discovery, RFC 8880
        Self("192.0.2.0/24", .documentation, reachable: false),  // Documentation (TEST-NET-1), RFC 5737
        Self("192.31.196.0/24", .protocolAssignment, reachable: true),  // AS112-v4, RFC 7535
        Self("192.52.193.0/24", .protocolAssignment, reachable: true),  // AMT, RFC 7450
        Self("192.88.99.0/24", .sixToFourRelay, reachable: false),  // Deprecated (6to4 Relay Anycast), RFC 7526
        Self("192.88.99.2/32", .sixToFourRelay, reachable: false),  // 6a44-relay anycast address, RFC 6751
        Self("192.168.0.0/16", .privateUse, reachable: false),  // Private-Use, RFC 1918
        Self("192.175.48.0/24", .protocolAssignment, reachable: true),  // Direct Delegation AS112 Service, RFC 7534
        Self("198.18.0.0/15", .benchmarking, reachable: false),  // Benchmarking, RFC 2544
        Self("198.51.100.0/24", .documentation, reachable: false),  // Documentation (TEST-NET-2), RFC 5737
        Self("203.0.113.0/24", .documentation, reachable: false),  // Documentation (TEST-NET-3), RFC 5737
        Self("224.0.0.0/4", .multicast, reachable: false),  // Multicast, RFC 5771
        Self("240.0.0.0/4", .reserved, reachable: false),  // Reserved, RFC 1112
        Self("255.255.255.255/32", .broadcast, reachable: false),  // Limited Broadcast, RFC 919
    ]

    private static let ipv6: [SpecialPurposeBlock] = [
        Self("::/128", .unspecified, reachable: false),  // Unspecified Address, RFC 4291
        Self("::1/128", .loopback, reachable: false),  // Loopback Address, RFC 4291
        Self("::/96", .ipv4Compatible, reachable: false),  // Deprecated (IPv4-Compatible), RFC 4291
        Self("64:ff9b::/96", .nat64, reachable: true),  // IPv4-IPv6 Translat., RFC 6052
        Self("64:ff9b:1::/48", .nat64, reachable: false),  // IPv4-IPv6 Translat., RFC 8215
        Self("100::/64", .discard, reachable: false),  // Discard-Only Address Block, RFC 6666
        Self("100:0:0:1::/64", .discard, reachable: false),  // Dummy IPv6 Prefix, RFC 9780
        Self("2001::/23", .protocolAssignment, reachable: false),  // IETF Protocol Assignments, RFC 2928
        Self("2001::/32", .teredo, reachable: false),  // TEREDO, RFC 4380
        Self("2001:1::1/128", .protocolAssignment, reachable: true),  // Port Control Protocol Anycast, RFC 7723
        Self("2001:1::2/128", .protocolAssignment, reachable: true),  // TURN Anycast, RFC 8155
        Self("2001:1::3/128", .protocolAssignment, reachable: true),  // DNS-SD SRP Anycast, RFC 9665
        Self("2001:2::/48", .benchmarking, reachable: false),  // Benchmarking, RFC 5180
        Self("2001:3::/32", .protocolAssignment, reachable: true),  // AMT, RFC 7450
        Self("2001:4:112::/48", .protocolAssignment, reachable: true),  // AS112-v6, RFC 7535
        Self("2001:10::/28", .protocolAssignment, reachable: false),  // Deprecated (ORCHID), RFC 4843
        Self("2001:20::/28", .protocolAssignment, reachable: true),  // ORCHIDv2, RFC 7343
        Self("2001:30::/28", .protocolAssignment, reachable: true),  // Drone Remote ID (DETs) Prefix, RFC 9374
        Self("2001:db8::/32", .documentation, reachable: false),  // Documentation, RFC 3849
        Self("2002::/16", .sixToFour, reachable: false),  // 6to4, RFC 3056
        Self("2620:4f:8000::/48", .protocolAssignment, reachable: true),  // Direct Delegation AS112 Service, RFC 7534
        Self("3fff::/20", .documentation, reachable: false),  // Documentation, RFC 9637
        Self("5f00::/16", .segmentRouting, reachable: false),  // Segment Routing (SRv6) SIDs, RFC 9602
        Self("fc00::/7", .privateUse, reachable: false),  // Unique-Local, RFC 4193
        Self("fe80::/10", .linkLocal, reachable: false),  // Link-Local Unicast, RFC 4291
        Self("fec0::/10", .siteLocal, reachable: false),  // Deprecated (Site-Local), RFC 3879
        Self("ff00::/8", .multicast, reachable: false),  // Multicast, RFC 4291
    ]
}
