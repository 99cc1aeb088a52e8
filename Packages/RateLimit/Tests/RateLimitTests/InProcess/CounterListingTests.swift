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
            cursor = page.next
        } while cursor != nil
        #expect(Set(seen.keys) == Set(expected.keys))
        // A token bucket of 9 per minute has won back less than a token within the second.
        #expect(seen == expected)
    }
}
