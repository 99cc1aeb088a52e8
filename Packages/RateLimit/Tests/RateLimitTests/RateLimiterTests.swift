import RateLimit
import Synchronization
import Testing

@Suite("Limiter")
struct RateLimiterTests {
    /// A shared store that is away.
    private struct AbsentStore: RateLimitStore {
        private var away: RateLimitError { RateLimitError(.storeUnavailable, message: "away") }
        func decide(_ checks: [RateLimitCheck]) async throws(RateLimitError) -> Verdict { throw self.away }
        func reserve(_ checks: [RateLimitCheck]) async throws(RateLimitError) -> RateLimitReservation { throw self.away }
        func settle(_ lease: RateLimitLease, actual: [Int64]) async throws(RateLimitError) -> RateLimitSettlement {
            throw self.away
        }
        func usage(of rule: RateLimitRule, for key: RateLimitKey) async throws(RateLimitError) -> RuleVerdict { throw self.away }
        func reset(_ rule: RateLimitRule, for key: RateLimitKey) async throws(RateLimitError) -> Bool { throw self.away }
    }

    private func check(_ policy: RateLimitRule.StoreFailurePolicy, isShadow: Bool = false) throws -> RateLimitCheck {
        let rule = try RateLimitRule("limiter", quota: try Quota(limit: 10, .hour), onStoreFailure: policy, isShadow: isShadow)
        return RateLimitCheck(rule, try RateLimitKey("key"))
    }

    @Test("admits everything without state when it is switched off")
    func switchedOff() async throws {
        let store = try InProcessRateLimitStore(memoryBytes: 64 << 10)
        let limiter = RateLimiter(store: store, isEnabled: false)
        for _ in 0..<30 { #expect(await limiter.decide([try self.check(.closed)]).isAllowed) }
        #expect(store.statistics.counters == 0)
    }

    @Test("does as each rule declares while the store is away")
    func declares() async throws {
        let failures = Atomic(0)
        let fallback = try InProcessRateLimitStore(memoryBytes: 64 << 10) { .start }
        let limiter = RateLimiter(store: AbsentStore(), fallback: fallback, liveNodes: { 3 }) { _ in
            _ = failures.wrappingAdd(1, ordering: .relaxed)
        }
        #expect(await limiter.decide([try self.check(.open)]).rules[0].outcome == .admittedUncounted)
        let closed = await limiter.decide([try self.check(.local), try self.check(.closed)])
        #expect(closed.denierIndex == 1)
        #expect(closed.retryAfter == .seconds(1))
        #expect(await limiter.decide([try self.check(.closed, isShadow: true)]).isAllowed)
        // A third of 10, and nothing of it was taken by the refused request.
        for call in 0..<5 {
            let verdict = await limiter.decide([try self.check(.open), try self.check(.local)])
            #expect(verdict.isAllowed == (call < 3))
            #expect(verdict.rules[1].limit == 3)
        }
        #expect(failures.load(ordering: .relaxed) == 8)
    }

    @Test("counts local rules as open when there is no table for them")
    func withoutFallback() async throws {
        let limiter = RateLimiter(store: AbsentStore())
        for _ in 0..<20 { #expect(await limiter.decide([try self.check(.local)]).isAllowed) }
    }

    @Test("asks the store otherwise")
    func asksStore() async throws {
        let limiter = RateLimiter(store: try InProcessRateLimitStore(memoryBytes: 64 << 10) { .start })
        for call in 0..<12 { #expect(await limiter.decide([try self.check(.closed)]).isAllowed == (call < 10)) }
    }
}

@Suite("Rule names")
struct RateLimitRuleNameTests {
    @Test("are told as they were written, and equal when their bytes are")
    func told() throws {
        let name = try RateLimitRuleName("query-é")
        #expect(name.description == "query-é")
        #expect(try RateLimitRuleName("query-é") == name)
        #expect(try RateLimitRuleName("query-e\u{301}") != RateLimitRuleName("query-\u{E9}"))
    }

    @Test("are refused when empty or too long", arguments: [0, 256])
    func refused(_ length: Int) {
        #expect(throws: RateLimitError.self) { try RateLimitRuleName(String(repeating: "x", count: length)) }
    }

    @Test("algorithms have the names of the wire", arguments: RateLimitAlgorithm.allCases)
    func algorithmNames(_ algorithm: RateLimitAlgorithm) {
        #expect(RateLimitAlgorithm(name: algorithm.name) == algorithm)
        #expect(RateLimitAlgorithm(name: algorithm.name.uppercased()) == nil)
    }
}
