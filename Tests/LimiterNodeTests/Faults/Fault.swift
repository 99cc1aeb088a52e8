import ProgramTestSupport
import RedisTestSupport
import TestKit
import Testing

/// Something that goes wrong with Redis for a while.
enum Fault: String, CaseIterable, Sendable {
    /// `kill -9`, and nobody starts it again yet.
    case killed
    /// `SIGSTOP`: connections stay, answers do not come.
    case hanging
    /// Every answer comes half a second late, later than a decision waits.
    case slow
    /// A replica without its primary: it refuses to write.
    case readOnly
    /// `OOM` for everything that writes.
    case outOfMemory

    /// Whether a `PING` still gets its answer in time.
    var answersPing: Bool { self != .killed && self != .hanging }

    func begin(_ redis: RedisServer, _ proxy: FaultProxy) async throws {
        switch self {
        case .killed: try await redis.kill()
        case .hanging: redis.suspend()
        case .slow: proxy.delay(.milliseconds(500))
        case .readOnly: try await redis.command("REPLICAOF", "127.0.0.1", "1")
        case .outOfMemory: try await redis.command("CONFIG", "SET", "maxmemory", "1")
        }
    }

    func end(_ redis: RedisServer, _ proxy: FaultProxy) async throws {
        switch self {
        case .killed: try await redis.start()
        case .hanging: redis.resume()
        case .slow: proxy.resume()
        case .readOnly: try await redis.command("REPLICAOF", "NO", "ONE")
        case .outOfMemory: try await redis.command("CONFIG", "SET", "maxmemory", "0")
        }
    }
}

/// What a node does while Redis gives no answer.
enum Policy: String, CaseIterable, Sendable {
    case local
    case open
    case closed
}

/// Lends nodes that reach their Redis through a proxy, by the deadline that they have in earnest.
func withFaultyFleet<Value>(
    of count: Int = 1, _ policy: Policy, _ settings: [String: String] = [:],
    _ body: ([RunningNode], RedisServer, FaultProxy) async throws -> Value
) async throws -> Value {
    try await Turnstile.servers.withPlace {
        try await withRedisServer { redis in
            try await withFaultProxy(port: redis.port) { proxy in
                let settings = [
                    "RATELIMITER_REDIS_URL": "redis://127.0.0.1:\(proxy.port)",
                    "RATELIMITER_ON_STORE_FAILURE": policy.rawValue, "RATELIMITER_NODE_HEARTBEAT_SECONDS": "1",
                ].merging(settings) { _, new in new }
                return try await runFleet(of: count, settings, nodes: []) { nodes in
                    for node in nodes { try await node.settleDown() }
                    return try await body(nodes, redis, proxy)
                }
            }
        }
    }
}
