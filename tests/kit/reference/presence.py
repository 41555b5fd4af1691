"""A directory in memory."""

from collections.abc import Sequence
from typing import Any, ClassVar

from desktop.domain.entities.person import ChatLine, Person, Presence
from desktop.domain.entities.words import PresenceState
from desktop.domain.state.events import ChatReceived, Envelope, PresenceChanged, PresenceSnapshot
from desktop.ports.base import Capability, Kind, Manifest
from desktop.ports.errors import NotFound
from desktop.ports.presence import PresenceSource
from desktop.testing.rigs import PresenceRig

from .line import Line, LineRig, Reference

EXPERT, ME = "ada", "me"


class PresenceLine(Line):
    """The far side: two people, where they are, and what was written."""

    def __init__(self) -> None:
        super().__init__()
        self.people = (
            Person(EXPERT, "Ada Lovelace", skills={"sums": 5}, source="presence"),
            Person(ME, "Me", source="presence"),
        )
        self.presence: dict[str, Presence] = {}
        self.written: list[ChatLine] = []
        for one in self.people:
            self.move(one.id, PresenceState.AVAILABLE, in_call=None)

    def move(self, person_id: str, state: PresenceState, *, in_call: bool | None) -> Presence:
        """Somebody is somewhere else."""
        at = self.later()
        made = Presence(person_id, int(at), state, at, in_call=in_call, source="presence", native=state.value)
        self.presence[person_id] = made
        self.tell(PresenceChanged(made))
        return made


class ReferencePresence(Reference, PresenceSource):
    """Keeps the contract of a directory."""

    manifest: ClassVar[Manifest] = Manifest(
        Kind.PRESENCE,
        "reference",
        2,
        "A directory in memory",
        frozenset({Capability.CHAT, Capability.SET_OWN, Capability.EVENT_REPLAY}),
        Reference.OPTIONS,
    )
    line: PresenceLine

    async def people(self, text: str = "", *, skill: str = "") -> Sequence[Person]:
        people = await self.ask(lambda: self.line.people)
        return [one for one in people if text.casefold() in one.name.casefold() and (not skill or skill in one.skills)]

    async def snapshot(self) -> Envelope:
        await self.ask(lambda: None)
        shown = PresenceSnapshot(self.line.people, tuple(map(self.told, self.line.presence.values())))
        return self.envelope(shown)

    def told(self, presence: Presence) -> Presence:
        """Presence as it leaves the adapter."""
        return presence

    async def set_own(self, state: PresenceState, *, activity: str, key: str, in_call: bool = False) -> Presence:
        return await self.ask(
            lambda: self.line.once(key, lambda: self.line.move(ME, state, in_call=in_call)), changing=True
        )

    async def chat(self, person_id: str, text: str, *, key: str) -> ChatLine:
        if person_id != EXPERT:
            raise NotFound("There is no such person.")
        return await self.ask(lambda: self.line.once(key, lambda: self.write(person_id, text)), changing=True)

    def write(self, person_id: str, text: str) -> ChatLine:
        """Write a line on the far side."""
        line = ChatLine(self.line.new_id(), person_id, self.line.later(), True, text)
        self.line.written.append(line)
        self.line.tell(ChatReceived(line))
        return line


class ReferencePresenceRig(LineRig[PresenceSource], PresenceRig):
    """The far side of a directory in memory."""

    expert = EXPERT
    line: PresenceLine

    def __init__(self, backend: type[Any] = ReferencePresence) -> None:
        super().__init__(backend, PresenceLine())

    async def move(self, state: PresenceState, *, in_call: bool | None = None) -> None:
        self.line.move(EXPERT, state, in_call=in_call)

    async def expert_writes(self, text: str) -> None:
        self.line.tell(ChatReceived(ChatLine(self.line.new_id(), EXPERT, self.line.later(), False, text)))

    async def received(self, text: str) -> int:
        return len([one for one in self.line.written if one.text == text])

    async def own_state(self) -> PresenceState:
        return self.line.presence[ME].state
