"""How much one principal may ask: a token bucket each, and bodies that end."""

import asyncio
import json
import math
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NoReturn

from mock_backends.http.problem import Problem
from mock_backends.http.settings import Settings

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class RateLimit:
    """A token bucket for each principal: `burst` at once, then `rate_per_minute`."""

    def __init__(self, settings: Settings) -> None:
        self._rate = settings.rate_per_minute / 60.0
        self._burst = settings.burst
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, who: str) -> None:
        """Count one request.

        :raises Problem: 429 with `Retry-After` in whole seconds when the bucket is empty.
        """
        now = time.monotonic()
        level, mark = self._buckets.get(who, (self._burst, now))
        level = min(self._burst, level + (now - mark) * self._rate)
        if level < 1.0:
            self._buckets[who] = (level, now)
            wait = math.ceil((1.0 - level) / self._rate) if self._rate > 0 else 60
            raise Problem(429, "rate_limited", "Too many requests.", {"Retry-After": str(max(1, wait))})
        self._buckets[who] = (level - 1.0, now)


class ClientGone(Exception):
    """The client went away in the middle of its request."""


async def read_body(
    receive: Receive, headers: dict[bytes, bytes], settings: Settings, limit: int | None = None
) -> bytes:
    """The whole body. `limit`: bytes, where it is not the usual one.

    :raises Problem: 413 when it is larger than allowed, 408 when it does not arrive in time.
    :raises ClientGone: when the client hangs up before the end.
    """
    most = settings.body_limit if limit is None else limit
    announced = headers.get(b"content-length", b"0")
    if announced.isdigit() and int(announced) > most:
        raise _too_large(most)
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(settings.read_deadline):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientGone
                chunk: bytes = message.get("body", b"")
                size += len(chunk)
                if size > most:
                    raise _too_large(most)
                chunks.append(chunk)
                if not message.get("more_body", False):
                    return b"".join(chunks)
    except TimeoutError:
        raise Problem(408, "invalid", "The request took too long to arrive.", {"Connection": "close"}) from None


def _too_large(most: int) -> Problem:
    return Problem(413, "too_large", f"A body may have {most} bytes.", {"Connection": "close"})


def check_json(body: bytes) -> None:
    """Let only well-formed JSON objects pass: UTF-8, no NaN, no endless digits, no lone surrogates, not too deep.

    :raises Problem: 400 otherwise.
    """
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_not_json)
        if b"\\u" in body:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise Problem(400, "invalid", "The body is not well-formed JSON in UTF-8.") from None
    if not isinstance(value, dict):
        raise Problem(422, "invalid", "The body must be a JSON object.")


def _not_json(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")
