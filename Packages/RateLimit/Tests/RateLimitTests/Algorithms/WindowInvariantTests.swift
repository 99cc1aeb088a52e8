import RateLimit
import TestKit
import Testing

@Suite("What can pass in any stretch of time")
struct WindowInvariantTests {
    private static let limit: Int64 = 20
    private static let window: Int64 = 60_000_000_000

    /// Greedy callers with random pauses; the instants of all units that passed.
    private func passed(_ algorithm: RateLimitAlgorithm) throws -> [Int64] {
        var generator = SeededGenerator(seed: TestRun.seed)
        let store = try InProcessRateLimitStore(memoryBytes: 128 << 10)
        let rule = try RateLimitRule("bound", quota: try Quota(limit: Self.limit, .minute), algorithm: algorithm)
        let key = try RateLimitKey("key")
        var passed: [Int64] = []
        var now: Int64 = 0
        for _ in 0..<TestRun.count(10_000, long: 300_000) {
            let pauses: [Int64] = [
                0, 0, 0, 0, 1, Self.window / Self.limit, Self.window / 2, Self.window - 1, Self.window, 57_000_000_000,
            ]
            now += pauses.randomElement(using: &generator) ?? 0
            let cost = Int64.random(in: 1...4, using: &generator)
            guard store.decide(try RateLimitCheck(rule, key, cost: cost), at: RateLimitInstant(nanoseconds: now)).isAdmitted
            else { continue }
            passed += Array(repeating: now, count: Int(cost))
        }
        return passed
    }

    /// The most units in any half-open stretch of `length`.
    private func most(_ passed: [Int64], within length: Int64) -> Int {
        var first = 0
        var most = 0
        for (last, time) in passed.enumerated() {
            while passed[first] <= time - length { first += 1 }
            most = max(most, last - first + 1)
        }
        return most
    }

    @Test("sliding log: never more than the limit in any window")
    func log() throws {
        #expect(self.most(try self.passed(.slidingLog), within: Self.window) == 20)
    }

    @Test("fixed window: never more than twice the limit in any window")
    func fixed() throws {
        #expect((21...40).contains(self.most(try self.passed(.fixedWindow), within: Self.window)))
    }

    @Test("sliding counter: less than twice the limit in any window")
    func counter() throws {
        #expect((20..<40).contains(self.most(try self.passed(.slidingCounter), within: Self.window)))
    }

    @Test("token bucket: never more than the limit and what fills in meanwhile", arguments: [0, 1, 3, 10, 30, 59, 60, 61, 600])
    func bucket(_ seconds: Int64) throws {
        let most = self.most(try self.passed(.tokenBucket), within: seconds * 1_000_000_000 + 1)
        #expect(Int64(most) <= Self.limit + seconds * Self.limit / 60)
    }

    @Test("token bucket: the vector of the older service, exactly at its edges")
    func vector() throws {
        let store = try InProcessRateLimitStore(memoryBytes: 128 << 10)
        let rule = try RateLimitRule("write", quota: try Quota(limit: 20, .minute), algorithm: .tokenBucket)
        let check = RateLimitCheck(rule, try RateLimitKey("user"))
        func passes(_ seconds: Double) -> Bool {
            store.decide(check, at: RateLimitInstant(nanoseconds: Int64(seconds * 1_000_000_000))).isAdmitted
        }
        #expect((0..<22).map { _ in passes(1_000) } == Array(repeating: true, count: 20) + [false, false])
        #expect(!passes(1_002.9))
        // The older service computed with floating-point numbers and came out just below one token here.
        #expect(passes(1_003))
        #expect(!passes(1_003))
        #expect(passes(1_006.5))
    }

    @Test(
        "token bucket: an idle spell never saves up more than one burst",
        arguments: [(10, 10, 8.0), (100, 10, 9.8), (50, 60, 55.0)])
    func idleThenBurst(_ burst: Int64, _ seconds: Int64, _ idle: Double) throws {
        let store = try InProcessRateLimitStore(memoryBytes: 128 << 10)
        let rule = try RateLimitRule("idle", quota: try Quota(limit: burst, per: seconds, .second), algorithm: .tokenBucket)
        let check = RateLimitCheck(rule, try RateLimitKey("user"))
        _ = store.decide(check, at: .start)
        let later = RateLimitInstant(nanoseconds: Int64(idle * 1_000_000_000))
        let admitted = (0..<3 * burst).count { _ in store.decide(check, at: later).isAdmitted }
        #expect(admitted == Int(burst))
    }
}
