import HTTPCore
import HTTPTypes
import Identity
import PrometheusMetrics
import RateLimit
import StrictJSON
import Synchronization
import Testing

@testable import RateLimitHTTP

@Suite("Class limiter")
struct ClassLimiterTests {
    private let time = MovableTime()
    private let read = LimitClass("read")
    private let failures = LimitClass("failures", by: .address)
    private let user = Caller(id: CallerID(unchecked: "u-1"), kind: .user)

    private func limiter(_ registry: PrometheusRegistry = PrometheusRegistry(), shadow: Bool = false) throws -> ClassLimiter {
        var rules = ClassRules()
        try rules.set(self.read, quotas: Quota.parse("3/minute"), algorithm: .tokenBucket, isShadow: shadow)
        try rules.set(self.failures, quotas: Quota.parse("2/minute;5/hour"), algorithm: .slidingLog)
        let time = self.time
        return ClassLimiter(
            limiter: RateLimiter(store: try InProcessRateLimitStore(memoryBytes: 1 << 20) { time.now }), rules: rules,
            metrics: try RateLimitMetrics(registry: registry))
    }

    private func isAdmitted(_ outcome: LimitOutcome) -> Bool {
        if case .admitted = outcome { true } else { false }
    }

    @Test("tells an admitted request where it stands")
    func fields() async throws {
        guard case .admitted(let fields) = try await self.limiter().charge([self.read], caller: self.user, address: nil) else {
            Issue.record("denied")
            return
        }
        #expect(fields[.rateLimitPolicy] == "\"read\";q=3;w=60")
        #expect(fields[.rateLimit] == "\"read\";r=2;t=20")
        #expect(fields[.legacyLimit] == "3")
        #expect(fields[.legacyRemaining] == "2")
        #expect(fields[.legacyReset] == "20")
        #expect(fields[.retryAfter] == nil)
    }

    @Test("denies with the problem of DESIGN §3, and admits exactly at Retry-After")
    func denial() async throws {
        let limiter = try self.limiter()
        for _ in 0..<3 { #expect(self.isAdmitted(await limiter.charge([self.read], caller: self.user, address: nil))) }
        guard case .denied(let problem) = await limiter.charge([self.read], caller: self.user, address: nil) else {
            Issue.record("admitted")
            return
        }
        #expect(problem.status == .tooManyRequests)
        #expect(problem.detail == "Rate limit exceeded: 3 per 1 minute")
        #expect(problem.message == "Rate limit exceeded. Try again in 20 seconds.")
        #expect(problem.headers[.retryAfter] == "20")
        #expect(problem.headers[.rateLimit] == "\"read\";r=0;t=20")
        #expect(problem.members.first { $0.name == "violated-policies" }?.value == ["read"])
        #expect(problem.members.first { $0.name == "retry_after_seconds" }?.value == 20)
        self.time.advance(by: .seconds(20))
        #expect(self.isAdmitted(await limiter.charge([self.read], caller: self.user, address: nil)))
    }

    @Test("rounds waits up to whole seconds, so that nobody comes too early")
    func rounding() async throws {
        let limiter = try self.limiter()
        for _ in 0..<3 { _ = await limiter.charge([self.read], caller: self.user, address: nil) }
        self.time.advance(by: .milliseconds(500))
        guard case .denied(let problem) = await limiter.charge([self.read], caller: self.user, address: nil) else {
            Issue.record("admitted")
            return
        }
        #expect(problem.headers[.retryAfter] == "20")
        #expect(problem.headers[.rateLimit] == "\"read\";r=0;t=20")
        #expect(problem.headers[.legacyReset] == "60")
    }

    @Test("keeps users apart, whatever their address, and users apart from the anonymous count of their address")
    func identities() async throws {
        let limiter = try self.limiter()
        let address = IPAddress("192.0.2.1")
        let other = Caller(id: CallerID(unchecked: "u-2"), kind: .user)
        for _ in 0..<3 { _ = await limiter.charge([self.read], caller: self.user, address: address) }
        #expect(!self.isAdmitted(await limiter.charge([self.read], caller: self.user, address: IPAddress("192.0.2.2"))))
        #expect(self.isAdmitted(await limiter.charge([self.read], caller: other, address: address)))
        #expect(self.isAdmitted(await limiter.charge([self.read], caller: .anonymous, address: address)))
        for _ in 0..<2 { _ = await limiter.charge([self.read], caller: .anonymous, address: address) }
        #expect(!self.isAdmitted(await limiter.charge([self.read], caller: .anonymous, address: address)))
        #expect(self.isAdmitted(await limiter.charge([self.read], caller: .anonymous, address: IPAddress("192.0.2.9"))))
    }

    @Test("charges a class by address to the address, also for users")
    func byAddress() async throws {
        let limiter = try self.limiter()
        let address = IPAddress("192.0.2.1")
        for _ in 0..<2 { _ = await limiter.charge([self.failures], caller: self.user, address: address) }
        #expect(!self.isAdmitted(await limiter.charge([self.failures], caller: .anonymous, address: address)))
    }

    @Test("counts an IPv6 client by its /64, and an IPv4-mapped one as IPv4")
    func hosts() async throws {
        let limiter = try self.limiter()
        _ = await limiter.charge([self.failures], caller: .anonymous, address: IPAddress("2001:db8:1:2::1"))
        _ = await limiter.charge([self.failures], caller: .anonymous, address: IPAddress("2001:db8:1:2:ffff::9"))
        #expect(
            !self.isAdmitted(await limiter.charge([self.failures], caller: .anonymous, address: IPAddress("2001:db8:1:2::7"))))
        #expect(self.isAdmitted(await limiter.charge([self.failures], caller: .anonymous, address: IPAddress("2001:db8:1:3::1"))))
        _ = await limiter.charge([self.failures], caller: .anonymous, address: IPAddress("::ffff:192.0.2.1"))
        _ = await limiter.charge([self.failures], caller: .anonymous, address: IPAddress("192.0.2.1"))
        #expect(!self.isAdmitted(await limiter.charge([self.failures], caller: .anonymous, address: IPAddress("192.0.2.1"))))
    }

    @Test("charges all classes or none")
    func allOrNothing() async throws {
        let limiter = try self.limiter()
        let address = IPAddress("192.0.2.1")
        for _ in 0..<2 { _ = await limiter.charge([self.failures], caller: self.user, address: address) }
        for _ in 0..<5 { _ = await limiter.charge([self.read, self.failures], caller: self.user, address: address) }
        guard case .admitted(let fields) = await limiter.charge([self.read], caller: self.user, address: address) else {
            Issue.record("a denied request consumed another limit")
            return
        }
        #expect(fields[.legacyRemaining] == "2")
    }

    @Test("counts a rule in shadow and never denies by it")
    func shadow() async throws {
        let registry = PrometheusRegistry()
        let limiter = try self.limiter(registry, shadow: true)
        for _ in 0..<5 { #expect(self.isAdmitted(await limiter.charge([self.read], caller: self.user, address: nil))) }
        let text = String(decoding: registry.render(), as: UTF8.self)
        #expect(text.contains("gatehouse_rate_limit_decisions_total{outcome=\"shadow_denied\",rule=\"read\"} 2.0"))
    }

    @Test("names the policies of a class with several quotas apart")
    func severalQuotas() async throws {
        let limiter = try self.limiter()
        guard case .admitted(let fields) = await limiter.charge([self.failures], caller: .anonymous, address: nil) else {
            Issue.record("denied")
            return
        }
        #expect(fields[.rateLimitPolicy] == "\"failures\";q=2;w=60, \"failures-2\";q=5;w=3600")
        #expect(limiter.description(of: self.failures) == ["2 per 1 minute", "5 per 1 hour"])
    }

    @Test("leaves a class without rules free")
    func noRules() async throws {
        guard case .admitted(let fields) = try await self.limiter().charge([LimitClass("x")], caller: self.user, address: nil)
        else {
            Issue.record("denied")
            return
        }
        #expect(fields.isEmpty)
    }
}

/// A time that tests move by hand.
private final class MovableTime: Sendable {
    private let offset = Mutex(Duration.zero)

    var now: RateLimitInstant { RateLimitInstant(nanoseconds: Int64(self.offset.withLock { $0 } / .nanoseconds(1))) }

    func advance(by duration: Duration) {
        self.offset.withLock { $0 += duration }
    }
}
