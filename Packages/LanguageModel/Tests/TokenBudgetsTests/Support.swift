import Identity
import RateLimit
import RateLimitRedis
import RedisTestSupport
import Synchronization
import TestKit
import TokenBudgets

/// Where budgets are counted.
enum BudgetPlace: String, CaseIterable, Sendable {
    case process
    case redis
}

/// Lends an empty store.
func withStore<Value>(
    in place: BudgetPlace, _ body: (any RateLimitStore) async throws -> Value
) async throws -> Value {
    switch place {
    case .process: return try await body(InProcessRateLimitStore(memoryBytes: 1 << 20))
    case .redis:
        return try await withRedisServer { server in
            try await withRedisClient(server.url) { client, _ in
                // Machines that run tests are busy.
                let configuration = RedisRateLimitConfiguration(deadline: .seconds(20))
                return try await body(RedisRateLimitStore(client: client, configuration: configuration))
            }
        }
    }
}

extension BudgetOwner {
    static let ada = BudgetOwner(user("ada"))
    static let ben = BudgetOwner(user("ben"))

    static func user(_ id: String) -> Caller { Caller(id: CallerID(unchecked: id), kind: .user) }
}

/// A store that gives no answer while it is told so.
final class FlakyStore: RateLimitStore {
    let inner: InProcessRateLimitStore
    private let isAway: @Sendable () -> Bool

    init(_ inner: InProcessRateLimitStore, isAway: @escaping @Sendable () -> Bool) {
        self.inner = inner
        self.isAway = isAway
    }

    private func check() throws(RateLimitError) {
        if self.isAway() { throw RateLimitError(.storeUnavailable, message: "away") }
    }

    func decide(_ checks: [RateLimitCheck]) async throws(RateLimitError) -> Verdict {
        try self.check()
        return try await self.inner.decide(checks)
    }

    func reserve(_ checks: [RateLimitCheck]) async throws(RateLimitError) -> RateLimitReservation {
        try self.check()
        return try await self.inner.reserve(checks)
    }

    func settle(_ lease: RateLimitLease, actual: [Int64]) async throws(RateLimitError) -> RateLimitSettlement {
        try self.check()
        return try await self.inner.settle(lease, actual: actual)
    }

    func usage(of rule: RateLimitRule, for key: RateLimitKey) async throws(RateLimitError) -> RuleVerdict {
        try self.check()
        return try await self.inner.usage(of: rule, for: key)
    }

    func reset(_ rule: RateLimitRule, for key: RateLimitKey) async throws(RateLimitError) -> Bool {
        try self.check()
        return try await self.inner.reset(rule, for: key)
    }
}

/// A number that many tasks change.
final class Tally: Sendable {
    private let number = Mutex(0)

    /// Adds, and tells the sum.
    @discardableResult
    func add(_ difference: Int) -> Int {
        self.number.withLock { number in
            number += difference
            return number
        }
    }
}
