import DatabaseTestSupport
import HTTPCoreTestSupport
import HTTPTypes
import StrictJSON
import Testing

@Suite("Operations that answer questions")
struct QueryOperationsTests {
    private static let question: JSONValue = ["query": "How often do the bearings need oil?"]

    @Test("answer with citations, with and without a slash", arguments: TestStore.allCases, ["ada", "anon"])
    func query(_ kind: TestStore, _ name: String) async throws {
        try await DocumentService.with(kind) { service in
            let id = try await service.add("plant.pdf", of: name)
            for path in ["/api/v1/query", "/api/v1/query/"] {
                let answer = try await service.ask(path, Self.question, as: name)
                #expect(answer.status == .ok)
                let json = try answer.json
                #expect(json["answer"] == "“Its bearings need oil every month.” (plant.pdf, page 1)")
                #expect(json["answered_by"] == "quotes" && json["model_fallback"] == .null)
                let citation = try #require(json["citations"]?[0]?.objectValue)
                #expect(Array(citation.keys) == ["document_id", "filename", "chunk_text", "relevance_score"])
                #expect(citation["document_id"] == .string(id))
                #expect(citation["chunk_text"] == .string(DocumentService.text))
            }
            #expect(service.limits.charged == ["query", "query"])
        }
    }

    @Test("answer with confidence and highlights", arguments: TestStore.allCases)
    func enhanced(_ kind: TestStore) async throws {
        try await DocumentService.with(kind) { service in
            try await service.add("plant.pdf", of: "ada")
            for path in ["/api/v1/query/enhanced", "/api/v1/query/enhanced/"] {
                let json = try await service.ask(path, Self.question, as: "ada").json
                let citation = try #require(json["citations"]?[0])
                #expect(citation["page_number"] == 1 && citation["chunk_position"] == 0)
                #expect(citation["highlighted_passage"] == "Its bearings need oil every month.")
                #expect(citation["highlight_start"] == 32 && citation["highlight_end"] == 66)
                #expect(json["confidence"]?["level"]?.stringValue != nil)
                #expect(json["confidence"]?["interpretation"]?.stringValue?.isEmpty == false)
            }
            #expect(service.limits.charged == ["query-enhanced", "query-enhanced"])
        }
    }

    @Test("do not know what is in no document, nor in those of others", arguments: ["bob", "anon", nil])
    func unknown(_ name: String?) async throws {
        try await DocumentService.with(.sqlite) { service in
            try await service.add("plant.pdf", of: "ada")
            let json = try await service.ask("/api/v1/query/enhanced", Self.question, as: name).json
            #expect(json["answer"]?.stringValue?.hasPrefix("I don't know") == true)
            #expect(json["confidence"]?["score"]?.doubleValue == 0.95)
            #expect(json["confidence"]?["level"] == "high")
            #expect(json["citations"] == [])
        }
    }

    @Test(
        "refuse what is no question",
        arguments: [
            [:], ["query": ""], ["query": .null], ["query": 5], ["query": "x", "max_results": 0],
            ["query": "x", "max_results": 21], ["query": .string(String(repeating: "x", count: 4_001))],
        ] as [JSONValue])
    func invalid(_ body: JSONValue) async throws {
        try await DocumentService.with(.sqlite) { service in
            for path in ["/api/v1/query", "/api/v1/query/enhanced", "/api/v1/query/stream"] {
                let answer = try await service.ask(path, body, as: "ada")
                #expect(answer.status == .unprocessableContent)
            }
        }
    }

    @Test("stream events", arguments: TestStore.allCases)
    func stream(_ kind: TestStore) async throws {
        try await DocumentService.with(kind) { service in
            try await service.add("plant.pdf", of: "ada")
            let answer = try await service.ask("/api/v1/query/stream", Self.question, as: "ada")
            #expect(answer.status == .ok)
            #expect(answer.headers[.contentType] == "text/event-stream")
            let events = String(decoding: answer.body, as: UTF8.self).components(separatedBy: "\n\n").filter { !$0.isEmpty }
                .map { $0.components(separatedBy: "\ndata: ") }
            let names = events.map { $0[0] }
            #expect(Array(names.prefix(3)) == ["event: status", "event: citations", "event: status"])
            #expect(names.last == "event: done")
            #expect(names.dropFirst(3).dropLast().allSatisfy { $0 == "event: token" })
            let tokens = try events.filter { $0[0] == "event: token" }.map {
                try JSONValue(parsing: $0[1].utf8)["token"]?.stringValue ?? ""
            }
            let last = try #require(events.last)
            let done = try JSONValue(parsing: last[1].utf8)
            #expect(done["answer"]?.stringValue == tokens.joined())
            #expect(service.limits.charged == ["query"])
        }
    }

    @Test("stop at their limits")
    func limits() async throws {
        try await DocumentService.with(.sqlite, budget: ["query": 2]) { service in
            var statuses: [Int] = []
            for path in ["/api/v1/query", "/api/v1/query/", "/api/v1/query", "/api/v1/query/enhanced"] {
                statuses.append(try await service.ask(path, Self.question, as: "ada").status.code)
            }
            #expect(statuses == [200, 200, 429, 200])
        }
    }
}

extension String {
    fileprivate func components(separatedBy separator: String) -> [String] {
        self.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}
