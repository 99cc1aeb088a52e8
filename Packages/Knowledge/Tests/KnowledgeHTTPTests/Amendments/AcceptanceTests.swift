import DatabaseTestSupport
import HTTPCoreTestSupport
import HTTPTypes
import Persistence
import StrictJSON
import Testing

@Suite("Acceptance of amendments")
struct AcceptanceTests {
    private static let body: JSONValue = ["improved_solution": "better", "explanation": "because"]

    private func propose(_ service: CommonsService, _ trace: String) async throws -> String {
        let answer = try await service.post("/api/v1/traces/\(trace)/amendments", as: "voter", Self.body)
        return try #require(try answer.json["id"]?.stringValue)
    }

    @Test("is for the author and for moderators, shows beside the trace, and can be changed", arguments: TestStore.allCases)
    func accept(_ kind: TestStore) async throws {
        try await CommonsService.with(kind) { service async throws in
            let id = try await service.share()
            let (first, second) = (try await self.propose(service, id), try await self.propose(service, id))
            let path = "/api/v1/traces/\(id)/amendments"
            let shown = { try await service.send(.get, "/api/v1/traces/\(id)", as: "voter").json["accepted_amendment"] }
            #expect(try await shown() == .null)
            for key in ["voter", "agent", "impostor"] {
                let refused = try await service.send(.post, "\(path)/\(first)/accept", as: key)
                #expect(refused.status == .forbidden)
                #expect(refused.detail == "Only the author or a moderator may accept an amendment")
            }
            #expect(try await service.send(.post, "\(path)/\(first)/accept", as: nil).status == .unauthorized)
            #expect(try await shown() == .null)

            for _ in 0..<2 {
                let accepted = try await service.send(.post, "\(path)/\(first)/accept", as: "author")
                #expect(try accepted.json == ["trace_id": .string(id), "amendment_id": .string(first), "accepted": true])
            }
            let one = try #require(try await shown())
            #expect(one["id"] == .string(first) && one["improved_solution"] == "better")
            #expect(one["accepted_by"]?.stringValue == CommonsService.users["author"])
            for (key, amendment) in [("moderator", second), ("admin", first)] {
                #expect(try await service.send(.post, "\(path)/\(amendment)/accept", as: key).status == .ok)
                #expect(try await shown()?["id"] == .string(amendment))
            }
            #expect(try await service.count("accepted_amendments") == 1)
            #expect(try await service.count("amendments") == 2)
        }
    }

    @Test("is of an amendment of the trace, which is there", arguments: TestStore.allCases)
    func unknown(_ kind: TestStore) async throws {
        try await CommonsService.with(kind) { service async throws in
            let (id, other) = (try await service.share(), try await service.share())
            let foreign = try await self.propose(service, other)
            for (trace, amendment) in [(id, foreign), (id, CommonsService.unknown), (CommonsService.unknown, foreign)] {
                let path = "/api/v1/traces/\(trace)/amendments/\(amendment)/accept"
                #expect(try await service.send(.post, path, as: "author").status == .notFound)
            }
            let malformed = "/api/v1/traces/\(id)/amendments/7/accept"
            #expect(try await service.send(.post, malformed, as: "author").status == .unprocessableContent)
            _ = try await service.send(.delete, "/api/v1/moderation/traces/\(other)", as: "moderator")
            let removed = "/api/v1/traces/\(other)/amendments/\(foreign)/accept"
            #expect(try await service.send(.post, removed, as: "author").status == .notFound)
            #expect(try await service.count("accepted_amendments") == 0)
        }
    }
}
