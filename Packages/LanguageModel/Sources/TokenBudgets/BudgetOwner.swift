import Cryptography
public import Identity
import RateLimit

/// Whose budget is charged: a known caller's, or that of the host where nobody is known.
///
/// It is named as limits name their subjects (CONTRACTS §4.6): all keys of one caller share a budget, two callers behind one address do
/// not, and a caller does not inherit what was charged to the address. One IPv6 client usually holds a whole /64, so that is the host.
public struct BudgetOwner: Hashable, Sendable {
    private static let longestName = 255

    private let kind: String
    private let name: String

    /// Names the owner.
    ///
    /// - Parameters:
    ///   - caller: Who uses the model.
    ///   - address: Where the call comes from; counts for anonymous callers only, who share one budget where it is nil.
    public init(_ caller: Caller, at address: IPAddress? = nil) {
        self.kind = caller.isAnonymous ? "ip" : caller.kind.rawValue
        let name = caller.isAnonymous ? Self.host(of: address) : caller.id.text
        // A key of a counter has a longest form, and names of callers have none.
        self.name = name.utf8.count <= Self.longestName ? name : "sha256:" + SHA256.hash(name.utf8).hex
    }

    private static func host(of address: IPAddress?) -> String {
        switch address?.unmapped {
        case .none: "local"
        case .v4(let address): address.description
        case .v6(let address): CIDRBlock(containing: .v6(address), prefixLength: 64).description
        }
    }

    /// The key of the owner's counter.
    var key: RateLimitKey {
        get throws(RateLimitError) { try RateLimitKey(self.kind, self.name) }
    }

    /// Compares bytes, as identifiers do.
    public static func == (left: BudgetOwner, right: BudgetOwner) -> Bool {
        left.kind == right.kind && left.name.utf8.elementsEqual(right.name.utf8)
    }

    /// Feeds the bytes.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.kind)
        for byte in self.name.utf8 { hasher.combine(byte) }
    }
}
