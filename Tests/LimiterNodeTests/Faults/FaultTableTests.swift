import ProgramTestSupport
import RedisTestSupport
import TestKit
import Testing

@Suite("The table of faults", .enabled(if: TestRun.isLong, "prints figures, with LONG=1"), .serialized)
struct FaultTableTests {
    private struct Row {
        var fault: String
        var policy: Policy
        var statuses: Set<Int> = []
        var usual: [Duration] = []
        var opening: [Duration] = []
        var opened: [Duration] = []
        var recovery: Duration = .zero
    }

    /// Serialized, so that the figures of one fault are not those of its neighbours.
    @Test("prints for each fault and policy what callers see, their waits, and the time to recover")
    func table() async throws {
        var rows: [Row] = []
        for fault in Fault.allCases {
            for policy in Policy.allCases { rows.append(try await Self.measure(fault, policy)) }
        }
        for policy in Policy.allCases { rows.append(try await Self.measureRestart(policy)) }
        var lines = ["fault         policy  answers   usual p99   opening max   fault p99   fault max   recovery"]
        for row in rows {
            lines.append(
                [
                    Self.padded(row.fault, 14), Self.padded(row.policy.rawValue, 8),
                    Self.padded(row.statuses.sorted().map { "\($0)" }.joined(separator: ","), 8),
                    Self.milliseconds(Self.percentile(row.usual)), Self.milliseconds(row.opening.max() ?? .zero, 14),
                    Self.milliseconds(Self.percentile(row.opened)), Self.milliseconds(row.opened.max() ?? .zero),
                    Self.milliseconds(row.recovery, 11),
                ].joined())
        }
        print(lines.joined(separator: "\n"))
        #expect(rows.count == 18)
    }

    private static func measure(_ fault: Fault, _ policy: Policy) async throws -> Row {
        try await withFaultyFleet(policy) { nodes, redis, proxy async throws in
            var row = Row(fault: fault.rawValue, policy: policy)
            row.usual = try await Self.load(nodes[0], for: .seconds(1)).waits
            try await fault.begin(redis, proxy)
            row.opening = try await Self.load(nodes[0], for: .seconds(1)).waits
            let load = try await Self.load(nodes[0], for: .seconds(3))
            row.opened = load.waits
            row.statuses = load.statuses
            try await fault.end(redis, proxy)
            row.recovery = try await Self.recovery(of: nodes[0], since: .now)
            return row
        }
    }

    private static func measureRestart(_ policy: Policy) async throws -> Row {
        try await withFaultyFleet(policy) { nodes, redis, _ async throws in
            var row = Row(fault: "emptied", policy: policy)
            row.usual = try await Self.load(nodes[0], for: .seconds(1)).waits
            // Long enough to see the node before, during and after.
            async let load = Self.load(nodes[0], for: .seconds(4))
            try await redis.restart()
            row.recovery = try await Self.recovery(of: nodes[0], since: .now)
            let (waits, statuses) = try await load
            row.opening = waits
            row.statuses = statuses
            return row
        }
    }

    /// How long until the shared store decides again, for a caller who asks all the time.
    private static func recovery(of node: RunningNode, since start: ContinuousClock.Instant) async throws -> Duration {
        try await eventually("the shared store decides again") { try await !node.check("recovery", limit: 1_000_000).isDegraded }
        return start.duration(to: .now)
    }

    /// Asks over four connections, each its next question when the answer is there.
    private static func load(_ node: RunningNode, for time: Duration) async throws -> (waits: [Duration], statuses: Set<Int>) {
        let request = HTTPClient.request(
            "POST", "/check", body: RunningNode.question("load", limit: 1_000_000_000, window: 60_000, algorithm: "fixed_window"))
        return try await withThrowingTaskGroup(of: (waits: [Duration], statuses: Set<Int>).self) { group in
            for _ in 0..<4 {
                group.addTask {
                    try await node.client.withConnection { connection in
                        var waits: [Duration] = []
                        var statuses: Set<Int> = []
                        let end = ContinuousClock.now + time
                        while ContinuousClock.now < end {
                            let start = ContinuousClock.now
                            try connection.send(request)
                            statuses.insert(try connection.readAnswer(to: "POST").status)
                            waits.append(start.duration(to: .now))
                        }
                        return (waits, statuses)
                    }
                }
            }
            return try await group.reduce(into: ([], [])) { sum, part in
                sum.waits += part.waits
                sum.statuses.formUnion(part.statuses)
            }
        }
    }

    private static func percentile(_ waits: [Duration]) -> Duration {
        waits.isEmpty ? .zero : waits.sorted()[min(waits.count * 99 / 100, waits.count - 1)]
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(width - text.count, 1))
    }

    private static func milliseconds(_ duration: Duration, _ width: Int = 12) -> String {
        let text = "\((duration / .microseconds(10)).rounded() / 100) ms"
        return String(repeating: " ", count: max(width - text.count, 1)) + text
    }
}
