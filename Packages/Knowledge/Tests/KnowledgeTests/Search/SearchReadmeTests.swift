import DatabaseTestSupport
import Knowledge
import PrometheusMetrics
import Testing

@Suite("README about search")
struct SearchReadmeTests {
    @Test("shows what works", arguments: TestStore.allCases)
    func example(_ kind: TestStore) async throws {
        try await SearchFixture.with(kind) { fixture in
            let (database, store, logger, registry) = (fixture.database, fixture.store, quiet, PrometheusRegistry())
            let bare = "00000000-0000-4000-8000-000000000001"
            try await fixture.insertBare(id: bare, title: "bare", context: "EADDRINUSE in asyncio.run")
            try await fixture.add("tagged", context: "asyncio.run says EADDRINUSE", tags: ["Python"])

            let search = TraceSearch(database: database, metrics: try KnowledgeMetrics(registry: registry))
            let indexer = SearchIndexer(store: store, logger: logger)  // a service; it takes in what other programs insert

            var query = SearchQuery(text: "asyncio.run EADDRINUSE", tags: ["python"], limit: 10)
            let page = try await search.results(of: query)
            for found in page.results { print(found.trace.title, found.combined, found.snippet.text, found.snippet.highlights) }
            query.cursor = page.next  // nil on the last page

            #expect(page.results.map(\.trace.title) == ["tagged"])
            #expect(query.cursor == nil)
            try await indexer.indexMissing()
            query.tags = []
            #expect(try await search.results(of: query).results.count == 2)
        }
    }
}
