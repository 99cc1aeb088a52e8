import Cryptography

/// The newest request ids that were taken, as digests: at least as many as told, and at most twice as many.
///
/// Two halves take turns: when the newer one is full, the older one is forgotten.
struct RecentIDs: Sendable {
    /// The first half of SHA-256, so that nobody can make two ids that look the same.
    private struct Digest: Hashable {
        let high: UInt64
        let low: UInt64

        init(_ id: AuditRequestID) {
            (self.high, self.low) = SHA256.hash(id.text.utf8).withUnsafeBytes { bytes in
                (bytes.loadUnaligned(as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            }
        }
    }

    private let capacity: Int
    private var newer: Set<Digest> = []
    private var older: Set<Digest> = []

    /// - Parameter capacity: How many are remembered at least, 1 or more.
    init(capacity: Int) {
        self.capacity = max(capacity, 1)
    }

    mutating func insert(_ id: AuditRequestID) {
        if self.newer.count >= self.capacity {
            self.older = self.newer
            self.newer = []
        }
        self.newer.insert(Digest(id))
    }

    func contains(_ id: AuditRequestID) -> Bool {
        let digest = Digest(id)
        return self.newer.contains(digest) || self.older.contains(digest)
    }
}
