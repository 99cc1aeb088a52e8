import Synchronization

/// One live counter, as a listing shows it.
public struct RateLimitCounter: Hashable, Sendable {
    /// The name of the rule.
    public let rule: RateLimitRuleName
    /// How it counts.
    public let algorithm: RateLimitAlgorithm
    /// The window in milliseconds; where windows are shared, the longest that hits are kept for.
    public let windowMilliseconds: Int64
    /// Whether its rule shares windows (``RateLimitRule/sharesWindows``); ask ``InProcessRateLimitStore/usage(of:for:at:)`` with the rule
    /// and the window in question for what that window counts.
    public let sharesWindows: Bool
    /// Who or what is counted; its `description` is for people.
    public let key: RateLimitKey
    /// Units counted now. The limit is not part of a counter: ask the rule, or whoever overrides it.
    public let used: Int64
}

/// A part of a listing.
public struct RateLimitCounterPage: Sendable {
    /// Where a listing goes on; its text, such as `3.12.770`, may travel through a client and come back.
    ///
    /// A text that no listing gave is harmless: the listing then begins at some other place, or is at its end.
    public struct Cursor: Hashable, Sendable, LosslessStringConvertible {
        let shard: Int
        let segment: UInt32
        let cell: UInt32

        init(shard: Int, segment: UInt32, cell: UInt32) {
            self.shard = shard
            self.segment = segment
            self.cell = cell
        }

        /// Reads a text as ``description`` writes it.
        public init?(_ description: String) {
            let parts = description.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 3, let shard = UInt32(parts[0]), let segment = UInt32(parts[1]), let cell = UInt32(parts[2])
            else {
                return nil
            }
            self.init(shard: Int(shard), segment: segment, cell: cell)
        }

        /// The text form.
        public var description: String { "\(self.shard).\(self.segment).\(self.cell)" }
    }

    /// The counters of this page, in no particular order.
    public let counters: [RateLimitCounter]
    /// Where the next page begins, `nil` after the last.
    public let next: Cursor?
}

extension InProcessRateLimitStore {
    /// Lists live counters page by page.
    ///
    /// A counter that lives through the whole listing appears exactly once; one that comes or goes meanwhile may appear or not.
    /// A page looks at no more than 64 cells under one lock at a time.
    ///
    /// - Parameters:
    ///   - cursor: Where to go on; `nil` begins anew.
    ///   - limit: The most counters in a page, 1 or more.
    ///   - now: The time; ended counters are left out.
    public func counters(
        after cursor: RateLimitCounterPage.Cursor? = nil, limit: Int, at now: RateLimitInstant
    ) -> RateLimitCounterPage {
        var counters: [RateLimitCounter] = []
        var place = RateLimitCounterPage.Cursor(shard: 0, segment: 0, cell: 0)
        if let cursor, cursor.shard < self.shardCount {
            // What came back from a client may name a segment of another shard, which is not under this shard's lock.
            let isKnown = self.shards[cursor.shard].shard.withLock { $0.owns(segment: cursor.segment) }
            place = isKnown ? cursor : RateLimitCounterPage.Cursor(shard: cursor.shard, segment: 0, cell: 0)
        } else if let cursor {
            place = cursor
        }
        while place.shard < self.shardCount {
            guard counters.count < max(limit, 1) else { return RateLimitCounterPage(counters: counters, next: place) }
            let room = max(limit, 1) - counters.count
            let current = place
            let (found, next) = self.shards[current.shard].shard.withLock { shard in
                shard.counters(from: current, limit: room, at: now.nanoseconds)
            }
            counters += found
            place = next
        }
        return RateLimitCounterPage(counters: counters, next: nil)
    }
}

extension Shard {
    /// Whether a segment belongs to this shard; 0 stands for the first. Walks over the segments of the shard.
    fileprivate func owns(segment: UInt32) -> Bool {
        var known = self.firstSegment
        while known != 0, known != segment { known = self.arena.segmentLinks[Int(known)] }
        return known == segment
    }

    /// Lists from one segment, and says where to go on.
    fileprivate mutating func counters(
        from place: RateLimitCounterPage.Cursor, limit: Int, at now: Int64
    ) -> ([RateLimitCounter], RateLimitCounterPage.Cursor) {
        let nextShard = RateLimitCounterPage.Cursor(shard: place.shard + 1, segment: 0, cell: 0)
        let segment = place.segment == 0 ? self.firstSegment : place.segment
        guard segment != 0 else { return ([], nextShard) }
        let time = self.advance(to: now)
        let first = CellArena.firstCell(of: segment)
        let end = first + UInt32(CellArena.cellsPerSegment)
        var cell = max(place.cell, first)
        var found: [RateLimitCounter] = []
        while cell < end, found.count < limit {
            if self.arena.kind(of: cell) == .record, let counter = self.counter(of: cell, at: time) { found.append(counter) }
            cell += 1
        }
        if cell < end { return (found, RateLimitCounterPage.Cursor(shard: place.shard, segment: segment, cell: cell)) }
        let older = self.arena.segmentLinks[Int(segment)]
        return (found, older == 0 ? nextShard : RateLimitCounterPage.Cursor(shard: place.shard, segment: older, cell: 0))
    }

    private mutating func counter(of record: UInt32, at now: Int64) -> RateLimitCounter? {
        let identity = RuleIdentity(word: self.arena[record][0])
        // Only a token bucket needs the refill to tell what is used, and it keeps the one that it was asked with last.
        let isBucket = identity.algorithm == .tokenBucket
        let refill = isBucket ? Int64(bitPattern: self.arena[record][3]) : Int64.max
        let quota = Quota(limit: isBucket && !identity.isWindowless ? refill : .max, refill: refill, identity: identity)
        let used = self.currentReading(record, identity.algorithm, under: quota, at: now).used
        guard used > 0 else { return nil }
        return RateLimitCounter(
            rule: identity.name, algorithm: identity.algorithm, windowMilliseconds: identity.windowMilliseconds,
            sharesWindows: !isBucket && identity.isWindowless, key: self.arena.key(of: record), used: used
        )
    }
}
