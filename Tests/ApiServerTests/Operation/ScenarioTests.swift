import DatabaseTestSupport
import Foundation
import ProgramTestSupport
import TestKit
import Testing

@Suite("Scenarios that people run with curl")
struct ScenarioTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../Tools/scenarios").standardizedFileURL.path(percentEncoded: false)

    @Test(
        "find everything as it should be on a server with its usual settings", arguments: ["console", "documents"], [false, true])
    func usual(_ name: String, hasRedis: Bool) async throws {
        func check(_ settings: [String: String]) async throws {
            let settings = settings.merging(["POLICY_DIR": shippedPolicies]) { _, new in new }
            try await withServer(on: hasRedis ? .postgres : .sqlite, settings: settings) { server in
                let result = try await runProcess(
                    "\(Self.folder)/\(name)", arguments: ["http://127.0.0.1:\(server.client.port)"],
                    environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "", "NO_WAIT": "1"],
                    within: .seconds(240))
                #expect(result.isSuccess, "\(result.standardOutput.text)\(result.standardError.text)")
                #expect(result.standardOutput.lines.count { $0.hasPrefix("ok ") } > 20)
            }
        }
        guard hasRedis else { return try await check([:]) }
        try await withRedisServer { redis in try await check(["REDIS_URL": redis.url]) }
    }

    @Test("find what settings change, with servers of their own")
    func settings() async throws {
        let result = try await runProcess(
            "\(Self.folder)/settings", arguments: [Programs.apiServer], within: .seconds(300))
        #expect(result.isSuccess, "\(result.standardOutput.text)\(result.standardError.text)")
        #expect(result.standardOutput.lines.count { $0.hasPrefix("ok ") } > 20)
    }

    @Test("say what is not as it should be")
    func failing() async throws {
        try await withServer(settings: ["RATE_LIMIT_QUERY": "3/minute"]) { server in
            let result = try await runProcess(
                "\(Self.folder)/documents", arguments: ["http://127.0.0.1:\(server.client.port)"], within: .seconds(240))
            #expect(!result.isSuccess)
            #expect(result.standardOutput.text.contains("FAIL  S2-7"))
        }
    }
}
