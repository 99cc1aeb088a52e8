/// How the counters of a rule lie in Redis.
public enum RedisRateLimitLayout: Sendable, Hashable {
    /// The two kinds of request that the buckets of a user know.
    public enum BucketClass: String, Sendable, Hashable {
        case read, write
    }

    /// Keys of our own, which always expire; no two tuples of rule, algorithm, unit, window and key share one.
    ///
    /// ```
    /// gatehouse:rl:F:2:60000000000:5:query␄user␂42       fixed window, one minute in nanoseconds, rule "query"
    /// ```
    case own

    /// The prescribed log of the limiter service, which other programs read and write too.
    ///
    /// ```
    /// ratelimit:{key}          sorted set, score = milliseconds since 1970, member <ms>:<seq>, one per unit
    /// ratelimit:{key}:seq      the last sequence number
    /// ratelimit:limit:{key}    hash {limit, window_ms}, a stored override, never expires
    /// ```
    ///
    /// One log per key holds for all rules and windows. Keys have one part. Algorithms other than the sliding log keep one hash
    /// per key beside it, `gatehouse:check:{key}`.
    case check

    /// The prescribed bucket of a user: the hash `rl:{key}:{read|write}` with `tokens` and `last_refill`, 120 s to live.
    ///
    /// The bucket holds the rule's limit and fills evenly within its window, whatever the rule's algorithm. Keys have one part.
    case bucket(BucketClass)
}
