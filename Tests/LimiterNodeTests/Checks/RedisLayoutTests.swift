import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("Redis as observers of the limiter see it")
struct RedisLayoutTests {
    @Test("a key is a sorted set with an entry per check, and both it and its sequence expire a second after the window")
    func layout() async throws {
        try await withRedisNode { node, redis async throws in
            let start = ContinuousClock.now
            for _ in 0..<4 { #expect(try await node.check("user", limit: 3, window: 60_000).isDegraded == false) }
            #expect(try await redis.command("TYPE", "ratelimit:user") == "zset")
            #expect(try await redis.command("ZCARD", "ratelimit:user") == "3")
            let life = try await Self.number(redis.command("TTL", "ratelimit:user"))
            #expect((60 - Int((ContinuousClock.now - start).components.seconds)...61).contains(life))
            let sequence = try await Self.number(redis.command("TTL", "ratelimit:user:seq"))
            #expect((1...61).contains(sequence))
            let entries = try await redis.command("ZRANGE", "ratelimit:user", "0", "-1", "WITHSCORES").split(separator: "\n")
            #expect(entries.count == 6)
            for index in stride(from: 0, to: entries.count - 1, by: 2) {
                #expect(entries[index].hasPrefix(entries[index + 1] + ":"), "\(entries)")
            }
            #expect(
                try await redis.command("KEYS", "ratelimit:*").split(separator: "\n").sorted() == [
                    "ratelimit:user", "ratelimit:user:seq",
                ])
        }
    }

    @Test("an override is a hash without an end, which stays when the counter is reset")
    func storedOverride() async throws {
        try await withRedisNode { node, redis async throws in
            _ = try await node.client.send("PUT", "/api/limits/user", body: #"{"limit":7,"window_ms":120000}"#)
            #expect(try await redis.command("HGET", "ratelimit:limit:user", "limit") == "7")
            #expect(try await redis.command("HGET", "ratelimit:limit:user", "window_ms") == "120000")
            #expect(try await redis.command("TTL", "ratelimit:limit:user") == "-1")
            // A window that is left out is stored as what it stands for.
            _ = try await node.client.send("PUT", "/api/limits/other", body: #"{"limit":7,"window_ms":null}"#)
            #expect(try await redis.command("HGET", "ratelimit:limit:other", "window_ms") == "60000")
            _ = try await node.client.send("PUT", "/api/limits/user", body: #"{"limit":7}"#)
            #expect(try await redis.command("HGET", "ratelimit:limit:user", "window_ms") == "120000")
            _ = try await node.check("user")
            _ = try await node.client.send("POST", "/api/counters/user/reset")
            #expect(try await redis.command("EXISTS", "ratelimit:user", "ratelimit:user:seq") == "0")
            #expect(try await node.check("user")["X-RateLimit-Limit"] == "7")
        }
    }

    @Test("entries that others add count like ours, whatever stands behind the time")
    func foreignEntries() async throws {
        try await withRedisNode { node, redis async throws in
            let now = try await Self.milliseconds(of: redis)
            for number in 0..<3 {
                try await redis.command("ZADD", "ratelimit:user", "\(now)", "\(now):anything \(number)")
            }
            #expect(try await node.check("user", limit: 5).integer("current_count") == 4)
            #expect(try await node.check("user", limit: 5).integer("current_count") == 5)
            #expect(try await node.check("user", limit: 5).status == 429)
            // A key that only others write is listed, too.
            try await redis.command("ZADD", "ratelimit:theirs", "\(now)", "\(now):x")
            try await eventually("both keys are listed") {
                let rows = try await Self.allCounters(of: node)
                return rows["user"] == 5 && rows["theirs"] == 1 && rows.count == 2
            }
        }
    }

    @Test("keys of other kinds in the same place harm no listing")
    func foreignKinds() async throws {
        try await withRedisNode { node, redis async throws in
            try await redis.command("SET", "ratelimit:text", "hello")
            try await redis.command("HSET", "ratelimit:hash", "a", "b")
            try await redis.command("HSET", "ratelimit:limit:user", "limit", "no number")
            _ = try await node.check("user")
            #expect(try await node.client.send("GET", "/api/blocks").status == 200)
            #expect(try await Self.allCounters(of: node) == ["user": 1])
            let answer = try await node.check("text")
            #expect(answer.isDegraded || answer.status >= 400, "a text cannot be counted in: \(answer.status) \(answer.text)")
            #expect(try await redis.command("GET", "ratelimit:text") == "hello")
        }
    }

    @Test("a stored override with a long window survives checks that name none, and checks that name a short one")
    func longWindow() async throws {
        try await withRedisNode { node, redis async throws in
            _ = try await node.client.send("PUT", "/api/limits/user", body: #"{"limit":4,"window_ms":7200000}"#)
            let past = try await Self.milliseconds(of: redis) - 3_600_000
            try await redis.command("ZADD", "ratelimit:user", "\(past)", "\(past):an hour ago")
            #expect(try await node.check("user").integer("current_count") == 2)
            #expect(try await node.check("user", limit: 4, window: 60_000).integer("current_count") == 2, "one is older")
            for _ in 0..<3 { _ = try await node.check("user", limit: 100, window: 1) }
            let blocked = try await node.check("user")
            #expect(blocked.status == 429)
            #expect(try await redis.command("ZSCORE", "ratelimit:user", "\(past):an hour ago") == "\(past)")
            #expect(try await Self.number(redis.command("TTL", "ratelimit:user")) > 7_000)
        }
    }

    @Test("S4-12: a registration is a hash with an end, and the node's own keys lie outside both prescribed patterns")
    func registration() async throws {
        try await withRedisNode(["RATELIMITER_NODE_HOST": "ratelimiter-1"]) { node, redis async throws in
            #expect(try await redis.command("HGET", "ratelimiter:nodes:node-1", "address") == "ratelimiter-1:\(node.client.port)")
            let registered = try await redis.command("HGET", "ratelimiter:nodes:node-1", "registered_at")
            #expect(registered.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/#) != nil, "\(registered)")
            #expect(try (1...30).contains(await Self.number(redis.command("TTL", "ratelimiter:nodes:node-1"))))
            #expect(try await redis.command("KEYS", "ratelimiter:nodes:*") == "ratelimiter:nodes:node-1")
            #expect(try await redis.command("KEYS", "ratelimit:*") == "")
        }
    }

    /// Counts by key over all pages.
    private static func allCounters(of node: RunningNode) async throws -> [String: Int] {
        var counts: [String: Int] = [:]
        var cursor: String?
        repeat {
            let page = try await node.get("/api/counters" + (cursor.map { "?cursor=\($0)" } ?? ""))
            for row in page["counters"]?.arrayValue ?? [] {
                if let key = row["key"]?.stringValue { counts[key] = row["count"]?.intValue }
            }
            cursor = page["next_cursor"]?.stringValue
        } while cursor != nil
        return counts
    }

    private static func milliseconds(of redis: RedisServer) async throws -> Int {
        let parts = try await redis.command("TIME").split(separator: "\n").compactMap { Int($0) }
        try #require(parts.count == 2)
        return parts[0] * 1_000 + parts[1] / 1_000
    }

    private static func number(_ text: String) throws -> Int {
        try #require(Int(text), "\(text)")
    }
}
