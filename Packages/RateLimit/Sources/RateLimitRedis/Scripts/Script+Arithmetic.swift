extension RateLimitScripts {
    /// Exact arithmetic, and counters that are one string or one field of a hash.
    static let arithmetic = #"""
        local call, floor, ceil, fmod, match, format = redis.call, math.floor, math.ceil, math.fmod, string.match, string.format
        local nowMs = floor(now / 1000)
        local HUGE, DEBT, LONGEST = 1125899906842624, 2251799813685248, 933120000000

        local function text(n) return format('%.0f', n) end
        local function malformed(key) error('the value at ' .. key .. ' is none of a rate limiter') end

        -- a * b / c, exactly: all up to 2^50; a quotient above 2^52 is told as that.
        local function mulDiv(a, b, c)
          local p = a * b
          if p < 9007199254740992 then
            local r = fmod(p, c)
            return (p - r) / c, r
          end
          local ra = fmod(a, c)
          local qa = (a - ra) / c
          local q, r, bit = 0, 0, HUGE
          while bit >= 1 do
            q, r = q + q, r + r
            if b >= bit then b, q, r = b - bit, q + qa, r + ra end
            if r >= c then q, r = q + 1, r - c end
            if r >= c then q, r = q + 1, r - c end
            if q > 4503599627370496 then return 4503599627370496, 0 end
            bit = bit / 2
          end
          return q, r
        end

        -- A window in 21 bits: milliseconds, seconds, minutes or hours, rounded up; a longer window has a greater code.
        local UNITS = {[0] = 1, 1000, 60000, 3600000}
        local function encode(window)
          for unit = 0, 3 do
            local count = ceil(window / UNITS[unit])
            if count < 524288 then return unit * 524288 + count end
          end
          return 2097151
        end
        local function decode(code) return code % 524288 * UNITS[floor(code / 524288)] end

        -- A whole number of 0 or more, or nil for anything else.
        local function whole(value)
          if not value or #value > 19 or not match(value, '^%d+$') then return nil end
          return math.min(value + 0, HUGE)
        end

        local function load(slot)
          local value
          if slot.field ~= '' then value = call('HGET', slot.key, slot.field) else value = call('GET', slot.key) end
          if not value then return end
          local a, b, c = match(value, '^(%d+) (%d+) ?(%d*)$')
          if not a or #a > 16 or #b > 16 or #c > 16 then malformed(slot.key) end
          return a + 0, b + 0, c ~= '' and c + 0 or 0
        end

        local function save(slot, value, ends)
          if ends <= now then
            if slot.field ~= '' then call('HDEL', slot.key, slot.field) else call('DEL', slot.key) end
            return
          end
          local ttl = ceil((ends - now) / 1000) + 1000
          if slot.field == '' then
            call('SET', slot.key, value, 'PX', text(ttl))
          else
            call('HSET', slot.key, slot.field, value)
            if call('PTTL', slot.key) < ttl then call('PEXPIRE', slot.key, text(ttl)) end
          end
        end
        """#
}
