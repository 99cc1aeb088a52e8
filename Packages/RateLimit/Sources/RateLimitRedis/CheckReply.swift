import RateLimit
import Redis

/// What a script said about one check.
struct CheckReply {
    let outcome: RuleVerdict.Outcome
    let limit: Int64
    let windowMilliseconds: Int64
    /// Four numbers whose meaning depends on the meter.
    let state: (Int64, Int64, Int64, Int64)
    let mark: Int64

    /// - Throws: `RateLimitError` with code `storeUnavailable` when it is no answer to a check.
    init(_ value: RedisValue) throws(RateLimitError) {
        guard case .array(let elements) = value, elements.count == 8 else { throw .unexpectedReply }
        self.outcome =
            switch try Self.number(elements[0]) {
            case 0: .admitted
            case 1: .exhausted
            case 2: .costExceedsLimit
            default: throw .unexpectedReply
            }
        self.limit = try Self.number(elements[1])
        self.windowMilliseconds = try Self.number(elements[2])
        self.state = (
            try Self.number(elements[3]), try Self.number(elements[4]), try Self.number(elements[5]), try Self.number(elements[6])
        )
        self.mark = try Self.number(elements[7])
    }

    private static func number(_ value: RedisValue) throws(RateLimitError) -> Int64 {
        guard case .integer(let number) = value else { throw .unexpectedReply }
        return number
    }

    /// The quota that held.
    func quota(of plan: CheckPlan) throws(RateLimitError) -> Quota {
        try plan.check.rule.quota.resolved(limit: self.limit, windowMilliseconds: self.windowMilliseconds)
    }

    /// What the rule said, in words.
    ///
    /// - Parameters:
    ///   - plan: The check that was asked.
    ///   - quota: The quota that held.
    ///   - prior: What earlier checks of the same counter would have taken, when nothing was taken in the end.
    func verdict(for plan: CheckPlan, under quota: Quota, prior: Int64) -> RuleVerdict {
        let cost = min(plan.cost, quota.limit).addingSaturated(prior)
        var reading = MeterReading.untouched(limit: quota.limit)
        var wait: Int64 = 0
        switch plan.kind {
        case .fixedWindow:
            let meter = FixedWindow(end: Self.nanoseconds(self.state.1), used: max(self.state.0, 0))
            reading = meter.reading(under: quota, at: 0)
            if self.outcome == .exhausted { wait = meter.wait(for: cost, under: quota, at: 0) }
        case .slidingCounter:
            let meter = SlidingCounter(
                start: Self.nanoseconds(self.state.0), previous: max(self.state.1, 0), current: max(self.state.2, 0))
            reading = meter.reading(under: quota, at: 0)
            if self.outcome == .exhausted { wait = meter.wait(for: cost, under: quota, at: 0) }
        case .tokenBucket:
            let meter = Self.bucket(full: self.state.0, part: self.state.1, parts: self.state.2)
            reading = meter.reading(under: quota, at: 0)
            if self.outcome == .exhausted, quota.limit > 0 { wait = meter.wait(for: cost, under: quota, at: 0) }
        case .ownLog, .sharedLog, .userBucket:
            let used = max(self.state.0, 0)
            reading.used = used
            reading.remaining = max(quota.limit - min(used, quota.limit), 0)
            reading.resetAfter = Self.nanoseconds(self.state.3)
            reading.replenishAfter = reading.remaining < quota.limit ? Self.nanoseconds(self.state.2) : 0
            wait = Self.nanoseconds(self.state.1)
        }
        return RuleVerdict(
            rule: plan.check.rule.name, outcome: self.outcome, isShadow: plan.check.rule.isShadow, limit: quota.limit,
            used: reading.used, remaining: reading.remaining, resetNanoseconds: Self.wholeMicroseconds(reading.resetAfter),
            replenishNanoseconds: Self.wholeMicroseconds(reading.replenishAfter),
            retryNanoseconds: self.outcome == .exhausted
                ? max(Self.wholeMicroseconds(wait), 1_000) : self.outcome == .costExceedsLimit ? -1 : 0)
    }

    private static func nanoseconds(_ microseconds: Int64) -> Int64 {
        min(max(microseconds, -1 << 51), 1 << 51) * 1_000
    }

    /// The server counts microseconds, so a wait ends with one.
    private static func wholeMicroseconds(_ nanoseconds: Int64) -> Int64 {
        let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000)
        return rest > 0 ? (whole + 1) * 1_000 : nanoseconds
    }

    private static func bucket(full: Int64, part: Int64, parts: Int64) -> TokenBucket {
        guard parts > 0, (0..<parts).contains(part), part < 1 << 53 else { return TokenBucket(at: 0) }
        let (whole, rest) = (part * 1_000).quotientAndRemainder(dividingBy: parts)
        return TokenBucket(full: self.nanoseconds(full) + whole, fraction: rest, parts: parts)
    }
}

extension Quota {
    /// The quota with another limit and window, in the same unit where the window is a whole number of them.
    ///
    /// - Throws: `RateLimitError` with code `storeUnavailable` when they make no quota.
    func resolved(limit: Int64, windowMilliseconds: Int64) throws(RateLimitError) -> Quota {
        guard limit != self.limit || windowMilliseconds != self.windowMilliseconds else { return self }
        let (multiple, rest) = windowMilliseconds.quotientAndRemainder(dividingBy: self.unit.milliseconds)
        let (count, unit) = rest == 0 ? (multiple, self.unit) : (windowMilliseconds, .millisecond)
        do throws(RateLimitError) {
            return self.isBucket && limit > 0
                ? try .bucket(capacity: limit, refill: self.refill, per: count, unit) : try Quota(limit: limit, per: count, unit)
        } catch {
            throw .unexpectedReply
        }
    }
}

extension RateLimitError {
    static var unexpectedReply: RateLimitError {
        RateLimitError(.storeUnavailable, message: "the shared store gave an answer that makes no sense")
    }

    /// Puts a failure of the client into the words of a store.
    init(_ error: any Error) {
        if let error = error as? RateLimitError {
            self = error
            return
        }
        let message: String
        switch (error as? RedisError)?.code {
        case RedisError.Code.timedOut: message = "the shared store gave no answer in time"
        case RedisError.Code.connectionLost: message = "the connection to the shared store ended before its answer came"
        case RedisError.Code.serverError where (error as? RedisError)?.serverCode == "WRONGTYPE":
            message = "a key of the rate limiter holds a value of another kind in the shared store"
        case RedisError.Code.serverError: message = "the shared store answered with an error"
        default: message = "the shared store cannot be reached"
        }
        self.init(.storeUnavailable, message: message, cause: error)
    }
}
