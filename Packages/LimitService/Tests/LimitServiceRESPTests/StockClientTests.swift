import LimitServiceRESP
import TestKit
import Testing

/// Whether a program is there.
private func isInstalled(_ program: String) async throws -> Bool {
    try await runProcess("sh", arguments: ["-c", "command -v \(program)"]).termination == .exited(0)
}

/// Clients that know nothing of this server.
@Suite("Stock clients", .enabled("redis-cli is not installed", { try await isInstalled("redis-cli") }))
struct StockClientTests {
    let clock = ManualClock()

    private func ask(_ port: Int, _ arguments: [String], input: String = "") async throws -> String {
        let result = try await runProcess(
            "redis-cli", arguments: ["-p", "\(port)"] + arguments, standardInput: Array(input.utf8))
        return result.standardOutput.text
    }

    @Test("redis-cli asks one command, several from its input, and in version 3")
    func commandLine() async throws {
        try await withListener(try makeService(clock: self.clock)) { port async throws in
            #expect(try await self.ask(port, ["CL.THROTTLE", "user123", "15", "30", "60"]) == "0\n16\n15\n-1\n2\n")
            #expect(try await self.ask(port, ["-3", "THROTTLE", "user", "15", "30", "60"]) == "1\n15\n14\n2\n0\n")
            #expect(try await self.ask(port, ["PING"]) == "PONG\n")
            #expect(
                try await self.ask(port, ["CL.THROTTLE", "user123", "x", "1", "1"]).hasPrefix("ERR max_burst is not an integer"))
            #expect(
                try await self.ask(port, [], input: "PING\nECHO \"a b\"\nCL.THROTTLE user123 15 30 60\nQUIT\n").hasPrefix(
                    "PONG\na b\n0\n16\n14\n"))
            #expect(try await self.ask(port, ["-3", "HELLO"]).contains("server redis"))
            #expect(try await self.ask(port, ["COMMAND", "DOCS"]).contains("Decides whether a key may go on"))
        }
    }

    @Test("redis-cli in bulk: many commands through its pipe mode, all answered")
    func pipeMode() async throws {
        let commands = (0..<5_000).map { TestClient.framed(["CL.THROTTLE", "user:\($0 % 50)", "15", "30", "60"]) }.joined()
        try await withListener(try makeService(clock: self.clock)) { port async throws in
            let output = try await self.ask(port, ["--pipe"], input: commands)
            #expect(output.contains("errors: 0, replies: 5000"), "\(output)")
        }
    }

    @Test("redis-cli with a password, in both versions")
    func password() async throws {
        try await withListener(try makeService(clock: self.clock), configure: { $0.password = "sesame" }) { port async throws in
            #expect(try await self.ask(port, ["PING"]).hasPrefix("NOAUTH"))
            #expect(try await self.ask(port, ["--no-auth-warning", "-a", "sesame", "PING"]) == "PONG\n")
            #expect(
                try await self.ask(port, ["--no-auth-warning", "-3", "--user", "default", "-a", "sesame", "PING"]) == "PONG\n")
            #expect(try await self.ask(port, ["--no-auth-warning", "-a", "wrong", "PING"]).contains("NOAUTH"))
        }
    }

    @Test(
        "redis-benchmark with a pipeline",
        .enabled("redis-benchmark is not installed", { try await isInstalled("redis-benchmark") }))
    func benchmark() async throws {
        try await withListener(try makeService(clock: self.clock)) { port async throws in
            let result = try await runProcess(
                "redis-benchmark",
                arguments: [
                    "-p", "\(port)", "-n", "20000", "-P", "32", "-c", "8", "-r", "1000", "-q", "CL.THROTTLE", "user:__rand_int__",
                    "15", "30", "60",
                ])
            #expect(result.termination == .exited(0))
            #expect(result.standardOutput.text.contains("requests per second"))
        }
    }
}
