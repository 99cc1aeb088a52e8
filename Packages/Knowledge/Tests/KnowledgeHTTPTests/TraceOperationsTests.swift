import CommonsSchema
import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Identity
import Knowledge
import KnowledgeHTTP
import Persistence
import DatabaseTestSupport
import PrometheusMetrics
import SchemasTestSupport
import StrictJSON
import Testing

@Suite("Trace operations")
struct TraceOperationsTests {
    private static let author = TraceService.author
    private static let headers = TraceService.headers

    private func withService(_ kind: TestStore, _ body: (HTTPService) async throws -> Void) async throws {
        try await TraceService.with(kind) { service in try await body(service.http) }
    }

    private static let trace: JSONValue = ["title": "t", "context_text": "c", "solution_text": "s", "tags": ["Swift"]]

    @Test("accepts a trace with 202 and gives it back", arguments: TestStore.allCases)
    func roundTrip(_ kind: TestStore) async throws {
        try await self.withService(kind) { service in
            let created = try await service.answer(.post, "/api/v1/traces", json: Self.trace, headers: Self.headers)
            #expect(created.status == .accepted)
            #expect(try created.json["status"] == "pending")
            #expect(try created.json["message"] == "Trace accepted for processing")
            let id = try #require(try created.json["id"]?.stringValue)
            let read = try await service.answer(.get, "/api/v1/traces/\(id)", headers: Self.headers)
            #expect(read.status == .ok)
            let trace = try read.json
            #expect(
                trace.objectValue?.map(\.key) == [
                    "id", "status", "title", "context_text", "solution_text", "trust_score", "confirmation_count", "tags",
                    "is_stale", "is_flagged", "contributor_id", "created_at", "updated_at", "freshness", "accepted_amendment",
                ])
            #expect(trace["tags"] == ["swift"])
            #expect(trace["trust_score"] == 0.0)
            #expect(trace["contributor_id"] == .string(Self.author))
            #expect(trace["created_at"]?.stringValue?.hasSuffix("Z") == true)
            // The id is found in any spelling of a UUID.
            let upper = try await service.answer(.get, "/api/v1/traces/\(id.uppercased())", headers: Self.headers)
            #expect(upper.status == .ok)
        }
    }

    @Test("answers 404 for an id that no trace has, and 422 for what is no id", arguments: TestStore.allCases)
    func notFound(_ kind: TestStore) async throws {
        try await self.withService(kind) { service in
            let path = "/api/v1/traces/00000000-0000-4000-8000-000000000000"
            let missing = try await service.answer(.get, path, headers: Self.headers)
            #expect(missing.status == .notFound)
            #expect(try missing.json["detail"] == "Trace not found")
            let bad = try await service.answer(.get, "/api/v1/traces/7", headers: Self.headers)
            #expect(bad.status == .unprocessableContent)
            #expect(try bad.json["errors"]?[0]?["loc"] == ["path", "id"])
            #expect(try bad.json["errors"]?[0]?["type"] == "uuid_parsing")
        }
    }

    @Test("lists every violation of the declared shape", arguments: TestStore.allCases)
    func violations(_ kind: TestStore) async throws {
        try await self.withService(kind) { service in
            let body: JSONValue = [
                "title": "", "context_text": 5, "tags": .array(Array(repeating: "t", count: 21)),
                "agent_model": .string(String(repeating: "m", count: 101)),
            ]
            let answer = try await service.answer(.post, "/api/v1/traces", json: body, headers: Self.headers)
            #expect(answer.status == .unprocessableContent)
            let types = try answer.json["errors"]?.arrayValue?.map { $0["type"]?.stringValue ?? "" }
            #expect(types == ["string_too_short", "string_type", "missing", "too_long", "string_too_long"])
        }
    }

    @Test("counts a title in characters, not in bytes", arguments: TestStore.allCases)
    func titleLength(_ kind: TestStore) async throws {
        try await self.withService(kind) { service in
            for (count, status) in [(500, HTTPResponse.Status.accepted), (501, .unprocessableContent)] {
                let body: JSONValue = [
                    "title": .string(String(repeating: "ü", count: count)), "context_text": "c", "solution_text": "s",
                ]
                let answer = try await service.answer(.post, "/api/v1/traces", json: body, headers: Self.headers)
                #expect(answer.status == status)
            }
        }
    }

    @Test("lets gateway callers write as a user of their own, whatever their names", arguments: TestStore.allCases)
    func gatewayCallers(_ kind: TestStore) async throws {
        try await self.withService(kind) { service in
            for key in ["agent", "impostor"] {
                let headers: HTTPFields = [.authorization: "Bearer \(key)"]
                let created = try await service.answer(.post, "/api/v1/traces", json: Self.trace, headers: headers)
                let id = try #require(try created.json["id"]?.stringValue)
                let read = try await service.answer(.get, "/api/v1/traces/\(id)", headers: headers)
                #expect(try read.json["contributor_id"] == .string(CommonsService.agent))
            }
        }
    }

    @Test("tells of each trace that it stored, and of no other", arguments: TestStore.allCases)
    func told(_ kind: TestStore) async throws {
        try await TraceService.with(kind) { service async throws in
            _ = try await service.http.answer(.post, "/api/v1/traces", json: ["title": "t"], headers: Self.headers)
            #expect(service.stored.value == 0)
            _ = try await service.http.answer(.post, "/api/v1/traces", json: Self.trace, headers: Self.headers)
            #expect(service.stored.value == 1)
        }
    }

    @Test("gives hostile texts back as they came", arguments: TestStore.allCases)
    func hostileTexts(_ kind: TestStore) async throws {
        try await self.withService(kind) { service in
            for text in HostileTexts.all {
                let body: JSONValue = [
                    "title": .string(text), "context_text": .string(text), "solution_text": .string(text),
                    "tags": [.string(text)], "agent_model": .string(text),
                    "metadata_json": .object(JSONObject([(text, .string(text))])),
                ]
                let created = try await service.answer(.post, "/api/v1/traces", json: body, headers: Self.headers)
                #expect(created.status == .accepted)
                let id = try #require(try created.json["id"]?.stringValue)
                let read = try await service.answer(.get, "/api/v1/traces/\(id)", headers: Self.headers)
                #expect(read.status == .ok)
                #expect(try read.json["title"]?.stringValue?.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
            }
        }
    }
}
