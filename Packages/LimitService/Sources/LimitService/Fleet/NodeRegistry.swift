public import Logging
public import RateLimit
public import Redis
public import ServiceLifecycle
import Synchronization

/// Keeps a node known to the fleet, and knows the others (CONTRACTS §4.8 and §8.5).
///
/// ```
/// ratelimiter:nodes:node-1   hash   address "host:8000" · registered_at "2026-11-26T21:27:22Z"   (expires, renewed by the heartbeat)
/// gatehouse:limiter:roster   hash   node-1 → last seen · address · registered at                 (all nodes of the last hour)
/// ```
///
/// A node that stops takes both back. One that just vanishes is `Down` as soon as its registration has run out, and is dropped
/// from the roster an hour later. Errors of the store never end the heartbeat.
public final class NodeRegistry: Service, NodeDirectory {
    /// Who this node is, and how often it says so.
    public struct Configuration: Sendable {
        /// The id (`RATELIMITER_NODE_ID`).
        public var id: String
        /// When this process started, in RFC 3339.
        public var startedAt: String
        /// How long a registration lives without a heartbeat (`RATELIMITER_NODE_TTL_SECONDS`).
        public var timeToLive: Duration
        /// The pause between heartbeats (`RATELIMITER_NODE_HEARTBEAT_SECONDS`).
        public var heartbeat: Duration
        /// How long a node that vanished stays `Down` in the list.
        public var grace: Duration

        /// Creates a configuration.
        public init(
            id: String, startedAt: String, timeToLive: Duration = .seconds(30),
            heartbeat: Duration = .seconds(10), grace: Duration = .seconds(3_600)
        ) {
            self.id = id
            self.startedAt = startedAt
            self.timeToLive = timeToLive
            self.heartbeat = heartbeat
            self.grace = grace
        }
    }

    private struct State {
        /// Host and port to tell others.
        var address = ""
        /// When this node registered first, as the store says.
        var registeredAt: String?
        var liveNodes = 1
        var scanCursor = "0"
    }

    /// The most steps of the search for registrations that no roster names, and keys per step, for one listing.
    private static let scanSteps = 50
    private static let scanCount = 1_000

    private let client: RedisClient
    private let configuration: Configuration
    private let metrics: NodeMetrics
    private let logger: Logger
    private let state = Mutex(State())
    private let addresses = AsyncStream<String>.makeStream(bufferingPolicy: .bufferingOldest(1))

    /// Creates the registry; nothing is registered before ``run()``.
    ///
    /// - Parameters:
    ///   - client: The shared store.
    ///   - configuration: Who this node is.
    ///   - metrics: Shows the state of the heartbeat.
    ///   - logger: Gets a line when the heartbeat begins to fail and when it works again.
    public init(client: RedisClient, configuration: Configuration, metrics: NodeMetrics, logger: Logger) {
        self.client = client
        self.configuration = configuration
        self.metrics = metrics
        self.logger = logger
    }

    /// How many nodes shared the store at the last heartbeat that worked, 1 or more; the share of policy `local` goes by it.
    public var liveNodes: Int { self.state.withLock { $0.liveNodes } }

    /// Says that the node takes checks; it registers now.
    ///
    /// - Parameter address: Host and port to tell others.
    public func nodeListens(at address: String) {
        self.addresses.continuation.yield(address)
    }

    /// Registers as soon as the node listens, renews the registration until the service group stops, and takes it back.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            guard let address = await self.addresses.stream.first(where: { _ in true }) else { return }
            self.state.withLock { $0.address = address }
            self.metrics.nodeIsUp(true)
            var wasFailing = false
            while !Task.isCancelled {
                let isFailing = await !self.beat()
                if isFailing != wasFailing {
                    self.logger.log(
                        level: isFailing ? .warning : .info, isFailing ? "heartbeat fails" : "heartbeat works again")
                }
                wasFailing = isFailing
                // While the store is away the fleet waits for this node to come back, so it tries more often.
                let pause = isFailing ? min(self.configuration.heartbeat, .seconds(1)) : self.configuration.heartbeat
                do {
                    try await Task.sleep(for: pause)
                } catch {
                    break
                }
            }
        }
        self.metrics.nodeIsUp(false)
        await self.unregister()
    }

    /// All nodes of the roster, and those that other programs registered.
    public func nodes() async throws(RateLimitError) -> [NodeRecord] {
        do {
            try await self.adoptForeignNodes()
            let reply = try await self.client.evaluate(
                Self.listing, keys: [Array(Self.rosterKey.utf8)],
                arguments: [Array(String(self.configuration.grace.components.seconds).utf8)])
            return (reply.arrayValue ?? []).compactMap(Self.record).sorted { left, right in
                left.id.utf8.lexicographicallyPrecedes(right.id.utf8)
            }
        } catch {
            throw RateLimitError(.storeUnavailable, message: "The nodes are known to the shared store only", cause: error)
        }
    }

    /// Sends one heartbeat.
    ///
    /// - Returns: Whether it arrived.
    private func beat() async -> Bool {
        do {
            let reply = try await self.client.evaluate(
                Self.registration, keys: [Array((Self.keyPrefix + self.configuration.id).utf8), Array(Self.rosterKey.utf8)],
                arguments: [
                    self.configuration.id, self.state.withLock { $0.address },
                    self.state.withLock { $0.registeredAt } ?? self.configuration.startedAt,
                    String(max(self.configuration.timeToLive.components.seconds, 1)),
                    String(self.configuration.grace.components.seconds),
                ].map { Array($0.utf8) })
            guard let parts = reply.arrayValue, parts.count == 2 else { return false }
            self.state.withLock { state in
                state.registeredAt = parts[0].text ?? state.registeredAt
                state.liveNodes = max(Int(clamping: parts[1].integerValue ?? 1), 1)
            }
            self.metrics.heartbeat(isWorking: true, liveNodes: self.liveNodes)
            return true
        } catch {
            self.metrics.heartbeat(isWorking: false, liveNodes: self.liveNodes)
            self.logger.debug("heartbeat failed", metadata: ["error": .string(String(reflecting: error))])
            return false
        }
    }

    private func unregister() async {
        // The task may be cancelled already; taking the registration back is best effort and bounded by the command's deadline.
        let client = self.client
        let id = self.configuration.id
        let logger = self.logger
        await Task {
            do {
                _ = try await client.send(RedisCommand("DEL", Self.keyPrefix + id), within: .seconds(1))
                _ = try await client.send(RedisCommand("HDEL", Self.rosterKey, id), within: .seconds(1))
            } catch {
                logger.debug("registration not taken back", metadata: ["error": .string(String(reflecting: error))])
            }
        }.value
    }

    /// Looks for registrations that no roster names, such as those of older programs; goes on where the last search ended.
    private func adoptForeignNodes() async throws(RedisError) {
        for _ in 0..<Self.scanSteps {
            let cursor = self.state.withLock { $0.scanCursor }
            let reply = try await self.client.send(
                RedisCommand("SCAN", cursor, "MATCH", Self.keyPrefix + "*", "COUNT", Self.scanCount, "TYPE", "hash"))
            guard let parts = reply.arrayValue, parts.count == 2, let next = parts[0].text else { return }
            for key in (parts[1].arrayValue ?? []).compactMap(\.bytes) {
                let id = Array(key.dropFirst(Self.keyPrefix.utf8.count))
                _ = try await self.client.evaluate(
                    Self.adoption, keys: [key, Array(Self.rosterKey.utf8)], arguments: [id])
            }
            self.state.withLock { $0.scanCursor = next }
            if next == "0" { return }
        }
    }

    private static func record(_ value: RedisValue) -> NodeRecord? {
        guard let parts = value.arrayValue, parts.count == 4, let id = parts[0].text, let address = parts[1].text else {
            return nil
        }
        return NodeRecord(
            id: id, address: address, state: parts[3].integerValue == 1 ? .up : .down,
            registeredAt: parts[2].text.flatMap(RegistrationTime.normalised))
    }
}

// MARK: Redis layout

extension NodeRegistry {
    /// What the keys of registrations begin with; the id is all that follows, whatever it holds.
    static let keyPrefix = "ratelimiter:nodes:"
    /// All nodes that are or were there.
    static let rosterKey = "gatehouse:limiter:roster"

    /// Registers or renews: the first `registered_at` is kept. Returns it and the number of nodes that are up.
    private static let registration = RedisScript(
        """
        local now = tonumber(redis.call('TIME')[1])
        redis.call('HSET', KEYS[1], 'address', ARGV[2])
        redis.call('HSETNX', KEYS[1], 'registered_at', ARGV[3])
        redis.call('EXPIRE', KEYS[1], ARGV[4])
        local first = redis.call('HGET', KEYS[1], 'registered_at')
        redis.call('HSET', KEYS[2], ARGV[1], now .. '\\n' .. ARGV[2] .. '\\n' .. first)
        redis.call('EXPIRE', KEYS[2], tonumber(ARGV[5]) + tonumber(ARGV[4]))
        local up = 0
        for _, id in ipairs(redis.call('HKEYS', KEYS[2])) do
            up = up + redis.call('EXISTS', 'ratelimiter:nodes:' .. id)
        end
        return {first, up}
        """)

    /// Enters a registration that somebody else made into the roster.
    private static let adoption = RedisScript(
        """
        if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 1 then return 0 end
        local fields = redis.call('HMGET', KEYS[1], 'address', 'registered_at')
        local entry = redis.call('TIME')[1] .. '\\n' .. (fields[1] or '') .. '\\n' .. (fields[2] or '')
        redis.call('HSET', KEYS[2], ARGV[1], entry)
        if redis.call('TTL', KEYS[2]) < 0 then redis.call('EXPIRE', KEYS[2], 3600) end
        return 1
        """)

    /// Lists the roster: id, address, registered at, whether it is up; drops who was gone for longer than the grace.
    private static let listing = RedisScript(
        """
        local now = tonumber(redis.call('TIME')[1])
        local roster = redis.call('HGETALL', KEYS[1])
        local nodes = {}
        for place = 1, #roster, 2 do
            local id = roster[place]
            local seen, address, first = string.match(roster[place + 1], '^(%d+)\\n([^\\n]*)\\n(.*)$')
            local key = 'ratelimiter:nodes:' .. id
            if redis.call('TYPE', key).ok == 'hash' then
                local fields = redis.call('HMGET', key, 'address', 'registered_at')
                address, first = fields[1] or '', fields[2] or ''
                redis.call('HSET', KEYS[1], id, now .. '\\n' .. address .. '\\n' .. first)
                nodes[#nodes + 1] = {id, address, first, 1}
            elseif seen == nil or now - tonumber(seen) > tonumber(ARGV[1]) then
                redis.call('HDEL', KEYS[1], id)
            else
                nodes[#nodes + 1] = {id, address, first, 0}
            end
        end
        return nodes
        """)
}
