public import NIOCore
public import RateLimit

/// Decides whether keys may go on: the service behind `/check`, `/check/batch`, `/settle`, the management routes and `CL.THROTTLE`.
///
/// It knows neither HTTP nor RESP; both are bridges over it. Decisions are made for a caller on an event loop, without a task or a
/// lock of their own; everything else is asynchronous.
public final class LimitService: Sendable, ThrottleDecider {
    /// What the service goes by.
    public let configuration: LimitServiceConfiguration
    let engine: any LimitEngine
    private let rules: RuleBook
    private let leaseKeys: any LeaseKeySource

    init(
        configuration: LimitServiceConfiguration, engine: any LimitEngine, rules: RuleBook, leaseKeys: any LeaseKeySource
    ) {
        self.configuration = configuration
        self.engine = engine
        self.rules = rules
        self.leaseKeys = leaseKeys
    }

    /// Decides over one question.
    ///
    /// - Parameters:
    ///   - question: The question.
    ///   - eventLoop: The loop of the caller; a later answer comes there.
    public func decide(_ question: LimitQuestion, on eventLoop: any EventLoop) -> Prompt<LimitAnswer> {
        self.engine.decide(question, on: eventLoop)
    }

    /// Decides over many questions.
    ///
    /// - Parameters:
    ///   - questions: The questions; those of one key add up.
    ///   - isAtomic: Whether all admit or nothing is taken; otherwise each question stands by itself.
    ///   - eventLoop: The loop of the caller.
    /// - Returns: The answers in the order of the questions.
    public func decide(
        _ questions: [LimitQuestion], isAtomic: Bool, on eventLoop: any EventLoop
    ) -> Prompt<[LimitAnswer]> {
        self.engine.decide(questions, isAtomic: isAtomic, on: eventLoop)
    }

    /// Decides over a bucket.
    ///
    /// - Throws: `RateLimitError` with code `invalidQuota` or `invalidCost` when the numbers make no bucket.
    public func throttle(
        _ request: ThrottleRequest, on eventLoop: any EventLoop
    ) throws(RateLimitError) -> Prompt<LimitAnswer> {
        try self.engine.throttle(request, on: eventLoop)
    }

    /// Decides over one question and gives a token for ``settle(_:actual:)`` when the client may go on.
    ///
    /// - Returns: The answer, and the token; none where the answer is degraded, as nobody could settle it later.
    /// - Throws: `RateLimitError` with code `storeUnavailable` when a token cannot be written.
    public func reserve(_ question: LimitQuestion) async throws(RateLimitError) -> (answer: LimitAnswer, token: String?) {
        let coder: LeaseTokenCoder?
        do throws(RateLimitError) {
            coder = try await self.leaseKeys.coder()
        } catch {
            // The store is away: the policy answers as it does for every check, and there is nothing to settle.
            coder = nil
        }
        let (answer, lease) = try await self.engine.reserve(question)
        guard let lease, let coder else { return (answer, nil) }
        do {
            return (answer, try coder.token(of: lease))
        } catch {
            throw RateLimitError(.storeUnavailable, message: "A lease cannot be written now", cause: error)
        }
    }

    /// Corrects an estimate to what was really used; only the first settlement of a lease has an effect.
    ///
    /// - Parameters:
    ///   - token: The token, as ``reserve(_:)`` gave it.
    ///   - actual: The true cost, 0 or more.
    /// - Throws: `RateLimitError` with code `invalidCost`, or `storeUnavailable`.
    public func settle(_ token: String, actual: Int64) async throws(RateLimitError) -> RateLimitSettlement {
        let coder = try await self.leaseKeys.coder()
        let lease: RateLimitLease?
        do {
            lease = try coder.lease(from: token, rules: self.rules)
        } catch {
            throw RateLimitError(.storeUnavailable, message: "A lease cannot be read now", cause: error)
        }
        guard let lease else { return .unknownLease }
        return try await self.engine.settle(lease, actual: actual)
    }

    /// Forgets the counters of a key under the limits that hold for it, so that the whole limit is free again.
    ///
    /// - Returns: Whether anything was counted.
    /// - Throws: `RateLimitError` with code `storeUnavailable`.
    public func reset(_ key: RateLimitKey) async throws(RateLimitError) -> Bool {
        try await self.engine.reset(key)
    }

    /// Stores what holds for a key where a question leaves limit or window open.
    ///
    /// - Parameters:
    ///   - limit: Units per window, 0 or more.
    ///   - windowMilliseconds: The window; `nil` keeps the one stored before, else the default.
    ///   - key: The key.
    /// - Returns: What holds now.
    /// - Throws: `RateLimitError` with code `storeUnavailable`, `invalidQuota`, or `invalidConfiguration` when there is no room.
    public func setOverride(
        limit: Int64, windowMilliseconds: Int64?, of key: RateLimitKey
    ) async throws(RateLimitError) -> KeyLimit {
        try await self.engine.setOverride(limit: limit, windowMilliseconds: windowMilliseconds, of: key)
    }

    /// A page of live counters.
    ///
    /// - Parameters:
    ///   - cursor: Where to go on, as the page before told it; `nil` begins anew.
    ///   - limit: The most rows, 1 or more; a page may have fewer though more follow.
    ///   - isBlockedOnly: Whether only counters that reached their limit are wanted.
    /// - Throws: `RateLimitError` with code `storeUnavailable`, or `invalidConfiguration` for a cursor that no page told.
    public func counters(
        after cursor: String? = nil, limit: Int, isBlockedOnly: Bool = false
    ) async throws(RateLimitError) -> CounterPage {
        try await self.engine.counters(after: cursor, limit: max(limit, 1), isBlockedOnly: isBlockedOnly)
    }

    /// Whether a text is a cursor that a page could have told.
    public func isCursor(_ text: String) -> Bool { self.engine.isCursor(text) }

    /// How many counters are live, as far as is known; of a shared store that is refreshed every few seconds.
    public var activeCounters: Int { self.engine.activeCounters }
}
