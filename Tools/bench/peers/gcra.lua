-- What CL.THROTTLE does, as a Redis script: GCRA on the server's clock.
-- KEYS[1]: the key. ARGV: max_burst, count, period in seconds, quantity.
-- Answers {0 allowed or 1 limited, limit, remaining, retry_after, reset_after}, seconds rounded up.
local burst, quantity = tonumber(ARGV[1]) + 1, tonumber(ARGV[4])
local interval = tonumber(ARGV[3]) * 1000000 / tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local tolerance = interval * burst
local arrival = tonumber(redis.call('GET', KEYS[1])) or now
if arrival < now then arrival = now end
local next_arrival = arrival + interval * quantity
local excess = next_arrival - tolerance - now
if excess > 0 then
    local retry = -1
    if quantity <= burst then retry = math.ceil(excess / 1000000) end
    local left = math.floor((tolerance - (arrival - now)) / interval)
    return {1, burst, left, retry, math.ceil((arrival - now) / 1000000)}
end
if quantity > 0 then
    redis.call('SET', KEYS[1], next_arrival, 'PX', math.ceil((next_arrival - now) / 1000))
end
local left = math.floor((tolerance - (next_arrival - now)) / interval)
return {0, burst, left, -1, math.ceil((next_arrival - now) / 1000000)}
