import Checksums

/// The check digits of each country, after the descriptions that its offices publish.
extension NationalNumber {
    func acceptsDigits(_ text: [UInt8], _ digits: [Int]) -> Bool {
        guard let first = digits.first, let last = digits.last else { return false }
        func sum(_ weights: [Int]) -> Int { zip(digits, weights).reduce(0) { $0 + $1.0 * $1.1 } }
        switch self {
        case .ukHealth:
            let check = 11 - sum([10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11
            return check != 10 && check % 11 == last
        case .canadaInsurance:
            return first != 0 && first != 8 && Luhn.isValid(text)
        case .polandPESEL:
            // The month carries the century.
            return Self.isDay(month: Self.pair(digits, 2) % 20, day: Self.pair(digits, 4))
                && (10 - sum([1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10) % 10 == last
        case .swedenIdentity:
            let short = Array(digits.suffix(10))
            // Coordination numbers have 60 added to the day.
            return Self.isDay(month: Self.pair(short, 2), day: Self.pair(short, 4) % 60) && Luhn.isValid(text.suffix(10))
        case .indiaAadhaar:
            return first >= 2 && Verhoeff.isValid(text)
        case .australiaTaxFile:
            return sum([1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 == 0
        case .australiaBusiness:
            return first > 0 && (sum([10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10) % 89 == 0
        case .australiaCompany:
            return (10 - sum([8, 7, 6, 5, 4, 3, 2, 1]) % 10) % 10 == last
        case .australiaMedicare:
            return (2...6).contains(first) && digits.count == 10 && sum([1, 3, 7, 9, 1, 3, 7, 9]) % 10 == digits[8]
        case .koreaResident:
            return Self.isDay(month: Self.pair(digits, 2), day: Self.pair(digits, 4)) && digits.count == 13
                && (1...8).contains(digits[6]) && (11 - sum([2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11) % 10 == last
        case .turkeyIdentity:
            let (odd, even) = (sum([1, 0, 1, 0, 1, 0, 1, 0, 1]), sum([0, 1, 0, 1, 0, 1, 0, 1]))
            return first != 0 && digits.count == 11 && ((odd * 7 - even) % 10 + 10) % 10 == digits[9]
                && digits.dropLast().reduce(0, +) % 10 == last
        case .germanyTax:
            // Of the first ten digits one stands there twice or three times.
            return first != 0 && (8...9).contains(Set(digits.prefix(10)).count) && Mod11And10.isValid(text)
        case .southAfricaIdentity:
            return Self.isDay(month: Self.pair(digits, 2), day: Self.pair(digits, 4)) && digits.count == 13 && digits[10] <= 2
                && Luhn.isValid(text)
        case .thailandIdentity:
            return (1...8).contains(first)
                && (11 - sum([13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 10 == last
        default: return false
        }
    }

    func acceptsLettered(_ text: [UInt8], _ digits: [Int]) -> Bool {
        func isLetters(_ range: Range<Int>) -> Bool { range.allSatisfy { $0 < text.count && digits[$0] < 0 } }
        func isDigits(_ range: Range<Int>) -> Bool { range.allSatisfy { $0 < text.count && digits[$0] >= 0 } }
        func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + max($1, 0) } }
        guard let first = text.first, let last = text.last else { return false }
        switch self {
        case .ukInsurance:
            let prefix = String(decoding: text.prefix(2), as: UTF8.self)
            return isLetters(0..<2) && isDigits(2..<8) && "ABCD".utf8.contains(last) && !prefix.contains { "DFIQUV".contains($0) }
                && !prefix.hasSuffix("O") && !["BG", "GB", "NK", "KN", "TN", "NT", "ZZ"].contains(prefix)
        case .spainIdentity:
            let letters = Array("TRWAGMYFPDXBNJZSQVHLCKE".utf8)
            guard isDigits(1..<8), isLetters(8..<9) else { return false }
            if digits[0] >= 0 { return letters[number(0..<8) % 23] == last }
            guard let kind = Array("XYZ".utf8).firstIndex(of: first) else { return false }
            return letters[(kind * 10_000_000 + number(1..<8)) % 23] == last
        case .italyFiscalCode:
            guard isLetters(0..<6), isDigits(6..<8), isLetters(8..<9), isDigits(9..<11), isLetters(11..<12), isDigits(12..<15),
                isLetters(15..<16), Array("ABCDEHLMPRST".utf8).contains(text[8]), Self.isDay(month: 1, day: number(9..<11) % 40)
            else { return false }
            return Self.fiscalCodeCheck(text, digits) == Int(last) - Int(UInt8(ascii: "A"))
        case .indiaPAN:
            // The fourth letter tells what kind of holder it is.
            return isLetters(0..<5) && isDigits(5..<9) && isLetters(9..<10) && "ABCFGHJLPT".utf8.contains(text[3])
        case .singaporeIdentity:
            guard isDigits(1..<8), isLetters(8..<9), isLetters(0..<1) else { return false }
            let weighted = zip(digits.dropFirst(), [2, 7, 6, 5, 4, 3, 2]).reduce(0) { $0 + $1.0 * $1.1 }
            let (offset, letters): (Int, String) =
                switch first {
                case UInt8(ascii: "S"): (0, "JZIHGFEDCBA")
                case UInt8(ascii: "T"): (4, "JZIHGFEDCBA")
                case UInt8(ascii: "F"): (0, "XWUTRQPNMLK")
                case UInt8(ascii: "G"): (4, "XWUTRQPNMLK")
                case UInt8(ascii: "M"): (3, "XWUTRQPNJLK")
                default: (0, "")
                }
            return !letters.isEmpty && Array(letters.utf8)[(weighted + offset) % 11] == last
        case .finlandIdentity:
            // Between the date and the rest stands a sign or a letter for the century.
            let start = text.count == 11 ? 7 : 6
            guard isDigits(0..<6), isDigits(start..<(start + 3)), text.count == 10 || "ABCDEFUVWXY".utf8.contains(text[6]),
                Self.isDay(month: Self.pair(digits, 2), day: Self.pair(digits, 0))
            else { return false }
            return Array("0123456789ABCDEFHJKLMNPRSTUVWXY".utf8)[(number(0..<6) * 1_000 + number(start..<(start + 3))) % 31]
                == last
        default: return false
        }
    }

    /// The sum of the Italian code: letters and digits in even places count as they are, in odd ones by a table.
    private static func fiscalCodeCheck(_ text: [UInt8], _ digits: [Int]) -> Int {
        let odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]
        var sum = 0
        for (index, byte) in text.dropLast().enumerated() {
            let value = digits[index] >= 0 ? digits[index] : Int(byte) - Int(UInt8(ascii: "A"))
            guard odd.indices.contains(value) else { return -1 }
            sum += index % 2 == 0 ? odd[value] : value
        }
        return sum % 26
    }

    private static func pair(_ digits: [Int], _ start: Int) -> Int {
        start + 1 < digits.count ? digits[start] * 10 + digits[start + 1] : 0
    }

    private static func isDay(month: Int, day: Int) -> Bool { (1...12).contains(month) && (1...31).contains(day) }
}
