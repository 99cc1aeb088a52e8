import Checksums
import Testing

@Suite("README")
struct ReadmeTests {
    @Test("shows an example that does what it says")
    func runsExample() {
        let body = "gth_" + "00000001" + String(repeating: "x", count: 32)
        let tail = Base62.encode(CRC32.checksum(of: body.utf8))
        #expect(tail.utf8.count == 6)
        #expect(Base62.decode(tail.utf8, as: UInt32.self) == CRC32.checksum(of: body.utf8))

        #expect(Luhn.isValid("4111111111111111".utf8))
        #expect(IBAN.isValid("DE89370400440532013000".utf8))
        #expect(Mod97.checkDigits(for: "5493001KJTIIGC8Y1R".utf8) == 12)
    }
}
