import Foundation
import TestKit
import Testing

/// Serialized, because so many servers at once would only slow each other down.
@Suite("Throw-away server", .serialized)
struct ThrowawayServerTests {
    @Test(
        "leaves neither process nor folder, however it ends",
        arguments: [SIGINT, SIGTERM, SIGHUP, SIGKILL], ["postgres", "redis"])
    func leavesNothing(signal: Int32, kind: String) async throws {
        try await withChildProcess(try Self.program(), arguments: [kind]) { child in
            let line = try await child.waitForLine(within: .seconds(120)) { $0.contains("_URL=") }
            let url = try #require(line.split(separator: "=", maxSplits: 1).last)
            _ = try await child.waitForLine { $0.hasPrefix("Ctrl-C") }
            let (processID, folder) = try await kind == "redis" ? Self.redis(at: url) : Self.postgres(at: url)
            #expect(kill(processID, 0) == 0)
            #expect(FileManager.default.fileExists(atPath: folder))
            child.send(signal: signal)
            let termination = try await child.waitForExit()
            #expect(termination == (signal == SIGKILL ? .signalled(SIGKILL) : .exited(0)))
            // After SIGKILL another process cleans up, whose end no parent hears of.
            try await Self.waitUntil { !FileManager.default.fileExists(atPath: folder) }
            try await Self.waitUntil { try await !isAlive(processID) }
        }
    }

    @Test("says how it is called", arguments: [[], ["mysql"], ["postgres", "redis"]])
    func usage(arguments: [String]) async throws {
        let result = try await runProcess(try Self.program(), arguments: arguments)
        #expect(result.termination == .exited(2))
        #expect(result.standardError.text.hasPrefix("usage: throwaway-server"))
    }

    private static func postgres(at url: Substring) async throws -> (Int32, String) {
        #expect(url.hasSuffix("/gateway_test"))
        let words = ["--no-psqlrc", "--tuples-only", "--no-align", String(url), "--command", "SHOW data_directory"]
        let result = try await runProcess(try PostgresServer.program("psql"), arguments: words)
        let data = try #require(result.standardOutput.lines.first)
        let lines = try String(contentsOfFile: "\(data)/postmaster.pid", encoding: .utf8).split(separator: "\n")
        return (try #require(lines.first.flatMap { Int32($0) }), String(data.dropLast("/data".count)))
    }

    private static func redis(at url: Substring) async throws -> (Int32, String) {
        let answer = try await runProcess("redis-cli", arguments: ["-u", String(url), "INFO", "server"]).standardOutput.lines
        let processID = answer.first { $0.hasPrefix("process_id:") }.flatMap { Int32($0.dropFirst("process_id:".count)) }
        let folder = try await runProcess("redis-cli", arguments: ["-u", String(url), "CONFIG", "GET", "dir"]).standardOutput
            .lines
        return (try #require(processID), try #require(folder.last))
    }

    private static func waitUntil(_ isTrue: () async throws -> Bool) async throws {
        for _ in 0..<6_000 {
            if try await isTrue() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("did not come true within two minutes")
    }

    /// The program beside the test bundle.
    private static func program() throws -> String {
        let folders = [Bundle.main.bundleURL] + Bundle.allBundles.map { $0.bundleURL.deletingLastPathComponent() }
        let paths = folders.map { $0.appendingPathComponent("throwaway-server").path }
        return try #require(paths.first { FileManager.default.isExecutableFile(atPath: $0) })
    }
}
