extension RateLimitScripts {
    /// A page of live counters: from the index, then from a scan for logs that only others write.
    static let counters = #"""
        local call, floor = redis.call, math.floor
        local nowMs = floor(now / 1000)
        local page, limit, window = ARGV[1] + 0, ARGV[2] + 0, ARGV[3] + 0
        local function whole(text, least, most)
          if not text or #text > 19 or not string.match(text, '^%d+$') then return nil end
          text = text + 0
          if text >= least and text <= most then return text end
        end
        local function row(name)
          local stored = call('HMGET', 'ratelimit:limit:' .. name, 'limit', 'window_ms')
          local most, long = whole(stored[1], 0, 1e15) or limit, whole(stored[2], 1, 933120000000) or window
          local count = call('ZCOUNT', 'ratelimit:' .. name, string.format('%.0f', nowMs - long), '+inf')
          return {name, count, most, long}
        end
        local function add(rows, name)
          local fine, result = pcall(row, name)
          if fine and result[2] > 0 then rows[#rows + 1] = result end
        end
        local function live(score) return score and floor(score / 2097152) > time[1] + 0 end
        local rows = {}
        if ARGV[4] == 'scan' then
          local found = call('SCAN', ARGV[5], 'MATCH', 'ratelimit:*', 'COUNT', ARGV[6], 'TYPE', 'zset')
          for _, key in ipairs(found[2]) do
            local name = string.sub(key, 11)
            local isOurs = string.sub(name, -4) == ':seq' or string.sub(name, 1, 6) == 'limit:'
            if not isOurs and not live(call('ZSCORE', INDEX, name)) then add(rows, name) end
          end
          return {rows, found[1], ''}
        end
        -- The first member behind the score and name of the last page: rows only ever move to the end.
        local score, name = ARGV[5] + 0, ARGV[6]
        local from = call('ZCOUNT', INDEX, '-inf', '(' .. string.format('%.0f', math.max(score, (time[1] + 1) * 2097152)))
        if score > 0 then
          local low, high = from, call('ZCOUNT', INDEX, '-inf', string.format('%.0f', score))
          while low < high do
            local middle = floor((low + high) / 2)
            if call('ZRANGE', INDEX, middle, middle)[1] <= name then low = middle + 1 else high = middle end
          end
          from = math.max(low, from)
        end
        local found = call('ZRANGE', INDEX, from, from + page - 1, 'WITHSCORES')
        for at = 1, #found, 2 do add(rows, found[at]) end
        if #found < 2 * page then return {rows, '', ''} end
        return {rows, found[#found], found[#found - 1]}
        """#

    /// Forgets all counters of a key in the prescribed layout.
    static let forget = #"""
        local had = redis.call('ZCARD', KEYS[1]) + redis.call('HLEN', KEYS[3])
        redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
        redis.call('ZREM', INDEX, ARGV[1])
        return had > 0 and 1 or 0
        """#

    /// Takes keys out of indexes that have ended, oldest first.
    static let purge = #"""
        local ended = 0
        for number = 1, #KEYS do
          local count = redis.call('ZCOUNT', KEYS[number], '-inf', '(' .. string.format('%.0f', (time[1] + 1) * 2097152))
          count = math.min(count, ARGV[1] - ended)
          if count > 0 then ended = ended + redis.call('ZREMRANGEBYRANK', KEYS[number], 0, count - 1) end
        end
        return ended
        """#

    /// Counts live keys.
    static let live = #"""
        return redis.call('ZCOUNT', INDEX, string.format('%.0f', (time[1] + 1) * 2097152), '+inf')
        """#
}
