import ContentScreening
import DatabaseTestSupport
import Knowledge
import Logging
import Persistence
import Testing

/// Says nothing.
let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

@Suite("Search index")
struct SearchIndexTests {
    private static let ids = (1...5).map { "00000000-0000-4000-8000-00000000000\($0)" }

    @Test("takes in what other programs inserted, once, whoever is first", arguments: TestStore.allCases)
    func backfill(_ kind: TestStore) async throws {
        try await SearchFixture.with(kind) { fixture in
            for id in Self.ids { try await fixture.insertBare(id: id, title: "needle \(id)") }
            try await fixture.add("own", context: "needle")
            #expect(try await fixture.titles("needle") == ["own"])
            // Two servers of their own memory.
            let indexers = (0..<2).map { _ in SearchIndexer(store: TraceStore(database: fixture.database), logger: quiet) }
            #expect(try await indexers[0].indexMissing(limit: 2) == 2)
            let counts = try await withThrowingTaskGroup(of: Int.self) { group in
                for indexer in indexers { group.addTask { try await indexer.indexMissing() } }
                return try await group.reduce(0, +)
            }
            #expect(counts == 3)
            #expect(try await indexers[1].indexMissing() == 0)
            #expect(try await fixture.count("trace_documents") == 6)
            #expect(try await fixture.titles("needle").count == 6)
            // Typos are found in what was taken in, too.
            #expect(try await fixture.titles("neeedle").count == 6)
        }
    }

    @Test("is written with the trace or not at all", arguments: TestStore.allCases)
    func whole(_ kind: TestStore) async throws {
        try await SearchFixture.with(kind) { fixture in
            // The last step of each store cannot be done.
            try await fixture.add("first", context: "known", tags: ["known"])
            let tables = ["traces", "trace_documents", "search_terms", "tags", "trace_tags"]
            var before: [Int] = []
            for table in tables { before.append(try await fixture.count(table)) }
            try await fixture.database.write { connection in
                switch connection.dialect {
                case .sqlite: try connection.execute("ALTER TABLE search_terms RENAME TO hidden_terms")
                case .postgres:
                    try connection.execute("ALTER TABLE trace_documents ADD CONSTRAINT ck_refuses CHECK (number < 0) NOT VALID")
                }
            }
            for tags in [["known"], ["unseen"]] {
                await #expect(throws: PersistenceError.self) {
                    try await fixture.add("second", context: "unheard", tags: tags)
                }
            }
            try await fixture.database.write { connection in
                switch connection.dialect {
                case .sqlite: try connection.execute("ALTER TABLE hidden_terms RENAME TO search_terms")
                case .postgres: try connection.execute("ALTER TABLE trace_documents DROP CONSTRAINT ck_refuses")
                }
            }
            for (table, count) in zip(tables, before) { #expect(try await fixture.count(table) == count, "\(table)") }
            // What was rolled back has not been remembered as known.
            try await fixture.add("second", context: "unheard", tags: ["unseen"])
            #expect(try await fixture.titles("unheerd") == ["second"])
            #expect(try await fixture.titles(nil, tags: ["unseen"]) == ["second"])
        }
    }

    @Test("bears writers of the same new tags and words at once", arguments: TestStore.allCases)
    func concurrentWriters(_ kind: TestStore) async throws {
        try await SearchFixture.with(kind) { fixture in
            // Stores of their own know nothing of what the others wrote.
            let stores = (0..<4).map { _ in TraceStore(database: fixture.database) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<8 {
                    group.addTask {
                        for round in 0..<6 {
                            let words = (0..<30).map { "fresh\(Self.letters(round))\(Self.letters($0))" }.shuffled()
                            let draft = TraceDraft(
                                title: "t", contextText: words.joined(separator: " "), solutionText: "s",
                                tags: (0..<5).map { "tag-\(round)-\($0)" }.shuffled())
                            let gate = ContentGate()
                            _ = try await stores[writer % 4].add(
                                #require(try await gate.screen(draft).admitted), from: SearchFixture.author)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await fixture.count("traces") == 48)
            #expect(try await fixture.count("trace_documents") == 48)
            #expect(try await fixture.count("tags") == 30)
            #expect(try await fixture.count("trace_tags") == 48 * 5)
            #expect(try await fixture.count("search_terms") == 6 * 30)
            #expect(try await fixture.titles("freshaaab", limit: 50).count == 8)
        }
    }

    @Test("makes a tag anew that another program has removed", arguments: TestStore.allCases)
    func removedTag(_ kind: TestStore) async throws {
        try await SearchFixture.with(kind) { fixture in
            try await fixture.add("first", tags: ["t"])
            try await fixture.database.write { connection in
                try connection.execute("DELETE FROM trace_tags")
                try connection.execute("DELETE FROM tags")
            }
            try await fixture.add("second", tags: ["t"])
            #expect(try await fixture.titles(nil, tags: ["t"]) == ["second"])
        }
    }

    @Test("loses its words with the row of a trace", arguments: TestStore.allCases)
    func deleted(_ kind: TestStore) async throws {
        try await SearchFixture.with(kind) { fixture in
            let id = try await fixture.add("gone", context: "needle")
            try await fixture.database.write { connection in
                _ = try connection.execute("DELETE FROM traces WHERE id = \(id)")
            }
            #expect(try await fixture.titles("needle").isEmpty)
            #expect(try await fixture.count("trace_documents") == 0)
        }
    }

    private static func letters(_ number: Int) -> String {
        String(String.UnicodeScalarView([number / 26, number % 26].compactMap { Unicode.Scalar(0x61 + $0) }))
    }
}
