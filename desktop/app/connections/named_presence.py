"""One of several directories: the same directory, whose people carry its name."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, Self

from desktop.domain.entities.person import ChatLine, Person, Presence
from desktop.domain.entities.source import Source
from desktop.domain.entities.words import PresenceState
from desktop.domain.state.events import ChatReceived, Envelope, PersonChanged, PresenceChanged, PresenceSnapshot
from desktop.domain.text.sentence import Sentence
from desktop.ports.base import API, Capability, Kind, Manifest
from desktop.ports.errors import ProtocolError
from desktop.ports.presence import PresenceSource


class NamedPresence(PresenceSource):
    """Passes every call on. Ids of people go in and come out as `NAME:ID`; everything says its source."""

    manifest: ClassVar[Manifest] = Manifest(Kind.PRESENCE, "named", API, "directory", frozenset(Capability))

    def __init__(self, source: str, directory: PresenceSource) -> None:
        """`source` is what its events carry, such as `presence:xmpp`."""
        self.source = source
        self._record = Source.of(source)
        self._directory = directory

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        raise NotImplementedError("it is made around another directory")

    async def open(self) -> frozenset[Capability]:
        return await self._directory.open()

    async def close(self) -> None:
        await self._directory.close()

    async def people(self, text: str = "", *, skill: str = "") -> Sequence[Person]:
        return [self._person(one) for one in await self._directory.people(text, skill=skill)]

    async def snapshot(self) -> Envelope:
        return self._envelope(await self._directory.snapshot())

    async def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        stream = self._directory.events(after)
        try:
            async for envelope in stream:
                yield self._envelope(envelope)
        finally:
            if isinstance(stream, AsyncGenerator):
                await stream.aclose()

    async def watch(self, person_ids: Sequence[str]) -> None:
        own = [self._record.unqualified(one) for one in person_ids if one.startswith(self._record.qualified(""))]
        await self._directory.watch(own)

    async def set_own(self, state: PresenceState, *, activity: str, key: str, in_call: bool = False) -> Presence:
        return self._presence(await self._directory.set_own(state, activity=activity, key=key, in_call=in_call))

    async def chat(self, person_id: str, text: str, *, key: str) -> ChatLine:
        return self._line(await self._directory.chat(self._record.unqualified(person_id), text, key=key))

    def _person(self, person: Person) -> Person:
        return replace(person, id=self._record.qualified(person.id), source=self.source)

    def _presence(self, presence: object) -> Presence:
        if not isinstance(presence, Presence):
            raise ProtocolError(Sentence("answer.not_a_presence"), type(presence).__name__)
        return replace(presence, person_id=self._record.qualified(presence.person_id), source=self.source)

    def _line(self, line: object) -> ChatLine:
        if not isinstance(line, ChatLine):
            raise ProtocolError(Sentence("answer.not_a_chat_line"), type(line).__name__)
        return replace(line, person_id=self._record.qualified(line.person_id))

    def _envelope(self, envelope: Envelope) -> Envelope:
        if not isinstance(envelope, Envelope):
            raise ProtocolError(Sentence("answer.not_an_event"), type(envelope).__name__)
        event = envelope.event
        match event:
            case PersonChanged():
                event = PersonChanged(self._person(event.person))
            case PresenceChanged():
                event = PresenceChanged(self._presence(event.presence))
            case ChatReceived():
                event = ChatReceived(self._line(event.line))
            case PresenceSnapshot():
                event = replace(
                    event,
                    people=tuple(map(self._person, event.people)),
                    presence=tuple(map(self._presence, event.presence)),
                    chats=tuple(map(self._line, event.chats)),
                )
        return replace(envelope, source=self.source, event=event)
