import DatabaseTestSupport
import HTTPCoreTestSupport
import HTTPTypes
import StrictJSON
import Testing

@Suite("Vote operations")
struct VoteOperationsTests {
    @Test("count a vote, answer with it, and validate the trace with the second", arguments: TestStore.allCases)
    func vote(_ kind: TestStore) async throws {
        try await CommonsService.with(kind) { service async throws in
            let id = try await service.share(tags: ["swift"])
            let path = "/api/v1/traces/\(id)/votes"
            let first = try await service.post(path, as: "voter", ["vote_type": "up"])
            #expect(first.status == .created)
            let vote = try first.json
            #expect(
                vote.objectValue?.map(\.key) == [
                    "id", "trace_id", "voter_id", "vote_type", "feedback_tag", "feedback_text", "created_at",
                ])
            #expect(vote["trace_id"] == .string(id))
            #expect(vote["voter_id"]?.stringValue == CommonsService.users["voter"])
            #expect(vote["feedback_tag"] == .null && vote["feedback_text"] == .null)
            #expect(vote["created_at"]?.stringValue?.hasSuffix("Z") == true)
            let body: JSONValue = [
                "vote_type": "up", "feedback_tag": nil, "feedback_text": "helped", "voter_context": ["os": "linux"],
            ]
            #expect(try await service.post(path, as: "voter-2", body).json["feedback_text"] == "helped")
            let trace = try await service.send(.get, "/api/v1/traces/\(id)", as: "agent").json
            #expect(trace["status"] == "validated" && trace["confirmation_count"] == 2 && trace["trust_score"] == 0.2)
            #expect(service.limits.charged == ["write", "write", "write", "read"])
        }
    }

    @Test("refuse with the words that clients know", arguments: TestStore.allCases)
    func refused(_ kind: TestStore) async throws {
        try await CommonsService.with(kind) { service async throws in
            let id = try await service.share()
            let path = "/api/v1/traces/\(id)/votes"
            let up: JSONValue = ["vote_type": "up"]
            let own = try await service.post(path, as: "author", up)
            #expect(own.status == .forbidden && own.detail == "Cannot vote on your own trace")
            let down: JSONValue = ["vote_type": "down", "feedback_tag": "outdated"]
            #expect(try await service.post(path, as: "voter", down).json["feedback_tag"] == "outdated")
            let again = try await service.post(path, as: "voter", up)
            #expect(again.status == .conflict && again.detail == "Already voted on this trace")
            let unknown = try await service.post("/api/v1/traces/\(CommonsService.unknown)/votes", as: "voter", up)
            #expect(unknown.status == .notFound && unknown.detail == "Trace not found")
            #expect(try await service.post("/api/v1/traces/7/votes", as: "voter", up).status == .unprocessableContent)
            for key in ["deleted", "nobody", nil] {
                let answer = try await service.post(path, as: key, up)
                #expect(answer.status == .unauthorized && answer.detail == "Invalid API key")
            }
            #expect(try await service.count("votes") == 1)
        }
    }

    @Test("want a known kind, a fault for a down vote, and texts within bounds", arguments: TestStore.allCases)
    func shape(_ kind: TestStore) async throws {
        try await CommonsService.with(kind) { service async throws in
            let path = "/api/v1/traces/\(try await service.share())/votes"
            for (body, member) in [
                ([:], "vote_type"), (["vote_type": "sideways"], "vote_type"), (["vote_type": "down"], "feedback_tag"),
                (["vote_type": "down", "feedback_tag": nil], "feedback_tag"),
                (["vote_type": "up", "feedback_tag": "nice"], "feedback_tag"),
                (["vote_type": "up", "feedback_text": .string(String(repeating: "a", count: 5_001))], "feedback_text"),
                (["vote_type": "up", "voter_context": [1]], "voter_context"),
                (
                    ["vote_type": "up", "voter_context": ["k": .string(String(repeating: "a ", count: 5_000))]],
                    "voter_context"
                ),
            ] as [(JSONValue, String)] {
                let answer = try await service.post(path, as: "voter", body)
                #expect(answer.status == .unprocessableContent)
                #expect(try answer.json["errors"]?[0]?["loc"] == ["body", .string(member)])
            }
            #expect(try await service.count("votes") == 0)
        }
    }
}
