import Identity
import LanguageModel
import Logging
import Outbound
import OutboundTestSupport
import Policy
import StrictJSON
import Synchronization
import ToolGateway
import ToolGatewayModel

/// An advisor whose model is a scripted server.
struct AdvisorFixture: Sendable {
    static let caller = Caller(
        id: CallerID(unchecked: "agent-1"), kind: .gatewayCaller, organisation: OrganisationID(unchecked: "acme"),
        role: Role(unchecked: "developer"), environment: EnvironmentName(unchecked: "dev"))

    let advisor: ModelRiskAdvisor
    let server: ScriptedServer
    /// How far the advisor's clock is ahead of ours.
    let lead: Lead

    final class Lead: Sendable {
        private let value = Mutex(Duration.zero)
        func advance(by duration: Duration) { self.value.withLock { $0 += duration } }
        var now: ContinuousClock.Instant { self.value.withLock { .now + $0 } }
    }

    static func with<Value>(
        _ change: (inout ModelRiskAdvisor.Configuration) -> Void = { _ in }, script: @escaping ScriptedServer.Script,
        _ body: (AdvisorFixture) async throws -> Value
    ) async throws -> Value {
        try await withScriptedServer(script: script) { server in
            let logger = Logger(label: "advisor.tests", factory: { _ in SwiftLogNoOpLogHandler() })
            var model = try LanguageModelConfiguration(baseURL: "http://127.0.0.1:\(server.port)/v1", model: "large-70b")
            model.maximumRetries = 0
            let outbound = try OutboundClient(
                policy: model.addressPolicy, configuration: model.outboundConfiguration, logger: logger)
            defer { outbound.close() }
            var configuration = ModelRiskAdvisor.Configuration()
            configuration.model = "risk-1b"
            configuration.timeout = .seconds(120)
            change(&configuration)
            let lead = Lead()
            let advisor = ModelRiskAdvisor(
                try LanguageModelClient(model, client: outbound, logger: logger), configuration: configuration, logger: logger,
                now: { lead.now })
            return try await body(AdvisorFixture(advisor: advisor, server: server, lead: lead))
        }
    }

    /// What the advisor makes of a call.
    func advise(_ arguments: JSONObject = ["path": "/data/a"]) async throws -> RiskAdvice? {
        let call = ToolCall(server: "files", tool: "fs.read", arguments: arguments, caller: Self.caller)
        return await self.advisor.advise(on: call, assessed: try RiskHeuristics().assess(arguments))
    }
}

/// The answer of a model that says a text.
func says(_ text: String) -> [ScriptedStep] {
    let choice: JSONValue = ["message": ["role": "assistant", "content": .string(text)], "finish_reason": "stop"]
    return httpAnswer(String(decoding: (["choices": [choice]] as JSONValue).compactBytes(), as: UTF8.self))
}
