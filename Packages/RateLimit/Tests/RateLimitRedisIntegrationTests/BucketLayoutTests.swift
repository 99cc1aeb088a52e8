import RateLimit
import RateLimitRedis
import Redis
import TestKit
import Testing

// One after the other: every test has a server of its own, and a process can watch only so many children at once.
@Suite("Prescribed bucket", .serialized)
struct BucketLayoutTests {
    private let layouts = RedisRateLimitConfiguration.patient(["read": .bucket(.read), "write": .bucket(.write)])

    private func call(
        _ fixture: StoreFixture, _ key: String = "rl:u:read", capacity: String = "20", rate: String = "0.3333333333333333",
        at now: String
    ) async throws -> Int64? {
        try await fixture.client.evaluate(
            TokenBucketScript.script, keys: [Array(key.utf8)], arguments: [capacity, rate, now].map { Array($0.utf8) }
        ).integerValue
    }

    @Test("20 tokens, 20 per minute: 22 calls at once pass 20, 2.9 s later none, 3 s later one")
    func vector() async throws {
        try await withStore { fixture in
            var passed: [Int64?] = []
            for _ in 0..<22 { passed.append(try await self.call(fixture, at: "1000")) }
            #expect(passed == Array(repeating: 1, count: 20) + [0, 0])
            #expect(try await fixture.cli("HGETALL", "rl:u:read") == "tokens\n0\nlast_refill\n1000")
            #expect(try await fixture.cli("TTL", "rl:u:read") == "120")
            #expect(try await self.call(fixture, at: "1002.9") == 0)
            #expect(try await fixture.cli("HGET", "rl:u:read", "last_refill") == "1002.9")
            #expect(try await self.call(fixture, at: "1003.0") == 1)
            #expect(try await self.call(fixture, at: "1006.5") == 1)
            #expect(try await self.call(fixture, "rl:u:write", at: "1006.5") == 1)
        }
    }

    @Test("a clock that goes back takes nothing and brings nothing twice")
    func clockGoesBack() async throws {
        try await withStore { fixture in
            for _ in 0..<20 { _ = try await self.call(fixture, at: "1000") }
            #expect(try await self.call(fixture, at: "400") == 0)
            #expect(try await fixture.cli("HGET", "rl:u:read", "tokens") == "0")
            #expect(try await self.call(fixture, at: "1002") == 0)
            #expect(try await self.call(fixture, at: "1003") == 1)
        }
    }

    @Test("many calls at once on c tokens pass exactly c, and the key lives for 120 s after each", arguments: [1, 20])
    func exact(_ capacity: Int) async throws {
        try await withStore(loopCount: 2) { fixture in
            let passed = try await withThrowingTaskGroup(of: Int64.self) { tasks in
                for _ in 0..<100 { tasks.addTask { try await self.call(fixture, capacity: "\(capacity)", at: "5") ?? -1 } }
                return try await tasks.reduce(0, +)
            }
            #expect(passed == capacity)
            #expect(try await fixture.cli("TTL", "rl:u:read") == "120")
        }
    }

    @Test("refuses words that are no numbers", arguments: ["x", "nan", "-1", ""])
    func badArguments(_ word: String) async throws {
        try await withStore { fixture in
            await #expect(throws: RedisError(.serverError, message: "")) { try await self.call(fixture, capacity: word, at: "1") }
            let exists = try await fixture.cli("EXISTS", "rl:u:read")
            #expect(exists == "0")
        }
    }

    @Test("is what rules with this layout count on, by the clock of the server")
    func asLayout() async throws {
        try await withStore(self.layouts) { fixture in
            let key = try RateLimitKey("user-7")
            let read = RateLimitCheck(try RateLimitRule("read", quota: Quota(limit: 20, per: 1, .minute)), key)
            let write = RateLimitCheck(try RateLimitRule("write", quota: Quota(limit: 2, per: 1, .minute)), key)
            for taken in 1...20 {
                let verdict = try await fixture.store.decide([read])
                #expect(verdict.isAllowed && verdict.rules[0].remaining == Int64(20 - taken))
            }
            #expect(try await fixture.store.decide([write]).isAllowed)
            let refused = try await fixture.store.decide([read])
            #expect(!refused.isAllowed && refused.retryAfter == .seconds(3) && refused.rules[0].resetAfter == .seconds(60))
            #expect(
                try await fixture.cli("KEYS", "rl:*").split(separator: "\n").sorted() == ["rl:user-7:read", "rl:user-7:write"])
            #expect(try await fixture.cli("HGET", "rl:user-7:read", "tokens") == "0")
            try await fixture.clock.advance(by: .milliseconds(2_900))
            #expect(try await !fixture.store.decide([read]).isAllowed)
            #expect(try await fixture.cli("HGET", "rl:user-7:read", "last_refill") == "1795000002.9")
            #expect(try await fixture.cli("TTL", "rl:user-7:read") == "120")
            try await fixture.clock.advance(by: .milliseconds(100))
            #expect(try await fixture.store.decide([read]).isAllowed)
            #expect(try await fixture.store.reset(read.rule, for: key))
            #expect(try await fixture.store.usage(of: read.rule, for: key).remaining == 20)
        }
    }

    @Test("a refused decision takes nothing from a bucket")
    func allOrNothing() async throws {
        try await withStore(self.layouts) { fixture in
            let key = try RateLimitKey("u")
            let read = RateLimitCheck(try RateLimitRule("read", quota: Quota(limit: 20, per: 1, .minute)), key)
            let narrow = RateLimitCheck(try RateLimitRule("narrow", quota: Quota(limit: 1, per: 1, .hour)), key)
            for call in 0..<4 { #expect(try await fixture.store.decide([read, narrow]).isAllowed == (call == 0)) }
            #expect(try await fixture.cli("HGET", "rl:u:read", "tokens") == "19")
        }
    }
}
