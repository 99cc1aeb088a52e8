import Identity
import Logging
import Outbound
import Policy
import StrictJSON
import TestKit
import Testing
import ToolConsole
import ToolGateway

@Suite("The README about built-in tools")
struct ReadmeTests {
    @Test("shows what works")
    func example() async throws {
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let servers = try ToolServers(
            baseURLs: ["files": "http://127.0.0.1:9"], secrets: ["files": "shared"], timeout: .seconds(20))
        let client = try OutboundClient(
            policy: AddressPolicy(allowsPlainHTTP: true, allowed: servers.destinations), logger: logger)
        defer { client.close() }

        let registry = try ToolRegistry(
            builtIns: [(DiskCleanupTool([CleanupPlace(folder: "var/tmp")]), isEnabled: true)], servers: servers.names)
        let executor = BuiltInExecutor(
            registry: registry, others: HTTPToolExecutor(servers: servers, client: client, logger: logger))

        func run(_ tool: String, on server: String) async throws -> ToolOutcome {
            let request = ToolRequest(
                requestID: "1", caller: .anonymous, tool: try #require(ToolName(tool)), arguments: ["dry_run": true])
            return await executor.run(request, body: request.body, on: server)
        }
        guard case .success = try await run("builtin.disk_cleanup", on: "builtin") else {
            Issue.record("the tool did not run")
            return
        }
        for (tool, server, status) in [
            ("builtin.other", "builtin", 404), ("disk_cleanup", "builtin", 404), ("builtin.disk_cleanup", "nowhere", 404),
            ("fs.read", "files", 502),
        ] {
            guard case .failure(let failure) = try await run(tool, on: server) else {
                Issue.record("\(tool) ran on \(server)")
                continue
            }
            #expect(failure.httpStatus == status, "\(tool) on \(server)")
        }
    }
}
