/// The right to correct an admitted estimate once, when the true cost is known.
///
/// A lease is a plain value and may be copied, stored or sent; the store remembers which leases were settled, so that only the first
/// settlement has an effect. A lease that is never settled leaves the estimate as it was.
public struct RateLimitLease: Hashable, Sendable {
    /// The number of the lease within its store.
    public let id: UInt64
    /// Which store gave it, drawn at random when the store was made.
    public let issuer: UInt64
    /// What was taken.
    public let checks: [RateLimitCheck]
    /// When it was taken, on the scale of the store.
    public let instant: RateLimitInstant
    /// For each check what the algorithm must know to give units back, such as the end of the window they were taken from;
    /// `Int64.min` when nothing was counted.
    public let marks: [Int64]

    /// The mark of a check that took nothing.
    package static let uncounted = Int64.min

    /// Creates a lease; stores do.
    public init(id: UInt64, issuer: UInt64, checks: [RateLimitCheck], instant: RateLimitInstant, marks: [Int64]) {
        self.id = id
        self.issuer = issuer
        self.checks = checks
        self.instant = instant
        self.marks = marks
    }
}

/// A verdict together with the lease to settle, if the request may pass.
public struct RateLimitReservation: Sendable {
    /// The decision.
    public let verdict: Verdict
    /// The lease, `nil` when the request was denied.
    public let lease: RateLimitLease?

    /// Creates a reservation; stores do.
    public init(verdict: Verdict, lease: RateLimitLease?) {
        self.verdict = verdict
        self.lease = lease
    }
}

/// What a settlement did.
public enum RateLimitSettlement: Hashable, Sendable {
    /// The counters were corrected, as far as the units were still counted.
    case settled
    /// The lease had been settled before; nothing changed.
    case alreadySettled
    /// The lease is from another store, or so old that the store no longer knows it; nothing changed.
    case unknownLease
}
