import ContentScreeningTestSupport
import DatabaseTestSupport
import HTTPCoreTestSupport
import HTTPTypes
import SchemasTestSupport
import StrictJSON
import Testing

@Suite("Texts beside traces")
struct CanaryTests {
    /// A place where people leave text: path behind the trace or of its own, the body, and the member that is at fault.
    private struct Place {
        let path: String
        let member: String
        let body: @Sendable (String) -> JSONValue
        /// Most characters of the text.
        var longest = 100
    }

    private static let places = [
        Place(path: "votes", member: "feedback_text") { ["vote_type": "up", "feedback_text": .string($0)] },
        Place(path: "votes", member: "voter_context") { ["vote_type": "up", "voter_context": ["deep": [["k": .string($0)]]]] },
        Place(path: "votes", member: "voter_context") {
            ["vote_type": "up", "voter_context": .object(JSONObject([($0, .string("a key"))]))]
        },
        Place(path: "amendments", member: "improved_solution") { ["improved_solution": .string($0), "explanation": "e"] },
        Place(path: "amendments", member: "explanation") { ["improved_solution": "s", "explanation": .string($0)] },
        Place(path: "flag", member: "reason") { ["reason": .string($0), "category": "spam"] },
        Place(path: "/api/v1/telemetry/install", member: "platform", body: { ["platform": .string($0)] }, longest: 50),
        Place(path: "/api/v1/telemetry/install", member: "skill_version", body: { ["skill_version": .string($0)] }, longest: 20),
        Place(
            path: "/api/v1/telemetry/install", member: "install_source", body: { ["install_source": .string($0)] }, longest: 50),
        Place(path: "/api/v1/telemetry/triggers", member: "session_id") { ["session_id": .string($0), "trigger_stats": [:]] },
        Place(path: "/api/v1/telemetry/triggers", member: "trigger_stats") {
            ["session_id": "s", "trigger_stats": ["deep": [.string($0)]]]
        },
        Place(path: "/api/v1/telemetry/triggers", member: "trigger_stats") {
            ["session_id": "s", "trigger_stats": .object(JSONObject([($0, .integer(1))]))]
        },
    ]

    private static let tables = ["votes", "amendments", "trace_flags", "user_activity", "telemetry_triggers"]

    private static func path(_ place: Place, _ trace: String) -> String {
        place.path.hasPrefix("/") ? place.path : "/api/v1/traces/\(trace)/\(place.path)"
    }

    @Test("that hold a credential are refused by name, and stored nowhere", arguments: Canary.Layer.allCases, TestStore.allCases)
    func canaries(_ layer: Canary.Layer, on store: TestStore) async throws {
        try await CommonsService.with(store) { service async throws in
            let trace = try await service.share()
            let asked = service.contributors.asked.value
            defer { #expect(service.contributors.asked.value == asked, "nobody becomes a user by what is refused") }
            for (number, place) in Self.places.enumerated() {
                let canary = Canary(seed: UInt64(number) + 1)
                let text = canary.text(in: layer)
                if text.unicodeScalars.count > place.longest { continue }
                let answer = try await service.post(Self.path(place, trace), as: "voter", place.body(text))
                #expect(answer.status == .unprocessableContent, "\(place.member) \(number)")
                #expect(answer.detail == "Content rejected: \(Canary.type)", "\(place.member) \(number)")
                #expect(try answer.json["errors"]?[0]?["loc"] == ["body", .string(place.member)])
                let told = String(decoding: answer.body, as: UTF8.self)
                #expect(canary.traces.allSatisfy { !told.contains($0) })
            }
            for table in Self.tables { #expect(try await service.count(table) == 0, "\(table)") }
            #expect(try await service.send(.get, "/api/v1/traces/\(trace)", as: "voter").json["is_flagged"] == false)
        }
    }

    @Test("that are hostile end as data", arguments: TestStore.allCases)
    func hostile(on store: TestStore) async throws {
        try await CommonsService.with(store) { service async throws in
            for text in HostileTexts.all {
                let trace = try await service.share()
                for place in Self.places where text.unicodeScalars.count <= place.longest {
                    let answer = try await service.post(Self.path(place, trace), as: "voter", place.body(text))
                    // The second vote of a trace comes too late.
                    #expect([200, 201, 409].contains(answer.status.code), "\(place.member) \(text)")
                }
            }
            #expect(try await service.count("votes") == HostileTexts.all.count)
            #expect(try await service.count("amendments") == 2 * HostileTexts.all.count)
            #expect(try await service.count("trace_flags") == HostileTexts.all.count)
            #expect(try await service.count("users") == CommonsService.users.count + 1)
        }
    }
}
