import CommonsSchema
import ContentScreening
import DatabaseTestSupport
import Knowledge
import KnowledgeSchema
import Persistence
import SchemasTestSupport
import Testing

/// A migrated database with one user, a store and a search on it.
struct SearchFixture: Sendable {
    static let author = "6f1d2c3e-0b5a-4c7e-9a51-3f2b8d0c4e6f"
    private static let gate = ContentGate()

    let database: any Database
    let store: TraceStore
    let search: TraceSearch

    static func with(_ kind: TestStore, _ body: (SearchFixture) async throws -> Void) async throws {
        try await withMigratedDatabase(kind, [CommonsRevisions.chain, KnowledgeRevisions.chain]) { database, _ in
            let now = Timestamp.now()
            try await database.write { connection in
                _ = try connection.execute(
                    "INSERT INTO users (id, created_at, updated_at) VALUES (\(Self.author), \(now), \(now))")
            }
            try await body(
                SearchFixture(database: database, store: TraceStore(database: database), search: TraceSearch(database: database)))
        }
    }

    /// Stores a trace as the operation does.
    @discardableResult
    func add(
        _ title: String, context: String = "context", solution: String = "solution", tags: [String] = []
    ) async throws -> String {
        let draft = TraceDraft(title: title, contextText: context, solutionText: solution, tags: tags)
        return try await self.store.add(#require(try await Self.gate.screen(draft).admitted), from: Self.author)
    }

    /// Stores a trace as a program that knows nothing of search does.
    func insertBare(id: String, title: String, context: String = "c", solution: String = "s") async throws {
        let now = Timestamp.now()
        try await self.database.write { connection in
            _ = try connection.execute(
                """
                INSERT INTO traces (id, title, context_text, solution_text, contributor_id, created_at, updated_at)
                VALUES (\(id), \(title), \(context), \(solution), \(Self.author), \(now), \(now))
                """)
        }
    }

    /// The titles on the first page.
    func titles(_ text: String?, tags: [String] = [], limit: Int = 50) async throws -> [String] {
        try await self.search.results(of: SearchQuery(text: text, tags: tags, limit: limit)).results.map(\.trace.title)
    }

    /// The titles on all pages, in order.
    func allTitles(_ text: String?, tags: [String] = [], limit: Int = 50) async throws -> [String] {
        var titles: [String] = []
        var query = SearchQuery(text: text, tags: tags, limit: limit)
        repeat {
            let page = try await self.search.results(of: query)
            titles += page.results.map(\.trace.title)
            query.cursor = page.next
        } while query.cursor != nil
        return titles
    }

    func count(_ table: String) async throws -> Int {
        let query = SQL(unchecked: "SELECT count(*) AS n FROM \(table)")
        return try await self.database.read { try $0.queryOne(query)?.decode("n") ?? -1 }
    }
}
