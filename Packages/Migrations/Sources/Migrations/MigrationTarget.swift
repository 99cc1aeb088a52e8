/// Up to where a database is brought, or back to where.
public enum MigrationTarget: Sendable, Hashable {
    /// The newest revision of every chain.
    case head

    /// No revision at all.
    case base

    /// This many revisions back, counted over all chains in the order in which they were applied; 1 or more.
    case steps(Int)

    /// One revision; without a chain it has to exist in one chain only.
    case revision(String, chain: String?)

    /// Reads what an operator writes: `head`, `base`, `-2`, `c3d4e5f6a7b8`, `commons:c3d4e5f6a7b8`; `nil` for anything else.
    public init?(_ text: String) {
        switch text {
        case "head": self = .head
        case "base": self = .base
        case _ where text.hasPrefix("-"):
            guard let count = Int(text.dropFirst()), count > 0, text.utf8.dropFirst().first != UInt8(ascii: "+") else {
                return nil
            }
            self = .steps(count)
        default:
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count <= 2, let last = parts.last, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
            self = .revision(String(last), chain: parts.count == 2 ? parts.first.map(String.init) : nil)
        }
    }
}
