import Audit
import DatabaseTestSupport
import Identity
import LanguageModel
import Logging
import Outbound
import Policy
import StrictJSON
import Testing
import ToolGateway
import ToolGatewayModel

@Suite("The README")
struct ReadmeTests {
    @Test("shows what works")
    func example() async throws {
        try await GatewayFixture.with(.sqlite) { fixture in
            let (policies, desk, journal, keyring) = (fixture.policies, fixture.desk, fixture.journal, fixture.keyring)
            let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            let (secret, caller) = ("shared", GatewayFixture.agent)
            let servers = try ToolServers(
                baseURLs: ["files": "http://127.0.0.1:9"], secrets: ["files": .string(secret)], timeout: .seconds(20))
            let client = try OutboundClient(
                policy: AddressPolicy(allowsPlainHTTP: true, allowed: servers.destinations), logger: logger)
            defer { client.close() }
            let pipeline = try GatewayPipeline(
                GatewayPipeline.Parts(
                    policies: policies, executor: HTTPToolExecutor(servers: servers, client: client, logger: logger), desk: desk,
                    journal: journal, keyring: keyring),
                logger: logger)

            let call = ToolCall(server: "files", tool: "fs.read", arguments: ["path": "/data/a.csv"], caller: caller)
            let result = try await pipeline.invoke(Invocation(requestID: "req-1", call: call))
            #expect(result.decision.rawValue == "ALLOW")
            #expect(try await fixture.event("req-1")?.executionStatus == "TOOL_ERROR")
        }
    }

    @Test("shows how a model is asked")
    func advisor() async throws {
        try await GatewayFixture.with(.sqlite) { fixture in
            let (policies, desk, journal, keyring) = (fixture.policies, fixture.desk, fixture.journal, fixture.keyring)
            let (executor, logger) = (fixture.tool, Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
            let configuration = try LanguageModelConfiguration(baseURL: "http://127.0.0.1:9", model: "risk-1b")
            let client = try OutboundClient(
                policy: configuration.addressPolicy, configuration: configuration.outboundConfiguration, logger: logger)
            defer { client.close() }
            let model = try LanguageModelClient(configuration, client: client, logger: logger)

            let advisor = ModelRiskAdvisor(model, logger: logger)
            let advised = GatewayPipeline.Parts(
                policies: policies, executor: executor, desk: desk, journal: journal, keyring: keyring, advisor: advisor)

            let call = ToolCall(server: "files", tool: "mail.list", arguments: [:], caller: GatewayFixture.agent)
            let result = try await GatewayPipeline(advised, logger: logger).invoke(Invocation(requestID: "req-1", call: call))
            #expect(result.decision == .allow)
        }
    }
}
