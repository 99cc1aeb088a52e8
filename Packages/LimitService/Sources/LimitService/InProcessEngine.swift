import NIOCore
import RateLimit

/// Decides in the table of this node, for a node that works alone.
struct InProcessEngine: LimitEngine {
    /// How many counters one page of a listing looks at.
    private static let rowsPerSearch = 100_000

    let table: InProcessRateLimitStore
    let rules: RuleBook
    let overrides: OverrideTable
    let configuration: LimitServiceConfiguration

    @inline(__always)
    func decide(_ question: LimitQuestion, on eventLoop: any EventLoop) -> Prompt<LimitAnswer> {
        .now(self.decide(question, at: self.table.now))
    }

    func decide(_ questions: [LimitQuestion], isAtomic: Bool, on eventLoop: any EventLoop) -> Prompt<[LimitAnswer]> {
        .now(self.decide(questions, isAtomic: isAtomic, at: self.table.now))
    }

    func decide(_ questions: [LimitQuestion], isAtomic: Bool, at now: RateLimitInstant) -> [LimitAnswer] {
        guard isAtomic else { return questions.map { self.decide($0, at: now) } }
        let checks = questions.map { self.check(for: $0) }
        let verdict = self.table.decide(checks, at: now)
        return zip(checks, verdict.rules).map { check, rule in
            LimitAnswer(
                rule: rule, windowMilliseconds: check.rule.quota.windowMilliseconds, isAllowed: verdict.isAllowed, source: .store)
        }
    }

    func throttle(_ request: ThrottleRequest, on eventLoop: any EventLoop) throws(RateLimitError) -> Prompt<LimitAnswer> {
        .now(self.answer(to: try self.rules.check(for: request), at: self.table.now))
    }

    func reserve(_ question: LimitQuestion) async throws(RateLimitError) -> (answer: LimitAnswer, lease: RateLimitLease?) {
        let check = self.check(for: question)
        let reservation = self.table.reserve([check], at: self.table.now)
        let answer = LimitAnswer(
            rule: reservation.verdict.rules[0], windowMilliseconds: check.rule.quota.windowMilliseconds,
            isAllowed: reservation.verdict.isAllowed, source: .store)
        return (answer, reservation.lease)
    }

    func settle(_ lease: RateLimitLease, actual: Int64) async throws(RateLimitError) -> RateLimitSettlement {
        try self.table.settle(lease, actual: [actual], at: self.table.now)
    }

    func reset(_ key: RateLimitKey) async throws(RateLimitError) -> Bool {
        var wasCounted = false
        let now = self.table.now
        for algorithm in RateLimitAlgorithm.allCases {
            let rule = self.check(for: LimitQuestion(unchecked: key, algorithm: algorithm)).rule
            if self.table.reset(rule, for: key, at: now) { wasCounted = true }
        }
        return wasCounted
    }

    func setOverride(
        limit: Int64, windowMilliseconds: Int64?, of key: RateLimitKey
    ) async throws(RateLimitError) -> KeyLimit {
        let window =
            windowMilliseconds ?? self.overrides.override(of: key)?.windowMilliseconds
            ?? self.configuration.defaultWindowMilliseconds
        let override = try KeyLimit(limit: limit, windowMilliseconds: window)
        guard self.overrides.set(override, of: key) else {
            throw RateLimitError(
                .invalidConfiguration,
                message: "this node keeps \(self.configuration.maximumOverrides) overrides already; set REDIS_URL to keep more")
        }
        return override
    }

    func counters(after cursor: String?, limit: Int, isBlockedOnly: Bool) async throws(RateLimitError) -> CounterPage {
        var place: RateLimitCounterPage.Cursor?
        if let cursor {
            guard let known = RateLimitCounterPage.Cursor(cursor) else {
                throw RateLimitError(.invalidConfiguration, message: "the cursor is none that a page before has told")
            }
            place = known
        }
        var rows: [CounterRow] = []
        var examined = 0
        repeat {
            let page = self.table.counters(after: place, limit: limit - rows.count, at: self.table.now)
            examined += max(page.counters.count, 1)
            rows += page.counters.compactMap(self.row).filter { !isBlockedOnly || $0.isBlocked }
            place = page.next
        } while place != nil && rows.count < limit && examined < Self.rowsPerSearch
        return CounterPage(rows: rows, next: place?.description)
    }

    func isCursor(_ text: String) -> Bool { RateLimitCounterPage.Cursor(text) != nil }

    var activeCounters: Int { self.table.statistics.counters }

    private func row(for counter: RateLimitCounter) -> CounterRow? {
        guard counter.rule == self.rules.checkName, let key = counter.key.parts.first else { return nil }
        let override = self.overrides.override(of: counter.key)
        let limit = override?.limit ?? self.configuration.defaultLimit
        var count = counter.used
        var window = counter.windowMilliseconds
        if counter.algorithm == .slidingLog {
            // The log may reach back further than the window that holds now.
            let check = self.check(for: LimitQuestion(key: counter.key))
            window = check.rule.quota.windowMilliseconds
            count = self.table.usage(of: check.rule, for: counter.key, at: self.table.now).used
        }
        guard count > 0 else { return nil }
        return CounterRow(
            key: String(decoding: key, as: UTF8.self), count: count, limit: limit, windowMilliseconds: window,
            algorithm: counter.algorithm)
    }

    @inline(__always)
    private func decide(_ question: LimitQuestion, at now: RateLimitInstant) -> LimitAnswer {
        self.answer(to: self.check(for: question), at: now)
    }

    @inline(__always)
    private func answer(to check: RateLimitCheck, at now: RateLimitInstant) -> LimitAnswer {
        let rule = self.table.decide(check, at: now)
        return LimitAnswer(
            rule: rule, windowMilliseconds: check.rule.quota.windowMilliseconds, isAllowed: rule.isAdmitted, source: .store)
    }

    /// The check of a question, with what it leaves open filled in.
    @inline(__always)
    func check(for question: LimitQuestion) -> RateLimitCheck {
        let isOpen = question.limit == nil || question.windowMilliseconds == nil
        return self.rules.check(
            question, override: isOpen ? self.overrides.override(of: question.key) : nil, configuration: self.configuration)
    }
}
