import Checksums
import TestKit
import Testing

@Suite("CRC-32")
struct CRC32Tests {
    /// The check value of the "Catalogue of parametrised CRC algorithms" (CRC-32/ISO-HDLC), then texts and patterns with the value
    /// that zlib gives.
    static let vectors: [(bytes: [UInt8], checksum: UInt32)] = [
        (Array("123456789".utf8), 0xCBF4_3926), ([], 0), (Array("a".utf8), 0xE8B7_BE43), (Array("abc".utf8), 0x3524_41C2),
        (Array("The quick brown fox jumps over the lazy dog".utf8), 0x414F_A339), ([UInt8](repeating: 0, count: 32), 0x190A_55AD),
        ([UInt8](repeating: 0xFF, count: 32), 0xFF6C_AB0B), (Array(0..<32), 0x9126_7E8A),
        (Array(repeating: Array(0...255), count: 4).flatMap { $0 }, 0xB70B_4C26),
    ]

    /// The definition, bit by bit.
    private static func slowChecksum(_ bytes: [UInt8]) -> UInt32 {
        var register = UInt32.max
        for byte in bytes {
            register ^= UInt32(byte)
            for _ in 0..<8 { register = register & 1 == 1 ? register >> 1 ^ 0xEDB8_8320 : register >> 1 }
        }
        return ~register
    }

    @Test("has the published values", arguments: Self.vectors)
    func matchesVectors(_ bytes: [UInt8], _ checksum: UInt32) {
        #expect(CRC32.checksum(of: bytes) == checksum)
        #expect(CRC32.checksum(of: bytes.lazy.map { $0 }) == checksum)
        #expect(Self.slowChecksum(bytes) == checksum)
    }

    @Test("follows the definition at every length, in one piece or in several")
    func followsDefinition() {
        var generator = SeededGenerator(seed: TestRun.seed)
        for length in 0..<TestRun.count(70, long: 2_000) {
            let bytes = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            let expected = Self.slowChecksum(bytes)
            #expect(CRC32.checksum(of: bytes) == expected)
            let cut = Int.random(in: 0...length, using: &generator)
            var pieces = CRC32()
            pieces.update(bytes[..<cut])
            pieces.update(Array(bytes[cut...]).span)
            #expect(pieces.value == expected)
        }
    }

    @Test("changes with every single bit and every two exchanged neighbours that differ")
    func findsMistakes() {
        let bytes = Array("gth_0000000100112233445566778899aabbccddeeff".utf8)
        let checksum = CRC32.checksum(of: bytes)
        for position in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[position] ^= 1 << UInt8(bit)
                #expect(CRC32.checksum(of: changed) != checksum)
            }
            if position > 0, bytes[position] != bytes[position - 1] {
                var changed = bytes
                changed.swapAt(position, position - 1)
                #expect(CRC32.checksum(of: changed) != checksum)
            }
        }
    }

    @Test("shows its value at any time without being changed by that")
    func showsValueAnytime() {
        var checksum = CRC32()
        #expect(checksum.value == 0)
        checksum.update("1234".utf8)
        #expect(checksum.value == CRC32.checksum(of: "1234".utf8))
        checksum.update("56789".utf8)
        #expect(checksum.value == 0xCBF4_3926)
    }
}
