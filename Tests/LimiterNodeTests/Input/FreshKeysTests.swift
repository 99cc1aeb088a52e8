import ProgramTestSupport
import TestKit
import Testing

@Suite("A fresh key for every check")
struct FreshKeysTests {
    private static let batchCount = 1_000

    #if os(Linux)
        @Test("keeps the memory of a node within its budget, and the metrics as many as they were")
        func memory() async throws {
            let budget = 8
            try await withNode(["RATELIMITER_MEMORY_MB": "\(budget)"]) { node async throws in
                // What the first batches leave behind, such as buffers, is no growth.
                try await Self.ask(node, keys: 0..<5_000, window: 3_600_000)
                let series = try await node.metrics().count
                let before = try node.residentBytes()
                try await Self.ask(node, keys: 5_000..<TestRun.count(150_000, long: 10_000_000), window: 3_600_000)
                let grown = try node.residentBytes() - before
                #expect(grown < (budget + 48) << 20, "grew by \(grown >> 20) MiB")
                #expect(try await node.metrics().count == series)
                let used = try #require(try await node.metric("gatehouse_limiter_table_bytes"))
                #expect(used <= Double(budget << 20))
                #expect(try await node.metric("gatehouse_limiter_table_budget_bytes") == Double(budget << 20))
                #expect(
                    try await node.metric("gatehouse_limiter_table_refused_total") ?? 0 > 0,
                    "so many do not fit, and are not forgotten silently")
                #expect(try await node.client.send("GET", "/health").status == 200)
            }
        }
    #endif

    @Test("leaves nothing in Redis when the windows are over")
    func redis() async throws {
        try await withRedisNode { node, redis async throws in
            try await Self.ask(node, keys: 0..<1_000, window: 1_000)
            let series = try await node.metrics().count
            try await Self.ask(node, keys: 1_000..<TestRun.count(20_000, long: 1_000_000), window: 1_000)
            #expect(try await node.metrics().count == series)
            try await eventually("all counters have expired", within: .seconds(60)) {
                try await redis.command("KEYS", "ratelimit:*") == ""
            }
            try await eventually("the index is purged", within: .seconds(60)) {
                try await redis.command("ZCARD", "gatehouse:limiter:index") == "0"
            }
            try await eventually("the gauge knows", within: .seconds(60)) {
                try await node.metric("ratelimiter_active_counters") == 0
            }
            // What is left is the node's registration and its roster.
            let left = try await redis.command("KEYS", "*").split(separator: "\n")
            #expect(left.count <= 4, "\(left)")
        }
    }

    private static func ask(_ node: RunningNode, keys: Range<Int>, window: Int) async throws {
        for start in stride(from: keys.lowerBound, to: keys.upperBound, by: Self.batchCount) {
            let checks = (start..<min(start + Self.batchCount, keys.upperBound)).map {
                #"{"key":"fresh-\#($0)","limit":5,"window_ms":\#(window)}"#
            }
            let body = #"{"checks":["# + checks.joined(separator: ",") + "]}"
            let answer = try await node.client.send("POST", "/check/batch", body: body)
            try #require(answer.status == 200, "\(answer.text.prefix(300))")
        }
    }
}
