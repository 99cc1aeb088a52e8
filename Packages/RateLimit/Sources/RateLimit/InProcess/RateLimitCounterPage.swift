import Synchronization

/// One live counter, as a listing shows it.
public struct RateLimitCounter: Hashable, Sendable {
    /// The name of the rule.
    public let rule: RateLimitRuleName
    /// How it counts.
    public let algorithm: RateLimitAlgorithm
    /// The window in milliseconds.
    public let windowMilliseconds: Int64
    /// Who or what is counted; its `description` is for people.
    public let key: RateLimitKey
    /// Units counted now. The limit is not part of a counter: ask the rule, or whoever overrides it.
    public let used: Int64
}

/// A part of a listing.
public struct RateLimitCounterPage: Sendable {
    /// Where a listing goes on.
    public struct Cursor: Hashable, Sendable {
        let shard: Int
        let segment: UInt32
        let cell: UInt32
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
        var place = cursor ?? RateLimitCounterPage.Cursor(shard: 0, segment: 0, cell: 0)
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
        // Only a token bucket needs the limit to tell what is used, and it keeps the one that it was asked with last.
        let limit = identity.algorithm == .tokenBucket ? Int64(bitPattern: self.arena[record][3]) : Int64.max
        let quota = Quota(limit: limit, identity: identity)
        let used = self.currentReading(record, identity.algorithm, under: quota, at: now).used
        guard used > 0 else { return nil }
        return RateLimitCounter(
            rule: identity.name, algorithm: identity.algorithm, windowMilliseconds: identity.windowMilliseconds,
            key: self.arena.key(of: record), used: used
        )
    }
}
