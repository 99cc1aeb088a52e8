import TestKit
import Testing

@Suite("Redis server")
struct RedisServerTests {
    @Test("answers, forgets everything when it is restarted, and keeps its port")
    func restarts() async throws {
        let left = try await withRedisServer { server in
            #expect(try await server.command("SET", "greeting", "hello") == "OK")
            #expect(try await server.command("GET", "greeting") == "hello")
            let first = try #require(server.processID)
            try await server.kill()
            #expect(server.processID == nil)
            try await server.start()
            #expect(server.processID != first)
            #expect(server.url == "redis://127.0.0.1:\(server.port)")
            #expect(try await server.command("GET", "greeting") == "")
            return try #require(server.processID)
        }
        #expect(try await runProcess("/bin/sh", arguments: ["-c", "kill -0 \(left)"]).termination != .exited(0))
    }

    @Test("can be halted when its scope ends")
    func endsWhileHalted() async throws {
        let left = try await withRedisServer { server in
            server.suspend()
            return try #require(server.processID)
        }
        #expect(try await runProcess("/bin/sh", arguments: ["-c", "kill -0 \(left)"]).termination != .exited(0))
    }

    @Test("has passwords, users and a memory limit when it is told so")
    func options() async throws {
        var options = RedisServerOptions()
        options.transport = .unixSocket
        options.password = "open-sesame"
        options.user = .init(name: "alice", password: "wonderland")
        options.maximumMemoryBytes = 1
        try await withRedisServer(options) { server in
            #expect(server.url.hasPrefix("unix://alice:wonderland@/"))
            let refusal = try await server.command("SET", "greeting", "hello")
            #expect(refusal.hasPrefix("OOM"))
            let users = try await server.command("ACL", "LIST")
            #expect(users.contains("user alice on"))
        }
    }

    @Test("speaks TLS with a certificate that its authority vouches for")
    func tls() async throws {
        var options = RedisServerOptions()
        options.transport = .tls
        try await withRedisServer(options) { server in
            let caFile = try #require(server.caFile)
            let words = ["--tls", "--cacert", caFile, "-p", "\(server.port)", "PING"]
            let result = try await runProcess("redis-cli", arguments: words)
            #expect(result.standardOutput.lines == ["PONG"])
        }
    }
}
