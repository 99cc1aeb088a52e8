import Identity
import Testing

@Suite("IP address")
struct IPAddressTests {
    @Test("takes and gives bytes in network order", arguments: ["1.2.3.4", "255.0.0.128", "::1", "2001:db8::ff00:42:8329"])
    func convertsBytes(_ text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(IPAddress(networkBytes: address.networkBytes) == address)
    }

    @Test("gives the first byte first")
    func givesFirstByteFirst() {
        #expect(IPAddress("1.2.3.4")?.networkBytes == [1, 2, 3, 4])
        #expect(IPAddress("102:304::1")?.networkBytes == [1, 2, 3, 4] + [UInt8](repeating: 0, count: 11) + [1])
    }

    @Test("refuses bytes of another length", arguments: [0, 1, 3, 5, 15, 17])
    func refusesOtherLengths(_ count: Int) {
        #expect(IPAddress(networkBytes: [UInt8](repeating: 0, count: count)) == nil)
    }

    @Test("tells a mapped address from the IPv4 address until it is unmapped")
    func unmaps() throws {
        let plain = try #require(IPAddress("192.0.2.1"))
        let mapped = try #require(IPAddress("::ffff:192.0.2.1"))
        #expect(mapped != plain)
        #expect(mapped.unmapped == plain)
        #expect(plain.unmapped == plain)
        #expect(IPAddress("::192.0.2.1")?.unmapped == IPAddress("::192.0.2.1"))
    }

    @Test("orders IPv4 before IPv6, then by number")
    func orders() {
        let texts = ["::2", "10.0.0.0", "::1", "9.255.255.255", "ffff::"]
        let sorted = texts.compactMap { IPAddress($0) }.sorted().map(\.description)
        #expect(sorted == ["9.255.255.255", "10.0.0.0", "::1", "::2", "ffff::"])
    }
}

@Suite("Address with port")
struct AddressWithPortTests {
    @Test(
        "reads an address with and without port",
        arguments: [
            ("192.0.2.1", "192.0.2.1", nil), ("192.0.2.1:80", "192.0.2.1", 80), ("192.0.2.1:0", "192.0.2.1", 0),
            ("192.0.2.1:65535", "192.0.2.1", 65535), ("::1", "::1", nil), ("[::1]", "::1", nil), ("[::1]:443", "::1", 443),
            ("[2001:DB8::1]:8080", "2001:db8::1", 8080), ("::ffff:192.0.2.1", "::ffff:192.0.2.1", nil),
        ] as [(String, String, UInt16?)])
    func reads(_ text: String, _ address: String, _ port: UInt16?) throws {
        let value = try #require(AddressWithPort(text))
        #expect(value.address == IPAddress(address))
        #expect(value.port == port)
        #expect(AddressWithPort(value.description) == value)
    }

    @Test("takes digits behind an unbracketed IPv6 address for a group, never for a port")
    func takesNoUnbracketedPort() {
        #expect(AddressWithPort("2001:db8::1:80") == AddressWithPort("[2001:db8::1:80]"))
        #expect(AddressWithPort("1:2:3:4:5:6:7:8:80") == nil)
    }

    @Test(
        "refuses everything else",
        arguments: [
            "", ":80", "192.0.2.1:", "192.0.2.1:65536", "192.0.2.1:000080", "192.0.2.1:99999", "192.0.2.1:-1", "192.0.2.1:+1",
            "192.0.2.1: 80", "192.0.2.1:80:80", "192.0.2.1:8o", "[192.0.2.1]", "[192.0.2.1]:80", "[::1", "::1]", "[]", "[]:80",
            "[::1]80", "[::1]:", "[::1]:65536", "[[::1]]", "[::1]:80]", "[::1%eth0]:80", "unknown", "_hidden", "example.org:80",
            "unix:", "\"[::1]\"", "for=192.0.2.1",
        ])
    func refuses(_ text: String) {
        #expect(AddressWithPort(text) == nil)
    }
}
