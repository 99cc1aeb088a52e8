import Cryptography
import TestKit
import Testing

@Suite("Hexadecimal text")
struct HexTests {
    @Test("goes both ways")
    func goesBothWays() {
        let all = (0...255).map { UInt8($0) }
        #expect(Hex.decode(Hex.encode(all)) == all)
        #expect(Hex.decode(Hex.encode(all).uppercased()) == all)
        #expect(Hex.encode([0x00, 0x0F, 0xF0, 0xAB]) == "000ff0ab")
        #expect(Hex.encode([]).isEmpty)
        #expect(Hex.decode("") == [])
    }

    @Test(
        "is refused when malformed",
        arguments: ["0", "000", "0g", "g0", " 00", "00 ", "0x00", "-1", "+1", "００", "0\u{301}0", "0\0"])
    func refusesMalformed(_ text: String) {
        #expect(Hex.decode(text) == nil)
    }
}

@Suite("Base64 text")
struct Base64Tests {
    /// RFC 4648, section 10.
    static let vectors = [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ]

    @Test("is written and read as published", arguments: Self.vectors)
    func followsPublication(_ plain: String, _ text: String) {
        #expect(Base64.encode(plain.utf8) == text)
        #expect(Base64.decode(text) == Array(plain.utf8))
        let bare = text.filter { $0 != "=" }
        #expect(Base64URL.encode(plain.utf8) == bare)
        #expect(Base64URL.decode(bare) == Array(plain.utf8))
    }

    @Test("has two alphabets")
    func hasTwoAlphabets() {
        #expect(Base64.encode([0xFB, 0xEF, 0xFF]) == "++//")
        #expect(Base64URL.encode([0xFB, 0xEF, 0xFF]) == "--__")
        #expect(Base64.decode("--__") == nil)
        #expect(Base64URL.decode("++//") == nil)
    }

    @Test("goes both ways for every length")
    func goesBothWays() {
        var random = SeededGenerator(seed: TestRun.seed)
        for count in 0..<TestRun.count(200, long: 3_000) {
            let message = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            #expect(Base64URL.decode(Base64URL.encode(message)) == message, "seed \(random.seed)")
            #expect(Base64.decode(Base64.encode(message)) == message, "seed \(random.seed)")
        }
    }

    @Test(
        "for URLs is refused when malformed",
        arguments: ["A", "AAAAA", "Zg==", "Zg=", "=", "Zh", "Zm9", "Zm 8", " Zm8", "Zm8\n", "Zm8\0", "Zm.8", "Zｍ8"])
    func refusesMalformedURLForm(_ text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test(
        "is refused when malformed",
        arguments: [
            "Zg", "Zg=", "Zg===", "Z===", "====", "=", "==", "Zg==Zg==", "Z=g=", "=Zg=", "Zh==", "Zm9=", "Zm9v\n", "Zm9v ==",
            "Zg= =",
        ])
    func refusesMalformed(_ text: String) {
        #expect(Base64.decode(text) == nil)
    }
}
