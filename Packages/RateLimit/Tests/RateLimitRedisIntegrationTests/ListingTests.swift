import RateLimit
import RateLimitRedis
import Redis
import TestKit
import Testing

// One after the other: every test has a server of its own, and a process can watch only so many children at once.
@Suite("Listing of live logs", .serialized)
struct ListingTests {
    private let layouts = RedisRateLimitConfiguration.patient(["check": .check])

    private func names(_ fixture: StoreFixture, limit: Int, between: () async throws -> Void = {}) async throws -> [String] {
        let quota = try Quota(limit: 100, per: 60_000, .millisecond)
        var names: [String] = []
        var cursor: RedisCounterPage.Cursor?
        repeat {
            let page = try await fixture.store.listCounters(after: cursor, limit: limit, default: quota)
            names += page.counters.map { String(decoding: $0.key, as: UTF8.self) }
            cursor = page.next.flatMap { RedisCounterPage.Cursor($0.description) }
            #expect(cursor == page.next)
            try await between()
        } while cursor != nil
        return names
    }

    @Test("shows every key once, page by page", arguments: [1, 7, 1_000])
    func pages(_ limit: Int) async throws {
        try await withStore(self.layouts, movesClock: false) { fixture in
            for number in 0..<50 {
                _ = try await fixture.hit(OverridableCheck(RateLimitCheck(try .check(5), RateLimitKey("k\(number)"))))
            }
            let names = try await self.names(fixture, limit: limit)
            #expect(names.sorted() == (0..<50).map { "k\($0)" }.sorted())
            #expect(try await fixture.store.liveKeyCount() == 50)
        }
    }

    @Test("misses no key though keys are counted meanwhile")
    func pagesUnderLoad() async throws {
        try await withStore(self.layouts) { fixture in
            func count(_ number: Int) async throws {
                _ = try await fixture.hit(OverridableCheck(RateLimitCheck(try .check(100), RateLimitKey("k\(number)"))))
            }
            for number in 0..<40 { try await count(number) }
            var next = 0
            let names = try await self.names(fixture, limit: 3) {
                guard next < 40 else { return }
                try await fixture.clock.advance(by: .seconds(1))
                for _ in 0..<4 {
                    try await count(next % 40)
                    next += 1
                }
            }
            #expect(Set(names) == Set((0..<40).map { "k\($0)" }))
        }
    }

    @Test("shows count, limit and window as they hold, logs that only others write, and nothing else")
    func rows() async throws {
        try await withStore(self.layouts, movesClock: false) { fixture in
            for _ in 0..<3 { _ = try await fixture.hit(OverridableCheck(RateLimitCheck(try .check(5), RateLimitKey("a:b/c")))) }
            try await fixture.store.setOverride(limit: 2, windowMilliseconds: 5_000, of: RateLimitKey("a:b/c"))
            let now = Int(try await fixture.cli("TIME").split(separator: "\n")[0]).map { $0 * 1_000 } ?? 0
            try await fixture.cli("ZADD", "ratelimit:foreign", "\(now)", "\(now):x", "1", "1:old")
            try await fixture.cli("ZADD", "ratelimit:odd:seq", "\(now)", "x")
            try await fixture.cli("SET", "ratelimit:text", "x")
            var rows: [RedisCounter] = []
            var cursor: RedisCounterPage.Cursor?
            repeat {
                let page = try await fixture.store.listCounters(
                    after: cursor, limit: 10, default: Quota(limit: 100, per: 1, .minute))
                rows += page.counters
                cursor = page.next
            } while cursor != nil
            #expect(rows.map { String(decoding: $0.key, as: UTF8.self) } == ["a:b/c", "foreign"])
            #expect(
                rows.map(\.count) == [3, 1] && rows.map(\.limit) == [2, 100] && rows.map(\.windowMilliseconds) == [5_000, 60_000])
        }
    }

    @Test("lets go of keys that have ended, a bounded number at a time")
    func purge() async throws {
        try await withStore(self.layouts) { fixture in
            for number in 0..<30 {
                let check = RateLimitCheck(try .check(5, number < 20 ? 1_000 : 3_600_000), try RateLimitKey("k\(number)"))
                _ = try await fixture.hit(OverridableCheck(check))
            }
            #expect(try await fixture.store.purgeIndex() == 0)
            try await fixture.clock.advance(by: .seconds(10))
            #expect(try await fixture.store.liveKeyCount() == 10)
            #expect(try await fixture.store.purgeIndex(limit: 15) == 15)
            #expect(try await fixture.store.purgeIndex(limit: 15) == 5)
            #expect(try await fixture.cli("ZCARD", "gatehouse:limiter:index") == "10")
        }
    }

    @Test(
        "refuses cursors that no page has told",
        arguments: ["", "s", "s--1", "x-1", "r-1", "r-0-", "r-9-zz", "r-9-0", "s-99999999999999999999", "r-1-+1"])
    func badCursors(_ text: String) {
        #expect(RedisCounterPage.Cursor(text) == nil)
    }
}
