/// What a key is used for; each purpose has keys of its own, so that no value made for one passes for another.
///
/// Keys depend on the label, so a label is never changed and never given to a second use.
public struct KeyPurpose: Hashable, Sendable, CustomStringConvertible {
    /// The label that goes into the derivation of the keys.
    public let label: String

    /// Names a purpose; the set is open.
    ///
    /// - Parameter label: 1 to 64 bytes of lower-case ASCII letters, digits, `-` and `.`, from the program text.
    public init(_ label: StaticString) {
        let text = "\(label)"
        precondition((1...64).contains(text.utf8.count) && text.utf8.allSatisfy(Self.isAllowed), "a label is plain ASCII")
        self.label = text
    }

    /// Sealed arguments and withheld output of approvals.
    public static let approval = KeyPurpose("approval")
    /// Positions in lists that clients carry.
    public static let cursor = KeyPurpose("cursor")
    /// Keyed digests of arguments.
    public static let digest = KeyPurpose("digest")
    /// Sessions of the console.
    public static let session = KeyPurpose("session")
    /// Credentials that people deposit.
    public static let credential = KeyPurpose("credential")

    /// The label.
    public var description: String { self.label }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
