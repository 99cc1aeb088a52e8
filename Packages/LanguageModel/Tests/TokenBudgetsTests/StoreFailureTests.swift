import PrometheusMetrics
import RateLimit
import RateLimitRedis
import RedisTestSupport
import Synchronization
import TestKit
import Testing
import TokenBudgets

@Suite("Budgets of tokens while their store is away")
struct StoreFailureTests {
    private final class Scene: Sendable {
        let isAway = Mutex(false)
        let failures = Mutex(0)

        func budget(
            _ policy: RateLimitRule.StoreFailurePolicy, fallback: Bool = true, liveNodes: Int = 1,
            metrics: TokenBudgetMetrics? = nil
        ) throws -> TokenBudget {
            let store = FlakyStore(try InProcessRateLimitStore(memoryBytes: 1 << 20)) { self.isAway.withLock { $0 } }
            return try TokenBudget(
                dailyTokens: 100, store: store, fallback: fallback ? InProcessRateLimitStore(memoryBytes: 1 << 20) : nil,
                liveNodes: liveNodes, policy: policy, metrics: metrics,
                onStoreFailure: { _ in self.failures.withLock { $0 += 1 } })
        }

        func away(_ value: Bool) { self.isAway.withLock { $0 = value } }
    }

    @Test("count in the process, a server's share of them")
    func local() async throws {
        let scene = Scene()
        let budget = try scene.budget(.local, liveNodes: 2)
        scene.away(true)
        let lease = try #require(await budget.reserve(40, for: .ada).lease)
        #expect(await budget.standing(of: .ada)?.used == 40)
        #expect(await budget.reserve(20, for: .ada).refusal?.reason == .exhausted)
        #expect(await budget.settle(lease, actual: 10) == .settled)
        #expect(await budget.settle(lease, actual: 0) == .alreadySettled)
        #expect(await budget.reserve(40, for: .ada).lease != nil)
        // Too much for the share, not for the budget.
        let refusal = try #require(await budget.reserve(60, for: .ben).refusal)
        #expect(refusal.reason == .storeUnavailable && refusal.retryAfterSeconds == 1)
        #expect(scene.failures.withLock { $0 } > 0)
        scene.away(false)
        #expect(await budget.standing(of: .ada)?.used == 0, "the shared store knows nothing of it")
    }

    @Test("refuse when they are closed, with a time to come back")
    func closed() async throws {
        let registry = PrometheusRegistry()
        let scene = Scene()
        let budget = try scene.budget(.closed, metrics: TokenBudgetMetrics(registry: registry))
        #expect(await budget.reserve(40, for: .ada).lease != nil)
        scene.away(true)
        let refusal = try #require(await budget.reserve(1, for: .ada).refusal)
        #expect(refusal.reason == .storeUnavailable && refusal.retryAfterSeconds == 1)
        #expect(await budget.standing(of: .ada) == nil)
        let text = String(decoding: registry.render(), as: UTF8.self)
        #expect(text.contains(#"gatehouse_llm_budget_decisions_total{outcome="granted"} 1.0"#))
        #expect(text.contains(#"gatehouse_llm_budget_decisions_total{outcome="store_unavailable"} 1.0"#))
    }

    @Test("let everything pass when they are open, and when there is no table to count in", arguments: [true, false])
    func open(_ isOpen: Bool) async throws {
        let scene = Scene()
        let budget = try scene.budget(isOpen ? .open : .local, fallback: isOpen)
        scene.away(true)
        for _ in 0..<5 {
            let lease = try #require(await budget.reserve(100, for: .ada).lease)
            #expect(await budget.settle(lease, actual: 100) == .settled)
        }
    }

    @Test("keep the estimate when the store goes between reserving and settling")
    func lostSettlement() async throws {
        let scene = Scene()
        let budget = try scene.budget(.local)
        let lease = try #require(await budget.reserve(40, for: .ada).lease)
        scene.away(true)
        #expect(await budget.settle(lease, actual: 1) == .estimateStays)
        scene.away(false)
        #expect(await budget.standing(of: .ada)?.used == 40)
        #expect(await budget.settle(lease, actual: 1) == .settled)
        #expect(await budget.standing(of: .ada)?.used == 1)
    }

    @Test("go on when Redis is killed, and are shared again when it is back")
    func redis() async throws {
        try await withRedisServer { server in
            try await withRedisClient(server.url) { client, _ in
                let store = try RedisRateLimitStore(
                    client: client, configuration: RedisRateLimitConfiguration(deadline: .seconds(2)))
                let fallback = try InProcessRateLimitStore(memoryBytes: 1 << 20)
                let budget = try TokenBudget(dailyTokens: 100, store: store, fallback: fallback)
                #expect(await budget.reserve(60, for: .ada).lease != nil)
                let names = try await server.command("KEYS", "*")
                let seconds = try #require(Int(try await server.command("TTL", names)))
                #expect((86_300...86_520).contains(seconds), "the counter goes by itself: \(names)")
                try await server.kill()
                #expect(await budget.reserve(100, for: .ada).lease != nil)
                #expect(await budget.reserve(1, for: .ada).refusal?.reason == .exhausted)
            }
        }
    }
}
