public import Redis

/// The token bucket of the trace commons as a script with the prescribed contract, for callers that bring their own time.
///
/// ```
/// KEYS[1]  rl:{user_id}:{read|write}, a hash of tokens and last_refill
/// ARGV     capacity, tokens per second, now in seconds
/// result   1 when a token was taken, 0 when there was none
/// ```
///
/// A missing key is a full bucket. The state is written back also on refusal and lives for 120 s after every call. Tokens are
/// rounded to a billionth and times to a microsecond, so that no token comes late by the last bit of a sum. A clock that goes
/// back adds nothing and takes nothing.
public enum TokenBucketScript {
    /// The script.
    public static let script = RedisScript(source)

    private static let source = #"""
        local capacity, rate, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
        if not (capacity and rate and now and capacity >= 0 and rate >= 0 and now == now) then
          return redis.error_reply('ERR capacity, rate and time are numbers of 0 or more')
        end
        local state = redis.call('HMGET', KEYS[1], 'tokens', 'last_refill')
        local tokens, last = tonumber(state[1] or ''), tonumber(state[2] or '')
        if not tokens or not last then tokens, last = capacity, now end
        local function rounded(number) return math.floor(number * 1e9 + 0.5) / 1e9 end
        now = math.max(now, last)
        local elapsed = math.floor((now - last) * 1e6 + 0.5) / 1e6
        tokens = math.min(capacity, rounded(tokens + elapsed * rate))
        local passes = tokens >= 1
        if passes then tokens = rounded(tokens - 1) end
        local function shortest(number)
          for digits = 15, 16 do
            local form = string.format('%.' .. digits .. 'g', number)
            if tonumber(form) == number then return form end
          end
          return string.format('%.17g', number)
        end
        redis.call('HSET', KEYS[1], 'tokens', shortest(tokens), 'last_refill', shortest(now))
        redis.call('EXPIRE', KEYS[1], 120)
        return passes and 1 or 0
        """#
}
