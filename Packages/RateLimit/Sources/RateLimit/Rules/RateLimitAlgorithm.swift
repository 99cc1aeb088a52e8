/// How a rule counts; each is described in <doc:Algorithms>.
public enum RateLimitAlgorithm: UInt8, CaseIterable, Hashable, Sendable {
    /// A window that starts at the first hit; up to twice the limit can pass around its border.
    case fixedWindow
    /// Every hit counts until it is as old as the window: never more than the limit in any window, at about 8 bytes per hit.
    case slidingLog
    /// Two windows, the older one weighted by its overlap: less than twice the limit in any window, in constant space.
    case slidingCounter
    /// A bucket of `limit` tokens that fills evenly: never more than `limit + t · limit ÷ window` in any time `t`.
    case tokenBucket

    /// The name on the wire, such as `sliding_log`.
    public var name: String {
        switch self {
        case .fixedWindow: "fixed_window"
        case .slidingLog: "sliding_log"
        case .slidingCounter: "sliding_counter"
        case .tokenBucket: "token_bucket"
        }
    }

    /// Reads a name as ``name`` writes it; nothing else is accepted.
    public init?(name: String) {
        guard let match = Self.allCases.first(where: { Array($0.name.utf8) == Array(name.utf8) }) else { return nil }
        self = match
    }
}
