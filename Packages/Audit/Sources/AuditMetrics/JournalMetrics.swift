public import Audit
public import AuditHTTP
import Persistence
public import PrometheusMetrics

/// Shows how journals fare, read at each scrape.
///
/// ```
/// gatehouse_audit_records_total{kind="intent",answer="durable"} 1.0
/// gatehouse_audit_spool_depth 0.0
/// gatehouse_audit_spool_bytes 0.0
/// gatehouse_audit_spool_age_seconds 0.0
/// gatehouse_audit_waiting 0.0
/// gatehouse_audit_files_put_aside 0.0
/// gatehouse_audit_head_age_seconds 0.5
/// gatehouse_audit_refusals_total{answer="recorded"} 1.0
/// ```
///
/// `kind` is that of the record, `answer` is `durable`, `spooled` or the reason of the refusal: closed sets both. The age of the
/// head is missing until one was written, and when it could not be.
public enum JournalMetrics {
    /// Makes the metric of refused calls, whose `answer` is `recorded`, `over_budget` or `failed`.
    ///
    /// - Throws: `PrometheusError` when the name is taken by something else.
    public static func register(_ recorder: RefusalRecorder, in registry: PrometheusRegistry) throws(PrometheusError) {
        let refusals = try registry.counter(
            "gatehouse_audit_refusals_total", help: "Calls that were turned away, by whether a record of its own tells of them.",
            labels: ["answer"])
        recorder.observe { refusals.with($0).increment() }
    }

    /// Makes the metrics of a journal.
    ///
    /// - Parameters:
    ///   - journal: The journal of this process.
    ///   - registry: Where they are shown.
    /// - Throws: `PrometheusError` when a name is taken by something else.
    public static func register(_ journal: Journal, in registry: PrometheusRegistry) throws(PrometheusError) {
        let records = try registry.counter(
            "gatehouse_audit_records_total", help: "Records given to the audit journal, by kind and by what became of them.",
            labels: ["kind", "answer"])
        journal.observe { kind, answer in records.with(kind.rawValue, answer).increment() }
        try registry.gauge("gatehouse_audit_spool_depth", help: "Audit records that wait in files for the database.") {
            Double(journal.currentState.spool.depth)
        }
        try registry.gauge("gatehouse_audit_spool_bytes", help: "Bytes of the files with audit records that wait.") {
            Double(journal.currentState.spool.bytes)
        }
        try registry.gauge(
            "gatehouse_audit_spool_age_seconds", help: "How long the oldest audit record has waited for the database."
        ) { journal.currentState.spool.age() / .seconds(1) }
        try registry.gauge("gatehouse_audit_waiting", help: "Audit records whose callers wait for an answer.") {
            Double(journal.currentState.waiting)
        }
        try registry.gauge(
            "gatehouse_audit_files_put_aside",
            help: "Files of audit records that contradict the database or are damaged, for a person to look at."
        ) { Double(journal.currentState.spool.filesPutAside) }
        try registry.gauge(
            "gatehouse_audit_head_age_seconds", help: "How long ago the newest head of the journal was written beside the spool."
        ) { journal.currentState.spool.headStoredAt.map { max($0.duration(to: .now()), .zero) / .seconds(1) } }
    }
}
