import RateLimit
import RateLimitRedis
import Redis
import TestKit
import Testing

// One after the other: every test has a server of its own, and a process can watch only so many children at once.
@Suite("Leases in Redis", .serialized)
struct LeaseTests {
    @Test("are settled once by many nodes together", arguments: RateLimitAlgorithm.allCases, ["own", "check"])
    func settleOnce(_ algorithm: RateLimitAlgorithm, _ layout: String) async throws {
        let configuration = RedisRateLimitConfiguration.patient(layout == "check" ? ["check": .check] : [:])
        try await withStore(configuration) { fixture in
            let check = try RateLimitCheck(.check(100, 3_600_000, algorithm), RateLimitKey("k"), cost: 30)
            let lease = try #require(try await fixture.store.reserve([check]).lease)
            let stores = try (0..<3).map { _ in
                try RedisRateLimitStore(client: fixture.client, configuration: configuration, clockKey: ServerClock.key)
            }
            let settled = try await withThrowingTaskGroup(of: RateLimitSettlement.self) { tasks in
                for number in 0..<12 { tasks.addTask { try await stores[number % 3].settle(lease, actual: 10) } }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            #expect(settled.count { $0 == .settled } == 1 && settled.count { $0 == .alreadySettled } == 11)
            #expect(try await fixture.store.usage(of: check.rule, for: check.key).used == 10)
            let name = "gatehouse:lease:\(String(lease.issuer, radix: 16)):\(String(lease.id, radix: 16))"
            #expect(try await fixture.cli("TTL", name) == "3720")
        }
    }

    @Test(
        "give back no more than is still counted, and count what was missing beyond the limit",
        arguments: RateLimitAlgorithm.allCases, ["own", "check"])
    func corrections(_ algorithm: RateLimitAlgorithm, _ layout: String) async throws {
        let configuration = RedisRateLimitConfiguration.patient(layout == "check" ? ["check": .check] : [:])
        try await withStore(configuration) { fixture in
            let rule = try RateLimitRule.check(10, 60_000, algorithm)
            let check = try RateLimitCheck(rule, RateLimitKey("k"), cost: 8)
            let late = try #require(try await fixture.store.reserve([check]).lease)
            // Two windows and more: by now nothing of it is counted under any algorithm.
            try await fixture.clock.advance(by: .seconds(121))
            let taken = try await fixture.store.decide([RateLimitCheck(rule, check.key, cost: 10)])
            #expect(taken.isAllowed)
            #expect(try await fixture.store.settle(late, actual: 0) == .settled)
            #expect(try await fixture.store.usage(of: rule, for: check.key).used == 10)
            try await fixture.clock.advance(by: .seconds(121))
            let lease = try #require(try await fixture.store.reserve([check]).lease)
            #expect(try await fixture.store.settle(lease, actual: 25) == .settled)
            let over = try await fixture.store.usage(of: rule, for: check.key)
            #expect(over.remaining == 0 && over.used >= 10)
            #expect(try await !fixture.store.decide([RateLimitCheck(rule, check.key)]).isAllowed)
        }
    }

    @Test("are unknown when they are too old, from elsewhere, or of another prefix")
    func unknown() async throws {
        var configuration = RedisRateLimitConfiguration.patient()
        configuration.leaseLifetime = .seconds(60)
        try await withStore(configuration) { fixture in
            let check = try RateLimitCheck(.check(10, 3_600_000), RateLimitKey("k"), cost: 8)
            let lease = try #require(try await fixture.store.reserve([check]).lease)
            let foreign = RateLimitLease(
                id: lease.id, issuer: lease.issuer &+ 1, checks: lease.checks, instant: lease.instant, marks: lease.marks)
            #expect(try await fixture.store.settle(foreign, actual: 0) == .unknownLease)
            configuration.keyPrefix = "other:"
            let other = try RedisRateLimitStore(
                client: fixture.client, configuration: configuration, clockKey: ServerClock.key)
            #expect(try await other.settle(lease, actual: 0) == .unknownLease)
            try await fixture.clock.advance(by: .seconds(61))
            #expect(try await fixture.store.settle(lease, actual: 0) == .unknownLease)
            #expect(try await fixture.store.usage(of: check.rule, for: check.key).used == 8)
            await #expect(throws: RateLimitError(.invalidCost, message: "")) { try await fixture.store.settle(lease, actual: -1) }
            await #expect(throws: RateLimitError(.invalidLease, message: "")) {
                try await fixture.store.settle(lease, actual: [])
            }
        }
    }

    @Test("bear marks and times that no store has made", arguments: [Int64.min + 1, -1, 0, .max])
    func forged(_ number: Int64) async throws {
        try await withStore(.patient(["check": .check])) { fixture in
            for algorithm in RateLimitAlgorithm.allCases {
                for name in ["check", "own"] {
                    let rule = try RateLimitRule(name, quota: Quota(limit: 10, per: 1, .hour), algorithm: algorithm)
                    let check = try RateLimitCheck(rule, RateLimitKey("k"), cost: 5)
                    let lease = try #require(try await fixture.store.reserve([check]).lease)
                    let forged = RateLimitLease(
                        id: UInt64.random(in: 0 ... .max), issuer: lease.issuer, checks: lease.checks, instant: lease.instant,
                        marks: [number])
                    for actual in [0, 3, 7] { _ = try await fixture.store.settle(forged, actual: Int64(actual)) }
                    let usage = try await fixture.store.usage(of: rule, for: check.key)
                    #expect(usage.used >= 0 && usage.remaining <= 10, "\(algorithm) \(name)")
                }
            }
        }
    }

    @Test("remember the quota that an override made")
    func overridden() async throws {
        try await withStore(.patient(["check": .check])) { fixture in
            let key = try RateLimitKey("k")
            try await fixture.store.setOverride(limit: 50, windowMilliseconds: 5_000, of: key)
            for algorithm in RateLimitAlgorithm.allCases {
                let check = OverridableCheck(try RateLimitCheck(.check(10, 60_000, algorithm), key, cost: 40), overridable: .all)
                let (decision, lease) = try await fixture.store.reserve([check])
                #expect(decision.verdict.isAllowed && lease?.checks[0].rule.quota.limit == 50)
                #expect(try await fixture.store.settle(#require(lease), actual: 1) == .settled)
                #expect(try await fixture.store.usage(of: check).rule.used == 1)
            }
        }
    }
}
