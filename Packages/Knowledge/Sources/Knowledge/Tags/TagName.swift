/// The name of a tag in its normal form (CONTRACTS §4.5): trimmed, lower case, cut to 50 characters, made of
/// `a`–`z`, `0`–`9`, `.`, `_` and `-`.
public struct TagName: Hashable, Sendable {
    /// The normal form.
    public let text: String

    private static let longest = 50

    /// Takes a tag as typed.
    ///
    /// - Returns: `nil` when nothing is left of it, or when it holds another character; such tags are dropped silently.
    public init?(_ typed: String) {
        var scalars = typed.unicodeScalars[...]
        while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        // Cut by scalars, as clients written in Python count.
        let lowered = String(String.UnicodeScalarView(String(scalars).lowercased().unicodeScalars.prefix(Self.longest)))
        guard !lowered.isEmpty, lowered.utf8.allSatisfy(Self.isAllowed) else { return nil }
        self.text = lowered
    }

    /// The normal forms of tags as typed, each once, sorted.
    public static func normalised(_ typed: [String]) -> [TagName] {
        Set(typed.compactMap { TagName($0) }).sorted()
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default:
            false
        }
    }
}

extension TagName: Comparable {
    /// Orders by bytes.
    public static func < (left: TagName, right: TagName) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}
