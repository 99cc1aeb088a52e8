import DatabaseTestSupport
import HTTPCoreTestSupport
import HTTPTypes
import Knowledge
import SchemasTestSupport
import StrictJSON
import Testing

@Suite("Catalogue operations")
struct CatalogueOperationsTests {
    @Test("list tags to every caller", arguments: TestStore.allCases)
    func tags(_ kind: TestStore) async throws {
        try await CommonsService.with(kind) { service async throws in
            _ = try await service.share(tags: ["Swift", "nio", "c++", "swift-nio"])
            #expect(try await service.send(.get, "/api/v1/tags", as: "agent").json == ["tags": ["nio", "swift", "swift-nio"]])
            let some = try await service.send(.get, "/api/v1/tags?prefix=SWIFT-", as: "voter")
            #expect(try some.json == ["tags": ["swift-nio"]])
            #expect(try await service.send(.get, "/api/v1/tags", as: nil).status == .unauthorized)
            let long = String(repeating: "a", count: 51)
            #expect(try await service.send(.get, "/api/v1/tags?prefix=\(long)", as: "voter").status == .unprocessableContent)
            #expect(service.limits.charged == ["write", "read", "read", "read"])
        }
    }

    @Test("tell a contributor's standing, and know no others", arguments: TestStore.allCases)
    func reputation(_ kind: TestStore) async throws {
        try await CommonsService.with(kind) { service async throws in
            let id = try await service.share(tags: ["b", "a"])
            for key in ["voter", "voter-2"] {
                _ = try await service.post("/api/v1/traces/\(id)/votes", as: key, ["vote_type": "up"])
            }
            let other = try await service.share(tags: ["a"])
            let down: JSONValue = ["vote_type": "down", "feedback_tag": "wrong"]
            _ = try await service.post("/api/v1/traces/\(other)/votes", as: "voter", down)
            let author = try #require(CommonsService.users["author"])
            let answer = try await service.send(.get, "/api/v1/contributors/\(author)/reputation", as: "agent")
            #expect(answer.status == .ok)
            let score = JSONValue.float(WilsonScore.lowerBound(up: 2, total: 3))
            #expect(
                try answer.json == [
                    "user_id": .string(author), "overall_wilson_score": score,
                    "domains": [
                        [
                            "domain_tag": "b", "wilson_score": .float(WilsonScore.lowerBound(up: 2, total: 2)),
                            "upvote_count": 2, "downvote_count": 0,
                        ],
                        ["domain_tag": "a", "wilson_score": score, "upvote_count": 2, "downvote_count": 1],
                    ],
                ])
            let unknown = try await service.send(
                .get, "/api/v1/contributors/\(CommonsService.unknown)/reputation", as: "agent")
            #expect(unknown.status == .notFound && unknown.detail == "Contributor not found")
            #expect(
                try await service.send(.get, "/api/v1/contributors/7/reputation", as: "agent").status == .unprocessableContent)
        }
    }
}
