import AppSupport
import RateLimit
import Settings

/// The settings of `limiter-node` (CONTRACTS §3).
enum LimiterNodeSettings {
    /// What to answer while Redis gives no answer.
    enum FailurePolicy: String, CaseIterable, Sendable {
        case local
        case open
        case closed

        var rule: RateLimitRule.StoreFailurePolicy {
            switch self {
            case .local: .local
            case .open: .open
            case .closed: .closed
            }
        }
    }

    static let bind = Setting.string(
        "RATELIMITER_BIND", default: "127.0.0.1", summary: "Address or name to listen on"
    ).flag("--bind")
    static let port = Setting.port(
        "RATELIMITER_NODE_PORT", in: 0...65_535, default: 8000,
        summary: "Port to listen on and to tell others; 0 picks a free one"
    ).flag("--port")
    static let respPort = Setting.port(
        "RATELIMITER_RESP_PORT", in: 0...65_535, summary: "Port for CL.THROTTLE and THROTTLE; 0 picks a free one, unset is off"
    ).flag("--resp-port").optional()
    static let nodeID = Setting<String>(
        "RATELIMITER_NODE_ID", kind: "text", phrase: "a node id", allowed: "1 to 128 bytes without control characters",
        default: "node-1", defaultText: "node-1", summary: "Name of this node in the fleet"
    ) { text in
        (1...128).contains(text.utf8.count) && !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) ? text : nil
    }
    static let nodeHost = Setting<String>(
        "RATELIMITER_NODE_HOST", kind: "text", phrase: "a host", allowed: "1 to 255 bytes without blanks",
        default: "localhost", defaultText: "localhost", summary: "Host that is told to others; nothing is bound to it"
    ) { text in
        (1...255).contains(text.utf8.count) && !text.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) ? text : nil
    }
    static let adminToken = Setting.string(
        "RATELIMITER_ADMIN_TOKEN", summary: "Bearer token for the routes below /api; unset leaves them open"
    ).secret().optional()
    static let respPassword = Setting.string(
        "RATELIMITER_RESP_PASSWORD", summary: "Password that RESP clients present with AUTH; unset asks for none"
    ).secret().optional()

    static let redisURL = Setting.url(
        "RATELIMITER_REDIS_URL", schemes: ["redis", "rediss", "unix", "redis+unix"],
        summary: "Redis that the fleet shares; unset counts in this process"
    ).alias("REDIS_URL").secret().optional()
    static let redisCAFile = Setting.path("REDIS_CA_FILE", summary: "PEM file with the authority of a rediss:// server")
        .optional()
    static let redisTimeout = Setting<Duration>.duration(
        "RATELIMITER_REDIS_TIMEOUT_MS", in: 1...10_000, unit: .milliseconds, default: 50,
        summary: "How long a decision may wait for Redis")
    static let onStoreFailure = Setting<FailurePolicy>.choice(
        "RATELIMITER_ON_STORE_FAILURE", default: .local,
        summary: "What to answer while Redis gives no answer: count here with a share, admit, or refuse")

    static let defaultLimit = Setting.integer(
        "RATELIMITER_DEFAULT_LIMIT", in: 0...1_000_000_000, default: 100, summary: "Units per window where a check names no limit"
    )
    static let defaultWindow = Setting.integer(
        "RATELIMITER_DEFAULT_WINDOW_MS", in: 1...933_120_000_000, default: 60_000,
        summary: "Window in milliseconds where a check names none")
    static let memory = Setting.integer(
        "RATELIMITER_MEMORY_MB", in: 1...8_192, default: 256, summary: "Memory for counters in MiB")

    static let timeToLive = Setting<Duration>.duration(
        "RATELIMITER_NODE_TTL_SECONDS", in: 1...86_400, default: 30, summary: "How long a registration lives without heartbeat")
    static let heartbeat = Setting<Duration>.duration(
        "RATELIMITER_NODE_HEARTBEAT_SECONDS", in: 1...86_400, default: 10, summary: "Pause between heartbeats")

    static let drainPause = Setting<Duration>.duration(
        "DRAIN_SECONDS", in: 0...300, default: 1,
        summary: "How long /readyz says draining before the node stops accepting")
    static let stopLimit = Setting<Duration>.duration(
        "STOP_TIMEOUT_SECONDS", in: 1...3_600, default: 30, summary: "How long requests in flight may take after a stop signal")

    static let catalogue = SettingsCatalogue(
        [
            SettingsCatalogue.Section(
                "Listening",
                [
                    Self.bind, Self.port, Self.respPort, Self.adminToken, Self.respPassword, Self.drainPause, Self.stopLimit,
                ]),
            SettingsCatalogue.Section("Limits", [Self.defaultLimit, Self.defaultWindow, Self.memory]),
            SettingsCatalogue.Section("Redis", [Self.redisURL, Self.redisCAFile, Self.redisTimeout, Self.onStoreFailure]),
            SettingsCatalogue.Section("Fleet", [Self.nodeID, Self.nodeHost, Self.timeToLive, Self.heartbeat]),
            CommonSettings.logging,
        ])
}
