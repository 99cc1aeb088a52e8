/// What a character is to the tokenizer.
enum ScalarClass {
    /// A letter or digit.
    case word
    /// What belongs to the letter before it: a mark, or what shows nothing, such as a soft hyphen.
    case mark
    /// A letter of a script that puts no blanks between words; it is a word by itself, and several in a row are a phrase.
    case unspaced
    /// What parts words.
    case other

    init(_ scalar: Unicode.Scalar) {
        let code = scalar.value
        if code < 0x80 {
            let isLetter = (0x61...0x7A).contains(code | 0x20)
            self = isLetter || (0x30...0x39).contains(code) ? .word : .other
            return
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber:
            self = Self.isUnspaced(scalar) ? .unspaced : .word
        case .nonspacingMark, .spacingMark, .enclosingMark, .format:
            self = .mark
        default:
            self = .other
        }
    }

    private static func isUnspaced(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // Thai and Lao, Myanmar, Khmer, kana, half-width kana.
        case 0xE00...0xEFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3041...0x30FF, 0xFF66...0xFF9F: true
        case ..<0x2E80: false
        default: scalar.properties.isIdeographic
        }
    }
}
