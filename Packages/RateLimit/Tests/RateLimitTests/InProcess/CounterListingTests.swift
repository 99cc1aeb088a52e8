import RateLimit
import Testing

@Suite("Listing of counters")
struct CounterListingTests {
    @Test("shows every live counter once, page by page", arguments: [1, 7, 64, 10_000])
    func pages(_ limit: Int) throws {
        let store = try InProcessRateLimitStore(memoryBytes: 1 << 20)
        var expected: [RateLimitKey: Int64] = [:]
        for number in 0..<1_000 {
            let algorithm = RateLimitAlgorithm.allCases[number % 4]
            let rule = try RateLimitRule("list", quota: try Quota(limit: 9, .minute), algorithm: algorithm)
            let key = try RateLimitKey("user", String(repeating: "x", count: number % 60) + "\(number)")
            let cost = Int64(number % 9 + 1)
            _ = store.decide(try RateLimitCheck(rule, key, cost: cost), at: .start)
            expected[key] = cost
        }
        let ended = try RateLimitRule("list", quota: try Quota(limit: 9, .second))
        _ = store.decide(RateLimitCheck(ended, try RateLimitKey("ended")), at: .start)
        let now = RateLimitInstant.start.advanced(by: .seconds(1))
        var seen: [RateLimitKey: Int64] = [:]
        var cursor: RateLimitCounterPage.Cursor?
        repeat {
            let page = store.counters(after: cursor, limit: limit, at: now)
            #expect(page.counters.count <= limit)
            for counter in page.counters {
                #expect(seen.updateValue(counter.used, forKey: counter.key) == nil, "\(counter.key) appears twice")
                #expect(counter.rule.description == "list")
                #expect(counter.windowMilliseconds == 60_000)
            }
            // As it comes back from a client.
            cursor = page.next.flatMap { RateLimitCounterPage.Cursor($0.description) }
            #expect((cursor == nil) == (page.next == nil))
        } while cursor != nil
        #expect(Set(seen.keys) == Set(expected.keys))
        // A token bucket of 9 per minute has won back less than a token within the second.
        #expect(seen == expected)
    }

    @Test(
        "takes a cursor that no listing gave without harm",
        arguments: [
            "0.0.0", "0.1.1", "7.1.1", "0.4294967295.4294967295", "4294967295.0.0", "3.5.99999", "1.2.3", "0.1.64", "0.1.65",
        ])
    func strangeCursors(_ text: String) throws {
        let store = try InProcessRateLimitStore(memoryBytes: 1 << 20)
        let rule = try RateLimitRule("list", quota: try Quota(limit: 9, .minute))
        for number in 0..<2_000 { _ = store.decide(RateLimitCheck(rule, try RateLimitKey("\(number)")), at: .start) }
        let cursor = try #require(RateLimitCounterPage.Cursor(text))
        #expect(store.counters(after: cursor, limit: 10_000, at: .start).counters.count <= 2_000)
    }

    @Test(
        "reads no cursor from other texts",
        arguments: ["", "1", "1.2", "1.2.3.4", "-1.0.0", "a.b.c", "1..3", "4294967296.0.0", "١.٢.٣"])
    func noCursors(_ text: String) {
        #expect(RateLimitCounterPage.Cursor(text) == nil)
    }
}
