import PrometheusMetrics
import RateLimit
import Testing

@testable import LimitService

@Suite("Answers while the shared store gives none")
struct FallbackDeciderTests {
    private struct Away: Error {}

    private func decider(_ policy: RateLimitRule.StoreFailurePolicy, nodes: Int) throws -> FallbackDecider {
        FallbackDecider(
            policy: policy, table: try InProcessRateLimitStore(memoryBytes: 1 << 20), liveNodes: { nodes },
            metrics: try StoreMetrics(registry: PrometheusRegistry()))
    }

    private func check(_ limit: Int64, cost: Int64 = 1) throws -> RateLimitCheck {
        let rules = try RuleBook(onStoreFailure: .local)
        return try RateLimitCheck(
            try rules.check(limit: limit, windowMilliseconds: 3_600_000, algorithm: .slidingLog), try RateLimitKey("k"),
            cost: cost)
    }

    @Test("count here with a share of the limit", arguments: [(10, 3, 3), (2, 3, 1), (9, 0, 9), (0, 3, 0), (7, 1, 7)])
    func local(_ limit: Int64, _ nodes: Int, _ share: Int) throws {
        let decider = try self.decider(.local, nodes: nodes)
        var admitted = 0
        for _ in 0..<12 where decider.answer(to: try self.check(limit), after: Away()).isAllowed { admitted += 1 }
        #expect(admitted == share)
    }

    @Test("admit all under open, but nothing under a limit of 0")
    func open() throws {
        let decider = try self.decider(.open, nodes: 1)
        for _ in 0..<5 {
            let answer = decider.answer(to: try self.check(1), after: Away())
            #expect(answer.isAllowed && answer.isDegraded)
        }
        #expect(!decider.answer(to: try self.check(0), after: Away()).isAllowed)
    }

    @Test("refuse all under closed, and say that no answer could be given")
    func closed() throws {
        let answer = try self.decider(.closed, nodes: 1).answer(to: try self.check(5), after: Away())
        #expect(!answer.isAllowed && answer.isUnavailable && answer.retryAfterSeconds == 1)
    }

    @Test("take all of several or none")
    func several() throws {
        let decider = try self.decider(.local, nodes: 1)
        let refused = decider.answers(to: [try self.check(5), try self.check(0)], after: Away())
        #expect(refused.map(\.isAllowed) == [false, false])
        #expect(decider.answer(to: try self.check(5, cost: 5), after: Away()).isAllowed)
    }

    @Test("call a cost that the store has no place for impossible, and no failure")
    func impossible() throws {
        let error = RateLimitError(.invalidCost, message: "too much")
        let answer = try self.decider(.open, nodes: 1).answer(to: try self.check(50_000, cost: 20_000), after: error)
        #expect(!answer.isAllowed && !answer.isDegraded && answer.rule.outcome == .costExceedsLimit)
    }
}
