"""All faults for a backend that speaks HTTP, caused by a proxy in front of its real server."""

from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import urlsplit

from desktop.testing.fault_proxy import Answer, FaultProxy, Mode
from desktop.testing.rig import RETRY_AFTER, B, Fault, Rig

_MODES = {
    Fault.HANG: Mode.HANG,
    Fault.DROPPED: Mode.CUT,
    Fault.REFUSED: Mode.REFUSE,
    Fault.ANSWER_LOST: Mode.LOSE_ANSWER,
}
ANSWERS: Mapping[Fault, Answer] = {
    Fault.SERVER_ERROR: Answer(500, body=b'{"error": "out of order"}'),
    Fault.RATE_LIMITED: Answer(429, {"Retry-After": str(RETRY_AFTER)}, b'{"error": "slow down"}'),
    Fault.UNAUTHORIZED: Answer(401, {"WWW-Authenticate": "Bearer"}, b'{"error": "who are you"}'),
    Fault.FORBIDDEN: Answer(403, body=b'{"error": "you may not"}'),
    Fault.GARBAGE: Answer(200, {"Content-Type": "text/html"}, b"<html><title>Welcome to the hotel</title></html>"),
}

GATEWAY = Answer(504, {"Content-Type": "text/html"}, b"<html><h1>504 Gateway Time-out</h1></html>")


class HttpRig(Rig[B]):
    """Mix into a rig, before the rig of the kind; its `make` must point the backend at `self.proxy.url`.

    `server_url` is read at `start`: set it before calling `super().start()`.
    """

    server_url: str
    """Where the real server is: `http://host:port`, without a path."""

    answers: ClassVar[Mapping[Fault, Answer]] = ANSWERS
    """What the faults that are answers look like; change it to what the vendor's server really answers."""

    gateway = True
    proxy: FaultProxy

    async def start(self) -> None:
        parts = urlsplit(self.server_url)
        self.proxy = FaultProxy(parts.hostname or "127.0.0.1", parts.port or 80)
        await self.proxy.start()

    async def stop(self) -> None:
        await self.proxy.stop()

    async def fault(self, fault: Fault) -> None:
        if fault is Fault.GATEWAY_TIMEOUT:
            await self.time_out(1)
        elif fault in self.answers:
            await self.proxy.set(Mode.ANSWER, self.answers[fault])
        else:
            await self.proxy.set(_MODES[fault])

    async def lose_answer(self, number: int) -> None:
        await self.proxy.set(Mode.LOSE_ANSWER, spare=number - 1)

    async def time_out(self, number: int) -> None:
        await self.proxy.set(Mode.REPLACE_ANSWER, GATEWAY, spare=number - 1)

    async def expire(self) -> None:
        await self.proxy.set(Mode.ANSWER, self.answers[Fault.UNAUTHORIZED], times=1)

    async def heal(self) -> None:
        await self.proxy.set(Mode.PASS)

    async def drop_streams(self) -> None:
        await self.proxy.drop()
