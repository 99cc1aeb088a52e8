import NIOCore
import RateLimit
import RateLimitRedis
import Redis
import RedisTestSupport
import TestKit
import Testing

@Suite("Example of the README, on Redis")
struct ReadmeExampleTests {
    @Test("compiles and passes")
    func passes() async throws {
        try await withRedisServer { server in
            try await withRedisClient(server.url) { client, group in
                let eventLoop = group.any()
                _ = try await client.send(RedisCommand("PING"))
                let store = try RedisRateLimitStore(
                    client: client, configuration: RedisRateLimitConfiguration(layouts: ["check": .check], deadline: .seconds(20))
                )
                let rule = try RateLimitRule("check", quota: try Quota.parse("100/minute")[0])

                // From a channel handler; what is stored for the key in `ratelimit:limit:{key}` goes before the rule's quota.
                let check = OverridableCheck(RateLimitCheck(rule, try RateLimitKey("user:42")), overridable: .all)
                let resolved = try await store.decide(check, on: eventLoop).get()
                #expect("\(resolved.rule.used) of \(resolved.quota)" == "1 of 100 per 1 minute")

                // As an estimate that any node may correct later.
                let reservation = try await store.reserve([RateLimitCheck(rule, RateLimitKey("user:42"), cost: 20)])
                if let lease = reservation.lease { _ = try await store.settle(lease, actual: 3) }
                #expect(try await store.usage(of: rule, for: RateLimitKey("user:42")).used == 4)
            }
        }
    }
}
