/// Numbers that countries give to people and to their tax accounts; each is a rule of its own, off by default.
enum NationalNumber: Int, Hashable, Sendable, CaseIterable {
    case ukHealth, ukInsurance, canadaInsurance, spainIdentity, italyFiscalCode, polandPESEL, swedenIdentity, indiaAadhaar,
        indiaPAN
    case australiaTaxFile, australiaBusiness, australiaCompany, australiaMedicare, singaporeIdentity, finlandIdentity
    case koreaResident, turkeyIdentity, germanyTax, southAfricaIdentity, thailandIdentity

    /// How many letters and digits it has, separators not counted; the longest first.
    var lengths: [Int] {
        switch self {
        case .ukInsurance, .canadaInsurance, .spainIdentity, .australiaTaxFile, .australiaCompany, .singaporeIdentity: [9]
        case .ukHealth, .indiaPAN, .australiaMedicare: [10]
        case .swedenIdentity: [12, 10]
        case .finlandIdentity: [11, 10]
        case .polandPESEL, .turkeyIdentity, .germanyTax, .australiaBusiness: [11]
        case .indiaAadhaar: [12]
        case .koreaResident, .southAfricaIdentity, .thailandIdentity: [13]
        case .italyFiscalCode: [16]
        }
    }

    /// In which groups it is written, the lengths one after another.
    var layouts: [[Int]] {
        switch self {
        case .ukHealth: [[10], [3, 3, 4]]
        case .ukInsurance: [[9], [2, 2, 2, 2, 1], [2, 6, 1]]
        case .canadaInsurance, .australiaTaxFile, .australiaCompany: [[9], [3, 3, 3]]
        case .spainIdentity: [[9], [8, 1], [1, 7, 1], [1, 8]]
        case .italyFiscalCode: [[16], [3, 3, 5, 5]]
        case .polandPESEL, .turkeyIdentity: [[11]]
        case .swedenIdentity: [[12], [10], [8, 4], [6, 4]]
        case .indiaAadhaar: [[12], [4, 4, 4]]
        case .indiaPAN: [[10]]
        case .australiaBusiness, .germanyTax: [[11], [2, 3, 3, 3]]
        case .australiaMedicare: [[10], [4, 5, 1]]
        case .singaporeIdentity: [[9]]
        case .finlandIdentity: [[11], [6, 4]]
        case .koreaResident: [[13], [6, 7]]
        case .southAfricaIdentity: [[13], [6, 4, 3], [6, 4, 2, 1]]
        case .thailandIdentity: [[13], [1, 4, 5, 2, 1]]
        }
    }

    /// How likely a number is one that passes its check with no word about it nearby.
    ///
    /// A check digit over plain digits says little: one number in ten has it right by chance. Letters besides say more.
    var confidence: Confidence {
        switch self {
        case .italyFiscalCode, .singaporeIdentity, .finlandIdentity: .high
        case .spainIdentity: .medium
        default: .low
        }
    }

    /// Words of which one nearby makes it likelier, in lower case.
    var words: [StaticString] {
        switch self {
        case .ukHealth: ["nhs"]
        case .ukInsurance: ["national insurance", "nino", "ni number"]
        case .canadaInsurance: ["sin", "social insurance"]
        case .spainIdentity: ["dni", "nif", "nie"]
        case .italyFiscalCode: ["codice fiscale", "cf:"]
        case .polandPESEL: ["pesel"]
        case .swedenIdentity: ["personnummer"]
        case .indiaAadhaar: ["aadhaar", "uidai"]
        case .indiaPAN: ["pan"]
        case .australiaTaxFile: ["tfn", "tax file"]
        case .australiaBusiness: ["abn"]
        case .australiaCompany: ["acn"]
        case .australiaMedicare: ["medicare"]
        case .singaporeIdentity: ["nric", "fin"]
        case .finlandIdentity: ["hetu", "henkil"]
        case .koreaResident: ["rrn", "resident"]
        case .turkeyIdentity: ["tckn", "kimlik"]
        case .germanyTax: ["steuer", "idnr"]
        case .southAfricaIdentity: ["id number", "rsa id", "south africa"]
        case .thailandIdentity: ["thai", "citizen"]
        }
    }

    /// Whether a text of the right length, letters in upper case and no separators, has the form and passes the check.
    func accepts(_ text: [UInt8]) -> Bool {
        guard self.lengths.contains(text.count) else { return false }
        let digits = text.map { $0 &- UInt8(ascii: "0") < 10 ? Int($0 & 0x0F) : -1 }
        let isAllDigits = !digits.contains(-1)
        switch self {
        case .ukInsurance, .spainIdentity, .italyFiscalCode, .indiaPAN, .singaporeIdentity, .finlandIdentity:
            return self.acceptsLettered(text, digits)
        default:
            // A number of one digit only is a sample.
            return isAllDigits && Set(digits).count > 1 && self.acceptsDigits(text, digits)
        }
    }
}

/// The pass over words that looks for them.
extension ScanTables {
    /// A number that begins at an offset: letters and digits in one piece, or in groups with one kind of separator.
    func nationalNumber(_ text: ByteText, _ start: Int, _ state: inout ScanState) {
        // In the middle of a longer row of digits and separators nothing begins.
        let before = text[start &- 1]
        if "-./+".utf8.contains(before), text.has(.alnum, at: start &- 2) { return }
        var compact: [UInt8] = []
        var ends: [Int] = []
        var (offset, hasDigit) = (start, false)
        var separator: UInt8?
        while compact.count < 17 {
            if text.has(.alnum, at: offset) {
                let byte = text[offset]
                compact.append(byte &- UInt8(ascii: "a") < 26 ? byte & 0xDF : byte)
                ends.append(offset &+ 1)
                hasDigit = hasDigit || text.has(.digit, at: offset)
            } else {
                guard "-+ ".utf8.contains(text[offset]), text[offset] == separator ?? text[offset],
                    text.has(.alnum, at: offset &+ 1)
                else { break }
                separator = text[offset]
            }
            offset &+= 1
        }
        state.charge(compact.count &* 4)
        guard hasDigit, compact.count >= 9 else { return }
        for (rule, number) in self.nationalRules {
            for length in number.lengths where length <= compact.count {
                let end = ends[length - 1]
                guard number.layouts.contains(Self.groups(ends.prefix(length), from: start)) else { continue }
                guard !text.has(.word, at: end), !"-./+".utf8.contains(text[end]) || !text.has(.alnum, at: end &+ 1),
                    number.accepts(Array(compact.prefix(length)))
                else { continue }
                let context = max(start &- 48, 0)..<start
                state.charge(96)
                let isNamed = number.words.contains { text.containsFolded($0, in: context) }
                state.progress.identifierEnd = max(state.progress.identifierEnd, end)
                self.report(
                    rule, text, whole: start..<end, secret: start..<end, confidence: isNamed ? .high : nil, &state)
                break
            }
        }
    }

    /// How long the groups are whose letters and digits end at the given places.
    private static func groups(_ ends: ArraySlice<Int>, from start: Int) -> [Int] {
        var (groups, last) = ([0], start)
        for end in ends {
            if end != last + 1 { groups.append(0) }
            groups[groups.count - 1] += 1
            last = end
        }
        return groups
    }
}
