import Audit
import Identity
import Persistence

/// Lists over `audit_events`, filled by the database itself.
enum ListBenchmark {
    static func printRows(_ store: BenchmarkStore.Kind) async throws {
        let lists: [(String, AuditQuery)] = [
            ("newest", AuditQuery(organisation: .default)),
            ("of a caller", AuditQuery(organisation: .default, callerID: "agent-7")),
            ("with a decision", AuditQuery(organisation: .default, decision: "DENY")),
            ("of a tool", AuditQuery(organisation: .default, toolName: "tool-3")),
            ("of all organisations", AuditQuery(organisation: nil)),
        ]
        try await BenchmarkStore.with(store) { benchmark in
            let trail = AuditTrail(database: benchmark.database, keyring: benchmark.keyring)
            var times: [[Double]] = []
            for (first, last) in [(1, 10_000), (10_001, 1_000_000)] {
                try await self.fill(benchmark.database, from: first, to: last)
                var column: [Double] = []
                for (_, query) in lists {
                    var rounds: [Double] = []
                    for _ in 0..<200 {
                        let start = ContinuousClock.now
                        _ = try await trail.events(query)
                        rounds.append((ContinuousClock.now - start) / .milliseconds(1))
                    }
                    column.append(median(rounds))
                }
                times.append(column)
            }
            for (index, list) in lists.enumerated() {
                let (few, many) = (times[0][index], times[1][index])
                print("| \(store.rawValue) | \(list.0) | \(rounded(few)) | \(rounded(many)) | \(rounded(many / few)) |")
            }
        }
    }

    private static func fill(_ database: any Database, from first: Int, to last: Int) async throws {
        let columns: SQL =
            """
            request_id, timestamp, caller_id, caller_role, environment, mcp_server, tool_name, raw_args_hash, sanitized_args,
            risk_score, matched_policy_rule, decision, latency_ms, deterministic_rationale
            """
        for start in stride(from: first, through: last, by: 50_000) {
            let end = min(start + 49_999, last)
            try await database.transaction { connection in
                switch connection.dialect {
                case .postgres:
                    try connection.execute(
                        """
                        INSERT INTO audit_events (\(columns))
                        SELECT 'req-' || n, timestamp '2026-01-01' + n * interval '1 second', 'agent-' || n % 100, 'developer',
                            'dev', 'files', 'tool-' || n % 10, 'hash', '{"path": "/data/report.csv"}', 0, 'rule',
                            CASE WHEN n % 7 = 0 THEN 'DENY' ELSE 'ALLOW' END, 3, 'because'
                        FROM generate_series(\(start)::integer, \(end)::integer) AS n
                        """)
                case .sqlite:
                    try connection.execute(
                        """
                        INSERT INTO audit_events (\(columns))
                        WITH RECURSIVE numbers (n) AS (
                            SELECT \(start) UNION ALL SELECT n + 1 FROM numbers WHERE n < \(end))
                        SELECT 'req-' || n, strftime('%Y-%m-%dT%H:%M:%S', 1767225600 + n, 'unixepoch') || '.000000Z',
                            'agent-' || (n % 100), 'developer', 'dev', 'files', 'tool-' || (n % 10), 'hash',
                            '{"path": "/data/report.csv"}', 0, 'rule', CASE WHEN n % 7 = 0 THEN 'DENY' ELSE 'ALLOW' END, 3,
                            'because'
                        FROM numbers
                        """)
                }
            }
        }
        // What a server does by itself in time.
        try await database.write { try $0.execute("ANALYZE") }
    }
}
