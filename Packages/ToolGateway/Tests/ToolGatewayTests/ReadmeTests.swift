import Audit
import DatabaseTestSupport
import Identity
import Logging
import Outbound
import Policy
import StrictJSON
import Testing
import ToolGateway

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
}
