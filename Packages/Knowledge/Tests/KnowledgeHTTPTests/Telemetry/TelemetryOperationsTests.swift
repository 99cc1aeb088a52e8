import DatabaseTestSupport
import HTTPCoreTestSupport
import HTTPTypes
import StrictJSON
import Testing

@Suite("Telemetry operations")
struct TelemetryOperationsTests {
    @Test("take a ping with any empty body", arguments: TestStore.allCases)
    func ping(_ kind: TestStore) async throws {
        try await CommonsService.with(kind) { service async throws in
            for body: JSONValue in [[:], .null, ["version": 3]] {
                let answer = try await service.post("/api/v1/telemetry/ping", as: "voter", body)
                #expect(answer.status == .noContent && answer.body.isEmpty)
            }
            #expect(try await service.send(.post, "/api/v1/telemetry/ping", as: "author").status == .noContent)
            for key in ["deleted", nil] {
                #expect(try await service.post("/api/v1/telemetry/ping", as: key, [:]).status == .unauthorized)
            }
            #expect(try await service.count("user_activity") == 2)
            #expect(Set(service.limits.charged) == ["telemetry"])
        }
    }

    @Test("note an installation and what a session did", arguments: TestStore.allCases)
    func notes(_ kind: TestStore) async throws {
        try await CommonsService.with(kind) { service async throws in
            for body: JSONValue in [[:], ["platform": "linux", "skill_version": nil, "install_source": "hub"]] {
                let answer = try await service.post("/api/v1/telemetry/install", as: "voter", body)
                #expect(answer.status == .created)
                #expect(try answer.json == ["status": "ok"])
            }
            for body: JSONValue in [
                ["session_id": "s", "trigger_stats": [:]],
                ["session_id": "s", "trigger_stats": ["error": 2], "searches_fired": 1, "traces_consumed": nil],
            ] {
                let answer = try await service.post("/api/v1/telemetry/triggers", as: "voter", body)
                #expect(answer.status == .created)
                #expect(try answer.json == ["status": "ok"])
            }
            #expect(try await service.count("telemetry_triggers") == 2)
            for path in ["install", "triggers"] {
                let body: JSONValue = ["session_id": "s", "trigger_stats": [:]]
                for key in ["deleted", nil] {
                    #expect(try await service.post("/api/v1/telemetry/\(path)", as: key, body).status == .unauthorized)
                }
            }
        }
    }

    @Test("refuse what is out of bounds, by name", arguments: TestStore.allCases)
    func bounds(_ kind: TestStore) async throws {
        try await CommonsService.with(kind) { service async throws in
            func text(_ count: Int) -> JSONValue { .string(String(repeating: "a", count: count)) }
            for (path, body, member) in [
                ("install", ["platform": text(51)], "platform"), ("install", ["skill_version": text(21)], "skill_version"),
                ("install", ["install_source": text(51)], "install_source"),
                ("triggers", ["trigger_stats": [:]], "session_id"),
                ("triggers", ["session_id": text(101), "trigger_stats": [:]], "session_id"),
                ("triggers", ["session_id": "s"], "trigger_stats"),
                ("triggers", ["session_id": "s", "trigger_stats": ["k": text(10_000)]], "trigger_stats"),
                ("triggers", ["session_id": "s", "trigger_stats": [:], "searches_fired": -1], "searches_fired"),
                (
                    "triggers", ["session_id": "s", "trigger_stats": [:], "resolutions_total": 9_007_199_254_740_992],
                    "resolutions_total"
                ),
            ] as [(String, JSONValue, String)] {
                let answer = try await service.post("/api/v1/telemetry/\(path)", as: "voter", body)
                #expect(answer.status == .unprocessableContent, "\(member)")
                #expect(try answer.json["errors"]?[0]?["loc"] == ["body", .string(member)])
            }
            #expect(try await service.count("telemetry_triggers") == 0)
            #expect(try await service.count("user_activity") == 0)
        }
    }
}
