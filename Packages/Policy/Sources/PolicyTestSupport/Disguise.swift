import Foundation

/// Ways to write a text so that it reads the same to a person or a model and differs to a plain comparison.
enum Disguise: String, CaseIterable {
    case plain, capitals, fullWidth, zeroWidth, softHyphen, lookalike, percent, doublePercent, lineEnds, wideBlanks, tags
    case backwards, mathematical, accents, smallCapitals, hiddenBlanks
    case references, backslashes, apart, digits, base64

    /// Whether a person or a model still reads the text, but a shell does not.
    var isForReaders: Bool {
        switch self {
        case .lineEnds, .capitals, .mathematical, .accents, .smallCapitals, .hiddenBlanks, .apart, .digits, .base64: true
        default: false
        }
    }

    func apply(_ text: String) -> String {
        switch self {
        case .plain: return text
        case .capitals: return text.uppercased()
        case .fullWidth: return Self.mapped(text) { (0x21...0x7E).contains($0.value) ? Unicode.Scalar($0.value + 0xFEE0) : nil }
        case .zeroWidth: return Self.spaced(text, "\u{200B}")
        case .softHyphen: return Self.spaced(text, "\u{AD}")
        case .lookalike: return Self.mapped(text) { Self.cyrillic[$0] }
        case .percent: return Self.percentEncoded(text)
        case .doublePercent:
            return Self.percentEncoded(text).split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%25")
        case .lineEnds: return text.split(separator: " ", omittingEmptySubsequences: false).joined(separator: " \n\t")
        case .wideBlanks: return text.split(separator: " ", omittingEmptySubsequences: false).joined(separator: "\u{3000}")
        case .tags: return "hello" + Self.mapped(text) { Unicode.Scalar($0.value + 0xE0000) }
        case .backwards: return "\u{202E}" + String(String.UnicodeScalarView(text.unicodeScalars.reversed()))
        case .mathematical:
            return Self.mapped(text) { (0x61...0x7A).contains($0.value) ? Unicode.Scalar($0.value - 0x61 + 0x1D41A) : nil }
        case .accents: return Self.mapped(text) { Self.accented[$0] }
        case .smallCapitals: return Self.mapped(text) { Self.small[$0] }
        case .references: return text.unicodeScalars.map { "&#\($0.value);" }.joined()
        case .backslashes:
            return text.unicodeScalars.map { scalar in
                let digits = String(scalar.value, radix: 16)
                return "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            }.joined()
        case .apart:
            return text.split(separator: " ").map { $0.map(String.init).joined(separator: " ") }.joined(separator: "   ")
        case .digits:
            return text.split(separator: " ", omittingEmptySubsequences: false).map { word in
                word.count < 3 ? String(word) : Self.mapped(String(word)) { Self.figures[$0] }
            }.joined(separator: " ")
        case .base64: return Data(text.utf8).base64EncodedString()
        case .hiddenBlanks:
            return Self.spaced(text, "\u{2060}").split(separator: " ", omittingEmptySubsequences: false).joined(
                separator: "\u{200B}")
        }
    }

    private static let figures: [Unicode.Scalar: Unicode.Scalar] = ["a": "4", "e": "3", "i": "1", "o": "0"]

    private static let accented: [Unicode.Scalar: Unicode.Scalar] = [
        "a": "\u{E1}", "e": "\u{1EBF}", "i": "\u{EF}", "o": "\u{F8}", "u": "\u{16F}", "n": "\u{F1}", "r": "\u{159}",
        "t": "\u{1E6D}",
    ]
    private static let small: [Unicode.Scalar: Unicode.Scalar] = [
        "a": "\u{1D00}", "e": "\u{1D07}", "g": "\u{262}", "i": "\u{26A}", "l": "\u{29F}", "n": "\u{274}", "o": "\u{1D0F}",
        "r": "\u{280}", "s": "\u{A731}", "t": "\u{1D1B}", "u": "\u{1D1C}",
    ]

    private static let cyrillic: [Unicode.Scalar: Unicode.Scalar] = [
        "a": "\u{430}", "e": "\u{435}", "o": "\u{43E}", "p": "\u{440}", "c": "\u{441}", "i": "\u{456}", "x": "\u{445}",
        "y": "\u{443}",
        "s": "\u{455}", "j": "\u{458}",
    ]

    private static func mapped(_ text: String, _ map: (Unicode.Scalar) -> Unicode.Scalar?) -> String {
        var mapped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { mapped.append(map(scalar) ?? scalar) }
        return String(mapped)
    }

    private static func spaced(_ text: String, _ between: String) -> String {
        text.split(separator: " ", omittingEmptySubsequences: false).map { word in
            word.count < 2 ? String(word) : "\(word.prefix(1))\(between)\(word.dropFirst())"
        }.joined(separator: " ")
    }

    private static func percentEncoded(_ text: String) -> String {
        text.utf8.map { byte in
            let digits = String(byte, radix: 16)
            return "%" + (digits.utf8.count < 2 ? "0" : "") + digits
        }.joined()
    }
}
