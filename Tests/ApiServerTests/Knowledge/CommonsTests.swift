import DatabaseTestSupport
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

/// Sends requests of one caller and reads the answers.
struct CommonsClient: Sendable {
    let server: RunningServer
    let key: String

    func send(_ method: String, _ path: String, _ body: JSONValue? = nil, expecting status: Int) async throws -> JSONValue {
        let answer = try await self.server.client.send(
            method, "/api/v1/\(path)", key: self.key, body: body.map { String(decoding: $0.compactBytes(), as: UTF8.self) })
        #expect(answer.status == status, "\(method) \(path): \(answer.text)")
        return answer.body.isEmpty ? .null : try answer.json()
    }

    /// Shares a trace and returns its id.
    func share(_ title: String, solution: String = "Pick port 0", tags: [String] = [], metadata: JSONValue = .null) async throws
        -> String
    {
        let answer = try await self.send(
            "POST", "traces",
            [
                "title": .string(title), "context_text": "It happened on a laptop", "solution_text": .string(solution),
                "tags": .array(tags.map { .string($0) }), "metadata_json": metadata,
            ], expecting: 202)
        return try #require(answer["id"]?.stringValue)
    }

    func found(_ query: JSONValue) async throws -> [String] {
        let answer = try await self.send("POST", "traces/search", query, expecting: 200)
        return answer["results"]?.arrayValue?.compactMap { $0["id"]?.stringValue } ?? []
    }
}

@Suite("The knowledge base")
struct CommonsTests {
    private static let settings = ["RATE_LIMIT_READ_PER_MINUTE": "100000", "RATE_LIMIT_WRITE_PER_MINUTE": "100000"]

    @Test("takes a trace from sharing over votes and amendments to removal", arguments: TestStore.allCases)
    func life(on store: TestStore) async throws {
        try await withServer(on: store, settings: Self.settings) { server in
            let users = [try await server.makeUser(), try await server.makeUser(), try await server.makeUser()]
            let clients = users.map { CommonsClient(server: server, key: $0.key) }
            let (author, first, second) = (clients[0], clients[1], clients[2])
            let id = try await author.share("asyncio.run raises EADDRINUSE", tags: ["  Net ", "net", "söme", "A.B-c"])

            // Tags in normal form, once each; what has another character is dropped.
            let new = try await author.send("GET", "traces/\(id)", expecting: 200)
            #expect(new["tags"] == ["a.b-c", "net"])
            #expect(new["status"] == "pending" && new["trust_score"] == .float(0) && new["confirmation_count"] == 0)
            #expect(try await author.send("GET", "tags", expecting: 200)["tags"] == ["a.b-c", "net"])
            for query: JSONValue in [
                ["q": "asyncio.run"], ["q": "eaddrinuse"], ["q": "asynco.run"], ["q": .null, "tags": ["NET"]],
                [
                    "q": "port laptop", "tags": ["net", "a.b-c"], "limit": 3, "context": ["x": 1], "include_expired": true,
                    "z": 1,
                ],
            ] { #expect(try await author.found(query) == [id], "\(query)") }
            #expect(try await author.found(["q": "asyncio", "tags": ["net", "other"]]) == [])
            let refused = try await author.send("POST", "traces/search", ["q": .null], expecting: 422)
            #expect(refused["detail"] == "At least one of 'q' or 'tags' must be provided")

            let votes = "traces/\(id)/votes"
            let own = try await author.send("POST", votes, ["vote_type": "up"], expecting: 403)
            #expect(own["detail"] == "Cannot vote on your own trace")
            let vote = try await first.send("POST", votes, ["vote_type": "up"], expecting: 201)
            #expect(vote["trace_id"] == .string(id) && vote["voter_id"] == .string(users[1].id))
            #expect(
                try await first.send("POST", votes, ["vote_type": "up"], expecting: 409)["detail"]
                    == "Already voted on this trace")
            #expect(try await author.send("GET", "traces/\(id)", expecting: 200)["status"] == "pending")
            _ = try await second.send("POST", votes, ["vote_type": "down"], expecting: 422)
            _ = try await second.send("POST", votes, ["vote_type": "up", "feedback_text": "it does"], expecting: 201)
            let validated = try await author.send("GET", "traces/\(id)", expecting: 200)
            #expect(validated["status"] == "validated" && validated["confirmation_count"] == 2)
            let reputation = try await first.send("GET", "contributors/\(users[0].id)/reputation", expecting: 200)
            #expect(reputation["domains"]?.arrayValue?.count == 2)
            #expect((reputation["overall_wilson_score"]?.doubleValue).map { $0 > 0.3 && $0 < 0.4 } == true)

            let amendments = "traces/\(id)/amendments"
            let better: JSONValue = ["improved_solution": "Use a socket that is bound already", "explanation": "No race"]
            let amendment = try await first.send("POST", amendments, better, expecting: 201)
            #expect(try await second.send("GET", amendments, expecting: 200) == [amendment])
            let accept = "\(amendments)/\(try #require(amendment["id"]?.stringValue))/accept"
            _ = try await second.send("POST", accept, expecting: 403)
            _ = try await author.send("POST", accept, expecting: 200)
            let accepted = try await second.send("GET", "traces/\(id)", expecting: 200)["accepted_amendment"]
            #expect(accepted?["improved_solution"] == better["improved_solution"])

            let flag: JSONValue = ["reason": "not ours", "category": "duplicate"]
            #expect(try await second.send("POST", "traces/\(id)/flag", flag, expecting: 200)["flagged"] == true)
            #expect(try await second.send("POST", "traces/\(id)/flag", flag, expecting: 200)["message"] != nil)
            #expect(try await author.found(["q": "asyncio.run"]) == [])
            #expect(try await author.found(["tags": ["net"]]) == [])
        }
    }

    @Test("is moderated by moderators alone: 403 before any limit, a row that stays, and a record", arguments: TestStore.allCases)
    func moderation(on store: TestStore) async throws {
        let settings = ["RATE_LIMIT_READ_PER_MINUTE": "4", "RATE_LIMIT_WRITE_PER_MINUTE": "4"]
        try await withServer(on: store, settings: settings) { server in
            let (user, moderator) = (try await server.makeUser(), try await server.makeUser())
            let (plain, chief) = (
                CommonsClient(server: server, key: user.key), CommonsClient(server: server, key: moderator.key)
            )
            let id = try await plain.share("A title")
            _ = try await plain.send("POST", "traces/\(id)/flag", ["reason": "r", "category": "spam"], expecting: 200)
            for _ in 0..<6 {
                let refused = try await plain.send("GET", "moderation/flagged", expecting: 403)
                #expect(refused["detail"] == "Moderator privileges required")
            }
            _ = try await chief.send("DELETE", "moderation/traces/\(id)", expecting: 403)
            let made = try await Programs.apiServer("moderators", "add", moderator.id, in: server.folder)
            #expect(made.isSuccess, "\(made.standardError.text)")
            // Each server forgets within a second.
            var answer = try await server.client.send("GET", "/api/v1/moderation/flagged", key: moderator.key)
            for _ in 0..<3_000 where answer.status == 403 {
                try await Task.sleep(for: .milliseconds(10))
                answer = try await server.client.send("GET", "/api/v1/moderation/flagged", key: moderator.key)
            }
            #expect(try answer.json().arrayValue?.compactMap { $0["id"]?.stringValue } == [id])
            let removed = try await chief.send("DELETE", "moderation/traces/\(id)", expecting: 200)
            #expect(removed == ["deleted": true, "trace_id": .string(id)])
            _ = try await chief.send("DELETE", "moderation/traces/\(id)", expecting: 404)
            _ = try await plain.send("GET", "traces/\(id)", expecting: 404)
            let rows = try await server.place.query("SELECT removed_by FROM traces WHERE removed_at IS NOT NULL")
            #expect(rows == [moderator.id])
            let records = try await server.place.query(
                "SELECT kind, body FROM audit_journal WHERE body LIKE '%trace_remove%'")
            #expect(records.count >= 3 && records.allSatisfy { $0.contains(id) && $0.contains(moderator.id) }, "\(records)")
        }
    }

    @Test("is open to every key: a gateway caller gets a user at its first write", arguments: TestStore.allCases)
    func gatewayCallers(on store: TestStore) async throws {
        try await withServer(on: store, settings: Self.settings) { server in
            let keys = try await server.place.seed()
            let user = try await server.makeUser()
            let agent = CommonsClient(server: server, key: keys.agent)
            let id = try await agent.share("Shared by an agent", tags: ["x"])
            let trace = try await agent.send("GET", "traces/\(id)", expecting: 200)
            let contributor = try #require(trace["contributor_id"]?.stringValue)
            #expect(try await server.place.query("SELECT user_id FROM caller_users") == [contributor])
            _ = try await agent.send("POST", "traces/\(id)/votes", ["vote_type": "up"], expecting: 403)
            let others = try await CommonsClient(server: server, key: user.key).share("Shared by a user")
            _ = try await agent.send("POST", "traces/\(others)/votes", ["vote_type": "up"], expecting: 201)
            _ = try await agent.send("POST", "telemetry/ping", [:], expecting: 204)
            #expect(
                try await agent.send("GET", "contributors/\(contributor)/reputation", expecting: 200)["user_id"]
                    == .string(contributor))
            #expect(try await server.place.query("SELECT COUNT(*) FROM caller_users") == ["1"])
        }
    }

    @Test("answers the editor's hooks as they are used to", arguments: TestStore.allCases)
    func hooks(on store: TestStore) async throws {
        try await withServer(on: store, settings: Self.settings) { server in
            for email in ["agent-1a2b@commontrace.auto", "burst-3@test.invalid"] {
                let made = try await server.client.send(
                    "POST", "/api/v1/keys", body: #"{"email":"\#(email)","invitation_code":"12345678"}"#)
                #expect(made.status == 201)
                let client = CommonsClient(server: server, key: try made.string("api_key"))
                _ = try await client.send("POST", "telemetry/ping", [:], expecting: 204)
                let install: JSONValue = ["platform": "linux", "skill_version": "1.2.0", "install_source": .null]
                #expect(try await client.send("POST", "telemetry/install", install, expecting: 201) == ["status": "ok"])
                let triggers: JSONValue = [
                    "session_id": "s-1", "trigger_stats": ["search": ["fired": 2]], "searches_fired": 2, "traces_consumed": .null,
                ]
                #expect(try await client.send("POST", "telemetry/triggers", triggers, expecting: 201) == ["status": "ok"])
                let search: JSONValue = ["q": "anything at all", "limit": 3, "tags": .array((0..<20).map { .string("t\($0)") })]
                let answer = try await client.send("POST", "traces/search", search, expecting: 200)
                #expect(answer["results"] == [] && answer["total"] == 0 && answer["query"] == "anything at all")
            }
        }
    }

    @Test("shows its metrics under the names that dashboards know")
    func metrics() async throws {
        try await withServer(settings: Self.settings) { server in
            let client = CommonsClient(server: server, key: try await server.makeUser().key)
            let id = try await client.share("A title")
            _ = try await client.send("GET", "traces/\(id)", expecting: 200)
            _ = try await client.found(["q": "title"])
            let lines = try await server.client.send("GET", "/metrics").text.split(separator: "\n")
            let route = #"method="GET",path="/api/v1/traces/{id}""#
            for start in [
                #"commontrace_http_requests_total{\#(route),status_code="200"} 1"#,
                #"commontrace_http_request_duration_seconds_bucket{le="0.005",\#(route)} "#,
                #"commontrace_search_requests_total{has_tags="false"} 1"#, "commontrace_search_duration_seconds_count 1",
                "# TYPE commontrace_embeddings_processed_total counter",
                "# TYPE commontrace_embedding_duration_seconds histogram",
            ] { #expect(lines.contains { $0.hasPrefix(start) }, "\(start)") }
            #expect(!lines.contains { $0.contains(id) })
        }
    }
}
