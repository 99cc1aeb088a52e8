import NIOCore
import RateLimit
import Synchronization

@testable import LimitService

/// Answers later, as a shared store does: at once from a future that is there already, or when it is told, the last question first.
final class DelayedEngine: LimitEngine {
    enum Manner: Sendable {
        /// The future has its value when it is given, as while a breaker is open.
        case completed
        /// Questions are gathered until there are so many, and then answered from the last to the first.
        case reversed(Int)
    }

    private let manner: Manner
    private let gathered = Mutex<[(promise: EventLoopPromise<LimitAnswer>, answer: LimitAnswer)]>([])
    private let count = Atomic<Int64>(0)

    init(_ manner: Manner) {
        self.manner = manner
    }

    func decide(_ question: LimitQuestion, on eventLoop: any EventLoop) -> Prompt<LimitAnswer> {
        let number = self.count.wrappingAdd(1, ordering: .relaxed).newValue
        guard let name = try? RateLimitRuleName("check") else { preconditionFailure("a rule name") }
        let rule = RuleVerdict(
            rule: name, outcome: .admitted, isShadow: false, limit: .max, used: number, remaining: 0, resetNanoseconds: 0,
            replenishNanoseconds: 0, retryNanoseconds: 0)
        let answer = LimitAnswer(rule: rule, windowMilliseconds: 1_000, isAllowed: true, source: .store)
        switch self.manner {
        case .completed:
            return .later(eventLoop.makeSucceededFuture(answer))
        case .reversed(let size):
            let promise = eventLoop.makePromise(of: LimitAnswer.self)
            let due = self.gathered.withLock { gathered in
                gathered.append((promise, answer))
                guard gathered.count == size else { return [] as [(promise: EventLoopPromise<LimitAnswer>, answer: LimitAnswer)] }
                defer { gathered = [] }
                return gathered
            }
            eventLoop.execute { for (promise, answer) in due.reversed() { promise.succeed(answer) } }
            return .later(promise.futureResult)
        }
    }

    func decide(_ questions: [LimitQuestion], isAtomic: Bool, on eventLoop: any EventLoop) -> Prompt<[LimitAnswer]> {
        .now([])
    }

    func throttle(_ request: ThrottleRequest, on eventLoop: any EventLoop) throws(RateLimitError) -> Prompt<LimitAnswer> {
        throw RateLimitError(.storeUnavailable, message: "not asked here")
    }

    func reserve(_ question: LimitQuestion) async throws(RateLimitError) -> (answer: LimitAnswer, lease: RateLimitLease?) {
        throw RateLimitError(.storeUnavailable, message: "not asked here")
    }

    func settle(_ lease: RateLimitLease, actual: Int64) async throws(RateLimitError) -> RateLimitSettlement { .unknownLease }

    func reset(_ key: RateLimitKey) async throws(RateLimitError) -> Bool { false }

    func setOverride(
        limit: Int64, windowMilliseconds: Int64?, of key: RateLimitKey
    ) async throws(RateLimitError) -> KeyLimit {
        try KeyLimit(limit: limit, windowMilliseconds: windowMilliseconds ?? 1)
    }

    func counters(after cursor: String?, limit: Int, isBlockedOnly: Bool) async throws(RateLimitError) -> CounterPage {
        CounterPage(rows: [], next: nil)
    }

    func isCursor(_ text: String) -> Bool { false }

    var activeCounters: Int { 0 }
}

extension LimitService {
    /// A service over an engine of a test.
    static func testing(_ engine: any LimitEngine) throws -> LimitService {
        LimitService(
            configuration: try LimitServiceConfiguration(), engine: engine, rules: try RuleBook(onStoreFailure: .local),
            leaseKeys: try ProcessLeaseKey())
    }
}
