import Logging
import NIOCore
import NIOPosix
import PrometheusMetrics
import RateLimit
import RateLimitRedis
import Redis
import TestKit
import Testing

@testable import LimitService

@Suite("Decisions in a shared store")
struct SharedEngineTests {
    /// One loop, so that the one connection that was waited for is the one that is used.
    private static let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// Lends a service on a Redis of its own.
    private func withService(_ body: @escaping (LimitService) async throws -> Void) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await withRedisServer { redis in
            let client = RedisClient(
                configuration: RedisConfiguration(url: try RedisURL(parsing: redis.url)),
                eventLoopGroup: Self.loops, logger: logger)
            var settings = RedisRateLimitConfiguration(layouts: LimitService.layouts)
            settings.deadline = .seconds(5)
            let store = try RedisRateLimitStore(client: client, configuration: settings)
            let service = try LimitService.shared(
                try LimitServiceConfiguration(defaultLimit: 3), store: store, client: client,
                table: try InProcessRateLimitStore(memoryBytes: 1 << 20),
                liveCounters: LiveCounterGauge(store: store, logger: logger),
                metrics: try StoreMetrics(registry: PrometheusRegistry()), liveNodes: { 1 })
            let running = Task { try await client.run() }
            defer { running.cancel() }
            // The first command waits for the connection; decisions on a loop do not.
            _ = try await client.send(RedisCommand("PING"), within: .seconds(10))
            try await body(service)
        }
    }

    private func answers(_ service: LimitService, _ questions: [LimitQuestion], isAtomic: Bool = false) async throws
        -> [LimitAnswer]
    {
        let loop = Self.loops.any()
        switch service.decide(questions, isAtomic: isAtomic, on: loop) {
        case .now(let answers): return answers
        case .later(let future): return try await future.get()
        }
    }

    @Test("answers a batch whose units are more than one call of the store takes, in its order")
    func splitsBatches() async throws {
        try await self.withService { service in
            let key = try RateLimitKey("k")
            let questions = try (0..<50).map { number in
                try LimitQuestion(key: try RateLimitKey("k\(number)"), limit: 600, windowMilliseconds: 3_600_000, cost: 500)
            }
            let answers = try await self.answers(service, questions)
            #expect(answers.count == 50)
            #expect(answers.allSatisfy { $0.isAllowed && $0.rule.used == 500 && !$0.isDegraded })
            let large = try LimitQuestion(key: key, limit: 20_000, windowMilliseconds: 3_600_000, cost: 15_000)
            let small = try LimitQuestion(key: key, limit: 20_000, windowMilliseconds: 3_600_000, cost: 2)
            let mixed = try await self.answers(service, [small, large, small])
            #expect(mixed.map(\.isAllowed) == [true, false, true])
            #expect(mixed[1].rule.outcome == .costExceedsLimit && !mixed[1].isDegraded)
            #expect(mixed[2].rule.used == 4)
        }
    }

    @Test("takes all of an atomic batch or nothing, and keeps to overrides")
    func atomic() async throws {
        try await self.withService { service in
            let first = LimitQuestion(key: try RateLimitKey("a"))
            let blocked = try LimitQuestion(key: try RateLimitKey("b"), limit: 0)
            let refused = try await self.answers(service, [first, blocked], isAtomic: true)
            #expect(refused.map(\.isAllowed) == [false, false])
            let override = try await service.setOverride(limit: 1, windowMilliseconds: nil, of: try RateLimitKey("a"))
            #expect(override == (try KeyLimit(limit: 1, windowMilliseconds: 60_000)))
            #expect(try await self.answers(service, [first, first]).map(\.isAllowed) == [true, false])
        }
    }

    @Test("settles a lease once, whichever node is asked")
    func settles() async throws {
        try await self.withService { service in
            let question = try LimitQuestion(key: try RateLimitKey("k"), limit: 10, windowMilliseconds: 3_600_000, cost: 8)
            let (answer, token) = try await service.reserve(question)
            #expect(answer.isAllowed)
            let lease = try #require(token)
            #expect(try await service.settle(lease, actual: 3) == .settled)
            #expect(try await service.settle(lease, actual: 0) == .alreadySettled)
            #expect(try await service.settle(lease + "A", actual: 0) == .unknownLease)
            let peek = try LimitQuestion(key: question.key, limit: 10, windowMilliseconds: 3_600_000, cost: 0)
            #expect(try await self.answers(service, [peek])[0].rule.used == 3)
        }
    }
}
