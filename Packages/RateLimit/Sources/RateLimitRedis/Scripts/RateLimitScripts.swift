import Redis

/// The scripts of a store, put together for its key prefix.
///
/// All take the time from the Redis server. Numbers in Lua are doubles, so every quantity stays below 2⁵³: limits and costs are
/// cut at 2⁵⁰, times are microseconds, and products go through `mulDiv`.
struct RateLimitScripts: Sendable {
    /// The greatest limit that is told apart from greater ones.
    static let greatestLimit: Int64 = 1 << 50

    /// What follows the prefix in the key of the index of live logs.
    static let indexName = "limiter:index"
    /// The same for logs outside the prescribed layout.
    static let ownIndexName = "limiter:windows"

    let hit: RedisScript
    let decide: RedisScript
    let settle: RedisScript
    let reset: RedisScript
    let counters: RedisScript
    let forget: RedisScript
    let purge: RedisScript
    let live: RedisScript

    /// - Parameters:
    ///   - prefix: Checked to hold nothing that ends a Lua string.
    ///   - clockKey: A key that holds the time in microseconds, where it exists; only for tests.
    init(prefix: String, clockKey: String?) {
        let head = "local INDEX = '\(prefix)\(Self.indexName)'\n" + Self.clock(clockKey)
        let engine = [Self.arithmetic, Self.meters, Self.ownLog, Self.sharedLog, Self.userBucket, Self.examine]
        func script(_ pieces: [String]) -> RedisScript { RedisScript(head + pieces.joined(separator: "\n")) }
        self.hit = script([Self.hit])
        self.decide = script(engine + [Self.decide])
        self.settle = script(engine + [Self.settle])
        self.reset = script(engine + [Self.reset])
        self.counters = script([Self.counters])
        self.forget = script([Self.forget])
        self.purge = script([Self.purge])
        self.live = script([Self.live])
    }

    private static func clock(_ clockKey: String?) -> String {
        let read = "local time = redis.call('TIME')\nlocal now = time[1] * 1000000 + time[2]\n"
        guard let clockKey else { return read }
        return read + """
            now = (redis.call('GET', '\(clockKey)') or now) + 0
            time = {(now - now % 1000000) / 1000000, now % 1000000}

            """
    }
}
