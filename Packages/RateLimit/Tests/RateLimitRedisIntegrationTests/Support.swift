import NIOCore
import RateLimit
import RateLimitRedis
import Redis
import RedisTestSupport
import Synchronization
import TestKit

/// The time that the scripts of a store go by; it stands still until it is moved.
final class ServerClock: Sendable {
    static let key = "gatehouse:test:clock"

    private let client: RedisClient
    private let reading: Mutex<Int64>

    /// Starts at a whole second.
    init(client: RedisClient, microseconds: Int64 = 1_795_000_000_000_000) async throws {
        self.client = client
        self.reading = Mutex(microseconds)
        try await self.advance(by: .zero)
    }

    /// Microseconds since 1970.
    var microseconds: Int64 { self.reading.withLock { $0 } }
    var milliseconds: Int64 { self.microseconds / 1_000 }
    var instant: RateLimitInstant { RateLimitInstant(nanoseconds: self.microseconds * 1_000) }

    /// Lets time pass, rounded up to microseconds.
    func advance(by duration: Duration) async throws {
        let (seconds, attoseconds) = duration.components
        let passed = seconds * 1_000_000 + (attoseconds + 999_999_999_999) / 1_000_000_000_000
        let now = self.reading.withLock { reading in
            reading += passed
            return reading
        }
        _ = try await self.client.send(RedisCommand("SET", Self.key, now))
    }
}

/// A store on a server of its own, and what tests do with them.
struct StoreFixture: Sendable {
    let store: RedisRateLimitStore
    let client: RedisClient
    let server: RedisServer
    let clock: ServerClock
    let loop: any EventLoop

    /// Lets one check through the way that channel handlers take.
    func hit(_ check: OverridableCheck) async throws -> ResolvedVerdict {
        try await self.store.decide(check, on: self.loop).get()
    }

    /// Runs one command with `redis-cli`, as an observer does.
    @discardableResult
    func cli(_ words: String...) async throws -> String { try await self.cli(words) }

    /// Runs one command with `redis-cli`, as an observer does.
    @discardableResult
    func cli(_ words: [String]) async throws -> String {
        let arguments = ["-p", "\(self.server.port)"] + words
        return try await runProcess("redis-cli", arguments: arguments, within: .seconds(10)).standardOutput.lines
            .joined(separator: "\n")
    }
}

/// Runs a store on a server of its own.
///
/// - Parameter movesClock: Whether the store goes by a clock that the test moves, instead of that of the server.
func withStore(
    _ configuration: RedisRateLimitConfiguration = .patient(), movesClock: Bool = true, loopCount: Int = 1,
    _ body: (StoreFixture) async throws -> Void
) async throws {
    try await withRedisServer { server in
        try await withRedisClient(server.url, loopCount: loopCount) { client, group in
            // From an event loop nothing waits for the connection.
            for loop in group.makeIterator() {
                try await waitUntil { (try? await client.send(RedisCommand("PING"), on: loop).get()) != nil }
            }
            let clock = try await ServerClock(client: client)
            let store = try RedisRateLimitStore(
                client: client, configuration: configuration, clockKey: movesClock ? ServerClock.key : nil)
            try await body(
                StoreFixture(store: store, client: client, server: server, clock: clock, loop: group.any()))
        }
    }
}

/// The names of all keys that never expire, in order.
func keysWithoutExpiry(_ fixture: StoreFixture) async throws -> [String] {
    var lasting: [String] = []
    for key in try await fixture.cli("KEYS", "*").split(separator: "\n").map(String.init).sorted()
    where try await fixture.cli("TTL", key) == "-1" && key != ServerClock.key {
        lasting.append(key)
    }
    return lasting
}

/// Waits until something is so, by looking again and again.
func waitUntil(_ claim: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(20)
    while try await !claim() {
        guard ContinuousClock.now < end else { throw TestKitError(.timedOut, message: "it did not happen within 20 s") }
        try await Task.sleep(for: .milliseconds(2))
    }
}

extension RedisRateLimitConfiguration {
    /// A configuration for a machine that does other things meanwhile.
    static func patient(_ layouts: [String: RedisRateLimitLayout] = [:]) -> RedisRateLimitConfiguration {
        RedisRateLimitConfiguration(layouts: layouts, deadline: .seconds(20))
    }
}

extension RateLimitRule {
    /// The rule of `POST /check`.
    static func check(
        _ limit: Int64, _ milliseconds: Int64 = 60_000, _ algorithm: RateLimitAlgorithm = .slidingLog
    ) throws -> RateLimitRule {
        try RateLimitRule("check", quota: Quota(limit: limit, per: milliseconds, .millisecond), algorithm: algorithm)
    }
}
