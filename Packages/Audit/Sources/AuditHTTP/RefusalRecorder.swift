public import Audit
public import HTTPCore
import HTTPTypes
import Identity
public import ServiceLifecycle
import StrictJSON
import Synchronization

/// Leaves a record in the journal for each call that an operation turned away, without anything of what the call carried.
///
/// ```json
/// {"details": {"client_address": "192.0.2.1", "error": "unauthorized", "http_request_id": "…", "method": "GET",
///   "operation": "listAuditEvents", "path": "/v1/audit/", "status": 401}, "kind": "refusal"}
/// ```
///
/// With a known caller there are `caller_id`, `org_id` and `key_id` as well. A known caller leaves 600 records in a minute, an address (of
/// IPv6 its network of 64 bits) 60, all together 3 000, and at most 64 wait for the journal at a time. The number of those
/// beyond stands as `unrecorded` in the next record, with `unrecorded_by` for the first 32 subjects; ``run()`` writes one of its own,
/// once a minute and at the end, when no other comes:
///
/// ```json
/// {"details": {"unrecorded": 940, "unrecorded_by": {"address 192.0.2.1/64": 940}}, "kind": "refusal"}
/// ```
///
/// A refusal that cannot be recorded changes no answer, as no effect happened; it is counted.
public final class RefusalRecorder: RefusalObserver, Service {
    /// How refusals fared.
    public struct Counts: Sendable, Hashable {
        /// In the journal or in its spool.
        public internal(set) var recorded = 0
        /// Over the budget.
        public internal(set) var overBudget = 0
        /// Not taken by the journal.
        public internal(set) var failed = 0
    }

    private struct State {
        var budget: RefusalBudget
        var waiting = 0
        var counts = Counts()
        var observers: [@Sendable (String) -> Void] = []
    }

    private static let maximumWaiting = 64

    private let perCaller: Int
    private let perAddress: Int
    private let record: @Sendable (AuditRecord) async -> RecordAnswer
    private let start = ContinuousClock.now
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>

    /// Creates a recorder.
    ///
    /// - Parameters:
    ///   - journal: Where refusals are recorded.
    ///   - perCaller: How many of one known caller are recorded in a minute; default 600.
    ///   - perAddress: How many of one address without a known caller are recorded in a minute; default 60.
    ///   - overall: How many of all together are recorded in a minute; default 3 000.
    public convenience init(journal: Journal, perCaller: Int = 600, perAddress: Int = 60, overall: Int = 3_000) {
        self.init(perCaller: perCaller, perAddress: perAddress, overall: overall, now: { .now }) { await journal.record($0) }
    }

    init(
        perCaller: Int, perAddress: Int, overall: Int, now: @escaping @Sendable () -> ContinuousClock.Instant,
        record: @escaping @Sendable (AuditRecord) async -> RecordAnswer
    ) {
        self.perCaller = perCaller
        self.perAddress = perAddress
        self.record = record
        self.now = now
        self.state = Mutex(State(budget: RefusalBudget(overall: overall)))
    }

    /// How refusals fared since the start, for metrics.
    public var counts: Counts { self.state.withLock { $0.counts } }

    /// Has told how each refusal fared, for metrics.
    ///
    /// - Parameter observer: Called once per refusal outside all locks, with `recorded`, `over_budget` or `failed`; it must be quick.
    public func observe(_ observer: @escaping @Sendable (String) -> Void) {
        self.state.withLock { $0.observers.append(observer) }
    }

    /// Records a refusal, or counts it.
    public func note(_ refusal: HTTPRefusal) async {
        let now = self.start.duration(to: self.now())
        let subject = Self.subject(of: refusal)
        let unrecorded = self.state.withLock { state -> RefusalBudget.Unrecorded? in
            guard state.waiting < Self.maximumWaiting else {
                state.budget.miss(subject)
                state.counts.overBudget += 1
                return nil
            }
            let limit = refusal.caller == nil ? self.perAddress : self.perCaller
            guard state.budget.take(for: subject, limit: limit, at: now) else {
                state.counts.overBudget += 1
                return nil
            }
            state.waiting += 1
            return state.budget.takeUnrecorded()
        }
        guard let unrecorded else {
            self.tell("over_budget")
            return
        }
        var details = Self.details(of: refusal)
        Self.add(unrecorded, to: &details)
        let answer = await self.record(.refusal(details: details))
        self.state.withLock { state in
            state.waiting -= 1
            if answer.isKept {
                state.counts.recorded += 1
            } else {
                state.counts.failed += 1
                state.budget.miss(subject)
                state.budget.miss(unrecorded)
            }
        }
        self.tell(answer.isKept ? "recorded" : "failed")
    }

    /// Writes once a minute what no other record tells of, and once more when the group shuts down, while the journal still runs.
    public func run() async {
        try? await cancelWhenGracefulShutdown {
            while true {
                try await Task.sleep(for: RefusalBudget.window)
                await self.recordUnrecorded()
            }
        }
        await self.recordUnrecorded()
    }

    /// Leaves a record of the refusals that no other tells of, if there are any.
    func recordUnrecorded() async {
        let unrecorded = self.state.withLock { $0.budget.takeUnrecorded() }
        guard unrecorded.count > 0 else { return }
        var details: JSONObject = [:]
        Self.add(unrecorded, to: &details)
        let answer = await self.record(.refusal(details: details))
        if !answer.isKept { self.state.withLock { $0.budget.miss(unrecorded) } }
    }

    private func tell(_ answer: String) {
        for observer in self.state.withLock(\.observers) { observer(answer) }
    }

    private static func subject(of refusal: HTTPRefusal) -> String {
        if let caller = refusal.caller { return "caller \(caller.kind.rawValue) \(caller.id.text)" }
        guard let address = refusal.clientAddress else { return "local" }
        // A mapped address is one of IPv4; a length of 64 bits is all of such an address.
        return "address \(CIDRBlock(containing: address.unmapped, prefixLength: 64))"
    }

    private static func details(of refusal: HTTPRefusal) -> JSONObject {
        var details: JSONObject = [
            "status": .integer(refusal.status.code), "error": .string(refusal.code.rawValue),
            "operation": .string(refusal.operation), "path": .string(refusal.path),
            "method": .string(refusal.method.rawValue), "http_request_id": .string(refusal.requestID),
            "client_address": .string(orNull: refusal.clientAddress?.description),
        ]
        if let caller = refusal.caller {
            details["caller_id"] = .string(caller.id.text)
            details["caller_kind"] = .string(caller.kind.rawValue)
            details["org_id"] = .string(caller.organisation.text)
            if let keyID = caller.keyID { details["key_id"] = .string(keyID.text) }
        }
        return details
    }

    private static func add(_ unrecorded: RefusalBudget.Unrecorded, to details: inout JSONObject) {
        guard unrecorded.count > 0 else { return }
        var subjects: JSONObject = [:]
        for (subject, count) in unrecorded.bySubject { subjects[subject] = .integer(count) }
        details["unrecorded"] = .integer(unrecorded.count)
        details["unrecorded_by"] = .object(subjects)
    }
}
