import Identity
import Outbound
import Testing

@Suite("Address policy")
struct AddressPolicyTests {
    /// Plain HTTP is allowed, so that rows with `http` show what they are about.
    let policy = AddressPolicy(allowsPlainHTTP: true)

    struct Row: CustomTestStringConvertible {
        let host: String
        let classes: [AddressClass]

        init(_ host: String, _ classes: AddressClass...) {
            self.host = host
            self.classes = classes
        }

        var testDescription: String { self.host }
    }

    static let refused: [Row] = [
        Row("127.0.0.1", .loopback), Row("2130706433", .loopback), Row("0x7f.1", .loopback), Row("0177.0.0.1", .loopback),
        Row("127.1", .loopback), Row("127.255.255.254", .loopback), Row("localhost", .loopback), Row("localhost.", .loopback),
        Row("LOCALHOST", .loopback), Row("x.localhost", .loopback), Row("[::1]", .loopback),
        Row("[::ffff:127.0.0.1]", .ipv4Mapped, .loopback), Row("[::ffff:7f00:1]", .ipv4Mapped, .loopback),
        Row("[::ffff:169.254.169.254]", .ipv4Mapped, .linkLocal), Row("[::127.0.0.1]", .ipv4Compatible, .loopback),
        Row("[2002:7f00:1::]", .sixToFour, .loopback), Row("[2002:808:808::1]", .sixToFour, .global),
        Row("[2001:0:7f00:1:0:0:80ff:fffe]", .teredo, .loopback, .loopback),
        Row("[2001:0:808:808:0:0:f7f7:f7f7]", .teredo, .global, .global),
        Row("[64:ff9b::7f00:1]", .nat64, .loopback), Row("[64:ff9b::a9fe:a9fe]", .nat64, .linkLocal),
        Row("[64:ff9b::808:808]", .nat64, .global), Row("[::ffff:8.8.8.8]", .ipv4Mapped, .global),
        Row("168.63.129.16", .linkLocal), Row("0.0.0.0", .unspecified), Row("0", .unspecified), Row("0.1.2.3", .thisNetwork),
        Row("[::]", .unspecified),
        Row("10.0.0.1", .privateUse), Row("10.255.255.255", .privateUse), Row("172.16.0.1", .privateUse),
        Row("172.31.255.255", .privateUse), Row("192.168.1.1", .privateUse), Row("[fc00::1]", .privateUse),
        Row("[fd12:3456:789a::1]", .privateUse), Row("100.64.0.1", .shared), Row("100.127.255.255", .shared),
        Row("169.254.169.254", .linkLocal), Row("169.254.170.2", .linkLocal), Row("[fe80::1]", .linkLocal),
        Row("[fec0::1]", .siteLocal), Row("224.0.0.1", .multicast), Row("239.255.255.255", .multicast),
        Row("[ff02::1]", .multicast),
        Row("255.255.255.255", .broadcast), Row("240.0.0.1", .reserved), Row("192.0.2.1", .documentation),
        Row("198.51.100.1", .documentation), Row("203.0.113.1", .documentation), Row("[2001:db8::1]", .documentation),
        Row("[3fff::1]", .documentation), Row("198.18.0.1", .benchmarking), Row("198.19.255.255", .benchmarking),
        Row("[2001:2::1]", .benchmarking), Row("192.88.99.1", .sixToFourRelay), Row("192.0.0.1", .protocolAssignment),
        Row("[100::1]", .discard), Row("[5f00::1]", .segmentRouting), Row("[1234::1]", .reserved),
    ]

    @Test("refuses what is not public, naming the class", arguments: Self.refused)
    func refusesWhatIsNotPublic(_ row: Row) {
        let error = #expect(throws: OutboundError.self) { try self.policy.check("http://\(row.host)/") }
        #expect(error?.code == .refusedAddress)
        #expect(error?.addressClasses == row.classes)
        #expect(
            row.host.lowercased().contains("localhost")
                || row.classes.allSatisfy { "\(error?.message ?? "")".contains($0.rawValue) })
    }

    @Test("refuses the local-use NAT64 prefix, whatever lies inside", arguments: ["[64:ff9b:1::7f00:1]", "[64:ff9b:1::808:808]"])
    func refusesLocalNAT64(_ host: String) {
        let error = #expect(throws: OutboundError.self) { try self.policy.check("https://\(host)/") }
        #expect(error?.code == .refusedAddress && error?.addressClasses.first == .nat64)
    }

    @Test(
        "refuses other ports, schemes and forms",
        arguments: [
            ("https://example.com:22/", .refusedPort), ("https://example.com:6379/", .refusedPort),
            ("http://1.1.1.1:8080/", .refusedPort), ("gopher://example.com/", .refusedScheme),
            ("file:///etc/hosts", .refusedScheme),
            ("http://u@evil@127.0.0.1", .invalidURL), ("http://ok#@127.0.0.1", .invalidURL),
        ] as [(String, OutboundError.Code)])
    func refusesPortsSchemesForms(_ text: String, _ code: OutboundError.Code) {
        let error = #expect(throws: OutboundError.self) { try self.policy.check(text) }
        #expect(error?.code == code)
    }

    @Test("refuses plain HTTP unless allowed")
    func refusesPlainHTTP() throws {
        #expect(throws: OutboundError(.refusedScheme, message: "")) { try AddressPolicy().check("http://example.com/") }
        try self.policy.check("http://example.com/")
    }

    @Test(
        "lets public addresses and names through",
        arguments: [
            "https://example.com/hook", "https://1.1.1.1/", "https://[2606:4700:4700::1111]/",
            "https://localhost.example.com/", "https://notlocalhost/",
            "https://127.0.0.1.example.com/",
        ])
    func letsPublicThrough(_ text: String) throws {
        try AddressPolicy().check(text)
    }

    @Test("checks every address of an answer")
    func checksEveryAddress() throws {
        let url = try OutboundURL(parsing: "https://hooks.example.com/")
        let policy = AddressPolicy()
        func addresses(_ texts: [String]) throws -> [IPAddress] { try texts.map { try #require(IPAddress($0)) } }
        try policy.check(try addresses(["1.1.1.1", "2606:4700:4700::1111"]), of: url)
        for texts in [
            ["1.1.1.1", "127.0.0.1"], ["127.0.0.1", "1.1.1.1"], ["1.1.1.1", "::1"], ["2606:4700:4700::1111", "10.0.0.1"],
            ["1.1.1.1", "2606:4700:4700::1111", "::ffff:169.254.169.254"],
        ] {
            #expect(throws: OutboundError(.refusedAddress, message: "")) { try policy.check(addresses(texts), of: url) }
        }
        #expect(throws: OutboundError(.unresolvable, message: "")) { try policy.check([], of: url) }
    }

    @Test("does not tell which address a name led to, except to the log")
    func hidesAddresses() throws {
        let url = try OutboundURL(parsing: "https://hooks.example.com/secret?token=1")
        let error = #expect(throws: OutboundError.self) {
            try AddressPolicy().check([.v4(IPv4Address(bits: 0x0A01_0203))], of: url)
        }
        #expect("\(try #require(error))".contains("privateUse"))
        #expect(!"\(try #require(error))".contains("10.1.2.3"))
        #expect(String(reflecting: try #require(error)).contains("10.1.2.3"))
        #expect(!String(reflecting: try #require(error)).contains("secret"))
    }
}
