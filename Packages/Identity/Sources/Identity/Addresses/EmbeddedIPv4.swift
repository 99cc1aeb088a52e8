extension IPv6Address {
    /// The IPv4 address in `::ffff:0:0/96`, else nil.
    public var mappedIPv4: IPv4Address? {
        self.bits >> 32 == 0xFFFF ? IPv4Address(bits: UInt32(truncatingIfNeeded: self.bits)) : nil
    }

    /// The IPv4 addresses that a host or a translator may read out of this address; mostly none or one.
    ///
    /// | form | where the IPv4 address stands |
    /// | --- | --- |
    /// | mapped `::ffff:0:0/96`, compatible `::/96` (RFC 4291) | last 32 bits; not for `::` and `::1` |
    /// | NAT64 `64:ff9b::/96` (RFC 6052) | last 32 bits |
    /// | NAT64 `64:ff9b:1::/48` (RFC 8215) | last 32 bits, and bits 48–63 with 72–87: the operator chose the length |
    /// | 6to4 `2002::/16` (RFC 3056) | bits 16–47 |
    /// | Teredo `2001::/32` (RFC 4380) | the client in the last 32 bits, inverted; the server in bits 32–63 |
    public var embeddedIPv4: [IPv4Address] {
        if self.bits >> 32 == 0xFFFF || self.bits >> 32 == 0x0064_FF9B_0000_0000_0000_0000 {
            return [self.ipv4(endingAt: 128)]
        }
        if self.bits >> 32 == 0 { return self.bits <= 1 ? [] : [self.ipv4(endingAt: 128)] }
        if self.bits >> 80 == 0x0064_FF9B_0001 {
            let upper = UInt32(truncatingIfNeeded: self.bits >> 64) << 16
            let lower = UInt32(truncatingIfNeeded: self.bits >> 40) & 0xFFFF
            return [self.ipv4(endingAt: 128), IPv4Address(bits: upper | lower)]
        }
        if self.bits >> 112 == 0x2002 { return [self.ipv4(endingAt: 48)] }
        if self.bits >> 96 == 0x2001_0000 {
            return [IPv4Address(bits: ~self.ipv4(endingAt: 128).bits), self.ipv4(endingAt: 64)]
        }
        return []
    }

    private func ipv4(endingAt bit: Int) -> IPv4Address {
        IPv4Address(bits: UInt32(truncatingIfNeeded: self.bits >> (128 - bit)))
    }
}

extension IPAddress {
    /// The IPv4 addresses inside of an IPv6 address; see ``IPv6Address/embeddedIPv4``. None for IPv4.
    public var embeddedIPv4: [IPv4Address] {
        switch self {
        case .v4: []
        case .v6(let address): address.embeddedIPv4
        }
    }
}
