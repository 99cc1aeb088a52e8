/// What an address is for, after the special-purpose registries of IANA.
public enum AddressClass: String, Hashable, Sendable, CaseIterable {
    /// Ordinary unicast, routed on the internet.
    case global
    /// `0.0.0.0` and `::`: no address; as a destination most systems read it as this host.
    case unspecified
    /// `0.0.0.0/8`: this network.
    case thisNetwork
    /// `127.0.0.0/8` and `::1`: this host.
    case loopback
    /// RFC 1918 and unique local addresses (`fc00::/7`): the inside of a site.
    case privateUse
    /// `169.254.0.0/16` and `fe80::/10`: the same link, where clouds serve their metadata.
    case linkLocal
    /// `fec0::/10`: site-local, deprecated by RFC 3879.
    case siteLocal
    /// `100.64.0.0/10`: shared behind a carrier's NAT.
    case shared
    /// `224.0.0.0/4` and `ff00::/8`: groups.
    case multicast
    /// `255.255.255.255`: everyone on the link.
    case broadcast
    /// Prefixes for examples in documents.
    case documentation
    /// Prefixes for benchmarks of network devices.
    case benchmarking
    /// Prefixes that protocols use for themselves, some of them reachable (anycast services, AS112, ORCHIDv2).
    case protocolAssignment
    /// `100::/64` and the dummy prefix: packets are dropped.
    case discard
    /// `5f00::/16`: identifiers of segment routing.
    case segmentRouting
    /// Set aside for a later time: `240.0.0.0/4`, and IPv6 outside of `2000::/3` where nothing else is registered.
    case reserved
    /// `::ffff:0:0/96`: an IPv4 address in IPv6 clothes.
    case ipv4Mapped
    /// `::/96`: an IPv4 address at the end of an IPv6 one, deprecated by RFC 4291.
    case ipv4Compatible
    /// `64:ff9b::/96` and `64:ff9b:1::/48`: an IPv4 address behind a NAT64 translator.
    case nat64
    /// `2002::/16`: a tunnel to the IPv4 address in the next 32 bits.
    case sixToFour
    /// `2001::/32`: a tunnel to an IPv4 client through an IPv4 server.
    case teredo
    /// `192.88.99.0/24`: the deprecated anycast relay of 6to4.
    case sixToFourRelay
}

extension IPAddress {
    /// What the address itself is for; an IPv4 address inside of it may be of another class.
    public var addressClass: AddressClass {
        if self.unmapped != self { return .ipv4Mapped }
        return SpecialPurposeBlock.mostSpecific(containing: self)?.addressClass ?? self.classOutsideOfRegistries
    }

    /// The class of the address, then the classes of the IPv4 addresses that it carries.
    ///
    /// Who allows or refuses by class must look at all of them: `64:ff9b::7f00:1` is `[.nat64, .loopback]`.
    public var allClasses: [AddressClass] {
        [self.addressClass] + self.embeddedIPv4.map { IPAddress.v4($0).addressClass }
    }

    /// Whether the address lies on the public internet, so that neither this host nor a network around it answers.
    ///
    /// True when the registries call the address globally reachable, or it stands in no registry and is ordinary unicast, and
    /// when the same holds for every IPv4 address inside of it. A mapped address is judged as the IPv4 address that it
    /// stands for. Tunnels (6to4, Teredo), of which the registry says neither, are not public.
    public var isPubliclyRoutable: Bool {
        if self.unmapped != self { return self.unmapped.isPubliclyRoutable }
        let reachable =
            SpecialPurposeBlock.mostSpecific(containing: self)?.isGloballyReachable ?? (self.classOutsideOfRegistries == .global)
        return reachable && self.embeddedIPv4.allSatisfy { IPAddress.v4($0).isPubliclyRoutable }
    }

    /// Whether a connection to the address stays on this host; mapped addresses count as the IPv4 ones they stand for.
    public var isLoopback: Bool { self.unmapped.addressClass == .loopback }

    /// The class when no block of the registries contains the address.
    private var classOutsideOfRegistries: AddressClass {
        switch self {
        case .v4: .global
        case .v6(let address): address.bits >> 125 == 0b001 ? .global : .reserved
        }
    }
}
