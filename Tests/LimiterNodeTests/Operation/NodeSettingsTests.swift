import Foundation
import ProgramTestSupport
import TestKit
import Testing

/// Whether a program is in the `PATH`.
func isHere(_ program: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
        FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
    }
}

@Suite("Settings of a node")
struct NodeSettingsTests {
    private static let secret = "hunter" + "2"

    @Test(
        "S4-17: a bad value ends the node with 78 and one line that names the variable",
        arguments: [
            ("RATELIMITER_NODE_PORT", "abc"), ("RATELIMITER_NODE_PORT", "65536"), ("RATELIMITER_NODE_PORT", "-1"),
            ("RATELIMITER_RESP_PORT", "http"), ("RATELIMITER_NODE_ID", String(repeating: "n", count: 129)),
            ("RATELIMITER_NODE_HOST", "a host"),
            ("RATELIMITER_DEFAULT_LIMIT", "-1"), ("RATELIMITER_DEFAULT_LIMIT", "many"), ("RATELIMITER_DEFAULT_WINDOW_MS", "0"),
            ("RATELIMITER_DEFAULT_WINDOW_MS", "1m"), ("RATELIMITER_MEMORY_MB", "0"), ("RATELIMITER_NODE_TTL_SECONDS", "0"),
            ("RATELIMITER_NODE_HEARTBEAT_SECONDS", "0.5"), ("RATELIMITER_ON_STORE_FAILURE", "hope"),
            ("RATELIMITER_REDIS_TIMEOUT_MS", "0"), ("RATELIMITER_REDIS_URL", "http://u:hunter2@h"),
            ("RATELIMITER_REDIS_URL", "redis://u:hunter2@h:99999"), ("RATELIMITER_REDIS_URL", "redis://u:hunter2@h/x"),
            ("DRAIN_SECONDS", "-1"), ("STOP_TIMEOUT_SECONDS", "0"), ("LOG_LEVEL", "loud"), ("LOG_FORMAT", "xml"),
        ])
    func badValue(_ name: String, _ value: String) async throws {
        let result = try await Self.run(settings: ["RATELIMITER_NODE_PORT": "0"].merging([name: value]) { _, new in new })
        #expect(result.termination == .exited(78))
        let lines = result.standardError.lines.filter { !$0.contains(" info ") }
        #expect(lines.count == 1, "\(lines)")
        #expect(lines.first?.hasPrefix("\(name): ") == true, "\(lines)")
        #expect(!result.standardError.text.contains(Self.secret))
        #expect(result.standardOutput.bytes.isEmpty)
    }

    @Test("S4-17: --help lists every setting, and check-config shows where each comes from")
    func help() async throws {
        let shown = try await Self.run(
            "check-config", settings: ["RATELIMITER_NODE_ID": "node-9", "RATELIMITER_REDIS_URL": "redis://:\(Self.secret)@h"])
        #expect(shown.isSuccess, "\(shown.standardError.text)")
        let rows = shown.standardOutput.lines.map { $0.split(separator: " ").map(String.init) }
        #expect(rows.contains(["RATELIMITER_NODE_ID", "node-9", "environment"]))
        #expect(rows.contains(["RATELIMITER_DEFAULT_LIMIT", "100", "default"]))
        #expect(!shown.standardOutput.text.contains(Self.secret))
        let help = try await Self.run("--help")
        #expect(help.isSuccess)
        let names = [
            "RATELIMITER_REDIS_URL", "RATELIMITER_NODE_ID", "RATELIMITER_NODE_HOST", "RATELIMITER_NODE_PORT",
            "RATELIMITER_DEFAULT_LIMIT", "RATELIMITER_DEFAULT_WINDOW_MS", "RATELIMITER_NODE_TTL_SECONDS",
            "RATELIMITER_NODE_HEARTBEAT_SECONDS", "RATELIMITER_BIND", "RATELIMITER_RESP_PORT", "RATELIMITER_ADMIN_TOKEN",
            "RATELIMITER_RESP_PASSWORD", "REDIS_CA_FILE", "RATELIMITER_REDIS_TIMEOUT_MS", "RATELIMITER_ON_STORE_FAILURE",
            "RATELIMITER_MEMORY_MB", "DRAIN_SECONDS", "STOP_TIMEOUT_SECONDS", "LOG_LEVEL", "LOG_FORMAT",
        ]
        for name in names {
            #expect(help.standardOutput.lines.contains { $0.hasPrefix("  \(name) ") }, "\(name)")
            #expect(rows.contains { $0.first == name }, "\(name)")
        }
        #expect(try await Self.run("--no-such-flag").termination == .exited(64))
    }

    @Test("S4-17: the settings have the defaults that are prescribed")
    func defaults() async throws {
        let rows = try await Self.run("check-config").standardOutput.lines.map { $0.split(separator: " ").map(String.init) }
        for (name, value) in [
            ("RATELIMITER_NODE_ID", "node-1"), ("RATELIMITER_NODE_HOST", "localhost"), ("RATELIMITER_NODE_PORT", "8000"),
            ("RATELIMITER_DEFAULT_LIMIT", "100"), ("RATELIMITER_DEFAULT_WINDOW_MS", "60000"),
            ("RATELIMITER_NODE_TTL_SECONDS", "30"),
            ("RATELIMITER_NODE_HEARTBEAT_SECONDS", "10"),
        ] {
            #expect(rows.contains([name, value, "default"]), "\(name)")
        }
    }

    @Test("REDIS_URL is taken as well, and the name with the prefix wins; no log shows the password")
    func alias() async throws {
        var options = RedisServerOptions()
        options.password = Self.secret
        try await Turnstile.servers.withPlace {
            try await withRedisServer(options) { redis in
                for settings in [
                    ["REDIS_URL": redis.url], ["RATELIMITER_REDIS_URL": redis.url, "REDIS_URL": "redis://127.0.0.1:1"],
                ] {
                    try await runNode(settings.merging(["LOG_LEVEL": "debug"]) { _, new in new }) { node async throws in
                        try await eventually("it has joined") { try await node.client.send("GET", "/health").status == 200 }
                        #expect(try await node.client.send("GET", "/health").string("store") == "redis")
                        #expect(!node.log.contains(Self.secret))
                        #expect(node.log.contains("redis=redis://"))
                    }
                }
            }
        }
    }

    @Test("a node whose port is taken says so and ends with 1")
    func takenPort() async throws {
        try await withNode { node async throws in
            let result = try await Self.run(settings: ["RATELIMITER_NODE_PORT": "\(node.client.port)"])
            #expect(result.termination == .exited(1))
            #expect(result.standardError.lines.last?.contains("port \(node.client.port)") == true, "\(result.standardError.text)")
        }
    }

    private static func run(_ arguments: String..., settings: [String: String] = [:]) async throws -> ProcessResult {
        try await withTemporaryDirectory { folder in
            try await runProcess(
                Programs.limiterNode, arguments: arguments, environment: Programs.environment(settings), workingDirectory: folder)
        }
    }
}
