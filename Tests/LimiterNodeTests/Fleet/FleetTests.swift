import Foundation
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("A fleet of nodes")
struct FleetTests {
    /// Short, so that tests need not wait long.
    private static let quick = ["RATELIMITER_NODE_TTL_SECONDS": "2", "RATELIMITER_NODE_HEARTBEAT_SECONDS": "1"]

    @Test("S4-6, S4-12: every node registers when it starts, and lists all with id, address, state and time")
    func registration() async throws {
        try await withFleet(of: 3, ["RATELIMITER_NODE_HOST": "ratelimiter.internal"]) { nodes, _ async throws in
            for node in nodes {
                try await eventually("all three are up") {
                    try await node.states() == ["node-1": "Up", "node-2": "Up", "node-3": "Up"]
                }
            }
            let records = try await nodes[0].nodes()
            for (number, node) in nodes.enumerated() {
                let record = try #require(records["node-\(number + 1)"])
                #expect(record["address"]?.stringValue == "ratelimiter.internal:\(node.client.port)")
                #expect(record["registered_at"]?.stringValue?.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/#) != nil)
            }
        }
    }

    @Test("S4-6: a node that works alone lists itself")
    func alone() async throws {
        try await withNode(["RATELIMITER_NODE_ID": "lonely"]) { node async throws in
            let record = try #require(try await node.nodes()["lonely"])
            #expect(record["state"]?.stringValue == "Up")
            #expect(record["address"]?.stringValue == "localhost:\(node.client.port)")
            #expect(record["registered_at"]?.stringValue?.hasSuffix("Z") == true)
            #expect(try await node.metric("ratelimiter_node_up") == 1)
        }
    }

    @Test("S4-13: the heartbeat renews the registration, and keeps the first time of registration")
    func heartbeat() async throws {
        try await withFleet(of: 1, Self.quick) { nodes, redis async throws in
            let key = "ratelimiter:nodes:node-1"
            try await eventually("it is registered") { try await redis.command("EXISTS", key) == "1" }
            let first = try await redis.command("HGET", key, "registered_at")
            // Whatever another program makes of the time that is shown, the heartbeat leaves it.
            var renewals = 0
            var last = Int.max
            try await eventually("it was renewed three times") {
                let left = Int(try await redis.command("PTTL", key)) ?? -2
                #expect(left > 0 && left <= 2_000, "the registration never ends while the node runs")
                if left > last { renewals += 1 }
                last = left
                return renewals == 3
            }
            #expect(try await redis.command("HGET", key, "registered_at") == first)
        }
    }

    @Test("S4-14: a node that stops takes its registration back at once")
    func graceful() async throws {
        try await withFleet(of: 2) { nodes, redis async throws in
            try await eventually("both are up") { try await nodes[0].states().count == 2 }
            nodes[1].child.send(signal: SIGTERM)
            #expect(try await nodes[1].child.waitForExit() == .exited(0))
            #expect(try await redis.command("EXISTS", "ratelimiter:nodes:node-2") == "0")
            #expect(try await nodes[0].states() == ["node-1": "Up"])
        }
    }

    @Test("S4-15: a killed node is Down when its registration has run out, and the others go on")
    func killed() async throws {
        try await withFleet(of: 3, Self.quick) { nodes, redis async throws in
            try await eventually("all three are up") { try await nodes[0].states().values.filter { $0 == "Up" }.count == 3 }
            nodes[1].child.send(signal: SIGKILL)
            #expect(try await nodes[1].child.waitForExit() == .signalled(SIGKILL))
            #expect(try await Int(redis.command("PTTL", "ratelimiter:nodes:node-2")) ?? 0 <= 2_000, "within its time to live")
            var count = 0
            try await eventually("the dead node is Down") {
                for node in [nodes[0], nodes[2]] {
                    count += 1
                    let answer = try await node.check("user", limit: 1_000_000)
                    #expect(try answer.integer("current_count") == count, "the others share and decide throughout")
                    #expect(!answer.isDegraded)
                }
                let isRegistered = try await redis.command("EXISTS", "ratelimiter:nodes:node-2") == "1"
                let state = try await nodes[0].states()["node-2"]
                #expect(state == "Down" || isRegistered || state == "Up")
                return state == "Down"
            }
            #expect(try await nodes[2].states() == ["node-1": "Up", "node-2": "Down", "node-3": "Up"])
            try await eventually("the others know that they are two") {
                try await nodes[0].metric("gatehouse_limiter_live_nodes") == 2
            }
        }
    }

    @Test("a node that starts again with its id is Up again")
    func again() async throws {
        try await withFleet(of: 1, Self.quick) { nodes, redis async throws in
            let settings = Self.quick.merging(
                ["RATELIMITER_REDIS_URL": redis.url, "RATELIMITER_NODE_ID": "node-2"]) { _, new in new }
            try await runNode(settings) { second async throws in
                try await eventually("it is up") { try await nodes[0].states()["node-2"] == "Up" }
                second.child.send(signal: SIGKILL)
                _ = try await second.child.waitForExit()
            }
            try await eventually("it is down") { try await nodes[0].states()["node-2"] == "Down" }
            try await runNode(settings) { second async throws in
                try await eventually("it is up again, at its new address") {
                    let record = try await nodes[0].nodes()["node-2"]
                    return record?["state"]?.stringValue == "Up"
                        && record?["address"]?.stringValue == "localhost:\(second.client.port)"
                }
            }
            try await eventually("it is gone") { try await nodes[0].states() == ["node-1": "Up"] }
        }
    }

    @Test("S4-16: the heartbeat outlives errors of Redis, and the first time of registration with it")
    func heartbeatErrors() async throws {
        try await withFleet(of: 1, Self.quick) { nodes, redis async throws in
            let key = "ratelimiter:nodes:node-1"
            try await eventually("it is registered") { try await redis.command("EXISTS", key) == "1" }
            let first = try await redis.command("HGET", key, "registered_at")
            try await redis.kill()
            try await eventually("a heartbeat failed") {
                try await nodes[0].metric("gatehouse_limiter_heartbeat_failures_total") ?? 0 > 0
            }
            try await redis.start()
            try await eventually("it is registered again") { try await redis.command("EXISTS", key) == "1" }
            #expect(try await redis.command("HGET", key, "registered_at") == first)
            #expect(nodes[0].child.termination == nil)
            // An error reply is an error, too.
            try await redis.command("CONFIG", "SET", "maxmemory", "1")
            let failures = try await nodes[0].metric("gatehouse_limiter_heartbeat_failures_total") ?? 0
            try await eventually("another heartbeat failed") {
                try await nodes[0].metric("gatehouse_limiter_heartbeat_failures_total") ?? 0 > failures
            }
            try await redis.command("CONFIG", "SET", "maxmemory", "0")
            try await eventually("it is registered once more") { try await redis.command("EXISTS", key) == "1" }
        }
    }

    @Test("S4-18: times that others registered with are shown in RFC 3339, or as null when they cannot be read")
    func foreignTimes() async throws {
        try await withFleet(of: 1) { nodes, redis async throws in
            let times = [
                ("a", "2026-11-26T21:27:22.123456", "2026-11-26T21:27:22.123456Z"),
                ("b", "2026-11-26T21:27:22+02:00", "2026-11-26T21:27:22+02:00"),
                ("c", "yesterday", nil), ("d", "", nil), ("e", "2026-13-45T99:99:99", nil), ("f", "2026-11-26", nil),
            ]
            for (id, text, _) in times {
                try await redis.command("HSET", "ratelimiter:nodes:\(id)", "address", "host-\(id):1", "registered_at", text)
                try await redis.command("EXPIRE", "ratelimiter:nodes:\(id)", "30")
            }
            try await redis.command("HSET", "ratelimiter:nodes:none", "address", "host-none:1")
            try await eventually("all are listed") { try await nodes[0].nodes().count == times.count + 2 }
            let records = try await nodes[0].nodes()
            for (id, text, shown) in times {
                let record = try #require(records[id])
                #expect(record["registered_at"]?.stringValue == shown, "\(text)")
                #expect(record["address"]?.stringValue == "host-\(id):1")
                #expect(record["state"]?.stringValue == "Up")
            }
            #expect(records["none"]?["registered_at"] != nil, "null, and not left out")
            #expect(records["none"]?["registered_at"]?.stringValue == nil)
        }
    }

    @Test("ids may hold colons, and are listed whole")
    func colons() async throws {
        let id = "rack:7:node-1"
        try await withFleet(of: 1, ["RATELIMITER_NODE_ID": id]) { nodes, redis async throws in
            try await eventually("it is up") { try await nodes[0].states() == [id: "Up"] }
            #expect(try await redis.command("HGET", "ratelimiter:nodes:\(id)", "address") == "localhost:\(nodes[0].client.port)")
            #expect(try await nodes[0].client.send("GET", "/health").string("node_id") == id)
            nodes[0].child.send(signal: SIGTERM)
            try await nodes[0].child.waitForExit()
            #expect(try await redis.command("EXISTS", "ratelimiter:nodes:\(id)") == "0")
        }
    }
}
