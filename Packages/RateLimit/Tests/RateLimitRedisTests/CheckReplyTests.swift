import RateLimit
import Redis
import Testing

@testable import RateLimitRedis

@Suite("Reading of replies")
struct CheckReplyTests {
    private static let numbers: [Int64] = [.min, -1 << 53, -1, 0, 1, 2, 7, 1 << 40, 1 << 53, .max]

    private func plan(_ algorithm: RateLimitAlgorithm, _ layout: RedisRateLimitLayout) throws -> CheckPlan {
        let rule = try RateLimitRule("r", quota: Quota(limit: 5, per: 1, .minute), algorithm: algorithm)
        return try CheckPlan(OverridableCheck(RateLimitCheck(rule, RateLimitKey("k"))), layout: layout, prefix: [])
    }

    @Test("makes sense of any numbers, or refuses them, without a trap", arguments: RateLimitAlgorithm.allCases)
    func anyNumbers(_ algorithm: RateLimitAlgorithm) throws {
        for layout in [RedisRateLimitLayout.own, .check, .bucket(.read)] {
            let plan = try DecisionPlan([self.plan(algorithm, layout)], isEach: false)
            for place in 0..<9 {
                for first in Self.numbers {
                    for second in Self.numbers {
                        var row = [Int64](repeating: second, count: 8)
                        (row[0], row[1], row[2]) = (1, 5, 60_000)
                        if place < 8 { row[place] = first }
                        let value = RedisValue.array([.array(row.map { .integer($0) }), .integer(first)])
                        guard let outcome = try? plan.read(value) else { continue }
                        let rule = outcome.decision.verdict.rules[0]
                        #expect(rule.remaining >= 0 && rule.remaining <= rule.limit)
                    }
                }
            }
        }
    }

    @Test(
        "refuses every other shape",
        arguments: [
            .null, .integer(3), .string([]), .status("OK"), .error("ERR"), .array([]), .array([.integer(1)]),
            .array([.array([]), .integer(1)]), .array([.null, .integer(1)]), .array([.error("WRONGTYPE x"), .integer(1)]),
            .array([.array(Array(repeating: .null, count: 8)), .integer(1)]),
            .array([.array(Array(repeating: .integer(9), count: 8)), .integer(1)]),
            .array([.array(Array(repeating: .integer(0), count: 7)), .integer(1)]),
        ] as [RedisValue])
    func otherShapes(_ value: RedisValue) throws {
        let plan = try DecisionPlan([self.plan(.slidingLog, .check)], isEach: false)
        #expect(throws: RateLimitError(.storeUnavailable, message: "")) { try plan.read(value) }
    }
}
