/// A class of bytes as a set of sixteen atoms, so that one table look-up and one mask tell whether a byte belongs to it.
struct Atoms: OptionSet, Hashable, Sendable {
    let rawValue: UInt16

    static let digitOutsideBase32 = Atoms(rawValue: 1 << 0)  // 0 1 8 9
    static let digitOfBase32 = Atoms(rawValue: 1 << 1)  // 2 to 7
    static let lowerHex = Atoms(rawValue: 1 << 2)
    static let lowerRest = Atoms(rawValue: 1 << 3)
    static let upperHex = Atoms(rawValue: 1 << 4)
    static let upperRest = Atoms(rawValue: 1 << 5)
    static let underscore = Atoms(rawValue: 1 << 6)
    static let dash = Atoms(rawValue: 1 << 7)
    static let dot = Atoms(rawValue: 1 << 8)
    static let plusOrSlash = Atoms(rawValue: 1 << 9)
    static let equals = Atoms(rawValue: 1 << 10)
    static let tilde = Atoms(rawValue: 1 << 11)
    static let percent = Atoms(rawValue: 1 << 12)
    static let blank = Atoms(rawValue: 1 << 13)  // space and tab
    static let reserved = Atoms(rawValue: 1 << 14)  // what separates the parts of a URI, save + / =
    static let other = Atoms(rawValue: 1 << 15)  // printable rest and bytes of multi-byte characters

    static let digit: Atoms = [.digitOutsideBase32, .digitOfBase32]
    static let lower: Atoms = [.lowerHex, .lowerRest]
    static let upper: Atoms = [.upperHex, .upperRest]
    static let letter: Atoms = [.lower, .upper]
    static let alnum: Atoms = [.letter, .digit]
    static let word: Atoms = [.alnum, .underscore]
    static let token: Atoms = [.word, .dash]
    static let base32: Atoms = [.upper, .digitOfBase32]
    static let hex: Atoms = [.digit, .lowerHex, .upperHex]
    static let lowerHexDigits: Atoms = [.digit, .lowerHex]
    static let base64: Atoms = [.alnum, .plusOrSlash]
    static let base64Either: Atoms = [.base64, .underscore, .dash]

    /// The atom of each byte; NUL, line ends and other controls have none.
    static let table: [UInt16] = (0..<256).map { value in
        let byte = UInt8(truncatingIfNeeded: value)
        let atom: Atoms
        switch byte {
        case UInt8(ascii: "2")...UInt8(ascii: "7"): atom = .digitOfBase32
        case UInt8(ascii: "0")...UInt8(ascii: "9"): atom = .digitOutsideBase32
        case UInt8(ascii: "a")...UInt8(ascii: "f"): atom = .lowerHex
        case UInt8(ascii: "a")...UInt8(ascii: "z"): atom = .lowerRest
        case UInt8(ascii: "A")...UInt8(ascii: "F"): atom = .upperHex
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): atom = .upperRest
        case UInt8(ascii: "_"): atom = .underscore
        case UInt8(ascii: "-"): atom = .dash
        case UInt8(ascii: "."): atom = .dot
        case UInt8(ascii: "+"), UInt8(ascii: "/"): atom = .plusOrSlash
        case UInt8(ascii: "="): atom = .equals
        case UInt8(ascii: "~"): atom = .tilde
        case UInt8(ascii: "%"): atom = .percent
        case UInt8(ascii: " "), UInt8(ascii: "\t"): atom = .blank
        case _ where ":?#[]@!$&'()*,;".utf8.contains(byte): atom = .reserved
        case 0x21...0x7E, 0x80...: atom = .other
        default: atom = []
        }
        return atom.rawValue
    }

    /// The atom of one byte.
    static func of(_ byte: UInt8) -> Atoms { Atoms(rawValue: self.table[Int(byte)]) }
}
