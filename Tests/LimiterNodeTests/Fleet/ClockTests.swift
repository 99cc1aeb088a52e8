import Foundation
import ProgramTestSupport
import TestKit
import Testing

/// Gives a node a wall clock that a file sets, by the library that the program `faketime` brings; other clocks stay true.
private enum SteppableClock {
    /// The settings of a node whose clock is off by what the file at `path` says; nil where the library is missing.
    static func settings(file path: String) async -> [String: String]? {
        guard let found = try? await runProcess("faketime", arguments: ["-f", "+0", "printenv", "LD_PRELOAD"]),
            found.isSuccess, let library = found.standardOutput.lines.first
        else { return nil }
        return [
            "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": path, "FAKETIME_NO_CACHE": "1",
            "DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        ]
    }

    static func set(_ offset: String, file path: String) throws {
        try Data("\(offset)\n".utf8).write(to: URL(filePath: path))
    }
}

@Suite("The clock of a node")
struct ClockTests {
    private static var isFaketimeHere: Bool {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/faketime")
        }
    }

    @Test(
        "an hour more or less on one of two nodes changes no decision",
        .enabled(if: isFaketimeHere, "needs the program faketime"),
        arguments: ["+1h", "-1h"])
    func stepped(_ offset: String) async throws {
        try await withTemporaryDirectory { folder in
            let file = "\(folder)/offset"
            try SteppableClock.set("+0", file: file)
            let fake = try #require(await SteppableClock.settings(file: file))
            try await withFleet(of: 1) { nodes, redis async throws in
                let settings = fake.merging(
                    [
                        "RATELIMITER_REDIS_URL": redis.url, "RATELIMITER_NODE_ID": "stepped",
                        "RATELIMITER_REDIS_TIMEOUT_MS": "5000",
                    ]
                ) { _, new in new }
                try await runNode(settings) { stepped async throws in
                    try await eventually("it has joined") { try await stepped.client.send("GET", "/health").status == 200 }
                    let both = [nodes[0], stepped]
                    let before = try await Self.seconds(of: stepped)
                    for count in 1...4 {
                        #expect(
                            try await both[count % 2].check("user", limit: 8, window: 1_800_000).integer("current_count") == count
                        )
                    }
                    try SteppableClock.set(offset, file: file)
                    let step = try await Self.seconds(of: stepped) - before
                    #expect(abs(abs(step) - 3_600) < 60, "the clock of the node is off now: \(step)")
                    for count in 5...8 {
                        let answer = try await both[count % 2].check("user", limit: 8, window: 1_800_000)
                        #expect(try answer.integer("current_count") == count)
                        #expect(!answer.isDegraded)
                    }
                    for node in both {
                        let answer = try await node.check("user", limit: 8, window: 1_800_000)
                        #expect(answer.status == 429)
                        #expect(try (1_700...1_800).contains(answer.integer("retry_after_seconds")))
                    }
                    #expect(try await redis.command("ZCARD", "ratelimit:user") == "8")
                    #expect(try await nodes[0].states() == ["node-1": "Up", "stepped": "Up"])
                }
            }
        }
    }

    @Test(
        "an hour more or less changes no decision of a node that works alone either",
        .enabled(if: isFaketimeHere, "needs the program faketime"))
    func alone() async throws {
        try await withTemporaryDirectory { folder in
            let file = "\(folder)/offset"
            try SteppableClock.set("+0", file: file)
            let fake = try #require(await SteppableClock.settings(file: file))
            try await withNode(fake) { node async throws in
                for _ in 0..<2 { _ = try await node.check("user", limit: 3, window: 1_800_000) }
                let before = try await Self.seconds(of: node)
                try SteppableClock.set("+1h", file: file)
                #expect(try await abs(Self.seconds(of: node) - before - 3_600) < 60, "the clock of the node is off now")
                #expect(try await node.check("user", limit: 3, window: 1_800_000).integer("current_count") == 3)
                try SteppableClock.set("-1h", file: file)
                let answer = try await node.check("user", limit: 3, window: 1_800_000)
                #expect(answer.status == 429)
                #expect(try (1_700...1_800).contains(answer.integer("retry_after_seconds")))
            }
        }
    }

    /// The time that a node has, in seconds: what its answers on the hot path are dated with.
    private static func seconds(of node: RunningNode) async throws -> Double {
        let text = try #require(try await node.check("date")["Date"])
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(secondsFromGMT: 0)
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        return try #require(format.date(from: text)).timeIntervalSince1970
    }
}
