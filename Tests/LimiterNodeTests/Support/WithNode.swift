import Foundation
import ProgramTestSupport
import TestKit
import Testing

extension Programs {
    static let limiterNode = Self.path(of: "limiter-node")
}

/// Where the node under test counts.
enum StoreKind: String, CaseIterable, Sendable {
    case memory
    case redis
}

/// Starts `limiter-node` on a free port, lends it when it listens, and stops it; takes no place at the turnstile.
///
/// - Parameter settings: Environment of the node; nothing else that is a setting is in it, save that it stops without a pause.
func runNode<Value>(
    _ settings: [String: String] = [:], arguments: [String] = [], _ body: (RunningNode) async throws -> Value
) async throws -> Value {
    let usual = ["RATELIMITER_NODE_PORT": "0", "DRAIN_SECONDS": "0"]
    return try await withTemporaryDirectory { folder in
        try await withChildProcess(
            Programs.limiterNode, arguments: arguments,
            environment: Programs.environment(usual.merging(settings) { _, new in new }), workingDirectory: folder,
            outputLimit: 4 << 20
        ) { child in
            let line = try await child.waitForLine { $0.hasPrefix("limiter-node listens at ") }
            let port = try #require(line.split(separator: ":").last.flatMap { Int($0) })
            return try await body(RunningNode(child: child, client: HTTPClient(port: port)))
        }
    }
}

/// Lends a node that counts in its own memory.
func withNode<Value>(
    _ settings: [String: String] = [:], _ body: (RunningNode) async throws -> Value
) async throws -> Value {
    try await Turnstile.servers.withPlace { try await runNode(settings, body) }
}

/// Lends a node and the Redis in which it counts.
func withRedisNode<Value>(
    _ settings: [String: String] = [:], _ body: (RunningNode, RedisServer) async throws -> Value
) async throws -> Value {
    try await withFleet(of: 1, settings) { nodes, redis in try await body(nodes[0], redis) }
}

/// Lends a node of either kind.
func withNode<Value>(
    _ kind: StoreKind, _ settings: [String: String] = [:], _ body: (RunningNode) async throws -> Value
) async throws -> Value {
    switch kind {
    case .memory: try await withNode(settings, body)
    case .redis: try await withRedisNode(settings) { node, _ in try await body(node) }
    }
}

/// Lends nodes `node-1`, `node-2`, … that share a Redis; a decision may take long, as many tests run at once.
func withFleet<Value>(
    of count: Int, _ settings: [String: String] = [:], _ body: ([RunningNode], RedisServer) async throws -> Value
) async throws -> Value {
    try await Turnstile.servers.withPlace {
        try await withRedisServer { redis in
            let settings = ["RATELIMITER_REDIS_URL": redis.url, "RATELIMITER_REDIS_TIMEOUT_MS": "5000"]
                .merging(settings) { _, new in new }
            return try await runFleet(of: count, settings, nodes: []) { nodes in
                // The first decisions may come before the connections; then the policy would answer.
                for node in nodes { try await node.settleDown() }
                return try await body(nodes, redis)
            }
        }
    }
}

/// Starts one node after the other, as scopes within scopes.
func runFleet<Value>(
    of count: Int, _ settings: [String: String], nodes: [RunningNode], _ body: ([RunningNode]) async throws -> Value
) async throws -> Value {
    guard nodes.count < count else { return try await body(nodes) }
    let own = ["RATELIMITER_NODE_ID": "node-\(nodes.count + 1)"].merging(settings) { _, new in new }
    return try await runNode(own) { node in try await runFleet(of: count, settings, nodes: nodes + [node], body) }
}

/// Asks again and again until the answer is yes; fails after the deadline, which is generous as it is met only by a fault.
func eventually(
    _ what: String, within deadline: Duration = .seconds(30), sourceLocation: SourceLocation = #_sourceLocation,
    _ isSo: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + deadline
    while ContinuousClock.now < end {
        if try await isSo() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("never came true: \(what)", sourceLocation: sourceLocation)
}
