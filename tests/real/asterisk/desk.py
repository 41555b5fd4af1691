"""An agent's desk in the tests: the adapter, and everything it told, read by a host that does as the desktop does."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import aclosing
from typing import Self

from desktop.backends.asterisk.contact_center import AsteriskContactCenter
from desktop.domain.entities.model import Agent, Interaction, QueueStats
from desktop.domain.entities.words import Availability, Phase, Role
from desktop.domain.state.events import (
    AgentChanged,
    Change,
    ContactCenterSnapshot,
    Envelope,
    Gap,
    InteractionChanged,
    QueueChanged,
)
from desktop.domain.state.floor_events import FloorChanged
from desktop.ports.base import Capability
from desktop.ports.errors import BackendError
from tests.real.asterisk.phones import Phone, until
from tests.real.servers.asterisk import AMI_SECRET, AMI_USER, Asterisk


def options(server: Asterisk, interface: str = "PJSIP/agent1", **changes: str) -> dict[str, str]:
    """A profile's options for the server, as the README gives them."""
    return {
        "port": str(server.ami),
        "user": AMI_USER,
        "secret": AMI_SECRET,
        "interface": interface,
        "agent_name": interface.partition("/")[2].title(),
        "queues": "support",
        "dial_context": "desk",
        "queue_context": "queues",
        "attributes": "CASE,LANGUAGE_WISH",
        "ring_seconds": "15, hasty=2",
        "codes": "solved=Solved; order=Order taken",
        "wrap_up_seconds": "120",
    } | changes


class Desk:
    """`told` holds what the stream brought; `state` is what it amounts to, healed by snapshots as the host heals."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        self.backend = AsteriskContactCenter.create(settings)
        self.me = settings["interface"]
        self.offered: frozenset[Capability] = frozenset()
        self.told: list[Envelope] = []
        self.interactions: dict[str, Interaction] = {}
        self.agents: dict[str, Agent] = {}
        self.queues: dict[str, QueueStats] = {}
        self.gaps = 0
        self.snapshots = 0
        self._keys = 0
        self._reader: asyncio.Task[None] | None = None
        self._position: tuple[str, int] | None = None

    async def __aenter__(self) -> Self:
        self.offered = await self.backend.open()
        await self.look()
        self._reader = asyncio.ensure_future(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.wait({self._reader})
        await self.backend.close()

    def key(self) -> str:
        """A key of a new intent."""
        self._keys += 1
        return f"key-{id(self)}-{self._keys}"

    async def look(self) -> ContactCenterSnapshot:
        """Take a snapshot in."""
        envelope = await self.backend.snapshot()
        event = envelope.event
        assert isinstance(event, ContactCenterSnapshot) and envelope.seq is not None
        self.snapshots += 1
        self._position = (envelope.epoch, envelope.seq)
        self.interactions = {one.id: one for one in event.interactions}
        self.agents = {one.id: one for one in event.agents}
        self.queues = {one.name: one for one in event.queues}
        return event

    async def become(self, availability: Availability, reason: str = "", *, after_current: bool = False) -> Agent:
        return await self.backend.set_availability(
            availability, reason=reason, after_current=after_current, key=self.key()
        )

    @property
    def agent(self) -> Agent:
        """Our own record, as told."""
        return self.agents[self.me]

    @property
    def only(self) -> Interaction:
        """The one interaction there is."""
        (one,) = self.interactions.values()
        return one

    async def offer(self) -> Interaction:
        """The offer, once it is there and complete."""
        await until(
            lambda: self.with_phase(Phase.OFFERED) and self.with_phase(Phase.OFFERED)[-1].phone_call, "an offer"
        )
        return self.with_phase(Phase.OFFERED)[-1]

    async def talk(self, phone: Phone) -> Interaction:
        """Answer what rings, and see it connected."""
        await phone.answer()
        await until(lambda: phone.talks, f"{phone.name} talks")
        return await self.reach(Phase.ACTIVE)

    async def reach(self, phase: Phase) -> Interaction:
        await until(lambda: self.with_phase(phase), f"an interaction becomes {phase}")
        return self.with_phase(phase)[-1]

    async def finish(self, interaction_id: str) -> None:
        """End the wrap-up."""
        await self.backend.wrap_up(interaction_id, codes=(), note_given=False, key=self.key())
        await until(lambda: interaction_id not in self.interactions, "it leaves the desk")

    def with_phase(self, phase: Phase) -> list[Interaction]:
        return [one for one in self.interactions.values() if one.phase is phase]

    def reasons(self, change: Change) -> list[str]:
        """The reasons of the events of one kind, in order."""
        return [one.event.reason for one in self.told if _is(one, change)]  # type: ignore[union-attr]

    def observed(self, agent_id: str) -> Availability | None:
        """What is known of an agent."""
        return self.agents[agent_id].observed if agent_id in self.agents else None

    def work(self, agent_id: str) -> list[tuple[str, Phase]]:
        """What an agent has in hand, as a supervisor is told."""
        found = self.agents.get(agent_id)
        return [(one.interaction_id, one.phase) for one in found.work] if found is not None else []

    def reasons_of(self, interaction_id: str) -> list[str]:
        """The reasons of everything told about one interaction, in order."""
        events = [one.event for one in self.told if isinstance(one.event, InteractionChanged)]
        return [one.reason for one in events if one.interaction.id == interaction_id]

    async def see(self, true: Callable[[Interaction], object], what: str) -> Interaction:
        """Wait until the one interaction is so."""
        await until(lambda: len(self.interactions) == 1 and true(self.only), what)
        return self.only

    async def _read(self) -> None:
        while True:
            try:
                async with aclosing(self.backend.events(self._position)) as stream:  # type: ignore[type-var]
                    async for envelope in stream:
                        await self._take(envelope)
            except BackendError:
                await asyncio.sleep(0.05)

    async def _take(self, envelope: Envelope) -> None:
        self.told.append(envelope)
        event = envelope.event
        if isinstance(event, Gap):
            self.gaps += 1
            await self.look()
            return
        if envelope.seq is None or self._position is None or envelope.seq <= self._position[1]:
            return
        assert envelope.epoch == self._position[0] and envelope.seq == self._position[1] + 1, "the numbers have a hole"
        self._position = (envelope.epoch, envelope.seq)
        if isinstance(event, InteractionChanged):
            new = event.interaction
            old = self.interactions.get(new.id)
            assert old is None or new.version > old.version, "a version did not rise"
            if new.agent_id == self.me and new.phase not in (Phase.CLOSED, Phase.QUEUED):
                self.interactions[new.id] = new
            else:
                self.interactions.pop(new.id, None)
        elif isinstance(event, AgentChanged):
            self.agents[event.agent.id] = event.agent
        elif isinstance(event, QueueChanged):
            self.queues[event.queue.name] = event.queue
        elif isinstance(event, FloorChanged):
            assert self.agent.role is Role.SUPERVISOR
            self.agents |= {one.id: one for one in event.agents}
            self.queues |= {one.name: one for one in event.queues}


def _is(envelope: Envelope, change: Change) -> bool:
    return isinstance(envelope.event, InteractionChanged) and envelope.event.change is change
