import DatabaseTestSupport
import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Identity
import Knowledge
import StrictJSON
import Testing

@Suite("Flag and moderation operations")
struct ModerationOperationsTests {
    private static let report: JSONValue = ["reason": "lies", "category": "incorrect"]

    @Test("flag a trace, however often it is reported", arguments: TestStore.allCases)
    func flag(_ kind: TestStore) async throws {
        try await CommonsService.with(kind) { service async throws in
            let id = try await service.share()
            let path = "/api/v1/traces/\(id)/flag"
            let first = try await service.post(path, as: "voter", Self.report)
            #expect(first.status == .ok)
            #expect(try first.json == ["trace_id": .string(id), "flagged": true, "category": "incorrect"])
            let second = try await service.post(path, as: "voter-2", ["reason": "r", "category": "harmful"])
            #expect(second.status == .ok)
            #expect(
                try second.json == [
                    "trace_id": .string(id), "flagged": true, "category": "harmful", "message": "Trace is already flagged",
                ])
            #expect(try await service.send(.get, "/api/v1/traces/\(id)", as: "voter").json["is_flagged"] == true)
            for key in ["deleted", nil] {
                #expect(try await service.post(path, as: key, Self.report).status == .unauthorized)
            }
            for (body, member) in [
                (["category": "spam"], "reason"), (["reason": "", "category": "spam"], "reason"),
                (["reason": .string(String(repeating: "a", count: 1_001)), "category": "spam"], "reason"),
                (["reason": "r", "category": "boring"], "category"),
            ] as [(JSONValue, String)] {
                let answer = try await service.post(path, as: "voter", body)
                #expect(answer.status == .unprocessableContent)
                #expect(try answer.json["errors"]?[0]?["loc"] == ["body", .string(member)])
            }
            let unknown = try await service.post("/api/v1/traces/\(CommonsService.unknown)/flag", as: "voter", Self.report)
            #expect(unknown.status == .notFound && unknown.detail == "Trace not found")
            let reports = try await service.send(.get, "/api/v1/moderation/traces/\(id)/flags", as: "moderator").json
            #expect(reports.arrayValue?.compactMap { $0["reason"]?.stringValue } == ["r", "lies"])
            #expect(reports[1]?["reporter_id"]?.stringValue == CommonsService.users["voter"])
            #expect(reports[1]?["closed_at"] == .null)
        }
    }

    @Test("are for moderators and administrators: 403 for others, 401 for nobody", arguments: TestStore.allCases)
    func access(_ kind: TestStore) async throws {
        try await CommonsService.with(kind) { service async throws in
            let id = try await service.share()
            let trace = "/api/v1/moderation/traces/\(id)"
            let calls: [(HTTPRequest.Method, String)] = [
                (.get, "/api/v1/moderation/flagged"), (.delete, trace), (.get, "\(trace)/flags"), (.post, "\(trace)/unflag"),
                (.post, "\(trace)/restore"),
            ]
            for (method, path) in calls {
                for key in ["author", "voter", "agent", "impostor"] {
                    let answer = try await service.send(method, path, as: key)
                    #expect(answer.status == .forbidden && answer.detail == "Moderator privileges required")
                }
                let answer = try await service.send(method, path, as: nil)
                #expect(answer.status == .unauthorized && answer.detail == "Invalid API key")
            }
            #expect(service.ledger.changes.isEmpty)
            #expect(try await service.send(.get, "/api/v1/moderation/flagged", as: "admin").json == [])
            #expect(service.limits.charged == ["write", "read"])
        }
    }

    @Test("list flagged traces, and remove one from everywhere", arguments: TestStore.allCases)
    func remove(_ kind: TestStore) async throws {
        try await CommonsService.with(kind) { service async throws in
            let (first, second) = (try await service.share(tags: ["a"]), try await service.share())
            for id in [first, second] { _ = try await service.post("/api/v1/traces/\(id)/flag", as: "voter", Self.report) }
            let flagged = try await service.send(.get, "/api/v1/moderation/flagged", as: "moderator").json
            #expect(flagged.arrayValue?.compactMap { $0["id"]?.stringValue } == [second, first])
            // Without what only readers of one trace are told.
            let read = try await service.send(.get, "/api/v1/traces/\(first)", as: "voter").json.objectValue
            let shared = read?.filter { !["freshness", "accepted_amendment"].contains($0.key) }.map { ($0.key, $0.value) }
            #expect(flagged[1]?.objectValue == JSONObject(try #require(shared)))
            for query in ["limit=0", "limit=101", "offset=-1", "offset=100001", "offset=x"] {
                let answer = try await service.send(.get, "/api/v1/moderation/flagged?\(query)", as: "moderator")
                #expect(answer.status == .unprocessableContent)
            }
            let page = try await service.send(.get, "/api/v1/moderation/flagged?limit=1&offset=1", as: "moderator").json
            #expect(page.arrayValue?.count == 1 && page[0]?["id"]?.stringValue == first)

            let path = "/api/v1/moderation/traces/\(first)"
            let removed = try await service.send(.delete, path, as: "moderator")
            #expect(removed.status == .ok)
            #expect(try removed.json == ["deleted": true, "trace_id": .string(first)])
            let again = try await service.send(.delete, path, as: "moderator")
            #expect(again.status == .notFound && again.detail == "Trace not found")
            #expect(try await service.send(.get, "/api/v1/traces/\(first)", as: "author").status == .notFound)
            for (action, body) in [("votes", ["vote_type": "up"]), ("flag", Self.report)] as [(String, JSONValue)] {
                #expect(try await service.post("/api/v1/traces/\(first)/\(action)", as: "voter", body).status == .notFound)
            }
            let left = try await service.send(.get, "/api/v1/moderation/flagged", as: "moderator").json
            #expect(left.arrayValue?.compactMap { $0["id"]?.stringValue } == [second])
            #expect(try await service.count("traces") == 2)
            let done = try #require(service.ledger.changes.first { $0.phase == .done })
            #expect(done.action == .remove && done.traceID == first && !done.author.requestID.isEmpty)
            #expect(done.author.caller.id.text == CommonsService.users["moderator"])
            #expect(done.author.clientAddress == IPAddress("192.0.2.1"))

            let restored = try await service.send(.post, "\(path)/restore", as: "admin")
            #expect(try restored.json == ["restored": true, "trace_id": .string(first)])
            let unflagged = try await service.send(.post, "\(path)/unflag", as: "moderator")
            #expect(try unflagged.json == ["flagged": false, "trace_id": .string(first)])
            #expect(try await service.send(.get, "/api/v1/traces/\(first)", as: "author").json["is_flagged"] == false)
            for action in ["restore", "unflag"] {
                #expect(try await service.send(.post, "\(path)/\(action)", as: "moderator").status == .notFound)
            }
            #expect(try await service.send(.delete, "/api/v1/moderation/traces/7", as: "admin").status == .unprocessableContent)
        }
    }

    @Test("change nothing while nothing can be recorded: 503", arguments: TestStore.allCases)
    func unrecorded(_ kind: TestStore) async throws {
        try await CommonsService.with(kind) { service async throws in
            let id = try await service.share()
            _ = try await service.post("/api/v1/traces/\(id)/flag", as: "voter", Self.report)
            service.ledger.refuse()
            let path = "/api/v1/moderation/traces/\(id)"
            for answer in [
                try await service.send(.delete, path, as: "moderator"),
                try await service.send(.post, "\(path)/unflag", as: "moderator"),
            ] {
                #expect(answer.status == .serviceUnavailable)
                #expect(answer.headers[.retryAfter] == "1")
                #expect(answer.detail == "The change cannot be recorded now, so it was not made")
            }
            #expect(try await service.send(.get, "/api/v1/traces/\(id)", as: "voter").json["is_flagged"] == true)
        }
    }
}
