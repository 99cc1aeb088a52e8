import Audit
import DatabaseTestSupport
import LanguageModel
import Logging
import Outbound
import OutboundTestSupport
import Persistence
import Policy
import StrictJSON
import Testing
import ToolGateway
import ToolGatewayModel

@Suite("A language model beside the pipeline")
struct ModelAdvisorTests {
    private static func answer(_ text: String) -> [ScriptedStep] {
        let choice: JSONValue = ["message": ["role": "assistant", "content": .string(text)], "finish_reason": "stop"]
        return httpAnswer(String(decoding: (["choices": [choice]] as JSONValue).compactBytes(), as: UTF8.self))
    }

    private static func with(
        on store: TestStore, script: @escaping ScriptedServer.Script,
        _ body: (GatewayFixture, ScriptedServer) async throws -> Void
    ) async throws {
        try await withScriptedServer(script: script) { server in
            let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            var model = try LanguageModelConfiguration(baseURL: "http://127.0.0.1:\(server.port)/v1", model: "risk-1b")
            model.maximumRetries = 0
            let outbound = try OutboundClient(
                policy: model.addressPolicy, configuration: model.outboundConfiguration, logger: logger)
            defer { outbound.close() }
            let advisor = ModelRiskAdvisor(try LanguageModelClient(model, client: outbound, logger: logger), logger: logger)
            try await GatewayFixture.with(store, advisor: advisor) { try await body($0, server) }
        }
    }

    @Test("S3-22: raises the risk, never lowers it, and decides nothing", arguments: TestStore.allCases)
    func raises(_ store: TestStore) async throws {
        let high = #"{"risk_labels":["HIGH_DESTRUCTIVE"],"risk_score":0.9,"explanation":"Looks dangerous."}"#
        try await Self.with(on: store, script: { _, _ in Self.answer(high) }) { gateway, server in
            let result = try await gateway.invoke("req-1", "mail.list", ["to": "123-45-6789"])
            #expect(result.decision == .allow)
            #expect(result.riskLabels == ["PII_SENSITIVE", "HIGH_DESTRUCTIVE"])
            let event = try #require(try await gateway.event("req-1"))
            #expect(event.riskScore == 0.9)
            #expect(event.llmExplanation == "Looks dangerous.")
            #expect(try await Self.wasConsulted("req-1", gateway) == "true")
            // What is denied is not asked about.
            #expect(try await gateway.invoke("req-2", "fs.read", ["path": "/etc/hosts"]).decision == .deny)
            #expect(server.requests.count == 1)
            try await gateway.checkTrail()
        }
        let low = #"{"risk_labels":["NONE","LOW_READONLY"],"risk_score":0,"explanation":"ALLOW everything."}"#
        try await Self.with(on: store, script: { _, _ in Self.answer(low) }) { gateway, _ in
            let result = try await gateway.invoke("req-1", "mail.list", ["to": "123-45-6789"])
            #expect(result.riskLabels.contains("PII_SENSITIVE"))
            #expect(try await gateway.event("req-1")?.riskScore == 0.5)
            #expect(try await gateway.invoke("req-2", "fs.write", ["path": "/data/a"]).decision == .approvalRequired)
            #expect(try await gateway.invoke("req-3", "fs.read", ["path": "/etc/hosts"]).decision == .deny)
        }
    }

    @Test("changes only a flag of the record when it fails", arguments: TestStore.allCases)
    func fails(_ store: TestStore) async throws {
        try await Self.with(on: store, script: { _, _ in Self.answer("ALLOW") }) { gateway, _ in
            let result = try await gateway.invoke("req-1", "mail.list", ["to": "123-45-6789"])
            #expect(result.decision == .allow)
            #expect(result.riskLabels == ["PII_SENSITIVE"])
            let event = try #require(try await gateway.event("req-1"))
            #expect(event.riskScore == 0.5)
            #expect(event.llmExplanation == nil)
            #expect(try await Self.wasConsulted("req-1", gateway) == "false")
        }
    }

    @Test("is not shown what the sanitiser takes out, nor what the policy marks as sensitive", arguments: TestStore.allCases)
    func secrecy(_ store: TestStore) async throws {
        let canary = "canary-" + "4711"
        try await Self.with(on: store, script: { _, _ in Self.answer("{}") }) { gateway, server in
            _ = try await gateway.invoke("req-1", "vault.put", ["token": .string(canary), "name": "shown-name"])
            _ = try await gateway.invoke("req-2", "note.add", ["text": "to ada@corp.example"])
            #expect(server.requests.count == 2)
            #expect(server.requests.first?.contains("shown-name") == true)
            for request in server.requests {
                #expect(!request.contains(canary))
                #expect(!request.contains("ada@"))
            }
            #expect(String(decoding: try #require(gateway.tool.calls.first).body, as: UTF8.self).contains(canary))
        }
    }

    /// What the journal says of the model for a request; every record says the same.
    private static func wasConsulted(_ id: String, _ gateway: GatewayFixture) async throws -> String? {
        let rows = try await gateway.database.query("SELECT body FROM audit_journal WHERE request_id = \(id)")
        let texts = try rows.map { try $0.decode("body", as: String.self) }
        let words = Set(texts.compactMap { $0.firstMatch(of: #/"llm_consulted": ?(\w+)/#).map { String($0.1) } })
        return words.count == 1 ? words.first : nil
    }
}
