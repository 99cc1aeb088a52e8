import Checksums
import Testing

@Suite("Luhn")
struct LuhnTests {
    /// The usual textbook example, test card numbers that the networks publish, the usual example of an IMEI, and short numbers.
    static let valid = [
        "79927398713", "4111111111111111", "4012888888881881", "378282246310005", "5555555555554444", "6011111111111117",
        "30569309025904",
        "3530111333300000", "490154203237518", "18", "00", "0000000000000000",
    ]

    @Test("passes published numbers", arguments: Self.valid)
    func passesValidNumbers(_ number: String) {
        #expect(Luhn.isValid(number.utf8))
        #expect(Luhn.checkDigit(for: number.utf8.dropLast()) == number.last?.wholeNumberValue)
    }

    @Test("finds every single wrong digit", arguments: Self.valid)
    func findsWrongDigits(_ number: String) {
        let digits = Array(number.utf8)
        for position in digits.indices {
            for digit in UInt8(ascii: "0")...UInt8(ascii: "9") where digit != digits[position] {
                var changed = digits
                changed[position] = digit
                #expect(!Luhn.isValid(changed))
            }
        }
    }

    @Test("finds every two neighbours exchanged, save 0 and 9", arguments: Self.valid)
    func findsExchangedDigits(_ number: String) {
        let digits = Array(number.utf8)
        for position in digits.indices.dropFirst() where digits[position] != digits[position - 1] {
            var changed = digits
            changed.swapAt(position, position - 1)
            let isBlindSpot = Set([digits[position], digits[position - 1]]) == Set("09".utf8)
            #expect(Luhn.isValid(changed) == isBlindSpot)
        }
    }

    @Test(
        "refuses what is no number, or too short to have a check digit",
        arguments: [
            "", "0", "7", "4111 1111 1111 1111", "4111-1111-1111-1111", "411111111111111a", "４１", "-18", "18\n", "/8", "1:",
        ])
    func refusesOtherText(_ text: String) {
        #expect(!Luhn.isValid(text.utf8))
    }

    @Test("gives no check digit for what is no number", arguments: ["", " ", "12a", "1.5"])
    func givesNoCheckDigit(_ text: String) {
        #expect(Luhn.checkDigit(for: text.utf8) == nil)
    }

    @Test("reads through separators that the caller filters, and numbers of any length")
    func readsAnySequence() {
        #expect(Luhn.isValid("4111 1111 1111 1111".utf8.lazy.filter { $0 != UInt8(ascii: " ") }))
        #expect(Luhn.isValid(repeatElement(UInt8(ascii: "0"), count: 1_000_000)))
    }
}
