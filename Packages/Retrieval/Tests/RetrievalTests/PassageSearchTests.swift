import DatabaseTestSupport
import Persistence
import SearchText
import Testing

@testable import Retrieval

@Suite("Passage search")
struct PassageSearchTests {
    private static let library = [
        (
            "ports.md",
            "A port is in use when another program listens on it. Set SO_REUSEADDR before bind. Then restart the server."
        ),
        ("deploy.txt", "Deploy the server on Friday only if the release manager agrees. The manager signs the form."),
        ("turbine.txt", "The turbine of the power plant turns at three thousand revolutions. Its bearings need oil every month."),
        ("oil.txt", "Oil prices rose in May. Traders bought oil and more oil."),
        ("日本.txt", "東京は日本の首都です。大阪は大きい都市です。"),
    ]

    private static func withLibrary(
        _ kind: TestStore, _ body: (RetrievalFixture, DocumentOwner) async throws -> Void
    ) async throws {
        try await RetrievalFixture.with(kind) { fixture in
            let owner = try RetrievalFixture.user("ada")
            for (name, text) in Self.library { try await fixture.add(text, name: name, of: owner) }
            try await body(fixture, owner)
        }
    }

    @Test(
        "finds what a question is about",
        arguments: TestStore.allCases,
        [
            ("How can I set SO_REUSEADDR?", "ports.md"), ("who signs the FORM", "deploy.txt"),
            ("How often do the bearings of the turbine need oil?", "turbine.txt"), ("oil traders", "oil.txt"),
            ("日本の首都はどこ", "日本.txt"), ("bearing", "turbine.txt"), ("ｔｕｒｂｉｎｅ", "turbine.txt"),
        ])
    func finds(_ kind: TestStore, _ row: (question: String, name: String)) async throws {
        try await Self.withLibrary(kind) { fixture, owner in
            let found = try await fixture.found(row.question, of: owner)
            #expect(found.first?.filename == row.name)
        }
    }

    @Test(
        "finds nothing where nothing is asked or known", arguments: TestStore.allCases,
        ["", "what is it", "zebra", "!!!", "\" OR * NEAR(", "'; DROP TABLE documents; --", "_1", "'"])
    func nothing(_ kind: TestStore, _ question: String) async throws {
        try await Self.withLibrary(kind) { fixture, owner in
            let found = try await fixture.found(question, of: owner)
            #expect(found.isEmpty)
        }
    }

    @Test("finds the same in the same order on both stores")
    func sameOnBoth() async throws {
        let questions = [
            "oil", "server release", "turbine oil prices", "restart the server on Friday", "program manager",
            "大阪 server oil bind",
        ]
        var found: [[[String]]] = []
        for kind in TestStore.allCases {
            try await Self.withLibrary(kind) { fixture, owner in
                var all: [[String]] = []
                for question in questions {
                    all.append(try await fixture.found(question, of: owner).map { "\($0.filename) \($0.relevance)" })
                }
                found.append(all)
            }
        }
        #expect(found.count == 2 && found.first == found.last)
        #expect(found.first?.allSatisfy { !$0.isEmpty } == true)
    }

    @Test("prefers many and rare words to frequent ones", arguments: TestStore.allCases)
    func order(_ kind: TestStore) async throws {
        try await Self.withLibrary(kind) { fixture, owner in
            let found = try await fixture.found("turbine oil", of: owner)
            #expect(found.map(\.filename) == ["turbine.txt", "oil.txt"])
            #expect(found[0].relevance > found[1].relevance)
            #expect(found.allSatisfy { (0...1).contains($0.relevance) })
            #expect(found[1].words == ["oil"])
            #expect(try await fixture.found("turbine oil", of: owner, limit: 1).count == 1)
        }
    }

    @Test("refuses numbers of results out of range", arguments: [0, -1, 21, Int.max])
    func limits(_ limit: Int) async throws {
        try await RetrievalFixture.with(.sqlite) { fixture in
            await #expect(throws: RetrievalError(.invalidQuestion, message: "")) {
                try await fixture.found("oil", of: try RetrievalFixture.user("ada"), limit: limit)
            }
        }
    }

    @Test("compares a bounded number of passages, however many there are", arguments: TestStore.allCases)
    func bounded(_ kind: TestStore) async throws {
        try await RetrievalFixture.with(kind) { fixture in
            let owner = try RetrievalFixture.user("ada")
            let text = String(repeating: "The common river and the common bank flow on and on for ever. ", count: 6_000)
            try await fixture.add(text + "A lone heron stands at the river.", of: owner)
            let number: Int64 = try #require(
                try await fixture.database.queryOne("SELECT number FROM document_owners")
            ).decode("number")
            let search = PassageSearch(database: fixture.database)
            #expect(try await search.matches(.phrase(["river"]), owner: number).count == 64)
            #expect(try await fixture.found("heron at the river bank", of: owner, limit: 1).first?.text.contains("heron") == true)
        }
    }

    @Test("drops the words that tell nothing, and keeps 16")
    func questions() {
        #expect(
            Question("What does the manager of the plant tell us about oil, and who is she?").words == [
                "manager", "plant", "oil",
            ])
        #expect(Question("getElementById").words == ["getelementbyid", "element", "id"])
        #expect(Question((0..<100).map { "word\($0)" }.joined(separator: " ")).words.count == 16)
        #expect(Question(String(repeating: "x", count: 1_000_000)).words.count == 1)
    }

    @Test("reads rows by the index of words on SQLite")
    func plan() async throws {
        try await RetrievalFixture.with(.sqlite) { fixture in
            let owner = try RetrievalFixture.user("ada")
            try await fixture.add("text", of: owner)
            let plan: [String] = try await fixture.database.query(
                """
                EXPLAIN QUERY PLAN SELECT p.number FROM document_words
                    CROSS JOIN document_passages p ON p.number = document_words.rowid
                    CROSS JOIN documents d ON d.id = p.document_id
                WHERE document_words MATCH \("text") AND d.status = 'ready' ORDER BY document_words.rowid DESC LIMIT 3
                """
            ).map { try $0.decode("detail") }
            #expect(plan.allSatisfy { !$0.contains("TEMP B-TREE") }, "\(plan)")
            #expect(plan.contains { $0.contains("SEARCH p USING INTEGER PRIMARY KEY") }, "\(plan)")
        }
    }
}
