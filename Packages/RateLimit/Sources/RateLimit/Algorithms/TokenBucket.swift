/// A bucket of `limit` tokens that fills evenly, kept as the instant at which it will be full.
///
/// This is the generic cell rate algorithm (ITU-T I.371): taking a token moves that instant by `window ÷ limit`, starting from now when
/// the bucket was full before, and a cost fits when the bucket is then full within one window. The step need not be a whole number of
/// nanoseconds; the fraction is kept exactly, so that no rounding ever adds up.
package struct TokenBucket: Meter, Equatable {
    /// When the bucket is full: whole nanoseconds, rounded down.
    package var full: Int64
    /// The rest of that instant, in nanoseconds divided by ``parts``.
    package var fraction: Int64
    /// The limit that the fraction was counted with.
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
        let after = self.spending(cost, under: quota, at: now)
        return max(after.wholeFull &- quota.windowNanoseconds &- now, 0)
    }

    @inline(__always)
    package mutating func spend(_ cost: Int64, under quota: Quota, at now: Int64) {
        guard quota.limit > 0 else { return }
        self = self.spending(cost, under: quota, at: now)
    }

    /// Works out the debt once for both the question and the answer.
    @inline(__always)
    package mutating func take(_ cost: Int64, under quota: Quota, at now: Int64) -> Int64 {
        let after = self.spending(cost, under: quota, at: now)
        let wait = max(after.wholeFull &- quota.windowNanoseconds &- now, 0)
        if wait == 0 { self = after }
        return wait
    }

    /// Takes back the debt of `units`, but no more than what the bucket still owed of that spending: what has filled up meanwhile is there
    /// already, and giving it twice would lift the bucket above its limit.
    package mutating func refund(_ units: Int64, mark: Int64, under quota: Quota, at now: Int64) {
        guard quota.limit > 0, units > 0, mark > now, self.full > now else { return }
        let bucket = self.counted(in: quota.limit)
        let owed = mark &- now
        guard let (step, rest) = multiplyDivide(units, quota.windowNanoseconds, by: quota.limit), step < owed else {
            self = TokenBucket(full: max(bucket.full &- owed, now), fraction: bucket.fraction, parts: quota.limit)
            return
        }
        let borrows: Int64 = bucket.fraction < rest ? 1 : 0
        let fraction = bucket.fraction &- rest &+ (borrows > 0 ? quota.limit : 0)
        let full = bucket.full &- step &- borrows
        self = full < now ? TokenBucket(at: now) : TokenBucket(full: full, fraction: fraction, parts: quota.limit)
    }

    /// The instant at which the bucket is full after the spending, rounded down.
    package var mark: Int64 { self.full }

    @inline(__always)
    package func reading(under quota: Quota, at now: Int64) -> MeterReading {
        let window = quota.windowNanoseconds
        guard self.wholeFull > now, quota.limit > 0 else { return .untouched(limit: quota.limit) }
        let bucket = self.counted(in: quota.limit)
        let reset = bucket.wholeFull &- now
        let room = window &- (bucket.full &- now)
        guard room > 0, let (tokens, parts) = multiplyDivide(room, quota.limit, by: window) else {
            return MeterReading(
                used: quota.limit, remaining: 0, resetAfter: reset, replenishAfter: bucket.wait(for: 1, under: quota, at: now)
            )
        }
        // `tokens + parts ÷ window` are there, less the fraction that belongs to the instant.
        var remaining = tokens
        var gathered = parts &- bucket.fraction
        if gathered < 0 {
            let (missing, rest) = (-gathered).quotientAndRemainder(dividingBy: window)
            let whole = rest > 0 ? missing &+ 1 : missing
            remaining = remaining &- whole
            gathered = rest > 0 ? window &- rest : 0
        }
        guard remaining >= 0 else {
            return MeterReading(
                used: quota.limit, remaining: 0, resetAfter: reset, replenishAfter: bucket.wait(for: 1, under: quota, at: now)
            )
        }
        let (wait, rest) = (window &- gathered).quotientAndRemainder(dividingBy: quota.limit)
        return MeterReading(
            used: quota.limit &- remaining, remaining: remaining, resetAfter: reset, replenishAfter: rest > 0 ? wait &+ 1 : wait
        )
    }

    package func vacancy(window: Int64) -> Int64 { self.wholeFull }

    /// The first whole nanosecond at which the bucket is full.
    @inline(__always)
    private var wholeFull: Int64 {
        self.fraction > 0 ? self.full &+ 1 : self.full
    }

    /// The same bucket with its fraction in parts of `limit`, rounded up: a changed limit never gives anything away.
    @inline(__always)
    private func counted(in limit: Int64) -> TokenBucket {
        guard self.parts != limit else { return self }
        guard self.fraction > 0 else { return TokenBucket(full: self.full, fraction: 0, parts: limit) }
        guard let (quotient, remainder) = multiplyDivide(self.fraction, limit, by: self.parts) else {
            return TokenBucket(full: self.full &+ 1, fraction: 0, parts: limit)
        }
        let fraction = remainder > 0 ? quotient &+ 1 : quotient
        return fraction < limit
            ? TokenBucket(full: self.full, fraction: fraction, parts: limit)
            : TokenBucket(full: self.full &+ 1, fraction: 0, parts: limit)
    }

    @inline(__always)
    private func spending(_ cost: Int64, under quota: Quota, at now: Int64) -> TokenBucket {
        let bucket =
            self.wholeFull > now ? self.counted(in: quota.limit) : TokenBucket(full: now, fraction: 0, parts: quota.limit)
        guard let (step, rest) = multiplyDivide(cost, quota.windowNanoseconds, by: quota.limit), step < Self.longestDebt - 1
        else {
            return TokenBucket(full: now &+ Self.longestDebt, fraction: 0, parts: quota.limit)
        }
        let (sum, carries) = bucket.fraction.addingReportingOverflow(rest)
        let isWhole = carries || sum >= quota.limit
        let fraction = isWhole ? sum &- quota.limit : sum
        let full = bucket.full &+ step &+ (isWhole ? 1 : 0)
        return full &- now > Self.longestDebt
            ? TokenBucket(full: now &+ Self.longestDebt, fraction: 0, parts: quota.limit)
            : TokenBucket(full: full, fraction: fraction, parts: quota.limit)
    }
}
