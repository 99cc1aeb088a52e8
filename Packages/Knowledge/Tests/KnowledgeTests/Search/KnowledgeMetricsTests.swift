import DatabaseTestSupport
import Knowledge
import PrometheusMetrics
import Testing

@Suite("Knowledge metrics")
struct KnowledgeMetricsTests {
    @Test("count searches, and name embeddings without samples")
    func lines() async throws {
        try await SearchFixture.with(.sqlite) { fixture in
            let registry = PrometheusRegistry()
            let search = TraceSearch(database: fixture.database, metrics: try KnowledgeMetrics(registry: registry))
            _ = try await search.results(of: SearchQuery(text: "a"))
            _ = try await search.results(of: SearchQuery(text: "a", tags: ["b"]))
            _ = try await search.results(of: SearchQuery(tags: ["b"]))
            let lines = String(decoding: registry.render(), as: UTF8.self).split(separator: "\n").map(String.init)
            #expect(lines.contains { $0.hasPrefix("commontrace_search_requests_total{has_tags=\"true\"} 2") })
            #expect(lines.contains { $0.hasPrefix("commontrace_search_requests_total{has_tags=\"false\"} 1") })
            #expect(lines.contains { $0.hasPrefix("commontrace_search_duration_seconds_count 3") })
            for name in ["commontrace_embeddings_processed_total counter", "commontrace_embedding_duration_seconds histogram"] {
                #expect(lines.contains("# TYPE \(name)"))
                #expect(!lines.contains { $0.hasPrefix(name.prefix { $0 != " " }) })
            }
        }
    }
}
