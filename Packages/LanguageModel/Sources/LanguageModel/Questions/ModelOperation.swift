/// What a question is asked for: the label `operation` of the metrics, such as `query`.
public struct ModelOperation: Sendable, Hashable, CustomStringConvertible {
    /// The label.
    public let name: String

    /// Reads a label: a lower-case letter, then up to 63 lower-case letters, digits, `_`, `-`, `.`; nil for anything else.
    public init?(_ name: String) {
        let bytes = name.utf8
        guard (1...64).contains(bytes.count), let first = bytes.first, (0x61...0x7A).contains(first) else { return nil }
        let isFit = bytes.allSatisfy { byte in
            switch byte {
            case 0x61...0x7A, 0x30...0x39, UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."): true
            default: false
            }
        }
        guard isFit else { return nil }
        self.name = name
    }

    private init(unchecked name: String) {
        self.name = name
    }

    /// A second opinion on the risk of a call: `risk`.
    public static let risk = ModelOperation(unchecked: "risk")
    /// An answer from documents: `query`.
    public static let query = ModelOperation(unchecked: "query")

    /// The label.
    public var description: String { self.name }
}
