import Identity
import TestKit
import Testing

@Suite("CIDR block")
struct CIDRBlockTests {
    @Test(
        "reads blocks and single addresses",
        arguments: [
            ("127.0.0.1", "127.0.0.1", 32), ("127.0.0.1/32", "127.0.0.1", 32), ("10.0.0.0/8", "10.0.0.0/8", 8),
            ("0.0.0.0/0", "0.0.0.0/0", 0), ("::1", "::1", 128), ("::1/128", "::1", 128), ("::/0", "::/0", 0),
            ("2001:DB8::/32", "2001:db8::/32", 32), ("fe80::/10", "fe80::/10", 10), ("::ffff:10.0.0.0/104", "10.0.0.0/8", 8),
            ("::ffff:192.0.2.1", "192.0.2.1", 32), ("::ffff:0:0/96", "0.0.0.0/0", 0), ("192.0.2.128/25", "192.0.2.128/25", 25),
        ])
    func reads(_ text: String, _ canonical: String, _ prefixLength: Int) throws {
        let block = try CIDRBlock(parsing: text)
        #expect(block.description == canonical)
        #expect(block.prefixLength == prefixLength)
        #expect(try CIDRBlock(parsing: canonical) == block)
    }

    @Test(
        "says what is wrong with other text",
        arguments: [
            ("", .invalidAddress), ("/8", .invalidAddress), ("10.0.0", .invalidAddress), ("10/8", .invalidAddress),
            ("localhost", .invalidAddress), (" 10.0.0.0/8", .invalidAddress), ("[::1]/128", .invalidAddress),
            ("*", .invalidAddress),
            ("10.0.0.0/", .invalidPrefixLength), ("10.0.0.0/33", .invalidPrefixLength), ("10.0.0.0/08", .invalidPrefixLength),
            ("10.0.0.0/-8", .invalidPrefixLength), ("10.0.0.0/+8", .invalidPrefixLength), ("10.0.0.0/8 ", .invalidPrefixLength),
            ("10.0.0.0/8/8", .invalidPrefixLength), ("10.0.0.0/255.0.0.0", .invalidPrefixLength),
            ("::/129", .invalidPrefixLength),
            ("::/18446744073709551617", .invalidPrefixLength), ("10.0.0.0/٨", .invalidPrefixLength),
            ("10.1.2.3/8", .hostBitsSet), ("0.0.0.1/0", .hostBitsSet), ("2001:db8::1/32", .hostBitsSet),
            ("::ffff:10.1.0.0/104", .hostBitsSet), ("::ffff:10.0.0.0/90", .hostBitsSet),
        ] as [(String, IdentityError.Code)])
    func saysWhatIsWrong(_ text: String, _ code: IdentityError.Code) {
        let error = #expect(throws: IdentityError.self) { try CIDRBlock(parsing: text) }
        #expect(error?.code == code)
    }

    @Test("names the block that was meant, and quotes no more than it must")
    func explains() {
        let typo = #expect(throws: IdentityError.self) { try CIDRBlock(parsing: "10.1.2.3/8") }
        #expect(typo?.message == "'10.1.2.3/8' has bits set behind its prefix; the block is 10.0.0.0/8")
        let flood = #expect(throws: IdentityError.self) {
            try CIDRBlock(parsing: "\n\u{1B}[2J" + String(repeating: "x", count: 9_999))
        }
        #expect(flood?.message.hasPrefix("'??[2Jxxx") == true)
        #expect(flood.map { $0.message.utf8.count < 128 } == true)
    }

    @Test(
        "contains what shares its prefix",
        arguments: [
            ("10.0.0.0/8", "10.255.255.255", true), ("10.0.0.0/8", "11.0.0.0", false), ("10.0.0.0/8", "9.255.255.255", false),
            ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.0", false), ("192.0.2.128/25", "192.0.2.127", false),
            ("0.0.0.0/0", "255.255.255.255", true), ("0.0.0.0/0", "::1", false), ("::/0", "1.2.3.4", false),
            ("::/0", "ffff::1", true),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true), ("10.0.0.0/8", "::10.1.2.3", false),
            ("::ffff:10.0.0.0/104", "10.1.2.3", true),
            ("::/0", "::ffff:10.1.2.3", false), ("2001:db8::/32", "2001:db8:ffff::1", true),
            ("2001:db8::/32", "2001:db9::", false),
            ("::1", "::1", true), ("::1", "::2", false), ("fe80::/10", "febf::1", true), ("fe80::/10", "fec0::1", false),
            ("::/127", "::1", true), ("::/127", "::2", false),
        ])
    func contains(_ text: String, _ address: String, _ expected: Bool) throws {
        let block = try CIDRBlock(parsing: text)
        #expect(block.contains(try #require(IPAddress(address))) == expected)
    }

    @Test("cuts an address down to its network")
    func cutsDown() throws {
        let peer = try #require(IPAddress("2001:db8:1:2:3:4:5:6"))
        #expect(CIDRBlock(containing: peer, prefixLength: 64).description == "2001:db8:1:2::/64")
        let mapped = try #require(IPAddress("::ffff:10.1.2.3"))
        #expect(CIDRBlock(containing: mapped, prefixLength: 120).description == "10.1.2.0/24")
        let plain = try #require(IPAddress("10.1.2.3"))
        #expect(CIDRBlock(containing: plain, prefixLength: Int.max).description == "10.1.2.3")
        #expect(CIDRBlock(containing: plain, prefixLength: Int.min).description == "0.0.0.0/0")
        #expect(CIDRBlock(containing: mapped, prefixLength: Int.max).description == "10.1.2.3")
    }

    @Test("agrees with comparing bit by bit")
    func agreesWithBits() throws {
        var random = SeededGenerator(seed: TestRun.seed)
        for _ in 0..<TestRun.count(2_000, long: 500_000) {
            let base = UInt32.random(in: .min ... .max, using: &random)
            let length = Int.random(in: 0...32, using: &random)
            let other = base ^ (UInt32.random(in: .min ... .max, using: &random) >> UInt32.random(in: 0..<32, using: &random))
            let shared = (0..<length).allSatisfy { bit in (base ^ other) & (0x8000_0000 >> UInt32(bit)) == 0 }
            let block = CIDRBlock(containing: .v4(IPv4Address(bits: base)), prefixLength: length)
            try #require(block.contains(.v4(IPv4Address(bits: other))) == shared, "seed \(random.seed)")
        }
    }

    @Test("reads lists")
    func readsLists() throws {
        #expect(try CIDRBlock.list(parsing: "127.0.0.1,::1").map(\.description) == ["127.0.0.1", "::1"])
        #expect(try CIDRBlock.list(parsing: " 10.0.0.0/8 ,\t::1 ").map(\.description) == ["10.0.0.0/8", "::1"])
        #expect(try CIDRBlock.list(parsing: " \t").isEmpty)
        for text in [",", "127.0.0.1,", ",127.0.0.1", "127.0.0.1,,::1", "127.0.0.1 ::1", "127.0.0.1;::1"] {
            #expect(throws: IdentityError(.invalidAddress, message: "")) { try CIDRBlock.list(parsing: text) }
        }
    }
}
