import RateLimit
import Testing

@Suite("Example of the README")
struct ReadmeExampleTests {
    @Test("compiles and passes")
    func passes() throws {
        let store = try InProcessRateLimitStore()
        let perUser = try RateLimitRule("query", quota: try Quota.parse("20/minute")[0], algorithm: .slidingLog)
        let perTenant = try RateLimitRule("tenant", quota: try Quota.parse("10000 per 2 hours")[0], algorithm: .tokenBucket)

        let verdict = store.decide(
            [
                RateLimitCheck(perUser, try RateLimitKey("user", "42")),
                try RateLimitCheck(perTenant, try RateLimitKey("tenant", "acme"), cost: 3),
            ],
            at: .now
        )
        #expect(verdict.denier == nil)
        #expect(verdict.rules[0].remaining == 19)
        #expect(verdict.rules[1].limit == 10_000)
        #expect(verdict.rules[1].used == 3)
        #expect(verdict.tightest?.rule.description == "query")
    }
}
