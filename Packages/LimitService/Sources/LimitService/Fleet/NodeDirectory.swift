public import RateLimit
import Synchronization

/// A node of the fleet, as listings show it.
public struct NodeRecord: Sendable, Hashable {
    /// Whether a node is there.
    public enum State: String, Sendable {
        /// Its registration is alive.
        case up = "Up"
        /// Its registration ran out without being taken back.
        case down = "Down"
    }

    /// The id (`RATELIMITER_NODE_ID`).
    public var id: String
    /// Host and port that it tells others.
    public var address: String
    /// Whether it is there.
    public var state: State
    /// When it registered first, in RFC 3339; `nil` when that cannot be read.
    public var registeredAt: String?

    /// Creates a record.
    public init(id: String, address: String, state: State, registeredAt: String?) {
        self.id = id
        self.address = address
        self.state = state
        self.registeredAt = registeredAt
    }
}

/// Knows the nodes of the fleet.
public protocol NodeDirectory: Sendable {
    /// All nodes, by id.
    ///
    /// - Throws: `RateLimitError` with code `storeUnavailable` when they are known to a shared store only, and it gives no answer.
    func nodes() async throws(RateLimitError) -> [NodeRecord]
}

/// The directory of a node that works alone.
public final class LoneNode: NodeDirectory {
    private let id: String
    private let registeredAt: String
    private let address = Mutex<String?>(nil)

    /// Creates the directory.
    ///
    /// - Parameters:
    ///   - id: The id of the node.
    ///   - startedAt: When it started, in RFC 3339.
    public init(id: String, startedAt: String) {
        self.id = id
        self.registeredAt = startedAt
    }

    /// Says that the node takes checks.
    ///
    /// - Parameter address: Host and port to tell others.
    public func nodeListens(at address: String) {
        self.address.withLock { $0 = address }
    }

    /// The node itself, as soon as it listens.
    public func nodes() async throws(RateLimitError) -> [NodeRecord] {
        guard let address = self.address.withLock({ $0 }) else { return [] }
        return [NodeRecord(id: self.id, address: address, state: .up, registeredAt: self.registeredAt)]
    }
}
