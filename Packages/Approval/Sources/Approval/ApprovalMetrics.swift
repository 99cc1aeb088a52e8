public import PrometheusMetrics

/// Counts what happens to approvals.
///
/// ```
/// gatehouse_approvals_total{event="issued"} 1.0
/// gatehouse_approvals_refused_total{reason="own_request"} 1.0
/// gatehouse_approvals_pending 3.0
/// gatehouse_approvals_unreadable_total 0.0
/// gatehouse_approvals_over_allowance_total 0.0
/// gatehouse_approvals_cache_failures_total 0.0
/// ```
///
/// Events: `issued`, `voted` (a yes of which more are needed), `approved`, `denied`, `cancelled`, `expired`, `used`,
/// `given_back`, `refused`, `failed`, `unrecorded` (an intent or an outcome that the ledger did not keep). Reasons are the codes
/// of ``ApprovalRefusal``. `pending` is brought up to date by ``ApprovalKeeper``. `unreadable` counts each look at a row that cannot
/// be read and was stepped over, `over_allowance` refused attempts on unknown approvals that have no record of their own.
public struct ApprovalMetrics: Sendable {
    private let events: PrometheusFamily<PrometheusCounter>
    private let refusals: PrometheusFamily<PrometheusCounter>
    private let pending: PrometheusGauge
    private let unreadable: PrometheusCounter
    private let overAllowance: PrometheusCounter
    private let cacheFailures: PrometheusCounter

    /// Makes the metrics.
    ///
    /// - Parameter registry: Where they are shown.
    /// - Throws: `PrometheusError` when a name is taken by something else.
    public init(registry: PrometheusRegistry) throws(PrometheusError) {
        self.events = try registry.counter(
            "gatehouse_approvals_total", help: "What happened to approvals, by event.", labels: ["event"])
        self.refusals = try registry.counter(
            "gatehouse_approvals_refused_total", help: "Attempts on approvals that had no effect, by reason.", labels: ["reason"])
        self.pending = try registry.gauge(
            "gatehouse_approvals_pending", help: "Approvals that wait for a decision, at the last look.")
        self.unreadable = try registry.counter(
            "gatehouse_approvals_unreadable_total", help: "Approvals that could not be read and were stepped over, at each look.")
        self.overAllowance = try registry.counter(
            "gatehouse_approvals_over_allowance_total",
            help: "Refused attempts on unknown approvals without a record of their own.")
        self.cacheFailures = try registry.counter(
            "gatehouse_approvals_cache_failures_total", help: "Commands on cached approvals that got no usable answer.")
    }

    func record(_ action: ApprovalEvent.Action, _ phase: ApprovalEvent.Phase) {
        switch phase {
        case .intent: return
        case .done(let status): self.events.with(Self.event(action, status)).increment()
        case .failed: self.events.with("failed").increment()
        case .refused(let refusal):
            self.events.with("refused").increment()
            self.refusals.with(refusal.code).increment()
        }
    }

    func recordUnrecorded() { self.events.with("unrecorded").increment() }

    func recordUnreadable() { self.unreadable.increment() }

    func recordOverAllowance() { self.overAllowance.increment() }

    func recordCacheFailure() { self.cacheFailures.increment() }

    func setPending(_ count: Int) { self.pending.set(count) }

    private static func event(_ action: ApprovalEvent.Action, _ status: ApprovalStatus) -> String {
        switch action {
        case .issue: "issued"
        case .approve: status == .pending ? "voted" : "approved"
        case .deny: "denied"
        case .cancel: "cancelled"
        case .expire: "expired"
        case .consume: "used"
        case .giveBack: "given_back"
        }
    }
}
