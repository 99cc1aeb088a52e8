import DatabaseTestSupport
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("Limits of the running server")
struct LimitTests {
    @Test(
        "refuses request 61 of a read burst and request 21 of a write burst, each with Retry-After",
        arguments: [true, false], TestStore.allCases)
    func usualLimits(ofReading isReading: Bool, on store: TestStore) async throws {
        let limit = isReading ? 60 : 20
        // A token comes back after this long; a burst that took longer proves nothing.
        let refill = Duration.seconds(60) / limit
        try await withServer(on: store) { server in
            for _ in 0..<5 {
                let user = try await server.makeUser()
                let path = isReading ? "/api/v1/traces/\(try await server.makeTrace(key: user.key))" : "/api/v1/traces"
                let body = isReading ? nil : RunningServer.trace
                let start = ContinuousClock.now
                let answers = try await server.client.pipeline(
                    limit + 1, isReading ? "GET" : "POST", path, key: user.key, body: body)
                if start.duration(to: .now) >= refill { continue }
                #expect(answers.prefix(limit).allSatisfy { $0.status == (isReading ? 200 : 202) })
                let refused = answers[limit]
                #expect(refused.status == 429)
                #expect(refused["Retry-After"] == "\(Int(refill / .seconds(1)))")
                #expect(refused["X-RateLimit-Limit"] == "\(limit)")
                #expect(refused["X-RateLimit-Remaining"] == "0")
                #expect(try refused.string("error") == "rate_limited")

                // The other bucket is untouched.
                if isReading {
                    _ = try await server.makeTrace(key: user.key)
                } else {
                    let id = try answers[0].string("id")
                    #expect(try await server.client.send("GET", "/api/v1/traces/\(id)", key: user.key).status == 200)
                }
                return
            }
            Issue.record("this machine is too slow for a burst of \(limit)")
        }
    }

    @Test(
        "takes capacities from the environment, shares them among keys of a user and parts them between users",
        arguments: TestStore.allCases)
    func capacities(on store: TestStore) async throws {
        let settings = ["RATE_LIMIT_READ_PER_MINUTE": "3", "RATE_LIMIT_WRITE_PER_MINUTE": "2"]
        try await withServer(on: store, settings: settings) { server in
            let first = try await server.makeUser()
            let made = try await Programs.apiServer("keys", "create", "--user", first.id, in: server.folder)
            let further = try #require(made.standardOutput.text.firstMatch(of: #/key +(gth_\w+)/#).map { String($0.1) })
            #expect(further != first.key)
            let path = "/api/v1/traces/\(try await server.makeTrace(key: first.key))"
            _ = try await server.makeTrace(key: further)
            let statuses = { (key: String) in
                try await server.client.pipeline(1, "GET", path, key: key).map(\.status)
            }
            #expect(try await statuses(first.key) == [200])
            #expect(try await statuses(further) == [200])
            #expect(try await statuses(first.key) == [200])
            #expect(try await statuses(further) == [429])
            #expect(try await statuses(first.key) == [429])
            for key in [first.key, further] {
                let answer = try await server.client.send("POST", "/api/v1/traces", key: key, body: RunningServer.trace)
                #expect(answer.status == 429)
                #expect(answer["Retry-After"].flatMap { Int($0) }.map { (1...60).contains($0) } == true)
            }

            let other = try await server.makeUser()
            #expect(try await statuses(other.key) == [200])
            _ = try await server.makeTrace(key: other.key)
        }
    }

    @Test("consumes for an invalid body, not for a wrong key", arguments: TestStore.allCases)
    func order(on store: TestStore) async throws {
        try await withServer(on: store, settings: ["RATE_LIMIT_WRITE_PER_MINUTE": "2"]) { server in
            let user = try await server.makeUser()
            #expect(try await server.client.send("POST", "/api/v1/traces", key: "wrong", body: "{}").status == 401)
            #expect(try await server.client.send("POST", "/api/v1/traces", key: user.key, body: "{").status == 422)
            #expect(try await server.client.send("POST", "/api/v1/traces", key: user.key, body: "{}").status == 422)
            #expect(try await server.client.send("POST", "/api/v1/traces", key: user.key, body: "{").status == 429)
        }
    }

    @Test("limits nothing with RATE_LIMIT_ENABLED=false", arguments: TestStore.allCases)
    func disabled(on store: TestStore) async throws {
        let settings = ["RATE_LIMIT_ENABLED": "false", "RATE_LIMIT_READ_PER_MINUTE": "1", "RATE_LIMIT_FAILED_AUTH": "1/hour"]
        try await withServer(on: store, settings: settings) { server in
            let user = try await server.makeUser()
            let path = "/api/v1/traces/\(try await server.makeTrace(key: user.key))"
            let answers = try await server.client.pipeline(10, "GET", path, key: user.key)
            #expect(answers.allSatisfy { $0.status == 200 && $0["X-RateLimit-Limit"] == nil })
            let refused = try await server.client.pipeline(10, "GET", path, key: "wrong")
            #expect(refused.allSatisfy { $0.status == 401 })
        }
    }

    @Test("never limits health, metrics and pages, also for an address that is limited everywhere")
    func health() async throws {
        let settings = ["RATE_LIMIT_FAILED_AUTH": "1/hour", "RATE_LIMIT_KEY_CREATION": "1/hour"]
        try await withServer(settings: settings) { server in
            _ = try await server.client.pipeline(2, "GET", "/api/v1/keys/verify")
            _ = try await server.client.pipeline(2, "POST", "/api/v1/keys", body: "{}")
            for path in ["/health", "/livez", "/readyz", "/metrics", "/docs"] {
                let answers = try await server.client.pipeline(80, "GET", path)
                #expect(answers.allSatisfy { $0.status == 200 && $0["X-RateLimit-Limit"] == nil }, "\(path)")
            }
        }
    }

    @Test("falls back to the default with a warning when a limit string cannot be read")
    func malformed() async throws {
        try await withServer(settings: ["RATE_LIMIT_KEY_CREATION": "10/min"]) { server in
            let warnings = server.child.output(of: .standardError).lines.filter { $0.contains(" warning ") }
            #expect(warnings.count == 1)
            #expect(warnings.first?.contains("RATE_LIMIT_KEY_CREATION: ") == true)
            #expect(warnings.first?.contains("10/min") == true)
            #expect(warnings.first?.contains("using 60/minute") == true)
            let answer = try await server.client.send("POST", "/api/v1/keys", body: "{}")
            #expect(answer["RateLimit-Policy"] == #""key-creation";q=60;w=60"#)
        }
    }

    @Test(
        "accepts limits per second, minute, hour and day",
        arguments: [("9/second", 1), ("9/minute", 60), ("9 per hour", 3_600), ("9 per 2 days", 172_800)])
    func grammar(_ text: String, seconds: Int) async throws {
        try await withServer(settings: ["RATE_LIMIT_KEY_CREATION": text]) { server in
            let answer = try await server.client.send("POST", "/api/v1/keys", body: "{}")
            #expect(answer["RateLimit-Policy"] == #""key-creation";q=9;w=\#(seconds)"#)
            #expect(!server.log.contains("warning"))
        }
    }

    @Test("shows the limits in the API description")
    func described() async throws {
        try await withServer(settings: ["RATE_LIMIT_READ_PER_MINUTE": "41"]) { server in
            let description = try await server.client.send("GET", "/openapi.json").text
            #expect(description.contains("41 per 1 minute"))
        }
    }
}
