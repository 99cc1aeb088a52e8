import DatabaseTestSupport
import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import StrictJSON
import Testing

@Suite("Amendment operations")
struct AmendmentOperationsTests {
    private static let body: JSONValue = ["improved_solution": "better", "explanation": "because"]

    @Test("keep an amendment and list it, page by page", arguments: TestStore.allCases)
    func pages(_ kind: TestStore) async throws {
        try await CommonsService.with(kind) { service async throws in
            let path = "/api/v1/traces/\(try await service.share())/amendments"
            #expect(try await service.send(.get, path, as: "agent").json == [])
            var ids: [JSONValue] = []
            for key in ["voter", "author", "voter-2"] {
                let answer = try await service.post(path, as: key, Self.body)
                #expect(answer.status == .created)
                let amendment = try answer.json
                #expect(
                    amendment.objectValue?.map(\.key) == [
                        "id", "original_trace_id", "submitter_id", "improved_solution", "explanation", "created_at",
                    ])
                #expect(amendment["submitter_id"]?.stringValue == CommonsService.users[key])
                ids.insert(try #require(amendment["id"]), at: 0)
            }
            let first = try await service.send(.get, "\(path)?limit=2", as: "agent")
            #expect(first.status == .ok)
            #expect(try first.json.arrayValue?.compactMap { $0["id"] } == Array(ids.prefix(2)))
            let link = try #require(first.headers[.link])
            let query = try #require(link.split(separator: ">").first?.dropFirst(2))
            #expect(query.hasPrefix("limit=2&cursor="))
            let second = try await service.send(.get, "\(path)?\(query)", as: "agent")
            #expect(try second.json.arrayValue?.compactMap { $0["id"] } == [ids[2]])
            #expect(second.headers[.link] == nil)
            for bad in ["limit=0", "limit=101", "cursor=x", "cursor="] {
                #expect(try await service.send(.get, "\(path)?\(bad)", as: "agent").status == .unprocessableContent)
            }
        }
    }

    @Test("need a trace, a user and both texts", arguments: TestStore.allCases)
    func refused(_ kind: TestStore) async throws {
        try await CommonsService.with(kind) { service async throws in
            let id = try await service.share()
            let path = "/api/v1/traces/\(id)/amendments"
            for key in ["deleted", nil] {
                #expect(try await service.post(path, as: key, Self.body).status == .unauthorized)
            }
            #expect(try await service.send(.get, path, as: nil).status == .unauthorized)
            for (member, size) in [
                ("improved_solution", 0), ("improved_solution", 50_001), ("explanation", 0), ("explanation", 5_001),
            ] {
                var body = Self.body.objectValue ?? [:]
                body[member] = .string(String(repeating: "a", count: size))
                let answer = try await service.post(path, as: "voter", .object(body))
                #expect(answer.status == .unprocessableContent)
                #expect(try answer.json["errors"]?[0]?["loc"] == ["body", .string(member)])
            }
            #expect(try await service.count("amendments") == 0)
            _ = try await service.send(.delete, "/api/v1/moderation/traces/\(id)", as: "moderator")
            for trace in [id, CommonsService.unknown] {
                let written = try await service.post("/api/v1/traces/\(trace)/amendments", as: "voter", Self.body)
                #expect(written.status == .notFound && written.detail == "Trace not found")
                let read = try await service.send(.get, "/api/v1/traces/\(trace)/amendments", as: "voter")
                #expect(read.status == .notFound && read.detail == "Trace not found")
            }
            #expect(try await service.send(.get, "/api/v1/traces/7/amendments", as: "voter").status == .unprocessableContent)
        }
    }
}
