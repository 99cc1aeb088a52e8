-- Drives POST /check with wrk; every request is built before the first is sent, so that the generator stays cheap.
--
-- arguments after "--": PATH QUERY_KEY BODY [CHECKS]
--   PATH       such as /check
--   QUERY_KEY  "yes" adds ?key=…, for peers that read no body
--   BODY       members after the key, such as ,"limit":1000,"window_ms":1000
--   CHECKS     checks per request; more than 1 makes bodies of /check/batch
-- Prints one line "figures …" at the end.

local KEYS = 4000
local requests, position = {}, 0

-- 1733 and 4000 have no common divisor, so this visits every key once.
local function key(index)
    return string.format("client-%04d", index * 1733 % KEYS)
end

local threads = 0
function setup(thread)
    thread:set("offset", threads * 977)
    threads = threads + 1
end

function init(arguments)
    local path, query, members = arguments[1], arguments[2], arguments[3] or ""
    local checks = tonumber(arguments[4] or "1")
    local amount = checks > 1 and 400 or KEYS
    local headers = { ["Content-Type"] = "application/json" }
    for index = 1, amount do
        local target, body = path, nil
        if checks > 1 then
            local list = {}
            for each = 1, checks do
                list[each] = '{"key":"' .. key(index * checks + each) .. '"' .. members .. "}"
            end
            body = '{"checks":[' .. table.concat(list, ",") .. "]}"
        else
            body = '{"key":"' .. key(index) .. '"' .. members .. "}"
        end
        if query == "yes" then target = path .. "?key=" .. key(index) end
        requests[index] = wrk.format("POST", target, headers, body)
    end
    position = offset
end

function request()
    position = position % #requests + 1
    return requests[position]
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        "figures requests=%d microseconds=%d refused=%d errors=%d p50=%d p99=%d\n",
        summary.requests, summary.duration, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
        latency:percentile(50), latency:percentile(99)))
end
