/// A name for one thing, kept as text and compared byte by byte.
///
/// Swift's `String` counts `é` and `e` + `◌́` as equal; a database and an upstream do not. An identifier therefore has
/// equality, order and hash over its UTF-8 bytes, so that no two rows share one identity here.
///
/// Accepted text has 1 to 255 bytes and no character that is invisible or breaks a line: Unicode general categories Cc
/// (control), Cf (format, such as zero-width and bidirectional marks), Zl and Zp (separators of lines and paragraphs).
public protocol TextIdentifier: Hashable, Sendable, Comparable, LosslessStringConvertible {
    /// The text as it was given; nothing is normalised.
    var text: String { get }

    /// Takes text as it is, for literals and for text that was checked before, such as a column that only we write.
    init(unchecked text: String)
}

extension TextIdentifier {
    /// Takes text from outside, or returns nil when it is empty, longer than 255 bytes, or holds an invisible character.
    public init?(_ text: String) {
        guard (1...255).contains(text.utf8.count), text.unicodeScalars.allSatisfy(\.isVisible) else { return nil }
        self.init(unchecked: text)
    }

    /// The text as it was given.
    public var description: String { self.text }

    /// Compares UTF-8 bytes, so that canonically equivalent texts differ.
    public static func == (left: Self, right: Self) -> Bool {
        left.text.utf8.count == right.text.utf8.count && left.text.utf8.elementsEqual(right.text.utf8)
    }

    /// Orders by UTF-8 bytes, which is the order of Unicode code points.
    public static func < (left: Self, right: Self) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    /// Hashes UTF-8 bytes, as `==` compares them.
    public func hash(into hasher: inout Hasher) {
        var text = self.text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(0xFF as UInt8)
    }
}

extension Unicode.Scalar {
    fileprivate var isVisible: Bool {
        if self.isASCII { return self.value >= 0x20 && self.value != 0x7F }
        switch self.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: return false
        default: return true
        }
    }
}
