import NIOCore
public import RateLimit
public import Redis

/// Counters in Redis, shared by any number of nodes.
///
/// A decision is one round trip, one `EVALSHA` over all its checks, and takes the time from the server: nodes may disagree
/// about the time, and none of them matters. Everything is examined before anything is written. A reply that is lost, late or
/// strange is an error and never asked for again, since the decision may have been made.
///
/// Limits count as at most 2⁵⁰, because numbers in Redis' Lua are doubles. While the server fails, a ``CircuitBreaker`` answers
/// in its place with `storeUnavailable`. The scripts need one server: they do not run on a cluster.
public final class RedisRateLimitStore: RateLimitStore {
    let client: RedisClient
    let scripts: RateLimitScripts
    let prefix: [UInt8]
    let layouts: [RateLimitRuleName: RedisRateLimitLayout]
    let breaker: StoreBreaker
    let leaseLifetime: Duration
    let issuer: UInt64
    private let deadline: Duration
    private let loopDeadline: TimeAmount

    /// Creates a store; nothing is sent before the first decision.
    ///
    /// - Parameters:
    ///   - client: The connection to the server; somebody else runs it.
    ///   - configuration: Layouts, deadline and breaker.
    /// - Throws: `RateLimitError` with code `invalidConfiguration` when a setting is out of its range, or `invalidRule` when
    ///   the name of a rule with a layout is none.
    public convenience init(
        client: RedisClient, configuration: RedisRateLimitConfiguration = RedisRateLimitConfiguration()
    ) throws(RateLimitError) {
        try self.init(client: client, configuration: configuration, clockKey: nil)
    }

    /// Creates a store whose clock tests can move: where `clockKey` exists, it holds the time in microseconds.
    package init(
        client: RedisClient, configuration: RedisRateLimitConfiguration, clockKey: String?
    ) throws(RateLimitError) {
        let prefix = Array(configuration.keyPrefix.utf8)
        try Self.validate(configuration, prefix: prefix)
        var layouts: [RateLimitRuleName: RedisRateLimitLayout] = [:]
        for (name, layout) in configuration.layouts { layouts[try RateLimitRuleName(name)] = layout }
        self.client = client
        self.scripts = RateLimitScripts(prefix: configuration.keyPrefix, clockKey: clockKey)
        self.prefix = prefix
        self.layouts = layouts
        self.breaker = StoreBreaker(configuration.breaker)
        self.leaseLifetime = configuration.leaseLifetime
        self.issuer = LeaseIssuer.number(for: prefix)
        self.deadline = configuration.deadline
        self.loopDeadline = .nanoseconds(configuration.deadline.saturatedNanoseconds)
    }

    private static func validate(_ configuration: RedisRateLimitConfiguration, prefix: [UInt8]) throws(RateLimitError) {
        func refuse(_ message: String) -> RateLimitError { RateLimitError(.invalidConfiguration, message: message) }
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789:._-".utf8)
        guard (1...64).contains(prefix.count), prefix.allSatisfy(letters.contains) else {
            throw refuse("the key prefix is 1 to 64 small letters, digits or \": . _ -\"")
        }
        for reserved in ["ratelimit:", "ratelimiter:", "rl:"] where prefix.starts(with: reserved.utf8) {
            throw refuse("the key prefix begins with \"\(reserved)\", which is prescribed for other keys")
        }
        guard configuration.deadline > .zero else { throw refuse("the deadline of a decision is longer than zero") }
        guard (.seconds(1) ... .seconds(30 * 86_400)).contains(configuration.leaseLifetime) else {
            throw refuse("a lease can be settled for 1 second to 30 days")
        }
        let breaker = configuration.breaker
        guard breaker.consecutiveFailures > 0, breaker.minimumCalls > 0, breaker.failureShare > 0, breaker.failureShare <= 1,
            breaker.window > .zero, breaker.shortestBackoff > .zero, breaker.longestBackoff >= breaker.shortestBackoff
        else { throw refuse("a setting of the breaker is out of its range") }
    }

    /// How the server has behaved of late.
    public var health: RedisStoreHealth { self.breaker.health }

    // MARK: - Decisions in a task

    /// Decides over all checks of one request at once, in one round trip.
    ///
    /// - Throws: `RateLimitError` with code `storeUnavailable` when no answer could be had, `invalidKey` or `invalidCost` when
    ///   a prescribed layout has no place for a key or a cost.
    public func decide(_ checks: [RateLimitCheck]) async throws(RateLimitError) -> Verdict {
        guard !checks.isEmpty else { return Verdict(rules: RuleVerdicts()) }
        return try await self.decide(DecisionPlan(checks.map { OverridableCheck($0) }, of: self)).decision.verdict
    }

    /// Decides over all checks at once, with the overrides that are stored; otherwise as ``decide(_:)-([RateLimitCheck])``.
    public func decide(_ checks: [OverridableCheck]) async throws(RateLimitError) -> ResolvedDecision {
        guard !checks.isEmpty else { return ResolvedDecision(verdict: Verdict(rules: RuleVerdicts()), quotas: []) }
        return try await self.decide(DecisionPlan(checks, of: self)).decision
    }

    /// Looks at a counter without changing anything.
    ///
    /// - Throws: As ``decide(_:)-([RateLimitCheck])``.
    public func usage(of rule: RateLimitRule, for key: RateLimitKey) async throws(RateLimitError) -> RuleVerdict {
        try await self.usage(of: OverridableCheck(RateLimitCheck(rule, key, cost: 0))).rule
    }

    /// Looks at a counter without changing anything, under the quota that an override makes; the cost of the check does not
    /// matter.
    ///
    /// - Throws: As ``decide(_:)-([RateLimitCheck])``.
    public func usage(of check: OverridableCheck) async throws(RateLimitError) -> ResolvedVerdict {
        let peek = try RateLimitCheck(check.check.rule, check.check.key, cost: 0)
        let plan = try DecisionPlan([OverridableCheck(peek, overridable: check.overridable)], of: self)
        let decision = try await self.decide(plan).decision
        return ResolvedVerdict(rule: decision.verdict.rules[0], quota: decision.quotas[0])
    }

    /// Forgets a counter. A log that all windows of a rule share is forgotten whole.
    ///
    /// - Throws: As ``decide(_:)-([RateLimitCheck])``.
    public func reset(_ rule: RateLimitRule, for key: RateLimitKey) async throws(RateLimitError) -> Bool {
        let plan = try CheckPlan(OverridableCheck(RateLimitCheck(rule, key)), layout: self.layout(of: rule), prefix: self.prefix)
        var arguments = RedisScriptArguments(minimumCapacity: 256)
        arguments.append(key: plan.key)
        plan.append(to: &arguments)
        switch try await self.evaluate(self.scripts.reset, arguments) {
        case .integer(let counted): return counted > 0
        default: throw .unexpectedReply
        }
    }

    func decide(_ plan: DecisionPlan) async throws(RateLimitError) -> DecisionOutcome {
        try plan.read(try await self.evaluate(self.scripts.decide, plan.arguments))
    }

    func layout(of rule: RateLimitRule) -> RedisRateLimitLayout {
        self.layouts.isEmpty ? .own : self.layouts[rule.name] ?? .own
    }

    // MARK: - Calls

    /// Runs a script, as the breaker allows.
    func evaluate(_ script: RedisScript, _ arguments: RedisScriptArguments) async throws(RateLimitError) -> RedisValue {
        let permit = try self.breaker.permit()
        do throws(RedisError) {
            let value = try await self.client.evaluate(script, with: arguments, within: self.deadline)
            self.breaker.succeed(permit)
            return value
        } catch {
            self.breaker.fail(permit, with: error)
            throw RateLimitError(error)
        }
    }

    /// Runs a script, as the breaker allows, and turns its answer into a value.
    func evaluate<Value: Sendable>(
        _ script: RedisScript, _ arguments: RedisScriptArguments, on eventLoop: any EventLoop,
        _ read: @escaping @Sendable (RedisValue) throws(RateLimitError) -> Value
    ) -> EventLoopFuture<Value> {
        let permit: CircuitBreaker.Permit
        do throws(RateLimitError) {
            permit = try self.breaker.permit()
        } catch {
            return eventLoop.makeFailedFuture(error)
        }
        let promise = eventLoop.makePromise(of: Value.self)
        self.client.evaluate(script, with: arguments, on: eventLoop, within: self.loopDeadline).whenComplete { result in
            switch result {
            case .success(let reply):
                self.breaker.succeed(permit)
                do throws(RateLimitError) {
                    promise.succeed(try read(reply))
                } catch {
                    promise.fail(error)
                }
            case .failure(let error):
                self.breaker.fail(permit, with: error)
                promise.fail(RateLimitError(error))
            }
        }
        return promise.futureResult
    }
}

/// Names the nodes that share leases: all with the same key prefix.
enum LeaseIssuer {
    /// FNV-1a over the prefix (draft-eastlake-fnv), so that it is the same on every node.
    static func number(for prefix: [UInt8]) -> UInt64 {
        (Array("rate limit leases, form 1:".utf8) + prefix).reduce(0xCBF2_9CE4_8422_2325) { hash, byte in
            (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
    }
}
