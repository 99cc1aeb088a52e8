-- Sends one POST again and again. Arguments after "--": BODY [HEADER VALUE]…
-- Prints one line "figures …" at the end.

local request_text

function init(arguments)
    local headers = { ["Content-Type"] = "application/json" }
    for index = 2, #arguments - 1, 2 do headers[arguments[index]] = arguments[index + 1] end
    request_text = wrk.format("POST", nil, headers, arguments[1])
end

function request()
    return request_text
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        "figures requests=%d microseconds=%d refused=%d errors=%d p50=%d p99=%d\n",
        summary.requests, summary.duration, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
        latency:percentile(50), latency:percentile(99)))
end
