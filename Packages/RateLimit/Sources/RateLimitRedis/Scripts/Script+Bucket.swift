extension RateLimitScripts {
    /// The prescribed bucket of a user.
    static let userBucket = #"""
        -- The prescribed bucket: a hash of tokens and last_refill.
        local function rounded(number) return floor(number * 1e9 + 0.5) / 1e9 end
        function T.open(slot, rule)
          local state = call('HMGET', slot.key, 'tokens', 'last_refill')
          local tokens, last = rule.limit, now / 1000000
          if state[1] and state[2] then
            tokens, last = tonumber(state[1]), tonumber(state[2])
            if not tokens or not last or tokens ~= tokens or last ~= last then malformed(slot.key) end
            local elapsed = math.max(floor((now / 1000000 - last) * 1000000 + 0.5), 0)
            tokens = rounded(tokens + elapsed * rule.limit / rule.window)
            tokens = math.max(math.min(tokens, rule.limit), -HUGE)
          end
          slot.tokens, slot.last = tokens, math.max(last, now / 1000000)
        end
        function T.fits(slot, rule, cost) return slot.tokens >= cost end
        function T.spend(slot, rule, cost)
          slot.tokens = rounded(slot.tokens - cost)
          return floor(now + (rule.limit - slot.tokens) * rule.window / rule.limit)
        end
        function T.refund(slot, rule, count, mark)
          local owed = math.max(mark - now, 0) * rule.limit / rule.window
          slot.tokens = math.min(slot.tokens + math.min(count, owed), rule.limit)
        end
        local function gather(rule, tokens) return math.max(ceil(tokens * rule.window / rule.limit - 1e-6), 1) end
        function T.lacking(slot, rule, cost) return gather(rule, cost - slot.tokens) end
        local function shortest(number)
          for digits = 15, 16 do
            local form = format('%.' .. digits .. 'g', number)
            if form + 0 == number then return form end
          end
          return format('%.17g', number)
        end
        function T.close(slot)
          call('HSET', slot.key, 'tokens', shortest(slot.tokens), 'last_refill', shortest(slot.last))
          call('EXPIRE', slot.key, '120')
        end
        function T.report(slot, rule, lacking)
          if rule.limit == 0 then return 0, 0, 0, 0 end
          local whole = math.max(floor(slot.tokens), 0)
          if whole >= rule.limit then return 0, 0, 0, 0 end
          return rule.limit - whole, lacking, gather(rule, whole + 1 - slot.tokens), gather(rule, rule.limit - slot.tokens)
        end
        function T.counts(slot) return call('EXISTS', slot.key) == 1 end
        """#
}
