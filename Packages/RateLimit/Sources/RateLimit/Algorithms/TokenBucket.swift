/// A bucket of `limit` tokens that wins back `refill` of them per window, kept as the instant at which it will be full.
///
/// This is the generic cell rate algorithm (ITU-T I.371): taking a token moves that instant by `window ÷ refill`, starting from now when
/// the bucket was full before, and a cost fits when the bucket is then full within the time that an empty one takes to fill,
/// `limit · window ÷ refill`. In most quotas limit and refill are one number, so that this is the window itself. The step need not be a whole number of
/// nanoseconds; the fraction is kept exactly, so that no rounding ever adds up.
package struct TokenBucket: Meter, Equatable {
    /// When the bucket is full: whole nanoseconds, rounded down.
    package var full: Int64
    /// The rest of that instant, in nanoseconds divided by ``parts``.
    package var fraction: Int64
    /// The refill that the fraction was counted with.
    package var parts: Int64

    /// The longest debt, in nanoseconds; more is forgiven. It is above two windows, so that only settlements beyond the limit come near,
    /// and low enough that the latest instant and two such debts fit together.
    private static let longestDebt: Int64 = 1 << 61

    /// A bucket that never was touched.
    package init(at now: Int64) {
        self.init(full: now, fraction: 0, parts: 1)
    }

    package init(full: Int64, fraction: Int64, parts: Int64) {
        self.full = full
        self.fraction = fraction
        self.parts = parts
    }

    @inline(__always)
    package func wait(for cost: Int64, under quota: Quota, at now: Int64) -> Int64 {
        guard quota.refill > 0 else { return 0 }
        return self.spending(cost, under: quota, at: now).overdraft(under: quota, at: now)
    }

    @inline(__always)
    package mutating func spend(_ cost: Int64, under quota: Quota, at now: Int64) {
        guard quota.refill > 0 else { return }
        self = self.spending(cost, under: quota, at: now)
    }

    /// Works out the debt once for both the question and the answer.
    @inline(__always)
    package mutating func take(_ cost: Int64, under quota: Quota, at now: Int64) -> Int64 {
        let after = self.spending(cost, under: quota, at: now)
        let wait = after.overdraft(under: quota, at: now)
        if wait == 0 { self = after }
        return wait
    }

    /// Takes back the debt of `units`, but no more than what the bucket still owed of that spending: what has filled up meanwhile is there
    /// already, and giving it twice would lift the bucket above its limit.
    package mutating func refund(_ units: Int64, mark: Int64, under quota: Quota, at now: Int64) {
        guard quota.refill > 0, units > 0, mark > now, self.full > now else { return }
        let bucket = self.counted(in: quota.refill)
        let owed = mark &- now
        guard let (step, rest) = multiplyDivide(units, quota.windowNanoseconds, by: quota.refill), step < owed else {
            self = TokenBucket(full: max(bucket.full &- owed, now), fraction: bucket.fraction, parts: quota.refill)
            return
        }
        let borrows: Int64 = bucket.fraction < rest ? 1 : 0
        let fraction = bucket.fraction &- rest &+ (borrows > 0 ? quota.refill : 0)
        let full = bucket.full &- step &- borrows
        self = full < now ? TokenBucket(at: now) : TokenBucket(full: full, fraction: fraction, parts: quota.refill)
    }

    /// The instant at which the bucket is full after the spending, rounded down.
    package var mark: Int64 { self.full }

    @inline(__always)
    package func reading(under quota: Quota, at now: Int64) -> MeterReading {
        guard self.wholeFull > now, quota.refill > 0 else { return .untouched(limit: quota.limit) }
        let bucket = self.counted(in: quota.refill)
        let reset = bucket.wholeFull &- now
        guard let (missing, gathered) = bucket.missing(under: quota, at: now), missing <= quota.limit else {
            return MeterReading(
                used: quota.limit, remaining: 0, resetAfter: reset, replenishAfter: bucket.wait(for: 1, under: quota, at: now)
            )
        }
        let (wait, rest) = gathered.quotientAndRemainder(dividingBy: quota.refill)
        return MeterReading(
            used: missing, remaining: quota.limit &- missing, resetAfter: reset, replenishAfter: rest > 0 ? wait &+ 1 : wait
        )
    }

    package func vacancy(window: Int64) -> Int64 { self.wholeFull }

    /// The first whole nanosecond at which the bucket is full.
    @inline(__always)
    private var wholeFull: Int64 {
        self.fraction > 0 ? self.full &+ 1 : self.full
    }

    /// Whole tokens missing, rounded up, and how much is left to win back until one less is: nanoseconds times the refill, from 1 to
    /// the window. `nil` when there are more than a number holds.
    @inline(__always)
    private func missing(under quota: Quota, at now: Int64) -> (tokens: Int64, left: Int64)? {
        let window = quota.windowNanoseconds
        guard let (whole, rest) = multiplyDivide(max(self.full &- now, 0), quota.refill, by: window) else { return nil }
        // Both are below 2⁶³, so the sum fits.
        let parts = UInt64(bitPattern: rest) &+ UInt64(bitPattern: self.fraction)
        if parts == 0 { return (whole, window) }
        if parts <= UInt64(bitPattern: window) { return (whole.addingSaturated(1), Int64(bitPattern: parts)) }
        let (more, left) = parts.quotientAndRemainder(dividingBy: UInt64(bitPattern: window))
        let tokens = whole.addingSaturated(Int64(bitPattern: more))
        return left == 0 ? (tokens, window) : (tokens.addingSaturated(1), Int64(bitPattern: left))
    }

    /// Nanoseconds until the bucket is within its limit, rounded up; its fraction is counted in the quota's refill.
    @inline(__always)
    private func overdraft(under quota: Quota, at now: Int64) -> Int64 {
        let (whole, parts) = quota.fillTime
        return max(self.full &- whole &- now &+ (self.fraction > parts ? 1 : 0), 0)
    }

    /// The same bucket with its fraction in parts of `refill`, rounded up: a changed refill never gives anything away.
    @inline(__always)
    private func counted(in refill: Int64) -> TokenBucket {
        guard self.parts != refill else { return self }
        guard self.fraction > 0 else { return TokenBucket(full: self.full, fraction: 0, parts: refill) }
        guard let (quotient, remainder) = multiplyDivide(self.fraction, refill, by: self.parts) else {
            return TokenBucket(full: self.full &+ 1, fraction: 0, parts: refill)
        }
        let fraction = remainder > 0 ? quotient &+ 1 : quotient
        return fraction < refill
            ? TokenBucket(full: self.full, fraction: fraction, parts: refill)
            : TokenBucket(full: self.full &+ 1, fraction: 0, parts: refill)
    }

    @inline(__always)
    private func spending(_ cost: Int64, under quota: Quota, at now: Int64) -> TokenBucket {
        let bucket =
            self.wholeFull > now ? self.counted(in: quota.refill) : TokenBucket(full: now, fraction: 0, parts: quota.refill)
        guard let (step, rest) = multiplyDivide(cost, quota.windowNanoseconds, by: quota.refill), step < Self.longestDebt - 1
        else {
            return TokenBucket(full: now &+ Self.longestDebt, fraction: 0, parts: quota.refill)
        }
        let (sum, carries) = bucket.fraction.addingReportingOverflow(rest)
        let isWhole = carries || sum >= quota.refill
        let fraction = isWhole ? sum &- quota.refill : sum
        let full = bucket.full &+ step &+ (isWhole ? 1 : 0)
        return full &- now > Self.longestDebt
            ? TokenBucket(full: now &+ Self.longestDebt, fraction: 0, parts: quota.refill)
            : TokenBucket(full: full, fraction: fraction, parts: quota.refill)
    }
}
