extension RateLimitScripts {
    /// The sliding log of our own layout, with weighted entries.
    static let ownLog = #"""
        -- Sliding log of our own: members "<microseconds>:<units>", and the member "t" whose score is the sum below zero.
        local function units(member)
          local count = match(member, '^%d+:(%d+)')
          return count and count + 0 or 0
        end
        function L.open(slot, rule)
          local cutoff = text(now - rule.window)
          slot.window, slot.pending, slot.old = rule.window, 0, 0
          slot.used = -(call('ZSCORE', slot.key, 't') or 0)
          if slot.used > 0 then
            local offset = 0
            repeat
              local page = call('ZRANGEBYSCORE', slot.key, '1', cutoff, 'LIMIT', text(offset), '1000')
              local sum = 0
              for _, member in ipairs(page) do sum = sum + units(member) end
              slot.used = slot.used - sum
              if #page > 0 and slot.writes then
                call('ZINCRBY', slot.key, text(sum), 't')
                for first = 1, #page, 100 do call('ZREM', slot.key, unpack(page, first, math.min(first + 99, #page))) end
              else
                offset, slot.old = offset + #page, slot.old + #page
              end
            until #page < 1000
          end
        end
        function L.fits(slot, rule, cost) return slot.used + slot.pending + cost <= rule.limit end
        -- Microseconds until so many of the oldest units have left.
        local function wait(slot, count)
          if count > slot.used then return slot.window end
          local rank = 1 + slot.old
          local single = slot.used == call('ZCARD', slot.key) - rank
          if single then rank, count = rank + count - 1, 1 end
          while true do
            local page = call('ZRANGE', slot.key, text(rank), text(rank + 99), 'WITHSCORES')
            if #page == 0 then return slot.window end
            for at = 1, #page, 2 do
              count = count - units(page[at])
              if count <= 0 then return math.max(page[at + 1] + slot.window - now, 1) end
            end
            rank = rank + 100
          end
        end
        function L.spend(slot, rule, cost)
          slot.pending = slot.pending + math.min(cost, HUGE)
          return now
        end
        function L.refund(slot, rule, count, mark)
          for _, member in ipairs(call('ZRANGEBYSCORE', slot.key, text(mark), text(mark))) do
            local counted = units(member)
            local back = math.min(counted, count)
            if back > 0 then
              call('ZINCRBY', slot.key, text(back), 't')
              call('ZREM', slot.key, member)
              if back < counted then L.add(slot, mark, counted - back) end
              count, slot.used = count - back, slot.used - back
            end
          end
        end
        function L.add(slot, stamp, count)
          local member, twin = text(stamp) .. ':' .. text(count), 0
          while call('ZADD', slot.key, 'NX', text(stamp), twin == 0 and member or member .. ':' .. twin) == 0 do
            twin = twin + 1
          end
        end
        function L.close(slot)
          if slot.pending > 0 then
            local count = math.min(slot.pending, HUGE - math.min(slot.used, HUGE))
            call('ZINCRBY', slot.key, text(-count), 't')
            L.add(slot, now, count)
            slot.used, slot.pending = slot.used + count, 0
          end
          if slot.used > 0 then call('PEXPIRE', slot.key, text(ceil(slot.window / 1000) + 1000)) else call('DEL', slot.key) end
        end
        function L.report(slot, rule, lacking)
          if slot.used == 0 then return 0, 0, 0, 0 end
          local newest = call('ZRANGE', slot.key, '-1', '-1', 'WITHSCORES')[2]
          local replenish = wait(slot, math.max(slot.used - rule.limit, 0) + 1)
          return slot.used, lacking, replenish, math.max(newest + slot.window - now, 1)
        end
        function L.lacking(slot, rule, cost) return wait(slot, slot.used + slot.pending + cost - rule.limit) end
        function L.counts(slot) return slot.used > 0 end
        """#

    /// The prescribed log, with one entry per unit, and its index.
    static let sharedLog = #"""
        -- The prescribed log, one for all windows: "ratelimit:{key}" and ":seq", with the greatest window in the index.
        local function within(slot, rule) return call('ZCOUNT', slot.key, '(' .. text(nowMs - rule.window), '+inf') end
        function S.open(slot, rule)
          slot.pending, slot.code, slot.keep = 0, 0, 0
          slot.card = call('ZCARD', slot.key)
          slot.index = slot.field == '' and INDEX or slot.field
          slot.known = call('ZSCORE', slot.index, slot.name)
          if slot.known then
            slot.known = slot.known + 0
            local code = slot.known % 2097152
            if (slot.known - code) / 2097152 > time[1] + 0 then slot.code, slot.keep = code, decode(code) end
          end
          if slot.code == 0 and slot.writes and slot.field == '' then
            local window = whole(call('HGET', 'ratelimit:limit:' .. slot.name, 'window_ms'))
            if window and window > 0 and window <= LONGEST then
              slot.code = encode(window)
              slot.keep = decode(slot.code)
            end
          end
          if slot.writes then
            local seq = call('GET', slot.key .. ':seq')
            if seq and (#seq > 15 or not match(seq, '^%d+$')) then malformed(slot.key .. ':seq') end
            slot.seq = seq and seq + 0 or 0
          end
        end
        function S.join(slot, rule)
          rule.used = slot.card > 0 and within(slot, rule) or 0
          if rule.code > slot.code then slot.code, slot.keep = rule.code, rule.keep end
          if rule.stored and encode(rule.stored) > slot.code then
            slot.code = encode(rule.stored)
            slot.keep = decode(slot.code)
          end
        end
        function S.fits(slot, rule, cost) return rule.used + slot.pending + cost <= rule.limit end
        function S.spend(slot, rule, cost)
          slot.pending = slot.pending + cost
          return slot.seq + slot.pending
        end
        local function leave(slot, rule, count)
          if count > rule.used then return rule.window * 1000 end
          local rank = text(call('ZCARD', slot.key) - rule.used + count - 1)
          local entry = call('ZRANGE', slot.key, rank, rank, 'WITHSCORES')[2]
          if not entry then return rule.window * 1000 end
          return math.max(math.min(ceil(entry + rule.window - nowMs), HUGE / 1000), 1) * 1000
        end
        function S.lacking(slot, rule, cost) return leave(slot, rule, rule.used + slot.pending + cost - rule.limit) end
        function S.prune(slot)
          if slot.card > 0 then call('ZREMRANGEBYSCORE', slot.key, '-inf', text(nowMs - slot.keep)) end
        end
        function S.close(slot)
          if slot.pending > 0 then
            local last = call('INCRBY', slot.key .. ':seq', text(slot.pending))
            S.prune(slot)
            local stamp, command = text(nowMs), {}
            for seq = last - slot.pending + 1, last do
              command[#command + 1] = stamp
              command[#command + 1] = stamp .. ':' .. text(seq)
              if #command >= 1000 or seq == last then
                call('ZADD', slot.key, unpack(command))
                command = {}
              end
            end
            local ttl = ceil(slot.keep / 1000) + 1
            local score = (time[1] + ttl) * 2097152 + slot.code
            if score ~= slot.known then
              call('EXPIRE', slot.key, text(ttl))
              call('EXPIRE', slot.key .. ':seq', text(ttl))
              call('ZADD', slot.index, text(score), slot.name)
            end
            slot.pending, slot.card, slot.known, slot.seq = 0, 1, score, last
          end
        end
        function S.refund(slot, rule, count, mark, instant)
          local stamp = text(floor(instant / 1000)) .. ':'
          if mark > 9007199254740991 then return end
          for seq = mark, math.max(mark - math.min(count, 10000) + 1, 1), -1 do call('ZREM', slot.key, stamp .. text(seq)) end
        end
        function S.report(slot, rule, lacking)
          local used = within(slot, rule)
          rule.used = used
          if used == 0 then return 0, 0, 0, 0 end
          local newest = call('ZRANGE', slot.key, '-1', '-1', 'WITHSCORES')[2]
          local reset = math.max(math.min(ceil(newest + rule.window - nowMs), HUGE / 1000), 1) * 1000
          return used, lacking, leave(slot, rule, math.max(used - rule.limit, 0) + 1), reset
        end
        function S.counts(slot) return slot.card > 0 end
        """#
}
