/// The name of a tool: 1 to 128 of the characters `A-Z a-z 0-9 . _ -`, and not dots alone, as it becomes a part of a URL's path.
///
/// Nothing in it can be read as part of a path, a header or another name, and no two names look alike.
public struct ToolName: Hashable, Sendable, CustomStringConvertible {
    /// The name, plain ASCII.
    public let text: String

    /// The rule that names keep, as a pattern; names of dots alone are refused beside it.
    public static let rule = "^[A-Za-z0-9_.-]{1,128}$"

    /// Takes a name from outside, or returns nil for what breaks the rule.
    public init?(_ text: String) {
        guard Self.isValid(text) else { return nil }
        self.text = text
    }

    /// The name.
    public var description: String { self.text }

    /// Whether a text is the name of a tool.
    public static func isValid(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count) && text.utf8.allSatisfy(Self.isAllowed)
            && !text.utf8.allSatisfy { $0 == UInt8(ascii: ".") }
    }

    static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default:
            false
        }
    }
}
