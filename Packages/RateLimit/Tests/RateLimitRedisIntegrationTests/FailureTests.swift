import NIOCore
import RateLimit
import RateLimitRedis
import Redis
import RedisTestSupport
import TestKit
import Testing

// One after the other: every test has a server of its own, and a process can watch only so many children at once.
@Suite("Redis store, when the server fails", .serialized)
struct FailureTests {
    private let layouts = RedisRateLimitConfiguration.patient(["check": .check, "read": .bucket(.read)])

    /// One check per kind of counter; the first that is written would show a half-applied decision.
    private func checks() throws -> [RateLimitCheck] {
        let key = try RateLimitKey("k")
        let own = try RateLimitAlgorithm.allCases.map { algorithm in
            RateLimitCheck(try RateLimitRule("own", quota: Quota(limit: 9, per: 1, .hour), algorithm: algorithm), key)
        }
        let read = RateLimitCheck(try RateLimitRule("read", quota: Quota(limit: 9, per: 1, .hour)), key)
        return own + [read, RateLimitCheck(try .check(9, 3_600_000, .fixedWindow), key), RateLimitCheck(try .check(9), key)]
    }

    private func used(_ checks: [RateLimitCheck], _ fixture: StoreFixture) async throws -> [Int64] {
        var used: [Int64] = []
        for check in checks { used.append(try await fixture.store.usage(of: check.rule, for: check.key).used) }
        return used
    }

    @Test(
        "a key of another kind is an error, and nothing is half done",
        arguments: [
            "ratelimit:k", "ratelimit:k:seq", "gatehouse:limiter:index", "gatehouse:check:k", "rl:k:read",
            "gatehouse:rl:F:3:3600000000000:3:own\u{1}k", "gatehouse:rl:L:3:3600000000000:3:own\u{1}k",
        ])
    func wrongType(_ key: String) async throws {
        try await withStore(self.layouts) { fixture in
            let checks = try self.checks()
            try await fixture.cli("RPUSH", key, "x")
            for order in [checks, checks.reversed()] {
                let error = await #expect(throws: RateLimitError.self) { try await fixture.store.decide(order) }
                #expect(error?.code == .storeUnavailable && error?.message.contains("another kind") == true)
            }
            #expect(fixture.store.health.state == .closed)
            try await fixture.cli("DEL", key)
            #expect(try await self.used(checks, fixture) == Array(repeating: 0, count: checks.count))
            #expect(try await fixture.cli("EXISTS", "ratelimit:k", "ratelimit:k:seq", "rl:k:read", "gatehouse:check:k") == "0")
        }
    }

    @Test("one bad key among checks by themselves does not hold up the others")
    func eachByItself() async throws {
        try await withStore(self.layouts) { fixture in
            try await fixture.cli("RPUSH", "ratelimit:k", "x")
            let checks = try self.checks().map { OverridableCheck($0) }
            let results = try await fixture.store.decideEach(checks, on: fixture.loop).get()
            #expect(results.map { (try? $0.get().rule.isAdmitted) == true } == checks.indices.map { $0 < checks.count - 1 })
            #expect(try await fixture.store.decideEach([], on: fixture.loop).get().isEmpty)
        }
    }

    @Test(
        "a full or read-only server answers with an error, opens the breaker, and nothing is half done",
        arguments: [["CONFIG", "SET", "maxmemory", "1"], ["REPLICAOF", "127.0.0.1", "1"]])
    func cannotWrite(_ words: [String]) async throws {
        var configuration = self.layouts
        configuration.breaker.consecutiveFailures = 3
        configuration.breaker.shortestBackoff = .milliseconds(1)
        try await withStore(configuration) { fixture in
            let checks = try self.checks()
            _ = try await fixture.store.decide(checks)
            try await fixture.cli(words)
            for _ in 0..<3 {
                let error = await #expect(throws: RateLimitError.self) { try await fixture.store.decide(checks) }
                #expect(error?.code == .storeUnavailable)
            }
            #expect(fixture.store.health.state == .open && fixture.store.health.lastFailure != nil)
            try await fixture.cli("CONFIG", "SET", "maxmemory", "0")
            try await fixture.cli("REPLICAOF", "NO", "ONE")
            try await waitUntil { (try? await self.used(checks, fixture)) != nil }
            #expect(fixture.store.health.state == .closed)
            #expect(try await self.used(checks, fixture) == Array(repeating: 1, count: checks.count))
        }
    }

    @Test("a server that is killed and comes back empty is used again by itself, scripts included")
    func killed() async throws {
        var configuration = self.layouts
        configuration.breaker.consecutiveFailures = 2
        configuration.breaker.shortestBackoff = .milliseconds(5)
        configuration.breaker.longestBackoff = .milliseconds(20)
        try await withStore(configuration, movesClock: false) { fixture in
            let check = OverridableCheck(RateLimitCheck(try .check(9), try RateLimitKey("k")))
            #expect(try await fixture.hit(check).rule.isAdmitted)
            try await fixture.server.kill()
            try await waitUntil {
                let error = await #expect(throws: RateLimitError.self) { try await fixture.hit(check) }
                #expect(error?.code == .storeUnavailable)
                return fixture.store.health.state == .open
            }
            try await fixture.server.start()
            try await waitUntil { (try? await fixture.hit(check)) != nil }
            #expect(fixture.store.health.state == .closed)
            #expect(try await fixture.hit(check).rule.used == 2)
            #expect(try await fixture.store.decide(self.checks()).isAllowed)
        }
    }

    @Test("a server that hangs costs the deadline until the breaker opens, then nothing")
    func hangs() async throws {
        var configuration = self.layouts
        configuration.deadline = .milliseconds(50)
        configuration.breaker.consecutiveFailures = 3
        configuration.breaker.shortestBackoff = .seconds(600)
        configuration.breaker.longestBackoff = .seconds(600)
        try await withStore(configuration) { fixture in
            let check = OverridableCheck(RateLimitCheck(try .check(9), try RateLimitKey("k")))
            try await waitUntil { (try? await fixture.hit(check)) != nil }
            fixture.server.suspend()
            try await waitUntil {
                _ = try? await fixture.hit(check)
                return fixture.store.health.state == .open
            }
            // Far more calls than could each wait for the deadline within the time of a test.
            for _ in 0..<20_000 {
                await #expect(throws: RateLimitError(.storeUnavailable, message: "")) { try await fixture.hit(check) }
            }
            fixture.server.resume()
        }
    }

    @Test("a reply that is lost after the script ran is an error and charged once")
    func lostReply() async throws {
        try await withRedisServer { server in
            try await withFaultProxy(port: server.port) { proxy in
                try await withRedisClient("redis://127.0.0.1:\(proxy.port)") { client, group in
                    let store = try RedisRateLimitStore(client: client, configuration: self.layouts)
                    let check = RateLimitCheck(try .check(9, 3_600_000), try RateLimitKey("k"))
                    #expect(try await store.decide([check]).isAllowed)
                    proxy.loseNextReply()
                    let error = await #expect(throws: RateLimitError.self) { try await store.decide([check]) }
                    #expect(error?.code == .storeUnavailable)
                    try await waitUntil { (try? await store.usage(of: check.rule, for: check.key).used) != nil }
                    #expect(try await store.usage(of: check.rule, for: check.key).used == 2)
                }
            }
        }
    }

    @Test("settings out of their range are refused")
    func settings() async throws {
        try await withStore { fixture in
            let bad: [(inout RedisRateLimitConfiguration) -> Void] = [
                { $0.deadline = .zero }, { $0.keyPrefix = "" }, { $0.keyPrefix = "A:" }, { $0.keyPrefix = "a'b" },
                { $0.keyPrefix = "ratelimit:x" }, { $0.keyPrefix = "ratelimiter:nodes:" }, { $0.leaseLifetime = .zero },
                { $0.breaker.consecutiveFailures = 0 }, { $0.breaker.failureShare = 0 }, { $0.breaker.longestBackoff = .zero },
            ]
            for spoil in bad {
                var configuration = RedisRateLimitConfiguration()
                spoil(&configuration)
                #expect(throws: RateLimitError(.invalidConfiguration, message: "")) {
                    try RedisRateLimitStore(client: fixture.client, configuration: configuration)
                }
            }
        }
    }
}
