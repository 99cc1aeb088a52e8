import Checksums
import TestKit
import Testing

@Suite("Check digits of Verhoeff and of MOD 11,10")
struct CheckDigitTests {
    /// Published samples: Verhoeff's from the literature, tax numbers from the German tax office's description.
    @Test("knows published numbers")
    func samples() {
        #expect(Verhoeff.checkDigit(for: "236".utf8) == 3)
        #expect(Verhoeff.checkDigit(for: "12345".utf8) == 1)
        #expect(Verhoeff.isValid("2363".utf8) && Verhoeff.isValid("123451".utf8))
        for number in ["86095742719", "47036892816", "65929970489"] { #expect(Mod11And10.isValid(number.utf8), "\(number)") }
        #expect(Mod11And10.checkDigit(for: "8609574271".utf8) == 9)
    }

    @Test("finds every single wrong digit, and Verhoeff all neighbours exchanged")
    func mistakes() throws {
        var random = SeededGenerator(seed: TestRun.seed)
        for _ in 0..<200 {
            let body = (0..<10).map { _ in UInt8(ascii: "0") + UInt8.random(in: 0..<10, using: &random) }
            let verhoeff = body + [UInt8(ascii: "0") + UInt8(try #require(Verhoeff.checkDigit(for: body)))]
            let mod = body + [UInt8(ascii: "0") + UInt8(try #require(Mod11And10.checkDigit(for: body)))]
            #expect(Verhoeff.isValid(verhoeff) && Mod11And10.isValid(mod))
            for index in body.indices {
                var (wrong, other) = (verhoeff, mod)
                wrong[index] = UInt8(ascii: "0") + (wrong[index] - UInt8(ascii: "0") + 3) % 10
                other[index] = UInt8(ascii: "0") + (other[index] - UInt8(ascii: "0") + 3) % 10
                #expect(!Verhoeff.isValid(wrong) && !Mod11And10.isValid(other))
                var swapped = verhoeff
                swapped.swapAt(index, index + 1)
                #expect(Verhoeff.isValid(swapped) == (swapped == verhoeff))
            }
        }
    }

    @Test("refuses other text", arguments: ["", "1", "12a4", "１２"])
    func otherText(_ text: String) {
        #expect(!Verhoeff.isValid(text.utf8) && !Mod11And10.isValid(text.utf8))
        #expect(Verhoeff.checkDigit(for: "".utf8) == nil && Mod11And10.checkDigit(for: "x".utf8) == nil)
    }
}
