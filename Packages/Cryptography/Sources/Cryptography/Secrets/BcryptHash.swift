/// A password hash as it is kept, such as `$2b$12$` followed by 22 characters of salt and 31 of checksum.
public struct BcryptHash: Hashable, Sendable, LosslessStringConvertible {
    static let costs = 4...31

    /// The 60 characters.
    public let text: String

    /// The logarithm of the number of rounds, 4 to 31.
    public let cost: Int

    /// Takes a stored hash; nil unless it has the kind `$2a$`, `$2b$` or `$2y$`, a cost of two digits from 04 to 31, and 53
    /// characters out of `./A–Za–z0–9`.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 60, bytes.starts(with: "$2".utf8), "aby".utf8.contains(bytes[2]), bytes[3] == UInt8(ascii: "$"),
            bytes[6] == UInt8(ascii: "$"), bytes[4...5].allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains),
            bytes[7...].allSatisfy(Self.isCryptCharacter)
        else { return nil }
        let cost = Int(bytes[4] - UInt8(ascii: "0")) * 10 + Int(bytes[5] - UInt8(ascii: "0"))
        guard Self.costs.contains(cost) else { return nil }
        self.text = text
        self.cost = cost
    }

    /// The 31 characters that depend on the password.
    var checksum: Substring.UTF8View { self.text.utf8.suffix(31) }

    /// The 60 characters.
    public var description: String { self.text }

    private static func isCryptCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}
