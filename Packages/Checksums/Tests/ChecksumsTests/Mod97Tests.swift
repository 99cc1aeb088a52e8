import Checksums
import Testing

@Suite("MOD 97-10")
struct Mod97Tests {
    /// Legal entity identifiers (ISO 17442) of public companies.
    static let identifiers = ["5493001KJTIIGC8Y1R12", "HWUPKR0MPOU8FGXBT394", "529900T8BM49AURSDO55"]

    /// Examples of the IBAN registry (ISO 13616).
    static let accounts = [
        "GB82WEST12345698765432", "DE89370400440532013000", "FR1420041010050500013M02606", "NO9386011117947",
        "MT84MALT011000012345MTLCAST001S",
        "CH9300762011623852957", "NL91ABNA0417164300", "SA0380000000608010167519", "BE68539007547034",
        "LC55HEMM000100010012001200023015",
        "AT611904300234573201", "ES9121000418450200051332",
    ]

    @Test("passes identifiers with the right check digits, in either case", arguments: Self.identifiers)
    func passesIdentifiers(_ text: String) {
        #expect(Mod97.isValid(text.utf8))
        #expect(Mod97.isValid(text.lowercased().utf8))
        #expect(Mod97.checkDigits(for: text.utf8.dropLast(2)) == Int(text.suffix(2)))
        #expect(Mod97.remainder(of: text.utf8) == 1)
    }

    @Test("passes the examples of the IBAN registry, in either case", arguments: Self.accounts)
    func passesAccounts(_ text: String) {
        #expect(IBAN.isValid(text.utf8))
        #expect(IBAN.isValid(text.lowercased().utf8))
        let checkDigits = IBAN.checkDigits(country: text.utf8.prefix(2), account: text.utf8.dropFirst(4))
        #expect(checkDigits == Int(text.dropFirst(2).prefix(2)))
    }

    @Test("finds every single wrong digit or letter", arguments: Self.accounts)
    func findsWrongCharacters(_ text: String) {
        let bytes = Array(text.utf8)
        for position in bytes.indices {
            let isDigit = bytes[position] < UInt8(ascii: "A")
            let others = isDigit ? UInt8(ascii: "0")...UInt8(ascii: "9") : UInt8(ascii: "A")...UInt8(ascii: "Z")
            for other in others where other != bytes[position] {
                var changed = bytes
                changed[position] = other
                #expect(!IBAN.isValid(changed))
            }
        }
    }

    @Test("finds every two neighbouring digits exchanged", arguments: Self.accounts)
    func findsExchangedDigits(_ text: String) {
        let bytes = Array(text.utf8)
        for position in bytes.indices.dropFirst() where bytes[position] != bytes[position - 1] {
            guard max(bytes[position], bytes[position - 1]) < UInt8(ascii: "A") else { continue }
            var changed = bytes
            changed.swapAt(position, position - 1)
            #expect(!IBAN.isValid(changed))
        }
    }

    @Test("refuses the check digits that no calculation gives", arguments: [("97", "00"), ("98", "01"), ("02", "99")])
    func refusesAliases(_ right: String, _ alias: String) throws {
        // An account whose right check digits are the given ones; its alias leaves the same remainder.
        let account = try #require(
            (0..<200).map { "10000000000000\($0 + 10)" }.first {
                IBAN.checkDigits(country: "DE".utf8, account: $0.utf8) == Int(right)
            })
        #expect(IBAN.isValid("DE\(right)\(account)".utf8))
        #expect(!IBAN.isValid("DE\(alias)\(account)".utf8))
        let text = try #require((0..<200).map { "\($0 + 10)" }.first { Mod97.checkDigits(for: $0.utf8) == Int(right) })
        #expect(Mod97.isValid("\(text)\(right)".utf8))
        #expect(!Mod97.isValid("\(text)\(alias)".utf8))
    }

    @Test(
        "refuses text of another form as an account",
        arguments: [
            "", "D", "DE", "DE8", "DE89", "8937040044053201300", "D189370400440532013000", "1E89370400440532013000",
            "DEA9370400440532013000",
            "DE8A370400440532013000", "DE89 3704 0044 0532 0130 00", "DE89-3704", "DE8937040044053201300ß",
            "DE893704004405320130001",
            "\0\0\0\0\0", "[[89370400440532013000", "@@89370400440532013000",
        ])
    func refusesOtherAccounts(_ text: String) {
        #expect(!IBAN.isValid(text.utf8))
    }

    @Test(
        "refuses text of another form", arguments: ["", "1", "98", "0098 ", "12-3", "é98", "549300 1KJTIIGC8Y1R12", "ABC", "A1B"])
    func refusesOtherText(_ text: String) {
        #expect(!Mod97.isValid(text.utf8))
    }

    @Test("refuses an account longer than 30, though its check digits are right", arguments: [1, 29, 30, 31, 40])
    func limitsLength(_ length: Int) throws {
        let account = String(repeating: "7", count: length)
        let checkDigits = try #require(Mod97.checkDigits(for: "\(account)DE".utf8))
        let text = "DE\(checkDigits < 10 ? "0" : "")\(checkDigits)\(account)"
        #expect(IBAN.isValid(text.utf8) == (length <= 30))
    }

    @Test("gives no check digits for text of another form")
    func givesNoCheckDigits() {
        #expect(Mod97.checkDigits(for: "".utf8) == nil)
        #expect(Mod97.checkDigits(for: "12 3".utf8) == nil)
        #expect(Mod97.remainder(of: "[".utf8) == nil)
        #expect(IBAN.checkDigits(country: "D".utf8, account: "1".utf8) == nil)
        #expect(IBAN.checkDigits(country: "D1".utf8, account: "1".utf8) == nil)
        #expect(IBAN.checkDigits(country: "DE".utf8, account: "".utf8) == nil)
        #expect(IBAN.checkDigits(country: "DE".utf8, account: "1 2".utf8) == nil)
        #expect(IBAN.checkDigits(country: "DE".utf8, account: repeatElement(UInt8(ascii: "1"), count: 31)) == nil)
    }

    @Test("reads a number of any length")
    func readsLongNumbers() {
        #expect(Mod97.remainder(of: repeatElement(UInt8(ascii: "9"), count: 96)) == 0)
        #expect(Mod97.remainder(of: repeatElement(UInt8(ascii: "9"), count: 960_001)) == 9)
        #expect(Mod97.remainder(of: "Z".utf8) == 35)
        #expect(Mod97.remainder(of: "97".utf8) == 0)
    }
}
