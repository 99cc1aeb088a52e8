/// The name of a tool: 1 to 128 of the characters `A-Z a-z 0-9 . _ -`.
///
/// Nothing in it can be read as part of a path, a header or another name, and no two names look alike.
public struct ToolName: Hashable, Sendable, CustomStringConvertible {
    /// The name, plain ASCII.
    public let text: String

    /// The rule that names keep, as a pattern.
    public static let rule = "^[A-Za-z0-9_.-]{1,128}$"

    /// Takes a name from outside, or returns nil for what breaks the rule.
    public init?(_ text: String) {
        let utf8 = text.utf8
        guard (1...128).contains(utf8.count), utf8.allSatisfy(Self.isAllowed) else { return nil }
        self.text = text
    }

    /// The name.
    public var description: String { self.text }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default:
            false
        }
    }
}
