public import RateLimit
import Synchronization

/// Limit and window that hold for one key where a question names none (`PUT /api/limits/{key}`).
public struct KeyLimit: Sendable, Hashable {
    /// Units per window, 0 or more.
    public let limit: Int64
    /// The window in milliseconds.
    public let windowMilliseconds: Int64

    /// Creates an override.
    ///
    /// - Throws: `RateLimitError` with code `invalidQuota` when the numbers make no quota.
    public init(limit: Int64, windowMilliseconds: Int64) throws(RateLimitError) {
        _ = try Quota(limit: limit, per: windowMilliseconds, .millisecond)
        self.limit = limit
        self.windowMilliseconds = windowMilliseconds
    }
}

/// The overrides that a node knows: all there are when it works alone, and those it met last when they are kept in a shared store.
final class OverrideTable: Sendable {
    private let entries = Mutex<[RateLimitKey: KeyLimit]>([:])
    private let count = Atomic(0)
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// The override of a key; costs one load while there are none at all.
    func override(of key: RateLimitKey) -> KeyLimit? {
        guard self.count.load(ordering: .relaxed) > 0 else { return nil }
        return self.entries.withLock { $0[key] }
    }

    /// Keeps an override.
    ///
    /// - Returns: Whether there was room.
    func set(_ override: KeyLimit, of key: RateLimitKey) -> Bool {
        self.entries.withLock { entries in
            guard entries[key] != nil || entries.count < self.capacity else { return false }
            entries[key] = override
            self.count.store(entries.count, ordering: .relaxed)
            return true
        }
    }

    /// Keeps an override that stands elsewhere too; when there is no room, all are forgotten first.
    func remember(_ override: KeyLimit, of key: RateLimitKey) {
        self.entries.withLock { entries in
            if entries[key] == nil, entries.count >= self.capacity { entries.removeAll(keepingCapacity: true) }
            entries[key] = override
            self.count.store(entries.count, ordering: .relaxed)
        }
    }

    /// Forgets the override of a key, if there is one.
    func forget(_ key: RateLimitKey) {
        guard self.count.load(ordering: .relaxed) > 0 else { return }
        self.entries.withLock { entries in
            entries[key] = nil
            self.count.store(entries.count, ordering: .relaxed)
        }
    }
}
