import Cryptography
import Identity
import Persistence

/// The callers of keys that were valid a moment ago.
///
/// Every invalidation raises the generation. A look-up takes the generation before it reads the store and may only add
/// its result while the generation is still the same: a look-up that was in flight while its key was revoked cannot
/// bring the key back. The cache knows no clock, store or task; its owner guards it.
struct CallerCache {
    /// A valid key, as the store knew it.
    struct Entry: Sendable {
        let caller: Caller
        /// When the key stops being valid by itself.
        let expiresAt: Timestamp?
        /// Whether it is not the key itself but a session that was opened with it.
        var isSession = false

        /// At the very instant of its expiry a key is not valid any more.
        func isExpired(at now: Timestamp) -> Bool { self.expiresAt.map { $0 <= now } ?? false }
    }

    /// The generation that a look-up started in.
    struct Stamp: Equatable, Sendable {
        fileprivate let generation: UInt64
    }

    private let capacity: Int
    private var generation: UInt64 = 0
    private var entries: [SHA256Digest: Entry] = [:]

    /// - Parameter capacity: Most entries; when it is reached, the cache starts over empty.
    init(capacity: Int) {
        self.capacity = capacity
        self.entries.reserveCapacity(min(capacity, 1_024))
    }

    /// The stamp to take before the store is read.
    var stamp: Stamp { Stamp(generation: self.generation) }

    /// What is known of a key, unless it is unknown here or has expired.
    func entry(for digest: SHA256Digest, at now: Timestamp) -> Entry? {
        guard let entry = self.entries[digest], !entry.isExpired(at: now) else { return nil }
        return entry
    }

    /// Adds what a look-up found, unless something was invalidated since its stamp.
    mutating func add(_ entry: Entry, for digest: SHA256Digest, from stamp: Stamp) {
        guard stamp == self.stamp else { return }
        // Starting over costs one look-up for each active key, and needs no bookkeeping on every hit.
        if self.entries.count >= self.capacity { self.entries.removeAll(keepingCapacity: true) }
        self.entries[digest] = entry
    }

    /// Forgets everything and outdates all look-ups in flight.
    mutating func invalidateAll() {
        self.generation &+= 1
        self.entries.removeAll(keepingCapacity: true)
    }
}
