import CommonsSchema
import DatabaseTestSupport
import KnowledgeSchema
import Persistence
import SchemasTestSupport
import Testing

@testable import Knowledge

/// Nobody tells SQLite how its tables look, so its plans must be right without.
@Suite("Plans of searches on SQLite")
struct SearchPlanTests {
    private static func plan(_ statement: SQL, in database: any Database) async throws -> [String] {
        try await database.query("EXPLAIN QUERY PLAN " + statement).map { try $0.decode("detail") }
    }

    @Test("read the traces that were found, and no others")
    func plans() async throws {
        try await withMigratedDatabase(.sqlite, [CommonsRevisions.chain, KnowledgeRevisions.chain]) { database, _ in
            let search = TraceSearch(database: database)
            let ids = (0..<10).map { SQLValue.text("00000000-0000-4000-8000-00000000000\($0)") }
            let place = SearchCursor.Words(tier: .exact, replaced: 0, kept: 0, newest: .max, oldest: 0, shown: [])
            let statements = [
                search.reading(ids), search.listing(ids[0], and: ids[1..<2], "", limit: 11),
                search.matching(.phrase(["asyncio", "run"]), place, tags: [ids[0]]),
            ]
            for statement in statements {
                let plan = try await Self.plan(statement, in: database)
                #expect(!plan.contains { $0.contains("ix_traces_is_flagged") }, "\(plan)")
                #expect(!plan.contains { $0.hasPrefix("SCAN") && !$0.contains("trace_words VIRTUAL TABLE") }, "\(plan)")
                #expect(plan.contains { $0.contains("t USING") && $0.contains("(id=?)") }, "\(plan)")
            }
            let list = "FROM traces WHERE is_flagged AND removed_at IS NULL ORDER BY flagged_at DESC NULLS LAST, id DESC LIMIT 1"
            let reported = try await Self.plan(SQL(unchecked: "SELECT id \(list)"), in: database)
            #expect(reported.allSatisfy { $0.contains("ix_traces_reported") }, "\(reported)")
        }
    }
}

@Suite("Stop words")
struct StopWordsTests {
    @Test("are found in the form in which they are asked for", arguments: StopWords.words)
    func folded(_ word: String) {
        #expect(QueryWords(word).words.map(\.phrase).allSatisfy { StopWords.contains($0[0]) })
        #expect(QueryWords("\(word) needle").words.map(\.phrase) == [["needle"]])
    }
}
