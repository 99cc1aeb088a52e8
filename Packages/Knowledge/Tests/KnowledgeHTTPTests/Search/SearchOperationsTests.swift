import DatabaseTestSupport
import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import SchemasTestSupport
import StrictJSON
import Testing

@Suite("Search operation")
struct SearchOperationsTests {
    private static let path = "/api/v1/traces/search"

    private func withService(_ kind: TestStore, _ body: (HTTPService) async throws -> Void) async throws {
        try await TraceService.with(kind) { service in
            for title in ["one", "two", "three"] {
                let trace: JSONValue = [
                    "title": .string(title), "context_text": "asyncio.run fails", "solution_text": "Upgrade.", "tags": ["Python"],
                ]
                let created = try await service.http.answer(.post, "/api/v1/traces", json: trace, headers: TraceService.headers)
                #expect(created.status == .accepted)
            }
            try await body(service.http)
        }
    }

    @Test("answers results with scores, a snippet and a cursor", arguments: TestStore.allCases)
    func results(_ kind: TestStore) async throws {
        try await self.withService(kind) { service in
            let body: JSONValue = ["q": "asyncio.run", "limit": 2]
            let answer = try await service.answer(.post, Self.path, json: body, headers: TraceService.headers)
            #expect(answer.status == .ok)
            let json = try answer.json
            #expect(json.objectValue?.map(\.key) == ["results", "total", "query", "next_cursor"])
            #expect(json["total"] == 2)
            #expect(json["query"] == "asyncio.run")
            let first = try #require(json["results"]?[0])
            #expect(
                first.objectValue?.map(\.key) == [
                    "id", "title", "context_text", "solution_text", "trust_score", "status", "tags", "similarity_score",
                    "combined_score", "contributor_id", "created_at", "is_stale", "snippet",
                ])
            #expect(first["tags"] == ["python"])
            #expect(
                first["snippet"] == ["field": "context_text", "text": "asyncio.run fails", "highlights": [[0, 7], [8, 11]]])
            let cursor = try #require(json["next_cursor"])
            let rest: JSONValue = ["q": "asyncio.run", "limit": 2, "cursor": cursor]
            let last = try await service.answer(.post, Self.path, json: rest, headers: TraceService.headers).json
            #expect(last["total"] == 1)
            #expect(last["next_cursor"] == .null)
        }
    }

    @Test("takes what older clients send", arguments: TestStore.allCases)
    func olderClients(_ kind: TestStore) async throws {
        try await self.withService(kind) { service in
            let body: JSONValue = [
                "q": .null, "tags": ["python"], "limit": 3, "context": ["language": "swift"], "include_expired": true,
                "unknown": [1, 2], "cursor": .null,
            ]
            let answer = try await service.answer(.post, Self.path, json: body, headers: TraceService.headers)
            #expect(answer.status == .ok)
            #expect(try answer.json["total"] == 3)
            #expect(try answer.json["query"] == .null)
            #expect(try answer.json["results"]?[0]?["similarity_score"] == 0.0)
            let nulls: JSONValue = ["q": "fails", "context": .null, "include_expired": .null]
            #expect(try await service.answer(.post, Self.path, json: nulls, headers: TraceService.headers).json["total"] == 3)
        }
    }

    @Test("says in a sentence that there is nothing to look for", arguments: TestStore.allCases)
    func nothing(_ kind: TestStore) async throws {
        try await self.withService(kind) { service in
            for body: JSONValue in [[:], ["q": .null], ["q": "", "tags": []]] {
                let answer = try await service.answer(.post, Self.path, json: body, headers: TraceService.headers)
                #expect(answer.status == .unprocessableContent)
                #expect(try answer.json["detail"] == "At least one of 'q' or 'tags' must be provided")
            }
        }
    }

    @Test("refuses a foreign cursor by name, and what breaks the shape", arguments: TestStore.allCases)
    func refused(_ kind: TestStore) async throws {
        try await self.withService(kind) { service in
            let foreign: JSONValue = ["q": "asyncio", "cursor": "AAAAAAAAAAAAAAAA"]
            let answer = try await service.answer(.post, Self.path, json: foreign, headers: TraceService.headers)
            #expect(answer.status == .unprocessableContent)
            #expect(try answer.json["errors"]?[0]?["loc"] == ["body", "cursor"])
            let bodies: [JSONValue] = [
                ["q": .string(String(repeating: "x", count: 2_001))], ["q": "a", "limit": 51], ["q": "a", "limit": 0],
                ["tags": .array(Array(repeating: "t", count: 21))], ["q": 5],
            ]
            for body in bodies {
                let answer = try await service.answer(.post, Self.path, json: body, headers: TraceService.headers)
                #expect(answer.status == .unprocessableContent)
            }
        }
    }

    @Test("answers 200 to any text, and 401 to strangers", arguments: TestStore.allCases)
    func hostile(_ kind: TestStore) async throws {
        try await self.withService(kind) { service in
            for text in HostileTexts.all + ["😀", "NEAR(a b)", "\"", String(repeating: "ü", count: 2_000)] {
                let body: JSONValue = ["q": .string(text), "tags": []]
                let answer = try await service.answer(.post, Self.path, json: body, headers: TraceService.headers)
                #expect(answer.status == .ok, "\(text)")
                #expect(try answer.json["query"]?.stringValue?.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
            }
            // No operation takes a text with NUL.
            let zero = try await service.answer(.post, Self.path, json: ["q": "a\u{0}b"], headers: TraceService.headers)
            #expect(zero.status == .unprocessableContent)
            let stranger = try await service.answer(.post, Self.path, json: ["q": "a"])
            #expect(stranger.status == .unauthorized)
            let agent = try await service.answer(
                .post, Self.path, json: ["q": "asyncio"], headers: [.authorization: "Bearer agent"])
            #expect(agent.status == .ok)
        }
    }
}
