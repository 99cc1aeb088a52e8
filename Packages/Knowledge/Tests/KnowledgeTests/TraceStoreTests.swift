import CommonsSchema
import ContentScreening
import Knowledge
import KnowledgeSchema
import Persistence
import DatabaseTestSupport
import SchemasTestSupport
import StrictJSON
import Testing

@Suite("Trace store")
struct TraceStoreTests {
    private static let author = "6f1d2c3e-0b5a-4c7e-9a51-3f2b8d0c4e6f"

    private func withStore(_ kind: TestStore, _ body: (TraceStore, any Database) async throws -> Void) async throws {
        try await withMigratedDatabase(kind, [CommonsRevisions.chain, KnowledgeRevisions.chain]) { database, _ in
            let now = Timestamp.now()
            try await database.write { connection in
                _ = try connection.execute(
                    "INSERT INTO users (id, created_at, updated_at) VALUES (\(Self.author), \(now), \(now))")
            }
            try await body(TraceStore(database: database), database)
        }
    }

    @Test("gives back what was stored, as a pending trace without votes", arguments: TestStore.allCases)
    func roundTrip(_ kind: TestStore) async throws {
        try await self.withStore(kind) { store, database in
            let draft = TraceDraft(
                title: "Ünïcode 😀", contextText: "a\nb", solutionText: "'; DROP TABLE traces; --", tags: ["B", "a", "a "],
                agentModel: "m", agentVersion: "1", metadata: ["library": "numpy"])
            let id = try await store.add(draft, from: Self.author)
            let trace = try #require(try await store.trace(id: id))
            #expect(trace.title == "Ünïcode 😀")
            #expect(trace.contextText == "a\nb")
            #expect(trace.solutionText == "'; DROP TABLE traces; --")
            #expect(trace.tags == ["a", "b"])
            #expect(trace.status == .pending)
            #expect(trace.trustScore == 0)
            #expect(trace.confirmationCount == 0)
            #expect(!trace.isStale && !trace.isFlagged)
            #expect(trace.contributorID == Self.author)
            #expect(trace.createdAt == trace.updatedAt)
            let metadata = try await database.read {
                try $0.queryOne("SELECT metadata_json FROM traces")?.decode("metadata_json", as: String.self)
            }
            #expect(metadata == "{\"library\":\"numpy\"}")
        }
    }

    @Test("works as the README shows", arguments: TestStore.allCases)
    func readme(_ kind: TestStore) async throws {
        try await self.withStore(kind) { store, _ in
            let gate = ContentGate()
            let draft = TraceDraft(
                title: "Ports in use", contextText: "bind: EADDRINUSE", solutionText: "Pick port 0.", tags: ["Network"])

            guard case .admitted(let admitted) = try await gate.screen(draft) else {
                Issue.record("refused")
                return
            }
            let id = try await store.add(admitted, from: Self.author)
            let trace = try await store.trace(id: id)
            #expect(trace?.tags == ["network"])
        }
    }

    @Test("knows nothing of other ids", arguments: TestStore.allCases)
    func unknown(_ kind: TestStore) async throws {
        try await self.withStore(kind) { store, _ in
            for id in ["00000000-0000-4000-8000-000000000000", "", "7", "dev-agent"] + HostileTexts.all {
                let trace = try await store.trace(id: id)
                #expect(trace == nil)
            }
        }
    }

    @Test("makes each tag once, whoever uses it first", arguments: TestStore.allCases)
    func concurrentTags(_ kind: TestStore) async throws {
        try await self.withStore(kind) { store, database in
            let names = (0..<20).map { "tag-\($0)" }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<16 {
                    group.addTask {
                        for round in 0..<5 {
                            // The same new tags, in another order for each writer.
                            let tags = (names.map { "\($0)-\(round)" }).shuffled().prefix(index % 2 == 0 ? 20 : 10)
                            _ = try await store.add(
                                TraceDraft(title: "t", contextText: "c", solutionText: "s", tags: Array(tags)),
                                from: Self.author)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let counts = try await database.read { connection in
                try connection.queryOne("SELECT (SELECT COUNT(*) FROM tags) AS tags, (SELECT COUNT(*) FROM trace_tags) AS links")
            }
            #expect(try counts?.decode("tags", as: Int.self) == 100)
            #expect(try counts?.decode("links", as: Int.self) == 8 * 5 * 20 + 8 * 5 * 10)
        }
    }

    @Test("keeps hostile texts as data in every column", arguments: TestStore.allCases)
    func hostileTexts(_ kind: TestStore) async throws {
        try await self.withStore(kind) { store, database in
            for text in HostileTexts.all {
                let id = try await store.add(
                    TraceDraft(
                        title: text, contextText: text, solutionText: text, tags: [text, "kept"],
                        agentModel: text, agentVersion: String(text.unicodeScalars.prefix(50)),
                        metadata: .object(JSONObject([(text, .string(text))]))),
                    from: Self.author)
                let trace = try #require(try await store.trace(id: id))
                for found in [trace.title, trace.contextText, trace.solutionText] {
                    #expect(found.unicodeScalars.elementsEqual(text.unicodeScalars))
                }
                #expect(trace.tags == TagName.normalised([text, "kept"]).map(\.text))
                let row = try #require(
                    try await database.read { connection in
                        try connection.queryOne("SELECT agent_model, agent_version, metadata_json FROM traces WHERE id = \(id)")
                    })
                #expect(try row.decode("agent_model", as: String.self).unicodeScalars.elementsEqual(text.unicodeScalars))
                let metadata = try JSONValue(parsing: Array(row.decode("metadata_json", as: String.self).utf8))
                #expect(metadata.objectValue?.first?.value.stringValue?.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
            }
            let counts = try await database.read { connection in
                try connection.queryOne("SELECT (SELECT COUNT(*) FROM traces) AS traces, (SELECT COUNT(*) FROM users) AS users")
            }
            #expect(try counts?.decode("traces", as: Int.self) == HostileTexts.all.count)
            #expect(try counts?.decode("users", as: Int.self) == 1)
        }
    }

    @Test("takes nothing from who is no user", arguments: TestStore.allCases)
    func noUser(_ kind: TestStore) async throws {
        try await self.withStore(kind) { store, _ in
            for name in ["", "dev-agent"] + HostileTexts.all {
                let error = await #expect(throws: PersistenceError.self) {
                    try await store.add(TraceDraft(title: "t", contextText: "c", solutionText: "s"), from: name)
                }
                #expect(error?.code == .foreignKeyViolation)
            }
        }
    }

    @Test("leaves nothing of a trace that cannot be stored whole", arguments: TestStore.allCases)
    func unknownAuthor(_ kind: TestStore) async throws {
        try await self.withStore(kind) { store, database in
            let error = await #expect(throws: PersistenceError.self) {
                try await store.add(
                    TraceDraft(title: "t", contextText: "c", solutionText: "s", tags: ["new"]),
                    from: "00000000-0000-4000-8000-000000000000")
            }
            #expect(error?.code == .foreignKeyViolation)
            let tags = try await database.read { try $0.query("SELECT name FROM tags").count }
            #expect(tags == 0)
        }
    }

    @Test("reads an amendment whole, by one statement", arguments: TestStore.allCases)
    func amendment(_ kind: TestStore) async throws {
        try await self.withStore(kind) { store, database in
            let trace = try await store.add(TraceDraft(title: "t", contextText: "c", solutionText: "s"), from: Self.author)
            let id = "11111111-1111-4111-8111-111111111111"
            let now = Timestamp.now()
            try await database.write { connection in
                _ = try connection.execute(
                    """
                    INSERT INTO amendments (id, original_trace_id, submitter_id, improved_solution, explanation, created_at)
                    VALUES (\(id), \(trace), \(Self.author), 'better', 'because', \(now))
                    """
                )
            }
            let (amendment, statements) = try await database.read { connection in
                let counting = CountingConnection(base: connection)
                return (try Amendment.find(id: id, on: counting), counting.count)
            }
            #expect(statements == 1)
            #expect(amendment?.originalTraceID == trace)
            #expect(amendment?.submitterID == Self.author)
            #expect(amendment?.improvedSolution == "better")
            #expect(amendment?.explanation == "because")
            #expect(amendment?.createdAt == now)
            let none = try await database.read { try Amendment.find(id: "' OR '1'='1", on: $0) }
            #expect(none == nil)
        }
    }
}

/// Counts the statements that go through it.
private final class CountingConnection: DatabaseConnection {
    private let base: any DatabaseConnection
    private(set) var count = 0

    init(base: any DatabaseConnection) {
        self.base = base
    }

    var dialect: SQLDialect { self.base.dialect }

    func query(_ sql: SQL) throws(PersistenceError) -> [Row] {
        self.count += 1
        return try self.base.query(sql)
    }

    func queryOne(_ sql: SQL) throws(PersistenceError) -> Row? {
        self.count += 1
        return try self.base.queryOne(sql)
    }

    func execute(_ sql: SQL) throws(PersistenceError) -> Int {
        self.count += 1
        return try self.base.execute(sql)
    }

    func savepoint<T>(_ body: () throws -> T) throws -> T {
        try self.base.savepoint(body)
    }
}

extension TraceStore {
    private static let gate = ContentGate()

    /// Adds what has nothing in it that a gate refuses.
    fileprivate func add(_ draft: TraceDraft, from contributorID: String) async throws -> String {
        try await self.add(#require(try await Self.gate.screen(draft).admitted), from: contributorID)
    }
}
