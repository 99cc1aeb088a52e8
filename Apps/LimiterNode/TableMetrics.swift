import PrometheusMetrics
import RateLimit

/// The metrics of the table in this process.
enum TableMetrics {
    /// Makes the metrics; each is read at a scrape.
    static func register(_ table: InProcessRateLimitStore, registry: PrometheusRegistry) throws {
        try registry.gauge("gatehouse_limiter_table_bytes", help: "Bytes of the counter table in use.") {
            Double(table.statistics.usedBytes)
        }
        try registry.gauge("gatehouse_limiter_table_budget_bytes", help: "Bytes that the counter table may use.") {
            Double(table.statistics.budgetBytes)
        }
        try registry.counter(
            "gatehouse_limiter_table_refused_total", help: "Checks refused because the table was full of live counters."
        ) {
            Double(table.statistics.refusedUncountedChecks)
        }
    }
}
