import RateLimit
import TestKit
import Testing

@Suite("Settlement")
struct SettlementTests {
    let store: InProcessRateLimitStore
    let key: RateLimitKey

    init() throws {
        self.store = try InProcessRateLimitStore(memoryBytes: 1 << 20)
        self.key = try RateLimitKey("key")
    }

    private func rule(_ algorithm: RateLimitAlgorithm, limit: Int64 = 100) throws -> RateLimitRule {
        try RateLimitRule("tokens", quota: try Quota(limit: limit, .minute), algorithm: algorithm)
    }

    @Test("gives back what was not used, once", arguments: RateLimitAlgorithm.allCases)
    func givesBack(_ algorithm: RateLimitAlgorithm) throws {
        let rule = try self.rule(algorithm)
        let reservation = self.store.reserve([try RateLimitCheck(rule, self.key, cost: 80)], at: .start)
        let lease = try #require(reservation.lease)
        #expect(try self.store.settle(lease, actual: [30], at: .start) == .settled)
        #expect(self.store.usage(of: rule, for: self.key, at: .start).used == 30)
        #expect(try self.store.settle(lease, actual: [0], at: .start) == .alreadySettled)
        #expect(self.store.usage(of: rule, for: self.key, at: .start).used == 30)
    }

    @Test("counts what was used beyond the estimate, even beyond the limit", arguments: RateLimitAlgorithm.allCases)
    func countsExcess(_ algorithm: RateLimitAlgorithm) throws {
        let rule = try self.rule(algorithm)
        let lease = try #require(self.store.reserve([try RateLimitCheck(rule, self.key, cost: 80)], at: .start).lease)
        #expect(try self.store.settle(lease, actual: [250], at: .start) == .settled)
        let usage = self.store.usage(of: rule, for: self.key, at: .start)
        #expect(usage.remaining == 0)
        let verdict = self.store.decide(RateLimitCheck(rule, self.key), at: .start)
        #expect(verdict.outcome == .exhausted)
        let back = RateLimitInstant.start.advanced(by: try #require(verdict.retryAfter))
        #expect(self.store.decide(RateLimitCheck(rule, self.key), at: back).isAdmitted)
    }

    @Test("never gives back twice what time has given back already", arguments: RateLimitAlgorithm.allCases)
    func respectsTime(_ algorithm: RateLimitAlgorithm) throws {
        let rule = try self.rule(algorithm)
        let lease = try #require(self.store.reserve([try RateLimitCheck(rule, self.key, cost: 100)], at: .start).lease)
        let later = RateLimitInstant.start.advanced(by: .seconds(120))
        #expect(self.store.decide(try RateLimitCheck(rule, self.key, cost: 100), at: later).isAdmitted)
        #expect(try self.store.settle(lease, actual: [0], at: later) == .settled)
        #expect(self.store.usage(of: rule, for: self.key, at: later).used == 100)
    }

    @Test("gives back no more of a bucket than it still owes")
    func respectsRefill() throws {
        let rule = try self.rule(.tokenBucket)
        let lease = try #require(self.store.reserve([try RateLimitCheck(rule, self.key, cost: 100)], at: .start).lease)
        let half = RateLimitInstant.start.advanced(by: .seconds(30))
        #expect(self.store.decide(try RateLimitCheck(rule, self.key, cost: 50), at: half).isAdmitted)
        // Half of the lease has been refilled and spent again; the other half comes back.
        _ = try self.store.settle(lease, actual: [0], at: half)
        #expect(self.store.usage(of: rule, for: self.key, at: half).used == 50)
    }

    @Test("refuses what does not belong together")
    func refuses() throws {
        let rule = try self.rule(.fixedWindow)
        let lease = try #require(self.store.reserve([RateLimitCheck(rule, self.key)], at: .start).lease)
        #expect(throws: RateLimitError.self) { try self.store.settle(lease, actual: [], at: .start) }
        #expect(throws: RateLimitError.self) { try self.store.settle(lease, actual: [-1], at: .start) }
        let other = try InProcessRateLimitStore(memoryBytes: 64 << 10)
        #expect(try other.settle(lease, actual: [0], at: .start) == .unknownLease)
        #expect(try self.store.settle(lease, actual: [0], at: .start) == .settled)
    }

    @Test("forgets old leases instead of growing")
    func forgetsLeases() throws {
        let rule = try self.rule(.fixedWindow, limit: 1 << 40)
        let check = RateLimitCheck(rule, self.key)
        let first = try #require(self.store.reserve([check], at: .start).lease)
        var newest = first
        for _ in 0..<(1 << 15) { newest = try #require(self.store.reserve([check], at: .start).lease) }
        #expect(try self.store.settle(first, actual: [0], at: .start) == .unknownLease)
        #expect(try self.store.settle(newest, actual: [0], at: .start) == .settled)
        #expect(try self.store.settle(newest, actual: [0], at: .start) == .alreadySettled)
    }

    @Test("keeps a log equal to a plain list through grants, settlements and time")
    func agreesWithList() throws {
        var generator = SeededGenerator(seed: TestRun.seed)
        let rule = try self.rule(.slidingLog, limit: 500)
        var entries: [(stamp: Int64, units: Int64)] = []
        var leases: [(lease: RateLimitLease, stamp: Int64, cost: Int64)] = []
        var now: Int64 = 0
        for step in 0..<TestRun.count(20_000, long: 1_000_000) {
            let pauses: [Int64] = [
                0, 0, 0, 1, 1_000, 400_000_000, 3_000_000_000, Int64.random(in: 0...9_000_000_000, using: &generator),
            ]
            now += pauses.randomElement(using: &generator) ?? 0
            if step % 1_500 == 1_499 { now += 60_000_000_000 }
            entries.removeAll { $0.stamp * 1_000 + 60_000_000_000 <= now }
            let instant = RateLimitInstant(nanoseconds: now)
            if Bool.random(using: &generator), let place = leases.indices.randomElement(using: &generator) {
                let (lease, stamp, cost) = leases.remove(at: place)
                let actual = Int64.random(in: 0...cost + 2, using: &generator)
                #expect(try self.store.settle(lease, actual: [actual], at: instant) == .settled)
                var left = cost - actual
                for entry in entries.indices where entries[entry].stamp == stamp && left > 0 {
                    let returned = min(left, entries[entry].units)
                    entries[entry].units -= returned
                    left -= returned
                }
                if actual > cost { entries.append(((now + 999) / 1_000, actual - cost)) }
            } else {
                let costs: [Int64] = [1, 1, 1, 2, 130, 90_000]
                let cost = costs.randomElement(using: &generator) ?? 1
                let reservation = self.store.reserve([try RateLimitCheck(rule, self.key, cost: cost)], at: instant)
                let used = entries.reduce(0) { $0 + $1.units }
                try #require(reservation.verdict.isAllowed == (used + cost <= 500), "seed \(generator.seed), step \(step)")
                if let lease = reservation.lease {
                    entries.append(((now + 999) / 1_000, cost))
                    leases.append((lease, (now + 999) / 1_000, cost))
                    if leases.count > 200 { leases.removeFirst() }
                }
            }
            let used = entries.reduce(0) { $0 + $1.units }
            try #require(
                self.store.usage(of: rule, for: self.key, at: instant).used == used, "seed \(generator.seed), step \(step)")
        }
    }
}
