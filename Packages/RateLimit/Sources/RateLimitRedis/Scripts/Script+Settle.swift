extension RateLimitScripts {
    /// Settles a lease once: 0 settled, 1 settled before, 2 too old.
    static let settle = #"""
        slots, order = {}, {}
        local instant, seen = ARGV[3] + 0, {}
        if now - instant > ARGV[2] + 0 or instant - now > 60000000 then return 2 end
        for number = 1, #KEYS - 1 do seen[number] = {examine(number, number * 12 - 9, true)} end
        if not call('SET', KEYS[#KEYS], '1', 'NX', 'EX', ARGV[1]) then return 1 end
        for number = 1, #KEYS - 1 do
          local rule, slot, meter = unpack(seen[number])
          local mark, difference = ARGV[number * 12 + 2] + 0, ARGV[number * 12 + 3] + 0
          if difference < 0 then meter.refund(slot, rule, -difference, mark, instant) end
          if difference > 0 then meter.spend(slot, rule, difference) end
          if difference ~= 0 then meter.close(slot) end
        end
        return 0
        """#

    /// Forgets one counter.
    static let reset = #"""
        slots, order = {}, {}
        local rule, slot, meter = examine(1, 0, false)
        local counts = meter.counts(slot)
        if rule.kind ~= 'S' and rule.field ~= '' then call('HDEL', rule.key, rule.field) else call('DEL', rule.key) end
        if rule.kind == 'S' then
          call('DEL', rule.key .. ':seq')
          call('ZREM', slot.index, slot.name)
        end
        return counts and 1 or 0
        """#
}
