import Logging
import NIOCore
import RateLimit
import RateLimitRedis
import Synchronization

/// Decides in a store that nodes share, and as the policy says while it gives no answer.
///
/// A call that fails is never asked again, since its decision may have been made: the answer then comes from the policy alone.
struct SharedEngine: LimitEngine {
    let store: RedisRateLimitStore
    let rules: RuleBook
    /// What the shared store said last of keys whose limits differ from the defaults.
    let overrides: OverrideTable
    let fallback: FallbackDecider
    let configuration: LimitServiceConfiguration
    let liveCounters: LiveCounterGauge

    func decide(_ question: LimitQuestion, on eventLoop: any EventLoop) -> Prompt<LimitAnswer> {
        self.answering(self.store.decide(self.check(for: question), on: eventLoop), on: eventLoop) { verdict in
            self.answer(verdict.rule, under: verdict.quota, isAllowed: verdict.rule.isAdmitted, to: question)
        } otherwise: { error in
            self.fallback.answer(to: self.assumed(question), after: error)
        }
    }

    func decide(_ questions: [LimitQuestion], isAtomic: Bool, on eventLoop: any EventLoop) -> Prompt<[LimitAnswer]> {
        guard !questions.isEmpty else { return .now([]) }
        guard !isAtomic else { return self.decideTogether(questions, on: eventLoop) }
        let parts = Self.parts(of: questions)
        guard parts.count > 1 else { return self.decideEach(questions, on: eventLoop) }
        let answers = parts.map { part in
            switch self.decideEach(part, on: eventLoop) {
            case .now(let answers): eventLoop.makeSucceededFuture(answers)
            case .later(let future): future
            }
        }
        return .later(EventLoopFuture.whenAllSucceed(answers, on: eventLoop).map { $0.flatMap { $0 } })
    }

    /// Decides over questions that stand by themselves, in one round trip.
    private func decideEach(_ questions: some Collection<LimitQuestion>, on eventLoop: any EventLoop) -> Prompt<[LimitAnswer]> {
        let questions = Array(questions)
        let verdicts = self.store.decideEach(questions.map { self.check(for: $0) }, on: eventLoop)
        return self.answering(verdicts, on: eventLoop) { results in
            zip(results, questions).map { result, question in
                switch result {
                case .success(let verdict):
                    self.answer(verdict.rule, under: verdict.quota, isAllowed: verdict.rule.isAdmitted, to: question)
                case .failure(let error): self.fallback.answer(to: self.assumed(question), after: error)
                }
            }
        } otherwise: { error in
            questions.map { self.fallback.answer(to: self.assumed($0), after: error) }
        }
    }

    /// Decides over questions that pass together or not at all.
    private func decideTogether(_ questions: [LimitQuestion], on eventLoop: any EventLoop) -> Prompt<[LimitAnswer]> {
        self.answering(self.store.decide(questions.map { self.check(for: $0) }, on: eventLoop), on: eventLoop) { decision in
            questions.indices.map { index in
                self.answer(
                    decision.verdict.rules[index], under: decision.quotas[index], isAllowed: decision.verdict.isAllowed,
                    to: questions[index])
            }
        } otherwise: { error in
            self.fallback.answers(to: questions.map { self.assumed($0) }, after: error)
        }
    }

    /// The most units that one call of the store adds to logs.
    private static let unitsPerCall: Int64 = 10_000

    /// Questions in runs that add no more units to logs than one call of the store may.
    private static func parts(of questions: [LimitQuestion]) -> [ArraySlice<LimitQuestion>] {
        var parts: [ArraySlice<LimitQuestion>] = []
        var start = questions.startIndex
        var units: Int64 = 0
        for (index, question) in questions.enumerated() where question.algorithm == .slidingLog {
            let cost = min(question.cost, Self.unitsPerCall)
            if units + cost > Self.unitsPerCall, index > start {
                parts.append(questions[start..<index])
                start = index
                units = 0
            }
            units += cost
        }
        parts.append(questions[start...])
        return parts
    }

    func throttle(_ request: ThrottleRequest, on eventLoop: any EventLoop) throws(RateLimitError) -> Prompt<LimitAnswer> {
        let check = try self.rules.check(for: request)
        return self.answering(self.store.decide(OverridableCheck(check), on: eventLoop), on: eventLoop) { verdict in
            LimitAnswer(
                rule: verdict.rule, windowMilliseconds: verdict.quota.windowMilliseconds, isAllowed: verdict.rule.isAdmitted,
                source: .store)
        } otherwise: { error in
            self.fallback.answer(to: check, after: error)
        }
    }

    /// Turns what the store says into an answer, in one step: this is the hot path of a fleet.
    private func answering<Verdict: Sendable, Answer: Sendable>(
        _ verdict: EventLoopFuture<Verdict>, on eventLoop: any EventLoop,
        _ answer: @escaping @Sendable (Verdict) -> Answer, otherwise: @escaping @Sendable (any Error) -> Answer
    ) -> Prompt<Answer> {
        let promise = eventLoop.makePromise(of: Answer.self)
        verdict.whenComplete { result in
            switch result {
            case .success(let verdict): promise.succeed(answer(verdict))
            case .failure(let error): promise.succeed(otherwise(error))
            }
        }
        return .later(promise.futureResult)
    }

    func reserve(_ question: LimitQuestion) async throws(RateLimitError) -> (answer: LimitAnswer, lease: RateLimitLease?) {
        do throws(RateLimitError) {
            let reservation = try await self.store.reserve([self.check(for: question)])
            let decision = reservation.decision
            let answer = self.answer(
                decision.verdict.rules[0], under: decision.quotas[0], isAllowed: decision.verdict.isAllowed, to: question)
            return (answer, reservation.lease)
        } catch {
            return (self.fallback.answer(to: self.assumed(question), after: error), nil)
        }
    }

    func settle(_ lease: RateLimitLease, actual: Int64) async throws(RateLimitError) -> RateLimitSettlement {
        try await self.store.settle(lease, actual: actual)
    }

    func reset(_ key: RateLimitKey) async throws(RateLimitError) -> Bool {
        try await self.store.resetCheck(key)
    }

    func setOverride(
        limit: Int64, windowMilliseconds: Int64?, of key: RateLimitKey
    ) async throws(RateLimitError) -> KeyLimit {
        // Observers read both fields of the hash, so a window that is left out is stored as what it stands for.
        var window = windowMilliseconds
        if window == nil { window = try await self.store.override(of: key)?.windowMilliseconds }
        let override = try KeyLimit(
            limit: limit, windowMilliseconds: window ?? self.configuration.defaultWindowMilliseconds)
        try await self.store.setOverride(
            limit: override.limit, windowMilliseconds: override.windowMilliseconds, of: key)
        self.overrides.remember(override, of: key)
        return override
    }

    func counters(after cursor: String?, limit: Int, isBlockedOnly: Bool) async throws(RateLimitError) -> CounterPage {
        var place: RedisCounterPage.Cursor?
        if let cursor {
            guard let known = RedisCounterPage.Cursor(cursor) else {
                throw RateLimitError(.invalidConfiguration, message: "the cursor is none that a page before has told")
            }
            place = known
        }
        let quota = try Quota(
            limit: self.configuration.defaultLimit, per: self.configuration.defaultWindowMilliseconds, .millisecond)
        var rows: [CounterRow] = []
        var examined = 0
        while examined < Self.rowsPerListing {
            let page = try await self.store.listCounters(after: place, limit: limit - rows.count, default: quota)
            examined += max(page.counters.count, Self.rowsPerEmptyStep)
            rows += page.counters.map { CounterRow($0) }.filter { !isBlockedOnly || $0.isBlocked }
            place = page.next
            if place == nil || rows.count >= limit { break }
        }
        return CounterPage(rows: rows, next: place?.description)
    }

    func isCursor(_ text: String) -> Bool { RedisCounterPage.Cursor(text) != nil }

    var activeCounters: Int { self.liveCounters.value }

    /// How many counters one page of a listing looks at, at the most.
    private static let rowsPerListing = 50_000
    /// What a step that found nothing counts as: it has looked at keys that are no counters.
    private static let rowsPerEmptyStep = 50

    private func check(for question: LimitQuestion) -> OverridableCheck {
        var parts: LimitOverride.Parts = []
        if question.limit == nil { parts.insert(.limit) }
        if question.windowMilliseconds == nil { parts.insert(.window) }
        return OverridableCheck(self.rules.check(question, configuration: self.configuration), overridable: parts)
    }

    /// The check under the limits that held for the key last, for while the store cannot be asked.
    private func assumed(_ question: LimitQuestion) -> RateLimitCheck {
        self.rules.check(question, override: self.overrides.override(of: question.key), configuration: self.configuration)
    }

    private func answer(
        _ rule: RuleVerdict, under quota: Quota, isAllowed: Bool, to question: LimitQuestion
    ) -> LimitAnswer {
        self.remember(quota, for: question)
        return LimitAnswer(rule: rule, windowMilliseconds: quota.windowMilliseconds, isAllowed: isAllowed, source: .store)
    }

    private func remember(_ quota: Quota, for question: LimitQuestion) {
        guard question.limit == nil, question.windowMilliseconds == nil else { return }
        if quota.limit == self.configuration.defaultLimit,
            quota.windowMilliseconds == self.configuration.defaultWindowMilliseconds
        {
            self.overrides.forget(question.key)
        } else if let override = try? KeyLimit(limit: quota.limit, windowMilliseconds: quota.windowMilliseconds),
            self.overrides.override(of: question.key) != override
        {
            self.overrides.remember(override, of: question.key)
        }
    }
}

extension CounterRow {
    fileprivate init(_ counter: RedisCounter) {
        self.init(
            key: String(decoding: counter.key, as: UTF8.self), count: counter.count, limit: counter.limit,
            windowMilliseconds: counter.windowMilliseconds, algorithm: .slidingLog)
    }
}
