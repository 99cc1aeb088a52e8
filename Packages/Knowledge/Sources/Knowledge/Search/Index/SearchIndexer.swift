#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import Logging
import Persistence
public import ServiceLifecycle

/// Gives traces their documents that came without: rows that other programs inserted, or that were there before search was.
///
/// It is a service: run one in the app's group of every server, after the database. Several on one database do each other no harm:
/// a trace has one document, whoever is first.
public struct SearchIndexer: Service {
    /// How many traces one statement looks at.
    private static let batch = 500
    /// How many are indexed in one transaction.
    private static let group = 50
    /// How far back a look goes.
    private static let recentTime = Duration.seconds(600)
    /// From one walk over all traces to the next; looks are in between.
    private static let walkPause = Duration.seconds(3_600)
    private static let longestTitle = 1_000
    private static let longestText = 50_000

    private let store: TraceStore
    private let pause: Duration
    private let logger: Logger

    /// Creates an indexer; starts nothing.
    ///
    /// - Parameters:
    ///   - store: The traces.
    ///   - pause: From one look to the next, a minute by default; at least 10 ms are waited.
    ///   - logger: Gets what could not be indexed, at `debug`.
    public init(store: TraceStore, pause: Duration = .seconds(60), logger: Logger) {
        self.store = store
        self.pause = pause
        self.logger = logger
    }

    /// Indexes what is missing until the group shuts down: of all traces at once and then every hour, and of those of the last ten
    /// minutes after every pause.
    ///
    /// While the database is away nothing is indexed; the next look makes up for it.
    ///
    /// - Throws: Nothing.
    public func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await self.keep() }
        } catch is CancellationError {
            // The group shuts down.
        }
    }

    private func keep() async throws {
        var nextWalk = ContinuousClock.now
        while true {
            do {
                let begin = ContinuousClock.now
                let isWalk = begin >= nextWalk
                let recent = Timestamp.now().advanced(by: .zero - Self.recentTime)
                _ = try await self.indexMissing(since: isWalk ? nil : recent)
                if isWalk { nextWalk = begin + Self.walkPause }
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                self.logger.debug("traces cannot be indexed", metadata: ["error": .string(String(reflecting: error))])
            }
            try await Task.sleep(for: max(self.pause, .milliseconds(10)))
        }
    }

    /// Walks over all traces once and indexes those without a document, flagged and removed ones included, for they may come back.
    ///
    /// A trace that cannot be read is left out, so that it holds up no other.
    ///
    /// - Parameter limit: How many to index at most, 1 or more.
    /// - Returns: How many were indexed.
    /// - Throws: `PersistenceError`, `CancellationError`; what was indexed before stays so.
    @discardableResult
    public func indexMissing(limit: Int = .max) async throws -> Int {
        try await self.indexMissing(since: nil, limit: limit)
    }

    /// - Parameter start: Only traces that were made then or later; all of them when nil.
    private func indexMissing(since start: Timestamp?, limit: Int = .max) async throws -> Int {
        let condition: SQL = start.map { "AND t.created_at >= \($0)" } ?? ""
        var count = 0
        var last: SQLValue?
        while count < limit {
            try Task.checkCancellation()
            let start: SQL = last.map { "AND t.id > \($0)" } ?? ""
            let rows = try await self.store.database.query(
                """
                SELECT t.id, EXISTS (SELECT 1 FROM trace_documents d WHERE d.trace_id = t.id) AS is_indexed
                FROM (
                    SELECT t.id FROM traces t WHERE t.id IS NOT NULL \(condition) \(start)
                    ORDER BY t.id LIMIT \(Self.batch)
                ) AS t ORDER BY t.id
                """)
            var missing: [SQLValue] = []
            for row in rows {
                guard let id = row["id"] else { continue }
                last = id
                if try !row.decode("is_indexed", as: Bool.self) { missing.append(id) }
            }
            for start in stride(from: 0, to: missing.count, by: Self.group) where count < limit {
                try Task.checkCancellation()
                let group = missing[start...].prefix(min(Self.group, limit - count))
                count += try await self.index(Array(group))
            }
            if rows.count < Self.batch { break }
        }
        return count
    }

    /// - Parameter ids: In rising order, in which servers wait for each other.
    /// - Returns: How many of the traces have got their documents here and now.
    private func index(_ ids: [SQLValue]) async throws -> Int {
        let documents = try await self.store.database.read { connection in
            try ids.compactMap { id in try self.document(of: id, on: connection).map { (id, $0) } }
        }
        let terms = self.store.memory.unknown(Set(documents.flatMap(\.1.terms)).sorted())
        do {
            let count = try await self.store.database.transaction(isolation: .readCommitted, retries: 3) { connection in
                var count = 0
                for (id, document) in documents where try document.insert(for: id, on: connection) { count += 1 }
                if !terms.isEmpty { try connection.execute(SearchDocument.termsSource(terms, for: connection.dialect)) }
                return count
            }
            self.store.memory.learn(terms: terms)
            return count
        } catch let error as PersistenceError where error.code == .foreignKeyViolation {
            // One has been removed this moment; the others are there at the next look.
            self.logger.debug("traces cannot be indexed", metadata: ["error": .string(String(reflecting: error))])
            return 0
        }
    }

    private func document(of id: SQLValue, on connection: any DatabaseConnection) throws -> SearchDocument? {
        let row = try connection.queryOne(
            """
            SELECT substr(title, 1, \(Self.longestTitle)) AS title,
                substr(context_text, 1, \(Self.longestText)) AS context,
                substr(solution_text, 1, \(Self.longestText)) AS solution
            FROM traces WHERE id = \(id)
            """)
        guard let row else { return nil }
        let tags = try connection.query(
            """
            SELECT g.name AS name FROM trace_tags tt JOIN tags g ON g.id = tt.tag_id
            WHERE tt.trace_id = \(id) ORDER BY g.name LIMIT 100
            """)
        do {
            return SearchDocument(
                title: try row.decode("title"), tags: try tags.map { try $0.decode("name") },
                context: try row.decode("context"), solution: try row.decode("solution"))
        } catch let error as PersistenceError where error.code == .decoding {
            self.logger.debug("a trace cannot be indexed", metadata: ["error": .string(String(reflecting: error))])
            return nil
        }
    }
}

extension SearchDocument {
    /// Writes the document of a stored trace, unless it has one or is gone.
    ///
    /// - Returns: Whether it was written.
    fileprivate func insert(for id: SQLValue, on connection: any DatabaseConnection) throws(PersistenceError) -> Bool {
        switch connection.dialect {
        case .postgres:
            let count = try connection.execute(
                """
                INSERT INTO trace_documents (trace_id, words) SELECT id, \(self.vector)::tsvector FROM traces WHERE id = \(id)
                ON CONFLICT (trace_id) DO NOTHING
                """)
            return count == 1
        case .sqlite:
            let count = try connection.execute(
                "INSERT OR IGNORE INTO trace_documents (trace_id) SELECT id FROM traces WHERE id = \(id)")
            guard count == 1 else { return false }
            try self.writeWords(on: connection)
            return true
        }
    }
}
