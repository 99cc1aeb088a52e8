import Cryptography

/// How far candidates were tried for keys that no look-up found, by digest.
///
/// What was tried is one range of numbers, which grows upwards when candidates are added and downwards with each attempt: a
/// wrong key costs its hashes once, and a right one gets to its row. It knows no store and no clock; its owner guards it.
struct SearchProgress {
    /// What was tried for one key.
    struct Tried: Sendable {
        /// The smallest and largest number of the range; nil before the first.
        var range: ClosedRange<Int64>?
        /// Whether nothing is left below the range.
        var reachedOldest = false
        /// Candidates that were tried out of turn, as the caller's name pointed to them.
        var hinted: [Int64] = []

        /// Whether a candidate cannot be the key's.
        func contains(_ number: Int64) -> Bool {
            self.range?.contains(number) == true || self.hinted.contains(number)
        }

        /// Notes that the next candidate, in the order of a slice, was tried.
        mutating func note(_ number: Int64) {
            guard let range = self.range else {
                self.range = number...number
                return
            }
            self.range = min(range.lowerBound, number)...max(range.upperBound, number)
        }

        /// Whether a name may still point to a candidate out of turn.
        var takesHints: Bool { self.hinted.count < 8 }
    }

    private let capacity: Int
    private var tried: [SHA256Digest: (tried: Tried, turn: UInt64)] = [:]
    /// The digests in the order of their last attempts; an entry whose turn is not the digest's last one counts no more.
    private var order: [(digest: SHA256Digest, turn: UInt64)] = []
    /// How many entries of the order are behind us.
    private var passed = 0
    private var turn: UInt64 = 0

    /// - Parameter capacity: Most keys; when it is reached, the one whose last attempt is the longest ago is forgotten.
    init(capacity: Int) {
        self.capacity = max(capacity, 1)
    }

    /// How many keys are remembered.
    var count: Int { self.tried.count }

    /// What was tried for a key.
    func tried(for digest: SHA256Digest) -> Tried { self.tried[digest]?.tried ?? Tried() }

    /// Remembers what was tried for a key.
    mutating func set(_ tried: Tried, for digest: SHA256Digest) {
        // Nothing to try leaves nothing to remember.
        guard tried.range != nil || !tried.hinted.isEmpty else { return }
        if self.tried[digest] == nil, self.tried.count >= self.capacity { self.forgetOldest() }
        self.turn &+= 1
        self.tried[digest] = (tried, self.turn)
        self.order.append((digest, self.turn))
        self.compact()
    }

    /// Forgets a key that was found.
    mutating func remove(_ digest: SHA256Digest) {
        self.tried[digest] = nil
    }

    private mutating func forgetOldest() {
        while self.passed < self.order.count {
            let oldest = self.order[self.passed]
            self.passed += 1
            guard self.tried[oldest.digest]?.turn == oldest.turn else { continue }
            self.tried[oldest.digest] = nil
            return
        }
    }

    /// Drops what counts no more, once it is the larger part; so each attempt pays for a few entries.
    private mutating func compact() {
        guard self.order.count > 2 * self.capacity + 16 else { return }
        self.order = self.order[self.passed...].filter { self.tried[$0.digest]?.turn == $0.turn }
        self.passed = 0
    }
}
