import Identity
import TestKit
import Testing

@Suite("IPv6 address")
struct IPv6AddressTests {
    /// Text forms of RFC 4291, section 2.2, with the canonical text of RFC 5952.
    static let forms: [(text: String, canonical: String)] = [
        ("ABCD:EF01:2345:6789:ABCD:EF01:2345:6789", "abcd:ef01:2345:6789:abcd:ef01:2345:6789"),
        ("2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a"),
        ("2001:DB8::8:800:200C:417A", "2001:db8::8:800:200c:417a"),
        ("FF01:0:0:0:0:0:0:101", "ff01::101"),
        ("0:0:0:0:0:0:0:1", "::1"),
        ("0:0:0:0:0:0:0:0", "::"),
        ("::", "::"),
        ("::1", "::1"),
        ("1::", "1::"),
        ("0:0:0:0:0:0:13.1.68.3", "::d01:4403"),
        ("::13.1.68.3", "::d01:4403"),
        ("0:0:0:0:0:FFFF:129.144.52.38", "::ffff:129.144.52.38"),
        ("::FFFF:129.144.52.38", "::ffff:129.144.52.38"),
        ("::ffff:8190:3426", "::ffff:129.144.52.38"),
        ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
        ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
        ("1::1.2.3.4", "1::102:304"),
        // RFC 5952, sections 4.1 to 4.3.
        ("2001:0db8::0001", "2001:db8::1"),
        ("2001:db8:0:0:0:0:2:1", "2001:db8::2:1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:DB8::AAAA", "2001:db8::aaaa"),
        ("0:0:1:0:0:0:1:0", "0:0:1::1:0"),
    ]

    @Test("reads every text form and writes the canonical one", arguments: Self.forms)
    func readsEveryForm(_ text: String, _ canonical: String) throws {
        let address = try #require(IPv6Address(text))
        #expect(address.description == canonical)
        #expect(IPv6Address(canonical) == address)
        #expect(IPAddress(text) == .v6(address))
    }

    @Test(
        "refuses everything else",
        arguments: [
            "", ":", ":::", "::::", "1", "1:", ":1", "1:2", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", ":1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9",
            "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1:2:3:4::5:6:7:8", "1::2::3", "1:::2", "::1::", "12345::", "::00001",
            "::g",
            "::1 ", " ::1", "::1\n", "::1\0", "[::1]", "::1]", "::1/128", "fe80::1%eth0", "fe80::1%251", "::1%", "1.2.3.4::",
            "::1.2.3",
            "::1.2.3.4.5", "::1.2.3.256", "::01.2.3.4", "::0x1.2.3.4", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4",
            "1:2:3:4:5:1.2.3.4",
            "::ffff:.1.2.3", "::a1.2.3.4", ".::", "::.", "：：1", "::１", "0x1::", "-1::", "+1::", "::ffff:127.1",
        ])
    func refusesEverythingElse(_ text: String) {
        #expect(IPv6Address(text) == nil)
        #expect(IPAddress(text) == nil)
    }

    @Test("stops early at text that grows without end", arguments: ["1:", "::", "0", "1.", "f", ":", "[", "١"])
    func stopsEarly(_ piece: String) {
        #expect(IPAddress(String(repeating: piece, count: 100_000)) == nil)
    }

    @Test("reads back what it writes, whatever groups are zero")
    func readsBack() throws {
        var random = SeededGenerator(seed: TestRun.seed)
        for _ in 0..<TestRun.count(2_000, long: 1_000_000) {
            var bits: UInt128 = 0
            for _ in 0..<8 {
                let group: UInt128 =
                    if Bool.random(using: &random) { 0 } else { UInt128(UInt16.random(in: .min ... .max, using: &random)) }
                bits = bits << 16 | group >> Int.random(in: 0..<16, using: &random)
            }
            let address = IPv6Address(bits: bits)
            let text = address.description
            try #require(IPv6Address(text) == address, "seed \(random.seed), \(text)")
            try #require(IPv6Address(text.uppercased()) == address, "seed \(random.seed), \(text)")
        }
    }

    @Test("never traps on random text of its own alphabet, and is not fooled by it")
    func survivesRandomText() throws {
        let alphabet = Array("0123456789abcdefABCDEF::::....%[]/ ".utf8)
        var random = SeededGenerator(seed: TestRun.seed)
        for _ in 0..<TestRun.count(5_000, long: 2_000_000) {
            let count = Int.random(in: 0...48, using: &random)
            let bytes = (0..<count).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }
            let text = String(decoding: bytes, as: UTF8.self)
            guard let address = IPAddress(text) else { continue }
            try #require(IPAddress(address.description) == address, "seed \(random.seed), \(text)")
        }
    }
}
