extension RateLimitScripts {
    /// Fixed window, sliding counter and token bucket; each is a table of functions over a counter that was read.
    ///
    /// Times are microseconds since 1970. `open` reads, `fits` asks, `spend` and `refund` change the copy in memory, `close`
    /// writes it.
    static let meters = #"""
        local F, C, B, L, S, T = {}, {}, {}, {}, {}, {}
        local METERS = {F = F, C = C, B = B, L = L, S = S, T = T}

        -- Fixed window.
        function F.open(slot, rule)
          local ends, used = load(slot)
          if not ends or now >= ends then ends, used = now, 0 end
          slot.ends, slot.used = math.min(ends, now + rule.window), used
        end
        function F.fits(slot, rule, cost) return slot.used + cost <= rule.limit end
        function F.spend(slot, rule, cost)
          if slot.used == 0 then slot.ends = now + rule.window end
          slot.used = math.min(slot.used + cost, HUGE)
          return slot.ends
        end
        function F.refund(slot, rule, units, mark)
          if mark == slot.ends then slot.used = math.max(slot.used - units, 0) end
        end
        function F.close(slot)
          save(slot, text(slot.ends) .. ' ' .. text(slot.used), slot.used > 0 and slot.ends or now)
        end
        function F.report(slot) return slot.used, slot.ends - now, 0, 0 end
        function F.counts(slot) return slot.used > 0 end

        -- Sliding counter.
        function C.open(slot, rule)
          local start, previous, current = load(slot)
          if not start or (previous == 0 and current == 0) then start, previous, current = now, 0, 0 end
          start = math.min(start, now)
          if now >= start + 2 * rule.window then
            start, previous, current = now, 0, 0
          elseif now >= start + rule.window then
            start, previous, current = start + rule.window, current, 0
          end
          slot.start, slot.previous, slot.current, slot.window = start, previous, current, rule.window
        end
        function C.fits(slot, rule, cost)
          local room = rule.limit - cost - slot.current
          if room < 0 then return false end
          if slot.previous <= room then return true end
          return rule.window - mulDiv(room, rule.window, slot.previous) <= now - slot.start
        end
        function C.spend(slot, rule, cost)
          slot.current = math.min(slot.current + cost, HUGE)
          return slot.start
        end
        function C.refund(slot, rule, units, mark)
          if mark == slot.start then
            slot.current = math.max(slot.current - units, 0)
          elseif mark == slot.start - rule.window then
            slot.previous = math.max(slot.previous - units, 0)
          end
        end
        function C.close(slot)
          local ends = now
          if slot.previous > 0 then ends = slot.start + slot.window end
          if slot.current > 0 then ends = slot.start + 2 * slot.window end
          save(slot, text(slot.start) .. ' ' .. text(slot.previous) .. ' ' .. text(slot.current), ends)
        end
        function C.report(slot) return slot.start - now, slot.previous, slot.current, 0 end
        function C.counts(slot) return slot.previous > 0 or slot.current > 0 end

        -- Token bucket: when it is full, in microseconds and parts of one, as in the generic cell rate algorithm.
        local function filled(full, part) return part > 0 and full + 1 or full end
        function B.open(slot)
          local full, part, parts = load(slot)
          if not full or parts < 1 or filled(full, part) <= now then full, part, parts = now, 0, 1 end
          slot.full, slot.part, slot.parts = full, part, parts
        end
        local function recount(slot, parts)
          if slot.parts ~= parts then
            if slot.part > 0 then
              local q, r = mulDiv(slot.part, parts, slot.parts)
              if r > 0 then q = q + 1 end
              if q >= parts then slot.full, q = slot.full + 1, 0 end
              slot.part = q
            end
            slot.parts = parts
          end
        end
        local function after(slot, rule, cost)
          recount(slot, rule.den)
          local step, rest = mulDiv(cost, rule.window, rule.den)
          local full, part = slot.full + step, slot.part + rest
          if part >= rule.den then full, part = full + 1, part - rule.den end
          if full - now > DEBT then full, part = now + DEBT, 0 end
          return full, part
        end
        function B.fits(slot, rule, cost)
          local full, part = after(slot, rule, cost)
          local debt, fill, rest = full - now, rule.window, 0
          if rule.limit ~= rule.den then fill, rest = mulDiv(rule.limit, rule.window, rule.den) end
          return debt < fill or (debt == fill and part <= rest)
        end
        function B.spend(slot, rule, cost)
          if rule.limit > 0 then slot.full, slot.part = after(slot, rule, cost) end
          return slot.full
        end
        function B.refund(slot, rule, units, mark)
          if rule.limit == 0 or mark <= now or slot.full <= now then return end
          recount(slot, rule.den)
          local owed = mark - now
          local step, rest = mulDiv(units, rule.window, rule.den)
          if step >= owed then step, rest = owed, 0 end
          local full, part = slot.full - step, slot.part - rest
          if part < 0 then full, part = full - 1, part + rule.den end
          if full < now then full, part = now, 0 end
          slot.full, slot.part = full, part
        end
        function B.close(slot)
          save(slot, text(slot.full) .. ' ' .. text(slot.part) .. ' ' .. text(slot.parts), filled(slot.full, slot.part))
        end
        function B.report(slot) return slot.full - now, slot.part, slot.parts, 0 end
        function B.counts(slot) return filled(slot.full, slot.part) > now end
        """#
}
