/// The name of a Python package in its normal form (PEP 503): `Foo.Bar__baz` is `foo-bar-baz`.
///
/// It holds only lower-case letters, digits and single hyphens inside, so it can stand in the path of a URL as it is: there is
/// no name that leads elsewhere.
public struct PythonPackageName: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The most bytes of a name that is read: 128.
    public static let longestText = 128

    /// The normal form, such as `foo-bar-baz`.
    public let description: String

    /// Reads a name in any spelling: ASCII letters, digits, `-`, `_` and `.`, the first and the last a letter or digit.
    ///
    /// - Returns: nil for a text that breaks the rule (PEP 508) or is longer than ``longestText``.
    public init?(_ text: some StringProtocol) {
        guard (1...Self.longestText).contains(text.utf8.count) else { return nil }
        var normal: [UInt8] = []
        normal.reserveCapacity(text.utf8.count)
        var isSeparated = false
        for byte in text.utf8 {
            guard byte.isASCIILetterOrDigit else {
                guard byte.isNameSeparator, !normal.isEmpty else { return nil }
                isSeparated = true
                continue
            }
            if isSeparated { normal.append(UInt8(ascii: "-")) }
            isSeparated = false
            normal.append(byte.loweredASCII)
        }
        guard !isSeparated else { return nil }
        self.description = String(decoding: normal, as: UTF8.self)
    }

    /// The order of the texts.
    public static func < (left: PythonPackageName, right: PythonPackageName) -> Bool {
        left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
    }
}

extension UInt8 {
    var isASCIILetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
    var isASCIILetterOrDigit: Bool { self.isASCIILetter || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    /// What stands between the parts of a name.
    var isNameSeparator: Bool {
        self == UInt8(ascii: "-") || self == UInt8(ascii: "_") || self == UInt8(ascii: ".")
    }
    var loweredASCII: UInt8 { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self }
}
