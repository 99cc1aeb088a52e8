/// A value of the labels `model` and `operation` that another service reports, such as `mistral/small:7b`.
///
/// One to 64 ASCII letters, digits and `.`, `_`, `:`, `/`, `-`. There is no room for a text, and what looks like an id is none:
/// ``holdsIdentifier`` tells (CONTRACTS S2-6).
public struct UsageLabel: Sendable, Hashable, CustomStringConvertible {
    /// The longest value, in bytes.
    public static let maximumByteCount = 64
    /// The form in words, for clients.
    public static let rule = "1 to 64 ASCII letters, digits, dots, underscores, colons, slashes and hyphens"
    /// What stands for all labels that are one too many.
    public static let other = UsageLabel(unchecked: "other")

    /// The value.
    public let text: String

    /// Reads a value; nil for anything else.
    public init?(_ text: String) {
        guard (1...Self.maximumByteCount).contains(text.utf8.count), text.utf8.allSatisfy(Self.isAllowed) else { return nil }
        self.text = text
    }

    private init(unchecked text: String) {
        self.text = text
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "-"): true
        default: false
        }
    }

    /// Whether the value holds a UUID, a digest or a token: 32 hexadecimal digits in a row, hyphens apart, or the beginning of a key of
    /// Gatehouse.
    public var holdsIdentifier: Bool {
        var digits = 0
        for byte in self.text.utf8 where byte != UInt8(ascii: "-") {
            switch byte {
            case 0x30...0x39, 0x41...0x46, 0x61...0x66: digits += 1
            default: digits = 0
            }
            if digits == 32 { return true }
        }
        return self.text.utf8.starts(with: "gth_".utf8)
    }

    /// Whether the value is this name, or holds it where it is long enough not to be met by chance: 8 bytes or more.
    public func names(_ name: String) -> Bool {
        let label = Array(self.text.utf8)
        let name = Array(name.utf8)
        if label == name { return true }
        guard name.count >= 8, label.count > name.count else { return false }
        return (0...label.count - name.count).contains { label[$0...].starts(with: name) }
    }

    /// The value.
    public var description: String { self.text }
}
