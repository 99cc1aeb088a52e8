"""The peer of limiter-node in Python: POST /check by FastAPI, redis-py and a sliding-window script.

Written the way such services are: one model for the body, one script call per request, headers on the response.
REDIS_URL names the server. Start: uvicorn limiter:app --loop uvloop --http httptools
"""

import os
import time

import redis.asyncio
from fastapi import FastAPI, Response
from pydantic import BaseModel

DEFAULT_LIMIT = int(os.environ.get("DEFAULT_LIMIT", "100"))
DEFAULT_WINDOW_MS = int(os.environ.get("DEFAULT_WINDOW_MS", "60000"))

# KEYS: the log, its sequence. ARGV: now in ms, window in ms, limit. Answers allowed, count, remaining, seconds to wait.
SLIDING_WINDOW = """
local now, window, limit = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
local count = redis.call('ZCARD', KEYS[1])
if count >= limit then
    local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
    local wait = 0
    if oldest[2] then wait = math.ceil((tonumber(oldest[2]) + window - now) / 1000) end
    return {0, count, 0, wait}
end
local sequence = redis.call('INCR', KEYS[2])
redis.call('ZADD', KEYS[1], now, now .. ':' .. sequence)
local ttl = math.ceil(window / 1000) + 1
redis.call('EXPIRE', KEYS[1], ttl)
redis.call('EXPIRE', KEYS[2], ttl)
return {1, count + 1, limit - count - 1, 0}
"""


class Check(BaseModel):
    key: str
    limit: int | None = None
    window_ms: int | None = None


app = FastAPI()
client = redis.asyncio.from_url(os.environ["REDIS_URL"])
sliding_window = client.register_script(SLIDING_WINDOW)


@app.post("/check")
async def check(asked: Check, response: Response):
    limit = DEFAULT_LIMIT if asked.limit is None else asked.limit
    window = DEFAULT_WINDOW_MS if asked.window_ms is None else asked.window_ms
    key = f"peer:{asked.key}"
    now = int(time.time() * 1000)
    allowed, count, remaining, wait = await sliding_window(keys=[key, f"{key}:seq"], args=[now, window, limit])
    response.headers["X-RateLimit-Limit"] = str(limit)
    response.headers["X-RateLimit-Remaining"] = str(remaining)
    if not allowed:
        response.status_code = 429
        response.headers["X-RateLimit-Reset"] = str(wait)
        response.headers["Retry-After"] = str(max(1, wait))
    return {"allowed": bool(allowed), "current_count": count, "remaining": remaining, "retry_after_seconds": wait}
