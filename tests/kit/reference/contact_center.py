"""A contact centre in memory: one agent, one queue, calls with hold and nothing more."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from desktop.domain.entities.model import Address, Agent, Interaction, Message, NotReadyReason, QueueStats, WrapUpCode
from desktop.domain.entities.words import Availability, Channel, Direction, Outcome, Phase, Role
from desktop.domain.state.events import AgentChanged, Change, ContactCenterSnapshot, Envelope, InteractionChanged
from desktop.ports.base import Capability, Kind, Manifest
from desktop.ports.contact_center import ContactCenter
from desktop.ports.errors import Conflict, NotFound
from desktop.testing import fresh
from desktop.testing.rigs import CALLER, ContactCenterRig

from .line import Line, LineRig, Reference

ME, QUEUE = "me", "Billing"


class CenterLine(Line):
    """The far side: the agent, and the work there is."""

    def __init__(self) -> None:
        super().__init__()
        self.me = Agent(ME, 1, "Me", Role.AGENT, "Team", Availability.NOT_READY, 1.0)
        self.work: dict[str, Interaction] = {}

    def set(self, availability: Availability, reason: str) -> Agent:
        """The agent is something else."""
        self.me = replace(
            self.me, version=self.me.version + 1, observed=availability, since=self.later(), reason=reason
        )
        self.tell(AgentChanged(self.me))
        return self.me

    def arrive(self, channel: Channel, customer: Address, *messages: Message) -> None:
        """A customer, who is offered at once."""
        at = self.later()
        made = Interaction(
            self.new_id(), 1, channel, Direction.INBOUND, Phase.OFFERED, QUEUE, customer, at, at, ME, messages=messages
        )
        self.work[made.id] = made
        self.tell(InteractionChanged(Change.OFFERED, made, "routed"))

    def become(self, one: Interaction, change: Change, reason: str = "", **news: Any) -> Interaction:
        """An interaction is something else."""
        now = replace(one, version=one.version + 1, phase_since=self.later(), **news)
        if now.phase is Phase.CLOSED:
            del self.work[one.id]
        else:
            self.work[one.id] = now
        self.tell(InteractionChanged(change, now, reason))
        return now

    def end_offer(self, interaction_id: str, reason: str) -> Interaction:
        """An offer ends without having been accepted."""
        gone = self.become(
            self.work[interaction_id], Change.OFFER_ENDED, reason, phase=Phase.CLOSED, outcome=Outcome.ABANDONED
        )
        if reason == "missed":
            self.set(Availability.NOT_READY, "missed")
        return gone


class ReferenceContactCenter(Reference, ContactCenter):
    """Keeps the contract of a contact centre."""

    manifest: ClassVar[Manifest] = Manifest(
        Kind.CONTACT_CENTER,
        "reference",
        2,
        "A contact centre in memory",
        frozenset({Capability.HOLD, Capability.EVENT_REPLAY}),
        Reference.OPTIONS,
    )
    line: CenterLine

    async def snapshot(self) -> Envelope:
        return await self.ask(lambda: self.envelope(self.shown()))

    def shown(self) -> ContactCenterSnapshot:
        """All there is."""
        work = tuple(map(self.told, self.line.work.values()))
        reasons = (NotReadyReason("break", "Break"),)
        queues = (QueueStats(QUEUE, 1, self.line.now),)
        return ContactCenterSnapshot(ME, work, (self.line.me,), queues, (WrapUpCode("solved", "Solved"),), reasons)

    def told(self, one: Interaction) -> Interaction:
        """An interaction as it leaves the adapter."""
        return one

    def mine(self, interaction_id: str, *phases: Phase) -> Interaction:
        """Work that is in one of the phases."""
        if interaction_id not in self.line.work:
            raise NotFound("There is no such interaction.")
        if self.line.work[interaction_id].phase not in phases:
            raise Conflict("It is in another state.")
        return self.line.work[interaction_id]

    async def set_availability(
        self, availability: Availability, *, reason: str, after_current: bool, key: str
    ) -> Agent:
        return await self.ask(lambda: self.line.once(key, lambda: self.line.set(availability, reason)), changing=True)

    async def accept(self, interaction_id: str, *, key: str) -> Interaction:
        def work() -> Interaction:
            one = self.mine(interaction_id, Phase.OFFERED)
            return self.line.become(one, Change.CONNECTED, phase=Phase.ACTIVE, answered_at=self.line.now)

        return await self.ask(lambda: self.line.once(key, work), changing=True)

    async def decline(self, interaction_id: str, *, reason: str, key: str) -> Interaction:
        def work() -> Interaction:
            return self.line.end_offer(self.mine(interaction_id, Phase.OFFERED).id, "declined")

        return await self.ask(lambda: self.line.once(key, work), changing=True)

    async def end(self, interaction_id: str, *, key: str) -> Interaction:
        def work() -> Interaction:
            one = self.mine(interaction_id, Phase.ACTIVE)
            return self.line.become(one, Change.WRAP_UP, phase=Phase.WRAP_UP, customer_connected=False)

        return await self.ask(lambda: self.line.once(key, work), changing=True)

    async def send_message(self, interaction_id: str, text: str, *, key: str) -> Interaction:
        def work() -> Interaction:
            one = self.mine(interaction_id, Phase.ACTIVE)
            line = Message(self.line.new_id(), self.line.now, "agent", text)
            return self.line.become(one, Change.UPDATED, messages=(*one.messages, line))

        return await self.ask(lambda: self.line.once(key, work), changing=True)

    async def wrap_up(self, interaction_id: str, *, codes: Sequence[str], note_given: bool, key: str) -> Interaction:
        def work() -> Interaction:
            one = self.mine(interaction_id, Phase.WRAP_UP)
            return self.line.become(one, Change.CLOSED, phase=Phase.CLOSED, outcome=Outcome.HANDLED)

        return await self.ask(lambda: self.line.once(key, work), changing=True)

    async def wrap_up_codes(self) -> Sequence[WrapUpCode]:
        return await self.ask(lambda: self.shown().codes)

    async def hold(self, interaction_id: str, *, on: bool, key: str) -> Interaction:
        def work() -> Interaction:
            return self.line.become(self.mine(interaction_id, Phase.ACTIVE), Change.UPDATED, held=on)

        return await self.ask(lambda: self.line.once(key, work), changing=True)


class ReferenceContactCenterRig(LineRig[ContactCenter], ContactCenterRig):
    """The far side of a contact centre in memory."""

    queue = QUEUE
    line: CenterLine

    def __init__(self, backend: type[Any] = ReferenceContactCenter) -> None:
        super().__init__(backend, CenterLine())

    async def call(self, number: str = CALLER) -> None:
        self.line.arrive(Channel.VOICE, Address("phone", number))

    async def write(self, text: str) -> None:
        line = Message(self.line.new_id(), self.line.now, "customer", text)
        self.line.arrive(Channel.CHAT, Address("handle", fresh.name()), line)

    async def hang_up(self, interaction_id: str) -> None:
        one = self.line.work[interaction_id]
        if one.phase is Phase.OFFERED:
            self.line.end_offer(interaction_id, "abandoned")
        else:
            self.line.become(one, Change.WRAP_UP, phase=Phase.WRAP_UP, customer_connected=False)

    async def let_expire(self, interaction_id: str) -> None:
        self.line.end_offer(interaction_id, "missed")

    async def rescind(self, interaction_id: str) -> None:
        self.line.end_offer(interaction_id, "rescinded")
