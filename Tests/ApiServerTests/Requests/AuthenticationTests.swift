import DatabaseTestSupport
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("Keys at the running server")
struct AuthenticationTests {
    @Test("answers every credential that is not valid alike, byte for byte", arguments: TestStore.allCases)
    func refusalsAreAlike(on store: TestStore) async throws {
        try await withServer(on: store) { server in
            let user = try await server.makeUser()
            let revoked = try await server.makeUser()
            let id = try #require(revoked.key.wholeMatch(of: #/gth_(.{8}).*/#).map { String($0.1) })
            #expect(try await Programs.apiServer("keys", "revoke", id, in: server.folder).isSuccess)
            // A key of another database: well formed, with a valid checksum, known to nobody here.
            let foreign = try await Programs.apiServer(
                "keys", "create", "--database-url", "sqlite:other.sqlite", in: server.folder)
            let stranger = try #require(foreign.standardOutput.text.firstMatch(of: #/gth_\w+/#).map { String($0.0) })
            try await server.waitForRefusal(of: revoked.key)
            // From now on the key is remembered, and one that differs in its last character must not profit.
            #expect(try await server.client.send("GET", "/api/v1/keys/verify", key: user.key).status == 200)
            let mistyped = user.key.dropLast() + (user.key.hasSuffix("x") ? "y" : "x")

            let credentials: [[String]] = [
                [], ["X-API-Key:"], ["X-API-Key: "], ["X-API-Key: \(stranger)"], ["X-API-Key: wrong"],
                ["X-API-Key: \(revoked.key)"],
                ["X-API-Key: \(mistyped)"], ["X-API-Key: \(user.key) x"],
                ["X-API-Key: \(user.key)", "X-API-Key: \(user.key)"],
                ["X-API-Key: \(String(repeating: "k", count: 6_000))"], ["X-API-Key: ' OR 1=1 --"], ["X-API-Key: gth_\u{E4}"],
                ["Authorization: Bearer \(stranger)"], ["Authorization: Bearer"], ["Authorization: Basic \(user.key)"],
                ["X-API-Key: wrong", "Authorization: Bearer \(user.key)"],
            ]
            for (method, path) in [("GET", "/api/v1/keys/verify"), ("POST", "/api/v1/traces")] {
                var answers: Set<String> = []
                for fields in credentials {
                    let answer = try await server.client.send(method, path, fields: fields + ["X-Request-ID: same"])
                    #expect(answer.status == 401, "\(fields)")
                    #expect(answer["RateLimit"] == nil && answer["X-RateLimit-Limit"] == nil)
                    answers.insert(answer.comparable)
                }
                #expect(answers.count == 1, "\(answers)")
                #expect(answers.first?.contains(#""detail":"Invalid API key""#) == true)
            }
            #expect(try await server.client.send("GET", "/api/v1/keys/verify", key: user.key).status == 200)
            let bearer = ["Authorization: Bearer \(user.key)"]
            #expect(try await server.client.send("GET", "/api/v1/keys/verify", fields: bearer).status == 200)
        }
    }

    @Test("limits failed authentication by address, and a valid key still passes", arguments: TestStore.allCases)
    func failuresAreLimited(on store: TestStore) async throws {
        try await withServer(on: store, settings: ["RATE_LIMIT_FAILED_AUTH": "3/hour"]) { server in
            let user = try await server.makeUser()
            let answers = try await server.client.pipeline(5, "GET", "/api/v1/keys/verify", key: "wrong")
            #expect(answers.map(\.status) == [401, 401, 401, 429, 429])
            #expect(answers[4]["Retry-After"].flatMap { Int($0) }.map { $0 > 0 } == true)
            #expect(try await server.client.send("GET", "/api/v1/keys/verify").status == 429)
            #expect(try await server.client.send("GET", "/api/v1/keys/verify", key: user.key).status == 200)
        }
    }

    @Test("limits making keys by address, and a valid key still passes", arguments: TestStore.allCases)
    func creationIsLimited(on store: TestStore) async throws {
        try await withServer(on: store, settings: ["RATE_LIMIT_KEY_CREATION": "2/hour"]) { server in
            let user = try await server.makeUser()
            _ = try await server.makeUser()
            let refused = try await server.client.send("POST", "/api/v1/keys", body: "{}")
            #expect(refused.status == 429)
            #expect(refused["Retry-After"] != nil)
            _ = try await server.makeTrace(key: user.key)
        }
    }

    @Test("honours API_KEY_HEADER_NAME, in requests and in the API description", arguments: TestStore.allCases)
    func headerName(on store: TestStore) async throws {
        try await withServer(on: store, settings: ["API_KEY_HEADER_NAME": "X-Gate"]) { server in
            let user = try await server.makeUser()
            let path = "/api/v1/keys/verify"
            #expect(try await server.client.send("GET", path, fields: ["x-gate: \(user.key)"]).status == 200)
            #expect(try await server.client.send("GET", path, key: user.key).status == 401)
            let schemes = try await server.client.send("GET", "/openapi.json").json()["components"]?["securitySchemes"]
            let headers = schemes?.objectValue?.map { $0.value }.filter { $0["type"]?.stringValue == "apiKey" }
            #expect(headers?.compactMap { $0["name"]?.stringValue } == ["X-Gate"])
            #expect(headers?.first?["in"]?.stringValue == "header")
        }
    }

    @Test("refuses an e-mail address that is taken, and takes reserved domains", arguments: TestStore.allCases)
    func email(on store: TestStore) async throws {
        try await withServer(on: store) { server in
            let body = #"{"email":"burst-3@test.invalid","display_name":null}"#
            #expect(try await server.client.send("POST", "/api/v1/keys", body: body).status == 201)
            let again = try await server.client.send("POST", "/api/v1/keys", body: body)
            #expect(again.status == 409)
            #expect(try again.string("detail") == "Email already registered")
        }
    }
}

extension RunningServer {
    /// Waits until a key that another process has ended is refused; that takes a second, and more only on a machine without time.
    func waitForRefusal(of key: String) async throws {
        let start = ContinuousClock.now
        while try await self.client.send("GET", "/api/v1/keys/verify", key: key).status != 401 {
            guard start.duration(to: .now) < .seconds(2) else {
                Issue.record("the key was still accepted after 2 s")
                return
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
