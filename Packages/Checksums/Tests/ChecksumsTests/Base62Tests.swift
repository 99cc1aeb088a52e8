import Checksums
import TestKit
import Testing

@Suite("Base 62")
struct Base62Tests {
    @Test(
        "writes numbers at full width",
        arguments: [
            (0, "000000"), (1, "000001"), (9, "000009"), (10, "00000A"), (35, "00000Z"), (36, "00000a"), (61, "00000z"),
            (62, "000010"),
            (3_843, "0000zz"), (3_844, "000100"), (.max, "4gfFC3"),
        ] as [(UInt32, String)])
    func writesNumbers(_ number: UInt32, _ text: String) {
        #expect(Base62.encode(number) == text)
        #expect(Base62.encode(number, width: 6) == text)
        #expect(Base62.decode(text.utf8, as: UInt32.self) == number)
        #expect(Base62.decode(text.utf8, as: UInt64.self) == UInt64(number))
    }

    @Test("knows the width of integer types")
    func knowsWidths() {
        #expect(Base62.width(of: UInt8.self) == 2)
        #expect(Base62.width(of: UInt16.self) == 3)
        #expect(Base62.width(of: UInt32.self) == 6)
        #expect(Base62.width(of: UInt64.self) == 11)
        #expect(Base62.encode(UInt64.max) == "LygHa16AHYF")
        #expect(Base62.encode(UInt8.max) == "47")
        #expect(Base62.decode("47".utf8, as: UInt8.self) == 255)
        #expect(Base62.decode("48".utf8, as: UInt8.self) == nil)
        #expect(Base62.decode("zz".utf8, as: UInt8.self) == nil)
    }

    @Test("writes at a width that is asked for, or not at all")
    func writesAtWidth() {
        #expect(Base62.encode(UInt32(61), width: 1) == "z")
        #expect(Base62.encode(UInt32(62), width: 1) == nil)
        #expect(Base62.encode(UInt32.max, width: 5) == nil)
        #expect(Base62.encode(UInt32(0), width: 0) == nil)
        #expect(Base62.encode(UInt32(0), width: -1) == nil)
        #expect(Base62.encode(UInt32(0), width: .max) == nil)
        #expect(Base62.encode(UInt64(7), width: 8) == "00000007")
    }

    @Test(
        "reads digits only, and only what fits",
        arguments: [
            "", " ", "00000 ", "-00001", "+00001", "00000_", "00000/", "00000:", "00000@", "00000[", "00000`", "00000{", "0000é",
            "4gfFC4", "zzzzzz",
            "zzzzzzzzzzzzzzzzzzzzzzzzz", "\0",
        ])
    func refusesOtherText(_ text: String) {
        #expect(Base62.decode(text.utf8, as: UInt32.self) == nil)
    }

    @Test("ends a published token with the checksum of its random part")
    func matchesPublishedToken() {
        // A public dummy of an npm token: 30 random characters, then the six of their CRC-32.
        let random = ["qkJaB6MffY", "VzZXWqmcoF", "49yrUxP3wf"].joined()
        #expect(Base62.encode(CRC32.checksum(of: random.utf8)) == "0LsakP")
    }

    /// Byte strings with their text; the last but one is the first half of the SHA-256 of `abc`.
    static let byteStrings: [(bytes: [UInt8], text: String)] = [
        ([], ""), ([0], "00"), ([0xFF], "47"), ([0x00, 0x3E], "010"),
        ([UInt8](repeating: 0, count: 16), String(repeating: "0", count: 22)),
        ([UInt8](repeating: 0xFF, count: 16), "7n42DGM5Tflk9n8mt7Fhc7"),
        (
            [0xBA, 0x78, 0x16, 0xBF, 0x8F, 0x01, 0xCF, 0xEA, 0x41, 0x41, 0x40, 0xDE, 0x5D, 0xAE, 0x22, 0x23],
            "5frS7ZK2oCrJOLG43t7nIh"
        ),
        ([UInt8](repeating: 0xFF, count: 32), "yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1"),
    ]

    @Test("writes byte strings at a width that depends on their length alone", arguments: Self.byteStrings)
    func writesBytes(_ bytes: [UInt8], _ text: String) {
        #expect(Base62.encode(bytes) == text)
        #expect(Base62.decode(text.utf8, byteCount: bytes.count) == bytes)
        #expect(Base62.width(ofByteCount: bytes.count) == text.utf8.count)
    }

    @Test("reads byte strings only at their width and within their range")
    func refusesOtherByteStrings() {
        #expect(Base62.decode("48".utf8, byteCount: 1) == nil)
        #expect(Base62.decode("7".utf8, byteCount: 1) == nil)
        #expect(Base62.decode("007".utf8, byteCount: 1) == nil)
        #expect(Base62.decode("0-".utf8, byteCount: 1) == nil)
        #expect(Base62.decode("0".utf8, byteCount: 0) == nil)
        #expect(Base62.decode("".utf8, byteCount: -1) == nil)
        #expect(Base62.decode("00".utf8, byteCount: .max) == nil)
        #expect(Base62.decode("00".utf8, byteCount: .min) == nil)
        #expect(Base62.decode("7n42DGM5Tflk9n8mt7Fhc8".utf8, byteCount: 16) == nil)
    }

    @Test("brings back random numbers and bytes")
    func bringsBackRandomValues() {
        var generator = SeededGenerator(seed: TestRun.seed)
        for _ in 0..<TestRun.count(2_000, long: 200_000) {
            let number = UInt64.random(in: .min ... .max, using: &generator) >> UInt64.random(in: 0..<64, using: &generator)
            #expect(Base62.decode(Base62.encode(number).utf8, as: UInt64.self) == number)
            let length = Int.random(in: 0...40, using: &generator)
            let bytes = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            #expect(Base62.decode(Base62.encode(bytes).utf8, byteCount: length) == bytes)
        }
    }
}
