"""One principal's events as server-sent events over an open response."""

import asyncio
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mock_backends.http.event_log import EventLog, Follower
from mock_backends.http.faults import Faults, Rule

HEADERS = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]
Numbered = tuple[int, str, bytes]


class EventStream(Response):
    """Sends what the log has for a principal until either side ends it."""

    def __init__(self, log: EventLog, faults: Faults, principal: str, last_event_id: str | None) -> None:
        super().__init__()
        self._log = log
        self._faults = faults
        self._principal = principal
        self._last = last_event_id
        self._swapped: Numbered | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI side of it.

        :raises Problem: 429 before anything was sent.
        """
        follower, reset = self._log.follow(self._principal, self._last)
        watch = asyncio.ensure_future(_watch(receive, follower))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            first = b"retry: 500\n\n" + self._log.note(follower, "reset" if reset else "heartbeat")
            await send({"type": "http.response.body", "body": first, "more_body": True})
            await self._pump(follower, scope, send)
        finally:
            watch.cancel()
            self._log.leave(follower)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _pump(self, follower: Follower, scope: Scope, send: Send) -> None:
        while True:
            await follower.wait()
            if follower.cut:
                await _cut(scope, send, b"event: inter")
                return
            if follower.closed:
                return
            events = follower.ring.after(follower.cursor)
            if events is None:  # so slow that the ring has overtaken it
                follower.cursor = follower.ring.head
                frame = self._log.note(follower, "reset")
            else:
                follower.cursor += len(events)
                if self._faults.any:
                    made = await self._with_faults(events, scope, send)
                    if made is None:
                        return
                    frame = made
                else:
                    frame = b"".join([self._frame(number, body) for number, _, body in events if body])
            if follower.beat:
                follower.beat = False
                frame += self._log.note(follower, "heartbeat")
            if frame:
                await send({"type": "http.response.body", "body": frame, "more_body": True})

    def _frame(self, number: int, body: bytes) -> bytes:
        return b"id: %b:%d\n%b" % (self._log.epoch.encode(), number, body)

    async def _with_faults(self, events: list[Numbered], scope: Scope, send: Send) -> bytes | None:
        """The bytes to send, spoilt as the rules want; None when the stream was cut."""
        out: list[bytes] = []
        for event in events:
            number, kind, body = event
            if not body:
                continue
            rule = self._faults.for_event(kind, self._principal)
            if rule is not None and rule.effect == "cut_stream":
                await _cut(scope, send, b"".join(out) + self._frame(number, body)[: len(body) // 2])
                return None
            if rule is not None and rule.effect == "reorder_events" and self._swapped is None:
                self._swapped = event
                continue
            if rule is not None and rule.effect == "delay":
                await send({"type": "http.response.body", "body": b"".join(out), "more_body": True})
                out = []
                await asyncio.sleep(rule.seconds)
            out.append(self._spoilt(rule, number, body))
            if self._swapped is not None:
                out.append(self._frame(self._swapped[0], self._swapped[2]))
                self._swapped = None
        return b"".join(out)

    def _spoilt(self, rule: Rule | None, number: int, body: bytes) -> bytes:
        frame = self._frame(number, body)
        match rule.effect if rule else "":
            case "drop_event":
                return b""
            case "repeat_event":
                return frame + frame
            case "garbage":
                return b'id: %b:%d\nevent: interaction.updated\ndata: {"at": \xff\xfe\n\n' % (
                    self._log.epoch.encode(),
                    number,
                )
            case "unknown_word":
                return frame.replace(b"event: ", b"event: x-unheard-of.", 1)
            case _:
                return frame


async def _cut(scope: Scope, send: Send, half: bytes) -> None:
    await send({"type": "http.response.body", "body": half, "more_body": True})
    await abort(scope)


async def abort(scope: Scope) -> None:
    """Close the connection without a word, as a dying network does."""
    transport: Any = scope["state"].get("transport")
    if transport is not None:
        transport.close()  # not abort(): what was sent so far should arrive
        for _ in range(3):  # let the loop tell the protocol that the connection is lost
            await asyncio.sleep(0)


async def _watch(receive: Receive, follower: Follower) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
    follower.closed = True
    follower.wake()
