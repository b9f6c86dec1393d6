"""Limits counted in Redis: a sorted set for each key, in which an act stands at the moment when it ends.

One script looks and counts, so nothing comes between the two. Loaded only where an address of Redis is set: the
library costs a fifth of a second at every start.
"""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from portal.adapters.limit_table import refuse_twins, whole_seconds
from portal.ports import Limit, LimitsUnavailable

PREFIX = "sunlight/limit/"
ANSWERS_WITHIN = 0.5  # seconds to connect, and as many for an answer; somebody waits for it
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)
MILLISECOND = dt.timedelta(milliseconds=1)

# KEYS: one set a limit. ARGV: now; the name of this act, or "" to look only; then for every limit its most, the
# moment when this act would end, and its window in ms. Moments are microseconds, which a double holds exactly;
# they stay text where Lua would write them with 14 digits. Redis forgets a set that nothing was added to for a
# whole window.
SCRIPT = """
local wait = 0
for i, key in ipairs(KEYS) do
  local most = tonumber(ARGV[3 * i])
  local last = redis.call('ZREVRANGEBYSCORE', key, '+inf', '(' .. ARGV[1], 'WITHSCORES', 'LIMIT', most - 1, 1)
  if last[2] then wait = math.max(wait, tonumber(last[2]) - tonumber(ARGV[1])) end
end
if wait == 0 and ARGV[2] ~= '' then
  for i, key in ipairs(KEYS) do
    redis.call('ZREMRANGEBYSCORE', key, '-inf', ARGV[1])
    redis.call('ZADD', key, ARGV[3 * i + 1], ARGV[2])
    redis.call('PEXPIRE', key, ARGV[3 * i + 2])
  end
end
return wait
"""


class RedisLimits:
    """`Limits` on one Redis. Nothing is connected until something is asked. Raises `LimitsUnavailable`."""

    def __init__(self, address: str, *, prefix: str = PREFIX) -> None:
        """address: `redis://[USER:PASSWORD@]HOST:PORT/NUMBER`, or `rediss://` for TLS. Raises `ValueError`,
        which does not repeat the address, for one that nothing can be made of."""
        self._prefix = prefix
        try:
            self._redis: Any = Redis.from_url(
                address,
                socket_connect_timeout=ANSWERS_WITHIN,
                socket_timeout=ANSWERS_WITHIN,
                retry=Retry(NoBackoff(), 0),
            )
            pool = self._redis.connection_pool
            pool.connection_class(**pool.connection_kwargs)  # names an option that does not exist at once
        except (ValueError, TypeError, RedisError) as error:
            raise ValueError(f"this is no address of Redis ({type(error).__name__})") from None
        self._script = self._redis.register_script(SCRIPT)

    def wait(self, *limits: Limit, now: dt.datetime, session: Any = None) -> int:  # noqa: ARG002 - the port's
        return self._run(limits, now=now, act="")

    def count(self, *limits: Limit, now: dt.datetime, session: Any = None) -> int:  # noqa: ARG002 - the port's
        return self._run(limits, now=now, act=secrets.token_hex(8))

    def check(self) -> str | None:
        """Counts one act that is forgotten after a second: a server that may only be read answers a ping too."""
        probe = Limit(key=f"check/{secrets.token_hex(8)}", most=1, window=dt.timedelta(seconds=1))
        try:
            self.count(probe, now=dt.datetime.now(dt.UTC))
        except LimitsUnavailable as trouble:
            return f"{trouble}: check PORTAL_LIMITS_URL and the server behind it"
        return None

    def close(self) -> None:
        self._redis.close()

    def _run(self, limits: tuple[Limit, ...], *, now: dt.datetime, act: str) -> int:
        refuse_twins(limits)
        words: list[str | int] = [(now - EPOCH) // MICROSECOND, act]
        for limit in limits:
            words += [limit.most, (now + limit.window - EPOCH) // MICROSECOND, limit.window // MILLISECOND]
        try:
            left = self._script(keys=[self._prefix + limit.key for limit in limits], args=words)
        except (RedisError, OSError) as error:
            raise LimitsUnavailable(f"Redis does not count ({type(error).__name__})") from error
        return whole_seconds(int(left) * MICROSECOND)
