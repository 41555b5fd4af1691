"""A homeserver of a few hundred lines, over real sockets: rooms, `/sync` that waits, and keys that are done once."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from desktop.backends.matrix.contact_center import MatrixContactCenter
from desktop.backends.matrix.room_event import KIND
from tests.backends.scripted_server import Asked, scripted

OWN, EVE = "@help:x.example", "@eve:x.example"
TOKEN = "syt-of-nobody"


class Homeserver:
    """All rooms that the account is in.

    `answers` takes the place of the true ones: status and body by a part of the path.
    As status 0 ends the connection at once, and -1 does so when what was asked is done.
    """

    def __init__(self, limit: int = 20) -> None:
        """`limit`: events of a room that one answer has at most."""
        self.limit = limit
        self.url = ""
        self.answers: dict[str, tuple[int, object]] = {}
        self.asked: list[tuple[str, str, Any]] = []
        self.media: dict[str, bytes] = {}
        self.invited: dict[str, list[dict[str, Any]]] = {}
        self.left: set[str] = set()
        self._state: dict[str, list[dict[str, Any]]] = {}
        self._events: dict[str, list[tuple[int, dict[str, Any]]]] = {}
        self._passing: dict[str, list[tuple[int, dict[str, Any]]]] = {}
        self._done: dict[tuple[str, str], str] = {}
        self._count = 0
        self._more = asyncio.Event()
        self._free = asyncio.Event()
        self._free.set()
        self.stuck = ""
        """What is never answered: a part of the path."""
        self.before_send: Callable[[], object] | None = None
        """What happens once, just before the next event of ours."""

    # -- the far side

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Nothing is told meanwhile."""
        self._free.clear()
        try:
            yield
        finally:
            self._free.set()

    def room(self, room_id: str, *state: Mapping[str, Any]) -> str:
        """A room that the account is in."""
        self._state[room_id] = [
            {"event_id": f"$s{number}", "sender": EVE, "state_key": "", "content": {}, **one}
            for number, one in enumerate(state)
        ]
        self._events.setdefault(room_id, [])
        return room_id

    def add(self, room_id: str, content: object, kind: str = "m.room.message", sender: str = EVE, **more: Any) -> str:
        """The next event of a room; answers its id."""
        self._count += 1
        event_id = f"$e{self._count}"
        event = {"event_id": event_id, "type": kind, "sender": sender, "origin_server_ts": 1_000 * self._count}
        self._events[room_id].append((self._count, {**event, "content": content, **more}))
        self._more.set()
        return event_id

    def write(self, room_id: str, text: str) -> str:
        """A customer's line."""
        return self.add(room_id, {"msgtype": "m.text", "body": text})

    def claim(self, room_id: str, what: str, agent: str, **more: object) -> str:
        """What another agent's desktop says."""
        return self.add(room_id, {"do": what, "by": agent, **more}, KIND, OWN)

    def passing(self, room_id: str, event: dict[str, Any]) -> None:
        """Something that is no event of the timeline."""
        self._count += 1
        self._passing.setdefault(room_id, []).append((self._count, event))
        self._more.set()

    def said(self, room_id: str, kind: str = "m.room.message", sender: str = OWN) -> list[dict[str, Any]]:
        """The contents of the account's events in a room."""
        return [one["content"] for _, one in self._events[room_id] if (one["type"], one["sender"]) == (kind, sender)]

    def claims(self, room_id: str) -> list[tuple[str, str]]:
        """What was said about whose it is: what, and by whom."""
        return [(one["do"], one["by"]) for one in self.said(room_id, KIND)]

    # -- answers

    async def script(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        """One request."""
        parts = urlsplit(asked.path)
        path = unquote(parts.path)
        how = {name: values[0] for name, values in parse_qs(parts.query).items()}
        sent = asked.headers.get("content-type", "").startswith("application/json") and asked.body
        body = json.loads(asked.body) if sent else asked.body
        self.asked.append((asked.method, path, body))
        if self.stuck and self.stuck in path:
            await asyncio.Event().wait()
        fixed = next((one for part, one in self.answers.items() if part in path), None)
        if fixed is not None and fixed[0] == 0:
            raise ConnectionError
        status, answer = fixed or (200, await self._answer(path, how, body))
        if fixed is not None and fixed[0] == -1:
            await self._answer(path, how, body)  # it is done, and the answer gets lost
            raise ConnectionError
        raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(raw)}\r\n\r\n".encode() + raw)
        await writer.drain()

    async def _answer(self, path: str, how: Mapping[str, str], body: Any) -> object:
        words = path.split("/")
        if path.endswith("/whoami"):
            return {"user_id": OWN}
        if path.endswith("/versions"):
            return {"versions": ["r0.6.1", "v1.1", "v1.11"]}
        if path.endswith("/sync"):
            return await self._sync(int(how.get("since", "0")), int(how["timeout"]) / 1_000)
        if path.endswith("/messages"):
            types = json.loads(how["filter"])["types"]
            return self._messages(words[-2], int(how["from"]), int(how["limit"]), types)
        if "/send/" in path:
            room_id, kind, key = words[-4], words[-2], words[-1]
            if self.before_send is not None:
                before, self.before_send = self.before_send, None
                before()
            if (room_id, key) not in self._done:
                self._done[room_id, key] = self.add(room_id, body, kind, OWN)
            return {"event_id": self._done[room_id, key]}
        if "/join/" in path:
            self.invited.pop(words[-1], None)
            self.room(words[-1]) if words[-1].startswith("!") else None
            self._more.set()
            return {"room_id": words[-1] if words[-1].startswith("!") else "!space"}
        if path.endswith("/leave"):
            self.invited.pop(words[-2], None)
            return {}
        if path.endswith("/upload"):
            self.media[f"m{len(self.media)}"] = body
            return {"content_uri": f"mxc://x.example/m{len(self.media) - 1}"}
        if "/download/" in path:
            return self.media[words[-1]]
        if path.endswith("/config"):
            return {"m.upload.size": 1_000}
        return {}

    async def _sync(self, since: int, seconds: float) -> object:
        try:
            async with asyncio.timeout(seconds):
                while since and since >= self._count and not self.invited and not self.left:
                    self._more.clear()
                    await self._more.wait()
        except TimeoutError:
            pass
        await self._free.wait()
        joined: dict[str, object] = {}
        for room_id, events in self._events.items():
            fresh = [one for number, one in events if number > since]
            passing = [one for number, one in self._passing.get(room_id, ()) if number > since]
            if room_id in self.left or (since and not fresh and not passing):
                continue
            first = len(events) - min(len(fresh), self.limit)
            timeline = {
                "events": fresh[-self.limit :],
                "limited": len(fresh) > self.limit,
                "prev_batch": str(events[first][0] if first < len(events) else self._count + 1),
            }
            state = {"events": self._state.get(room_id, [])}
            joined[room_id] = {"timeline": timeline, "state": state, "ephemeral": {"events": passing}}
        invited = {room_id: {"invite_state": {"events": events}} for room_id, events in self.invited.items()}
        left: dict[str, object] = {room_id: {} for room_id in self.left}
        self.left = set()
        rooms = {"join": joined, "invite": invited, "leave": left}
        return {"next_batch": str(max(self._count, 1)), "rooms": rooms}

    def _messages(self, room_id: str, before: int, limit: int, types: list[str]) -> object:
        older = [(number, one) for number, one in self._events[room_id] if number < before and one["type"] in types]
        page = older[-limit:]
        more = {"end": str(page[0][0])} if len(older) > limit else {}
        return {"chunk": [one for _, one in reversed(page)], **more}


@asynccontextmanager
async def serving(server: Homeserver) -> AsyncIterator[Homeserver]:
    """The server, at its `url`."""
    async with scripted(server.script) as running:
        server.url = running.url
        yield server


@asynccontextmanager
async def desk_at(server: Homeserver, agent: str = "maya", **changes: str) -> AsyncIterator[MatrixContactCenter]:
    """An agent's desktop at the account, open."""
    known = {"url": server.url, "token": TOKEN, "agent": agent, "codes": "order=Order", **changes}
    desk = MatrixContactCenter.create(known)
    try:
        await desk.open()
        yield desk
    finally:
        await desk.close()
