import DatabaseTestSupport
import Knowledge
import Persistence
import Testing

@Suite("Search paging", .timeLimit(.minutes(5)))
struct SearchPagingTests {
    @Test("shows each trace once, whatever is added meanwhile", arguments: TestStore.allCases)
    func stable(_ kind: TestStore) async throws {
        try await SearchFixture.with(kind) { fixture in
            for index in 0..<25 {
                let words = String(repeating: "needle ", count: index % 5 + 1)
                try await fixture.add("old \(index)", context: words + "haystack", tags: ["t"])
            }
            for query in [SearchQuery(text: "needle haystack", limit: 4), SearchQuery(text: "nedle", tags: ["t"], limit: 4)] {
                var query = query
                var titles: [String] = []
                repeat {
                    let page = try await fixture.search.results(of: query)
                    titles += page.results.map(\.trace.title)
                    query.cursor = page.next
                    try await fixture.add("new \(titles.count)", context: "needle haystack straw", tags: ["t"])
                } while query.cursor != nil
                #expect(Set(titles).count == titles.count)
                #expect(Set((0..<25).map { "old \($0)" }).isSubset(of: titles))
            }
        }
    }

    @Test("goes on to older traces when the newest 300 have been shown", arguments: TestStore.allCases)
    func windows(_ kind: TestStore) async throws {
        try await SearchFixture.with(kind) { fixture in
            for index in 0..<330 { try await fixture.insertBare(id: Self.id(index), title: "needle \(index)") }
            let indexer = SearchIndexer(store: fixture.store, logger: quiet)
            #expect(try await indexer.indexMissing() == 330)
            let titles = try await fixture.allTitles("needle", limit: 50)
            #expect(titles.count == 330)
            #expect(Set(titles).count == 330)
        }
    }

    @Test("shows each trace once where the newest 300 end, whatever comes back meanwhile", arguments: TestStore.allCases)
    func windowEdge(_ kind: TestStore) async throws {
        try await SearchFixture.with(kind) { fixture in
            for index in 0..<330 { try await fixture.insertBare(id: Self.id(index), title: "needle \(index)") }
            let hide = { (isFlagged: Bool) in
                try await fixture.database.transaction { connection in
                    for index in 100..<110 {
                        try connection.execute("UPDATE traces SET is_flagged = \(isFlagged) WHERE id = \(Self.id(index))")
                    }
                }
            }
            try await hide(true)
            _ = try await SearchIndexer(store: fixture.store, logger: quiet).indexMissing()
            var (query, titles) = (SearchQuery(text: "needle", limit: 50), [String]())
            repeat {
                let page = try await fixture.search.results(of: query)
                titles += page.results.map(\.trace.title)
                query.cursor = page.next
                // From the first page on there are ten more within the bounds of the window.
                try await hide(false)
            } while query.cursor != nil
            #expect(Set(titles).count == titles.count)
            #expect(titles.count == 330)
        }
    }

    @Test(
        "gives up the commonest words first, so that a rare one leads to its trace however many are newer",
        arguments: TestStore.allCases)
    func rarest(_ kind: TestStore) async throws {
        try await SearchFixture.with(kind) { fixture in
            try await fixture.add("kubectl CrashLoopBackOff", context: "the liveness probe is too early")
            for index in 0..<310 {
                try await fixture.insertBare(id: Self.id(index), title: "pod \(index)", context: "restarts because of a probe")
            }
            _ = try await SearchIndexer(store: fixture.store, logger: quiet).indexMissing()
            for query in [
                "pod in CrashLoopBackOff because of liveness probe", "how to fix a pod that restarts: crashlopbackoff",
                "nowhere crashloopbackoff",
            ] {
                var search = SearchQuery(text: query, limit: 1)
                let page = try await fixture.search.results(of: search)
                #expect(page.results.map(\.trace.title) == ["kubectl CrashLoopBackOff"], "\(query)")
                if page.next == nil { continue }
                search.cursor = page.next
                #expect(try await fixture.search.results(of: search).results.first?.trace.title != "kubectl CrashLoopBackOff")
            }
        }
    }

    @Test("walks over a tag by trust, time and id, each trace once", arguments: TestStore.allCases)
    func tags(_ kind: TestStore) async throws {
        try await SearchFixture.with(kind) { fixture in
            for index in 0..<23 {
                let id = try await fixture.add("\(index)", tags: ["t"])
                // Several of one trust and one time.
                let time = try #require(Timestamp(microseconds: 1_700_000_000_000_000 + Int64(index % 2)))
                try await fixture.database.write { connection in
                    _ = try connection.execute(
                        "UPDATE traces SET trust_score = \(Double(index % 3)), created_at = \(time) WHERE id = \(id)")
                }
            }
            let paged = try await fixture.allTitles(nil, tags: ["t"], limit: 4)
            #expect(paged == (try await fixture.titles(nil, tags: ["t"], limit: 50)))
            #expect(Set(paged).count == 23)
        }
    }

    @Test("refuses the cursor of another query", arguments: TestStore.allCases)
    func foreignCursor(_ kind: TestStore) async throws {
        try await SearchFixture.with(kind) { fixture in
            for index in 0..<3 { try await fixture.add("\(index)", context: "needle", tags: ["t"]) }
            let cursor = try #require(try await fixture.search.results(of: SearchQuery(text: "needle", limit: 1)).next)
            for query in [SearchQuery(text: "other", cursor: cursor), SearchQuery(tags: ["t"], cursor: cursor)] {
                let error = await #expect(throws: SearchError.self) { try await fixture.search.results(of: query) }
                #expect(error?.code == .invalidCursor)
            }
        }
    }

    private static func id(_ index: Int) -> String {
        let text = String(index)
        return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - text.count) + text
    }
}
