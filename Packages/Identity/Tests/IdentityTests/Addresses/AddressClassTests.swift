import Identity
import Testing

/// The rows stand here once more, as in the IANA registries "IPv4 Special-Purpose Address Space" and "IPv6 Special-Purpose
/// Address Space", with the first and the last address of each block where no longer prefix covers them.
@Suite("Address classes")
struct AddressClassTests {
    struct Row: CustomTestStringConvertible {
        let first: String
        let last: String
        let expected: AddressClass
        let isPublic: Bool

        init(_ first: String, _ last: String, _ expected: AddressClass, isPublic: Bool = false) {
            self.first = first
            self.last = last
            self.expected = expected
            self.isPublic = isPublic
        }

        var testDescription: String { "\(self.first)–\(self.last) \(self.expected)" }
    }

    static let registries: [Row] = [
        Row("0.0.0.0", "0.0.0.0", .unspecified),
        Row("0.0.0.1", "0.255.255.255", .thisNetwork),
        Row("10.0.0.0", "10.255.255.255", .privateUse),
        Row("100.64.0.0", "100.127.255.255", .shared),
        Row("127.0.0.0", "127.255.255.255", .loopback),
        Row("169.254.0.0", "169.254.255.255", .linkLocal),
        Row("172.16.0.0", "172.31.255.255", .privateUse),
        Row("192.0.0.0", "192.0.0.7", .protocolAssignment),
        Row("192.0.0.8", "192.0.0.8", .protocolAssignment),
        Row("192.0.0.9", "192.0.0.9", .protocolAssignment, isPublic: true),
        Row("192.0.0.10", "192.0.0.10", .protocolAssignment, isPublic: true),
        Row("192.0.0.11", "192.0.0.169", .protocolAssignment),
        Row("192.0.0.170", "192.0.0.171", .protocolAssignment),
        Row("192.0.0.172", "192.0.0.255", .protocolAssignment),
        Row("192.0.2.0", "192.0.2.255", .documentation),
        Row("192.31.196.0", "192.31.196.255", .protocolAssignment, isPublic: true),
        Row("192.52.193.0", "192.52.193.255", .protocolAssignment, isPublic: true),
        Row("192.88.99.0", "192.88.99.255", .sixToFourRelay),
        Row("192.88.99.2", "192.88.99.2", .sixToFourRelay),
        Row("192.168.0.0", "192.168.255.255", .privateUse),
        Row("192.175.48.0", "192.175.48.255", .protocolAssignment, isPublic: true),
        Row("198.18.0.0", "198.19.255.255", .benchmarking),
        Row("198.51.100.0", "198.51.100.255", .documentation),
        Row("203.0.113.0", "203.0.113.255", .documentation),
        Row("224.0.0.0", "239.255.255.255", .multicast),
        Row("240.0.0.0", "255.255.255.254", .reserved),
        Row("255.255.255.255", "255.255.255.255", .broadcast),

        Row("::", "::", .unspecified),
        Row("::1", "::1", .loopback),
        Row("::0.0.0.2", "::0.0.255.255", .ipv4Compatible),
        Row("64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", .nat64),
        Row("100::", "100::ffff:ffff:ffff:ffff", .discard),
        Row("100:0:0:1::", "100:0:0:1:ffff:ffff:ffff:ffff", .discard),
        Row("2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff", .teredo),
        Row("2001:1::", "2001:1::", .protocolAssignment),
        Row("2001:1::1", "2001:1::1", .protocolAssignment, isPublic: true),
        Row("2001:1::2", "2001:1::2", .protocolAssignment, isPublic: true),
        Row("2001:1::3", "2001:1::3", .protocolAssignment, isPublic: true),
        Row("2001:1::4", "2001:1:ffff:ffff:ffff:ffff:ffff:ffff", .protocolAssignment),
        Row("2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff", .benchmarking),
        Row("2001:2:1::", "2001:2:ffff:ffff:ffff:ffff:ffff:ffff", .protocolAssignment),
        Row("2001:3::", "2001:3:ffff:ffff:ffff:ffff:ffff:ffff", .protocolAssignment, isPublic: true),
        Row("2001:4:112::", "2001:4:112:ffff:ffff:ffff:ffff:ffff", .protocolAssignment, isPublic: true),
        Row("2001:4:113::", "2001:f:ffff:ffff:ffff:ffff:ffff:ffff", .protocolAssignment),
        Row("2001:10::", "2001:1f:ffff:ffff:ffff:ffff:ffff:ffff", .protocolAssignment),
        Row("2001:20::", "2001:2f:ffff:ffff:ffff:ffff:ffff:ffff", .protocolAssignment, isPublic: true),
        Row("2001:30::", "2001:3f:ffff:ffff:ffff:ffff:ffff:ffff", .protocolAssignment, isPublic: true),
        Row("2001:40::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", .protocolAssignment),
        Row("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", .documentation),
        Row("2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .sixToFour),
        Row("2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff", .protocolAssignment, isPublic: true),
        Row("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", .documentation),
        Row("5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .segmentRouting),
        Row("fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .privateUse),
        Row("fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .linkLocal),
        Row("fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .siteLocal),
        Row("ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .multicast),
    ]

    /// The neighbours of the blocks above.
    static let others: [Row] = [
        Row("1.0.0.0", "9.255.255.255", .global, isPublic: true),
        Row("11.0.0.0", "100.63.255.255", .global, isPublic: true),
        Row("100.128.0.0", "126.255.255.255", .global, isPublic: true),
        Row("128.0.0.0", "169.253.255.255", .global, isPublic: true),
        Row("169.255.0.0", "172.15.255.255", .global, isPublic: true),
        Row("172.32.0.0", "191.255.255.255", .global, isPublic: true),
        Row("192.0.1.0", "192.0.1.255", .global, isPublic: true),
        Row("192.0.3.0", "192.31.195.255", .global, isPublic: true),
        Row("192.88.98.255", "192.88.100.0", .global, isPublic: true),
        Row("192.167.255.255", "192.169.0.0", .global, isPublic: true),
        Row("198.17.255.255", "198.20.0.0", .global, isPublic: true),
        Row("198.51.99.255", "198.51.101.0", .global, isPublic: true),
        Row("203.0.112.255", "203.0.114.0", .global, isPublic: true),
        Row("223.255.255.255", "8.8.8.8", .global, isPublic: true),
        Row("2000::", "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .global, isPublic: true),
        Row("2001:200::", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", .global, isPublic: true),
        Row("2001:db9::", "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .global, isPublic: true),
        Row("2003::", "2606:4700:4700::1111", .global, isPublic: true),
        Row("2a00:1450::", "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .global, isPublic: true),
        Row("3fff:1000::", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .global, isPublic: true),
        Row("0:0:0:0:1::", "0:0:0:0:fffe::", .reserved),
        Row("::fffe:0:0", "::1:0:0:0", .reserved),
        Row("64:ff9a::", "64:ff9b:2::", .reserved),
        Row("64:ff9b:0:0:0:1::", "64:ff9b::1:0:0", .reserved),
        Row("100:0:0:2::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .reserved),
        Row("4000::", "5eff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .reserved),
        Row("5f01::", "fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .reserved),
        Row("fe00::", "fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .reserved),
    ]

    @Test("follow the registries, at both ends of each block", arguments: Self.registries + Self.others)
    func followRegistries(_ row: Row) throws {
        for text in [row.first, row.last] {
            let address = try #require(IPAddress(text))
            #expect(address.addressClass == row.expected, "\(text)")
            #expect(address.isPubliclyRoutable == row.isPublic, "\(text)")
        }
    }

    @Test(
        "look at the IPv4 addresses inside",
        arguments: [
            ("::ffff:127.0.0.1", [.ipv4Mapped, .loopback], false),
            ("::ffff:7f00:1", [.ipv4Mapped, .loopback], false),
            ("::ffff:169.254.169.254", [.ipv4Mapped, .linkLocal], false),
            ("::ffff:0.0.0.0", [.ipv4Mapped, .unspecified], false),
            ("::ffff:8.8.8.8", [.ipv4Mapped, .global], true),
            ("::127.0.0.1", [.ipv4Compatible, .loopback], false),
            ("::8.8.8.8", [.ipv4Compatible, .global], false),
            ("64:ff9b::7f00:1", [.nat64, .loopback], false),
            ("64:ff9b::10.0.0.1", [.nat64, .privateUse], false),
            ("64:ff9b::8.8.8.8", [.nat64, .global], true),
            ("64:ff9b:1::10.0.0.1", [.nat64, .privateUse, .unspecified], false),
            ("64:ff9b:1:a00:0:100::", [.nat64, .unspecified, .privateUse], false),
            ("2002:7f00:1::", [.sixToFour, .loopback], false),
            ("2002:a9fe:a9fe::1", [.sixToFour, .linkLocal], false),
            ("2002:808:808::1", [.sixToFour, .global], false),
            ("2001:0:4136:e378:8000:63bf:3fff:fdd2", [.teredo, .documentation, .global], false),
            ("2001:0:7f00:1:0:0:80ff:fffe", [.teredo, .loopback, .loopback], false),
        ] as [(String, [AddressClass], Bool)])
    func lookInside(_ text: String, _ classes: [AddressClass], _ isPublic: Bool) throws {
        let address = try #require(IPAddress(text))
        #expect(address.allClasses == classes)
        #expect(address.isPubliclyRoutable == isPublic)
    }

    @Test("find the IPv4 addresses where the standards put them")
    func findEmbeddedAddresses() {
        // The examples of RFC 6052, section 2.4, and of RFC 4380, section 4.
        #expect(IPv6Address("64:ff9b::192.0.2.33")?.embeddedIPv4.map(\.description) == ["192.0.2.33"])
        #expect(IPv6Address("64:ff9b:1:c000:2:2100::")?.embeddedIPv4.last?.description == "192.0.2.33")
        #expect(
            IPv6Address("2001:0:4136:e378:8000:63bf:3fff:fdd2")?.embeddedIPv4.map(\.description) == [
                "192.0.2.45", "65.54.227.120",
            ])
        #expect(IPv6Address("2002:c000:221::1")?.embeddedIPv4.map(\.description) == ["192.0.2.33"])
        #expect(IPv6Address("::")?.embeddedIPv4 == [])
        #expect(IPv6Address("::1")?.embeddedIPv4 == [])
        #expect(IPv6Address("2001:db8::192.0.2.33")?.embeddedIPv4 == [])
        #expect(IPAddress("192.0.2.33")?.embeddedIPv4 == [])
    }

    @Test("call loopback what reaches this host", arguments: ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
    func callLoopback(_ text: String) {
        #expect(IPAddress(text)?.isLoopback == true)
    }

    @Test(
        "do not call loopback what only carries such an address",
        arguments: ["::127.0.0.1", "2002:7f00:1::", "0.0.0.0", "128.0.0.1"])
    func callNothingElseLoopback(_ text: String) {
        #expect(IPAddress(text)?.isLoopback == false)
    }
}
