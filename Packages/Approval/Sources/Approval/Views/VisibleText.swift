/// Makes text safe to read: what cannot be seen, or looks like something else, is written as `\u{202E}`.
///
/// The result shows every code point of the text, in the order of the bytes, and nothing is ever cut off. A backslash is always
/// written twice, so the escapes cannot be forged and no two texts are shown alike. Which scripts and forms are looked at is a choice of ours, after UTS 39.
public enum VisibleText {
    /// A text as it is shown, and what to know about it.
    public struct Shown: Sendable, Hashable {
        /// The text without anything invisible.
        public let text: String
        /// What was found, in the order of ``TextNote``.
        public let notes: [TextNote]
    }

    /// Shows a value: line ends are `\n`, a backslash is `\\`.
    ///
    /// Takes time in proportion to the text; the result has at most six times its bytes.
    public static func show(_ text: String) -> Shown {
        var writer = VisibleWriter(keepsLineEnds: false)
        writer.write(text)
        return Shown(text: writer.text, notes: writer.notes.sorted())
    }

    /// Shows a note that somebody wrote: as ``show(_:)``, but line ends (U+000A) stay as they are.
    public static func note(_ text: String) -> String {
        var writer = VisibleWriter(keepsLineEnds: true)
        writer.write(text)
        return writer.text
    }
}

/// Writes one text, word by word, since a letter is suspect for its neighbours.
private struct VisibleWriter {
    let keepsLineEnds: Bool
    private(set) var notes: Set<TextNote> = []
    private var output: [UInt8] = []
    /// How many marks stand behind the last letter.
    private var marks = 0

    private static let mostMarks = 3

    init(keepsLineEnds: Bool) {
        self.keepsLineEnds = keepsLineEnds
    }

    var text: String { String(decoding: self.output, as: UTF8.self) }

    mutating func write(_ text: String) {
        if self.writePlain(text) { return }
        let foreign = Self.scriptsInUse(text)
        var word: [Unicode.Scalar] = []
        for scalar in text.unicodeScalars {
            if Self.belongsToWord(scalar) {
                word.append(scalar)
                continue
            }
            self.flush(&word, foreign)
            self.write(scalar, isSuspect: false)
        }
        self.flush(&word, foreign)
        self.noteOuterBlanks(text)
    }

    /// Most values are printable ASCII, and need no second look.
    private mutating func writePlain(_ text: String) -> Bool {
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else { return false }
        self.output.append(contentsOf: text.utf8)
        self.noteOuterBlanks(text)
        return true
    }

    private mutating func noteOuterBlanks(_ text: String) {
        let blank = UInt8(ascii: " ")
        if text.utf8.first == blank || text.utf8.last == blank { self.notes.insert(.blank) }
    }

    /// Scripts of which the text has letters that cannot be taken for ASCII: words in them are what they seem.
    private static func scriptsInUse(_ text: String) -> Set<Script> {
        var scripts: Set<Script> = []
        for scalar in text.unicodeScalars where !scalar.isASCII {
            if let script = Script(scalar), !Script.looksASCII(scalar) { scripts.insert(script) }
        }
        return scripts
    }

    private static func belongsToWord(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.properties.isAlphabetic || (0x30...0x39).contains(scalar.value) }
        if scalar.properties.isAlphabetic || scalar.properties.isDefaultIgnorableCodePoint { return true }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .spacingMark, .decimalNumber, .format: return true
        default: return false
        }
    }

    private mutating func flush(_ word: inout [Unicode.Scalar], _ inUse: Set<Script>) {
        defer { word.removeAll(keepingCapacity: true) }
        var scripts: Set<Script> = []
        var looksASCII = true
        for scalar in word {
            guard let script = Script(scalar) else { continue }
            scripts.insert(script)
            if script != .latin, !Script.looksASCII(scalar) { looksASCII = false }
        }
        let isMixed = scripts.count > 1
        let isLookalike = scripts.count == 1 && looksASCII && !scripts.contains(.latin) && scripts.isDisjoint(with: inUse)
        if isMixed { self.notes.insert(.mixedScript) }
        if isLookalike { self.notes.insert(.lookalike) }
        for scalar in word { self.write(scalar, isSuspect: isMixed || isLookalike) }
    }

    private mutating func write(_ scalar: Unicode.Scalar, isSuspect: Bool) {
        if scalar.isASCII {
            // A mark belongs on a letter; over a sign it makes another sign of it.
            self.marks = Self.belongsToWord(scalar) ? 0 : Self.mostMarks
            self.writeASCII(UInt8(truncatingIfNeeded: scalar.value))
            return
        }
        if let note = self.reasonToEscape(scalar) {
            self.notes.insert(note)
            self.escape(scalar)
        } else if isSuspect, Script(scalar) != nil {
            self.escape(scalar)
        } else {
            if Self.isRightToLeft(scalar) { self.notes.insert(.rightToLeft) }
            self.output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }

    private mutating func writeASCII(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\\"):
            self.output += [byte, byte]
        case 0x0A where self.keepsLineEnds: self.output.append(byte)
        case 0x0A: self.noteControl("\\n")
        case 0x0D: self.noteControl("\\r")
        case 0x09: self.noteControl("\\t")
        case ..<0x20, 0x7F: self.noteControl("\\u{\(String(byte, radix: 16, uppercase: true))}")
        default: self.output.append(byte)
        }
    }

    private mutating func noteControl(_ escape: String) {
        self.notes.insert(.control)
        self.output.append(contentsOf: escape.utf8)
    }

    private mutating func escape(_ scalar: Unicode.Scalar) {
        self.output.append(contentsOf: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}".utf8)
    }

    /// Why a character outside of ASCII is never shown as it is.
    private mutating func reasonToEscape(_ scalar: Unicode.Scalar) -> TextNote? {
        let isMark: Bool
        defer { self.marks = isMark ? self.marks + 1 : 0 }
        let category = scalar.properties.generalCategory
        isMark = category == .nonspacingMark || category == .enclosingMark
        if scalar.properties.isBidiControl { return .bidirectional }
        if scalar.properties.isDefaultIgnorableCodePoint { return .hidden }
        switch category {
        case .control: return .control
        case .format: return .hidden
        case .lineSeparator, .paragraphSeparator: return .control
        case .spaceSeparator: return .blank
        case .unassigned, .privateUse, .surrogate: return .unassigned
        case .enclosingMark: return .stackedMarks
        case .nonspacingMark where self.marks >= Self.mostMarks || self.output.isEmpty: return .stackedMarks
        default: break
        }
        // U+2800 is a letter of Braille without any dot.
        if scalar.value == 0x2800 { return .blank }
        return Self.isOtherForm(scalar) ? .compatibility : nil
    }

    private static func isOtherForm(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xFF01...0xFFEF, 0xFB00...0xFB06, 0xFE50...0xFE6F, 0x1D400...0x1D7FF, 0x2100...0x214F, 0x2460...0x24FF,
            0x1F100...0x1F1FF, 0x2070...0x209C, 0xB2, 0xB3, 0xB9:
            true
        // Signs that look like / \ - : . ; ' and the ones before them.
        case 0x2044, 0x2215, 0x2571, 0x27CB, 0x29F8, 0x2216, 0x29F5, 0x29F9, 0x2010...0x2012, 0x2212, 0x2236, 0xA789, 0x2024,
            0x37E, 0x2C2, 0x2C3, 0x2C8, 0x2B9...0x2BC, 0x2CB, 0x5C3, 0x589, 0x1C0, 0x1C3, 0x2223, 0x23D0, 0x2768...0x2775:
            true
        default: false
        }
    }

    private static func isRightToLeft(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x590...0x8FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFE, 0x10800...0x10FFF, 0x1E800...0x1EFFF: true
        default: false
        }
    }
}

extension UTF8 {
    fileprivate static let encodedReplacementCharacter: EncodedScalar = UTF8.encode("\u{FFFD}") ?? EncodedScalar()
}
