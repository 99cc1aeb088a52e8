#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import CommonsSchema
import DatabaseTestSupport
import KnowledgeSchema
import Persistence
import SchemasTestSupport
import SearchText
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

/// PostgreSQL makes a plan of its own for each of the first five searches of a connection, and then one for all that follow.
@Suite("Plans of searches on PostgreSQL")
struct PostgresSearchPlanTests {
    private static func uses(of index: String, in database: any Database) async throws -> Int {
        try await database.query("SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = \(index)")[0].decode("idx_scan")
    }

    @Test("let the words lead, also when made for any words and any range")
    func plans() async throws {
        try await withMigratedDatabase(.postgres, [CommonsRevisions.chain, KnowledgeRevisions.chain]) { database, _ in
            let author = UUID()
            let now = Timestamp.now()
            try await database.write { connection in
                try connection.execute("INSERT INTO users (id, created_at, updated_at) VALUES (\(author), \(now), \(now))")
                try connection.execute(
                    """
                    INSERT INTO traces (id, title, context_text, solution_text, contributor_id)
                    SELECT gen_random_uuid(), 'Title ' || n, 'context', 'solution', \(author)::uuid FROM generate_series(1, 5000) AS n
                    """)
                try connection.execute(
                    """
                    INSERT INTO trace_documents (trace_id, words)
                    SELECT id, to_tsvector('simple', title || ' context solution') FROM traces
                    """)
                try connection.execute("ANALYZE")
            }
            let search = TraceSearch(database: database)
            let place = SearchCursor.Words(tier: .exact, replaced: 0, kept: 0, newest: .max, oldest: 0, shown: [])
            let statement = search.matching(.phrase(["4711"]), place, tags: [])
            let before = try await Self.uses(of: "ix_trace_documents_words", in: database)
            try await database.write { connection in
                try connection.execute("SET plan_cache_mode = force_generic_plan")
                // Reading all is a good plan for so few.
                try connection.execute("SET enable_seqscan = off")
                #expect(try connection.query(statement).count == 1)
                // What a connection has counted is seen by others when it says so itself.
                _ = try connection.query("SELECT pg_stat_force_next_flush()")
            }
            #expect(try await Self.uses(of: "ix_trace_documents_words", in: database) == before + 1)
            #expect(try await Self.uses(of: "pk_trace_documents", in: database) == 0)
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
