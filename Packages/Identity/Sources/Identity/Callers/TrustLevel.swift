/// How far a caller is trusted, 0 to 4, as the column `trust_level` holds it.
public enum TrustLevel: Int, Hashable, Sendable, Comparable, CaseIterable, CustomStringConvertible {
    /// 0: nothing is known about the caller.
    case untrusted = 0
    /// 1: known, not proven.
    case low = 1
    /// 2: the level of an ordinary developer.
    case medium = 2
    /// 3: trusted with production data.
    case high = 3
    /// 4: administers the gateway.
    case admin = 4

    /// Orders by number: less trusted is less.
    public static func < (left: TrustLevel, right: TrustLevel) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The name in lower case: `untrusted`, `low`, `medium`, `high` or `admin`.
    public var description: String {
        switch self {
        case .untrusted: "untrusted"
        case .low: "low"
        case .medium: "medium"
        case .high: "high"
        case .admin: "admin"
        }
    }
}
