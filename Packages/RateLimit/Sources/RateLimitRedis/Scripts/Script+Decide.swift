extension RateLimitScripts {
    /// Reads the words of a check, ten of them, and opens its counter once.
    static let examine = #"""
        -- The quota of a check, with what a stored override replaces.
        local LENGTHS = {1, 1000, 60000, 3600000, 86400000, 2592000000, 31104000000}
        local function resolve(rule)
          local parts = rule.parts
          if parts == 0 then return end
          local stored = call('HMGET', 'ratelimit:limit:' .. rule.name, 'limit', 'window_ms')
          local limit, window = whole(stored[1]), whole(stored[2])
          if parts ~= 2 and limit then rule.limit = limit end
          if window and (window < 1 or window > LONGEST) then window = nil end
          rule.stored = window
          if parts ~= 1 and window and window ~= rule.milliseconds then
            rule.milliseconds = window
            if rule.kind == 'S' then
              rule.window, rule.code = window, encode(window)
              rule.keep = decode(rule.code)
            else
              rule.window = window * 1000
              local place = rule.field ~= '' and 'field' or 'key'
              if rule.kind ~= 'T' and not rule.isBucket then
                local head, unit, tail = match(rule[place], '^(.-%u:)(%d):%d+(:.*)$')
                if head then
                  if window % LENGTHS[unit + 1] ~= 0 then unit = '0' end
                  rule[place] = head .. unit .. ':' .. text(window) .. '000000' .. tail
                end
              end
            end
          end
        end

        local slots, order
        -- The rule of the check whose words begin behind `base`, and the counter that it looks at.
        local function examine(number, base, writes)
          local rule = {
            key = KEYS[number], kind = ARGV[base + 1], cost = ARGV[base + 2] + 0, limit = ARGV[base + 3] + 0,
            window = ARGV[base + 4] + 0, milliseconds = ARGV[base + 5] + 0, parts = ARGV[base + 8] + 0,
            field = ARGV[base + 9], name = ARGV[base + 10],
          }
          if rule.kind == 'S' then
            rule.code, rule.keep = ARGV[base + 6] + 0, ARGV[base + 7] + 0
          elseif rule.kind == 'B' then
            rule.isBucket = ARGV[base + 7] == '1'
          end
          resolve(rule)
          if rule.kind == 'B' then rule.den = math.max(rule.isBucket and ARGV[base + 6] + 0 or rule.limit, 1) end
          local id = rule.kind .. #rule.key .. ':' .. rule.key .. rule.field
          local slot, meter = slots[id], METERS[rule.kind]
          if not slot then
            local name = rule.name
            if rule.kind == 'S' and rule.field ~= '' then name = rule.key end
            slot = {key = rule.key, field = rule.field, name = name, writes = writes, meter = meter}
            slots[id] = slot
            order[#order + 1] = slot
            meter.open(slot, rule)
          end
          if rule.kind == 'S' then S.join(slot, rule) end
          return rule, slot, meter
        end
        """#

    /// Decides over checks, as one or each by itself: examines all before it writes any.
    static let decide = #"""
        local function decide(first, last)
          slots, order = {}, {}
          local seen, writes, denied = {}, false, false
          for number = first, last do
            if ARGV[number * 10 - 6] ~= '0' then writes = true end
          end
          for number = first, last do
            local rule, slot, meter = examine(number, number * 10 - 8, writes)
            local entry = {rule, slot, 0, 0, 0}
            seen[number] = entry
            if rule.cost > 0 then
              slot.prior = slot.prior or 0
              if slot.prior + rule.cost > rule.limit then
                entry[3] = 2
              elseif not meter.fits(slot, rule, rule.cost) then
                entry[3] = 1
                if meter.lacking then entry[4] = meter.lacking(slot, rule, rule.cost) end
              else
                if not slot.before then
                  local before = {}
                  for name, value in pairs(slot) do before[name] = value end
                  slot.before = before
                end
                slot.prior = slot.prior + rule.cost
                entry[5] = meter.spend(slot, rule, rule.cost)
              end
              if entry[3] > 0 and string.byte(ARGV[1], number) == 49 then denied = true end
            end
          end
          if writes then
            for _, slot in ipairs(order) do
              if denied then
                for name, value in pairs(slot.before or {}) do slot[name] = value end
                if slot.meter == T then T.close(slot) elseif slot.meter == S then S.prune(slot) end
              elseif slot.before or slot.meter == T then
                slot.meter.close(slot)
              elseif slot.meter == S then
                S.prune(slot)
              end
            end
          end
          local replies = {}
          for number = first, last do
            local rule, slot, outcome, lacking, mark = unpack(seen[number])
            local a, b, c, d = slot.meter.report(slot, rule, lacking)
            replies[#replies + 1] = {outcome, rule.limit, rule.milliseconds, a, b, c, d, denied and 0 or mark}
          end
          return replies
        end
        local replies
        if ARGV[2] == '0' then
          replies = decide(1, #KEYS)
        else
          replies = {}
          for number = 1, #KEYS do
            local fine, result = pcall(decide, number, number)
            if fine then
              replies[number] = result[1]
            else
              if type(result) == 'table' then result = result.err end
              replies[number] = {err = tostring(result)}
            end
          end
        end
        replies[#replies + 1] = now
        return replies
        """#
}
