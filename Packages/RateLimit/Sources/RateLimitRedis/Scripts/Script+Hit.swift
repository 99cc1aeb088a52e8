extension RateLimitScripts {
    /// One unit on the prescribed log, which is what most requests ask for, in as few commands as it takes.
    ///
    /// Answers `n` when admitted as the n-th of the window; `-1 - n` when refused behind n others. An array adds the
    /// milliseconds to wait, and the quota when an override replaced a part of it.
    static let hit = #"""
        local call, format = redis.call, string.format
        local key, nowMs = KEYS[1], (now - now % 1000) / 1000
        local name = string.sub(key, 11)
        local limit, window, code, keep, parts = ARGV[1] + 0, ARGV[2] + 0, ARGV[3] + 0, ARGV[4] + 0, ARGV[5]
        local known, other, resolved = call('ZSCORE', INDEX, name)
        if known then
          known = known + 0
          other = known % 2097152
          if (known - other) / 2097152 <= time[1] + 0 then other = nil end
        end
        if parts or not other then
          local stored = call('HMGET', 'ratelimit:limit:' .. name, 'limit', 'window_ms')
          local function whole(text, most)
            if text and #text <= 19 and string.match(text, '^%d+$') then return math.min(text + 0, most) end
          end
          local storedLimit, storedWindow = whole(stored[1], 1125899906842624), whole(stored[2], 1e15)
          if parts and parts ~= '2' and storedLimit then limit, resolved = storedLimit, true end
          if storedWindow and storedWindow > 0 and storedWindow <= 933120000000 then
            local asked = code
            for unit, length in ipairs({1, 1000, 60000, 3600000}) do
              local count = math.ceil(storedWindow / length)
              if count < 524288 then
                code = (unit - 1) * 524288 + count
                break
              end
            end
            if parts and parts ~= '1' then
              window, resolved = storedWindow, true
              keep = code % 524288 * (code < 524288 and 1 or code < 1048576 and 1000 or code < 1572864 and 60000 or 3600000)
            else
              if not other or code > other then other = code end
              code = asked
            end
          end
        end
        if other and other > code then
          code = other
          keep = other % 524288 * (other < 524288 and 1 or other < 1048576 and 1000 or other < 1572864 and 60000 or 3600000)
        end
        local count = call('ZCOUNT', key, format('(%.0f', nowMs - window), '+inf')
        local reply, wait = count + 1, 0
        if count < limit then
          local stamp, seqKey = format('%.0f', nowMs), key .. ':seq'
          -- A server without memory refuses this one; were removing the first write, it would let all later ones pass.
          local seq = call('INCR', seqKey)
          call('ZREMRANGEBYSCORE', key, '-inf', format('%.0f', nowMs - keep))
          call('ZADD', key, stamp, stamp .. ':' .. seq)
          local ttl = math.ceil(keep / 1000) + 1
          local score = (time[1] + ttl) * 2097152 + code
          if score ~= known then
            call('EXPIRE', key, ttl)
            call('EXPIRE', seqKey, ttl)
            call('ZADD', INDEX, format('%.0f', score), name)
          end
        else
          reply = -reply
          call('ZREMRANGEBYSCORE', key, '-inf', format('%.0f', nowMs - keep))
          if limit > 0 then
            local rank = format('%.0f', (keep == window and count or call('ZCARD', key)) - limit)
            local oldest = call('ZRANGE', key, rank, rank, 'WITHSCORES')[2]
            wait = math.max(math.min(math.ceil(oldest + window - nowMs), 1099511627775), 1)
          end
        end
        if resolved then return {reply, wait, limit, window} end
        if wait > 0 then return {reply, wait} end
        return reply
        """#
}
