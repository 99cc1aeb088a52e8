import Foundation
import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import StrictJSON
import Testing

@Suite("API description")
struct OpenAPITests {
    private func document(_ service: HTTPService) async throws -> JSONValue {
        let answer = try await service.answer(.get, "/openapi.json")
        #expect(answer.status == .ok)
        #expect(answer.headers[.contentType] == "application/json")
        return try answer.json
    }

    @Test("lists the key header that is configured as a security scheme")
    func security() async throws {
        let document = try await self.document(Fixture(configure: { $0.keyHeader = .known("X-Other") }).service)
        #expect(document["openapi"] == "3.1.0")
        #expect(document["components"]?["securitySchemes"]?["apiKey"] == ["type": "apiKey", "in": "header", "name": "X-Other"])
        #expect(document["paths"]?["/notes"]?["post"]?["security"] == [["apiKey": []], ["bearer": []]])
        #expect(document["paths"]?["/hello"]?["get"]?["security"] == nil)
        let greeting = document["paths"]?["/greeting"]?["get"]
        #expect(greeting?["security"] == [[:], ["apiKey": []], ["bearer": []]])
        #expect(greeting?["responses"]?["401"]?["description"] == "Malformed, wrong or revoked credential")
    }

    @Test("shows limits, parameters, body and the refusals that follow")
    func operation() async throws {
        let paths = try #require(try await self.document(Fixture().service)["paths"])
        let create = try #require(paths["/notes"]?["post"])
        #expect(create["x-rate-limits"] == ["write: as many as told"])
        #expect(create["responses"]?.objectValue.map { Array($0.keys) } == ["201", "401", "403", "413", "422", "429", "default"])
        #expect(
            create["requestBody"]?["content"]?["application/json"]?["schema"] == [
                "type": "object",
                "properties": [
                    "title": ["type": "string", "minLength": 1, "maxLength": 10],
                    "count": ["type": "integer", "minimum": 1, "maximum": 5],
                ],
                "required": ["title"],
            ])
        #expect(
            paths["/notes/{id}"]?["get"]?["parameters"] == [
                ["name": "id", "in": "path", "required": true, "schema": ["type": "string", "format": "uuid"]],
                ["name": "verbose", "in": "query", "required": false, "schema": ["type": "boolean", "default": false]],
            ])
        #expect(paths["/openapi.json"] == nil)
        #expect(paths["/docs"] == nil)
    }

    @Test("gives every operation at least one answer")
    func responses() async throws {
        let paths = try #require(try await self.document(Fixture().service)["paths"]?.objectValue)
        for (path, methods) in paths {
            for (method, operation) in methods.objectValue ?? [:] {
                #expect(operation["responses"]?.objectValue?.isEmpty == false, "\(method) \(path)")
            }
        }
    }

    @Test("is rendered as a page, with text escaped")
    func page() async throws {
        let service = try Fixture(
            [Operation(.get, "/x", id: "x", summary: "<b> & \"c\"", tag: "<i>", access: .role(["admin"])) { _ in .empty() }]
        ).service
        let answer = try await service.answer(.get, "/docs")
        #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
        let page = String(decoding: answer.body, as: UTF8.self)
        for text in ["&lt;b&gt; &amp; &quot;c&quot;", "&lt;i&gt;", "GET /x", "role admin"] { #expect(page.contains(text)) }
        #expect(!page.contains("<b>") && !page.contains("/metrics"))
    }

    @Test("can be written to a file for a validator", .enabled(if: ProcessInfo.processInfo.environment["OPENAPI_DUMP"] != nil))
    func dump() throws {
        let path = try #require(ProcessInfo.processInfo.environment["OPENAPI_DUMP"])
        let health = HealthOperations(version: "1", readiness: Readiness(), checks: [])
        let service = try Fixture(Fixture.operations + health.operations, configure: { $0.version = "1" }).service
        try Data(service.openAPIDocument).write(to: URL(filePath: path))
    }
}
