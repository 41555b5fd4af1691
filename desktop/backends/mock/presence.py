"""The bundled mock company directory."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, Self

from desktop.backends.mock.server import OPTIONS, check, connect, follow, numbered
from desktop.backends.wire.http import Http, segment
from desktop.backends.wire.reading import member, read
from desktop.domain.entities.person import ChatLine, Person, Presence
from desktop.domain.entities.words import PresenceState
from desktop.domain.state.events import ChatReceived, Envelope, Event, PersonChanged, PresenceChanged, PresenceSnapshot
from desktop.ports.base import API, Capability, Kind, Manifest
from desktop.ports.presence import PresenceSource

_SOURCE = Kind.PRESENCE.value


def _person(value: object) -> Person:
    return replace(read(Person, value), source=_SOURCE)


def _presence(value: object) -> Presence:
    return replace(read(Presence, value), source=_SOURCE)


def _event(kind: str, data: object) -> Event | None:
    if kind == "presence.changed":
        return PresenceChanged(_presence(member(data, "presence")))
    if kind == "person.changed":
        return PersonChanged(_person(member(data, "person")))
    if kind == "chat.line":
        return ChatReceived(read(ChatLine, member(data, "line")))
    return None


class MockPresence(PresenceSource):
    """Speaks the presence part of the wire contract."""

    manifest: ClassVar[Manifest] = Manifest(
        kind=Kind.PRESENCE,
        name="mock",
        api=API,
        title="Bundled mock directory",
        capabilities=frozenset({Capability.CHAT, Capability.SET_OWN, Capability.EVENT_REPLAY}),
        options=OPTIONS,
    )

    def __init__(self, http: Http) -> None:
        """Talks over `http`, which it closes."""
        self._http = http

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        return cls(connect(options, "The directory"))

    async def open(self) -> frozenset[Capability]:
        await check(self._http, "/v1/people?text=no-such-person")
        return self.manifest.capabilities

    async def close(self) -> None:
        await self._http.close()

    async def people(self, text: str = "", *, skill: str = "") -> Sequence[Person]:
        params = {name: value for name, value in (("text", text), ("skill", skill)) if value}
        found = read(tuple[Person, ...], member(await self._http.get("/v1/people", params), "people"))
        return tuple(replace(one, source=_SOURCE) for one in found)

    async def snapshot(self) -> Envelope:
        body = await self._http.get("/v1/snapshot")
        epoch, number = numbered(member(body, "as_of"))
        read_event = read(PresenceSnapshot, body)
        event = PresenceSnapshot(
            tuple(replace(one, source=_SOURCE) for one in read_event.people),
            tuple(replace(one, source=_SOURCE) for one in read_event.presence),
            read_event.chats,
        )
        return Envelope(_SOURCE, event, read(float, member(body, "server_time")), epoch, number)

    def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        return follow(self._http, _SOURCE, after, _event)

    async def set_own(self, state: PresenceState, *, activity: str, key: str, in_call: bool = False) -> Presence:
        body = {"state": state.value, "activity": activity}
        answer = await self._http.change("PUT", "/v1/me/presence", body, key=key)
        return _presence(member(answer, "presence"))

    async def chat(self, person_id: str, text: str, *, key: str) -> ChatLine:
        answer = await self._http.change("POST", f"/v1/chats/{segment(person_id)}", {"text": text}, key=key)
        return read(ChatLine, member(answer, "line"))
