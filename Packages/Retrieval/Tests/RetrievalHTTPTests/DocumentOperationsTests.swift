import DatabaseTestSupport
import HTTPCoreTestSupport
import HTTPTypes
import StrictJSON
import Testing

@Suite("Operations on documents")
struct DocumentOperationsTests {
    @Test("list, show and delete the caller's own documents", arguments: TestStore.allCases, ["ada", "anon"])
    func own(_ kind: TestStore, _ name: String) async throws {
        try await DocumentService.with(kind) { service in
            let ids = [try await service.add("one.pdf", of: name), try await service.add("two.pdf", of: name)]
            for path in ["/api/v1/documents", "/api/v1/documents/"] {
                let list = try await service.send(.get, path, as: name)
                #expect(try list.json.arrayValue?.map { $0["filename"] } == ["two.pdf", "one.pdf"])
            }
            let status = try await service.send(.get, "/api/v1/documents/\(ids[0])/status", as: name)
            let json = try status.json
            #expect(json["document_id"] == .string(ids[0]) && json["status"] == "ready" && json["reason"] == .null)
            #expect(json["pages"] == 1 && json["passages"] == 1 && json["bytes"] == 5)

            for other in ["bob", nil] {
                for (method, path) in [
                    (HTTPRequest.Method.get, "/api/v1/documents/\(ids[0])/status"), (.delete, "/api/v1/documents/\(ids[0])"),
                ] {
                    let answer = try await service.send(method, path, as: other)
                    #expect(answer.status == .notFound)
                }
                #expect(try await service.send(.get, "/api/v1/documents", as: other).json == [])
            }
            #expect(try await service.send(.delete, "/api/v1/documents/\(ids[0])", as: name).status == .ok)
            #expect(try await service.send(.delete, "/api/v1/documents/\(ids[0])", as: name).status == .notFound)
            #expect(try await service.send(.get, "/api/v1/documents", as: name).json.arrayValue?.count == 1)
            #expect(Set(service.limits.charged) == ["default"])
        }
    }

    @Test("page the list")
    func pages() async throws {
        try await DocumentService.with(.sqlite) { service in
            for number in 0..<3 { try await service.add("\(number).pdf", of: "ada") }
            let first = try await service.send(.get, "/api/v1/documents?limit=2", as: "ada")
            let field = try #require(HTTPField.Name("X-Next-Cursor"))
            let cursor = try #require(first.headers[field])
            let second = try await service.send(.get, "/api/v1/documents?limit=2&cursor=\(cursor)", as: "ada")
            #expect(try second.json.arrayValue?.map { $0["filename"] } == ["0.pdf"])
            for query in ["limit=0", "limit=101", "cursor=x"] {
                #expect(try await service.send(.get, "/api/v1/documents?\(query)", as: "ada").status == .unprocessableContent)
            }
            #expect(try await service.send(.get, "/api/v1/documents?cursor=\(cursor)", as: "bob").status == .unprocessableContent)
        }
    }
}
