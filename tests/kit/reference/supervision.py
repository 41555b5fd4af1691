"""A contact centre in memory whose floor is looked after: an agent, two bosses, callers who wait."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar, TypeVar

from desktop.domain.entities.floor import (
    Acknowledgement,
    AgentMessage,
    AuditEntry,
    BroadcastDelivery,
    HelpRequest,
    HelpState,
    Reached,
)
from desktop.domain.entities.model import Address, Agent, Interaction, Message
from desktop.domain.entities.words import Availability, Channel, Direction, Monitoring, Outcome, Phase, Role
from desktop.domain.state.events import Change, ContactCenterSnapshot
from desktop.domain.state.floor_events import AgentMessaged, AlertAcknowledged, HelpChanged
from desktop.ports.base import Capability, Manifest
from desktop.ports.errors import Conflict, NotFound, Rejected
from desktop.ports.supervision import refuse

from .contact_center import ME, QUEUE, CenterLine, ReferenceContactCenter, ReferenceContactCenterRig
from .line import TOKEN, LineRig

T = TypeVar("T")
BOSSES = ("boss-0", "boss-1")
FOR_BOSSES = frozenset(
    {
        Capability.SUPERVISE,
        Capability.TAKE_OVER,
        Capability.PRIORITY,
        Capability.WITHDRAW,
        Capability.ACKNOWLEDGE,
        Capability.AUDIT,
        Capability.MONITOR,
        Capability.BROADCAST,
    }
)


class FloorLine(CenterLine):
    """The far side: who waits, what was asked and said, what was done."""

    def __init__(self) -> None:
        super().__init__()
        self.help: dict[str, HelpRequest] = {}
        self.lines: dict[str, AgentMessage] = {}
        self.seen: dict[str, Acknowledgement] = {}
        self.done: list[AuditEntry] = []

    def arrive(self, channel: Channel, customer: Address, *messages: Message) -> None:
        if self.me.observed is Availability.AVAILABLE:
            super().arrive(channel, customer, *messages)
            return
        at = self.later()
        one = Interaction(self.new_id(), 1, channel, Direction.INBOUND, Phase.QUEUED, QUEUE, customer, at, at)
        self.work[one.id] = one

    def waiting(self) -> list[Interaction]:
        """Who waits, next one first."""
        found = [one for one in self.work.values() if one.phase is Phase.QUEUED]
        return sorted(found, key=lambda one: (-one.priority, one.arrived_at))


class ReferenceSupervision(ReferenceContactCenter):
    """Keeps the contract of supervising, too. Who it is for stands in its token."""

    manifest: ClassVar[Manifest] = replace(
        ReferenceContactCenter.manifest,
        capabilities=ReferenceContactCenter.manifest.capabilities
        | FOR_BOSSES
        | {Capability.HELP, Capability.AGENT_MESSAGE},
    )
    line: FloorLine

    @property
    def who(self) -> str:
        """The principal."""
        return self.token if self.token in BOSSES else ME

    async def open(self) -> frozenset[Capability]:
        offered = await super().open()
        return offered - FOR_BOSSES if self.who == ME else offered

    def shown(self) -> ContactCenterSnapshot:
        """All there is, for this principal."""
        told = super().shown()
        known = replace(
            told,
            interactions=tuple(one for one in told.interactions if one.agent_id == self.who),
            help=tuple(one for one in self.line.help.values() if one.state is not HelpState.CLOSED),
            agent_messages=tuple(one for one in self.line.lines.values() if self.who in (one.by, one.to)),
        )
        if self.who == ME:
            return known
        boss = Agent(self.who, 1, "Boss", Role.SUPERVISOR, "Team", Availability.NOT_READY, 1.0)
        agents = (*told.agents, boss)
        return replace(known, me=self.who, agents=agents, acknowledgements=tuple(self.line.seen.values()))

    def need(self, capability: Capability) -> None:
        """Supervisors only."""
        if self.who == ME:
            raise refuse(capability)

    async def act(self, capability: Capability, subject: str, why: str, key: str, work: Callable[[], T]) -> T:
        """Do something once, and write it down."""
        self.need(capability)
        if not why.strip():
            raise Rejected("Why?")

        def written() -> T:
            made = work()
            self.write(AuditEntry(self.line.new_id(), self.line.later(), self.who, "Boss", capability, subject, why))
            return made

        return await self.change(key, written)

    def write(self, entry: AuditEntry) -> None:
        """Keep what was done."""
        self.line.done.insert(0, entry)

    async def change(self, key: str, work: Callable[[], T]) -> T:
        """Do something once."""
        return await self.ask(lambda: self.line.once(f"{self.who} {key}", work), changing=True)

    def of_floor(self, interaction_id: str, *phases: Phase) -> Interaction:
        """Work in one of the phases."""
        one = self.line.work.get(interaction_id)
        if one is None:
            raise NotFound("There is no such contact.")
        if phases and one.phase not in phases:
            raise Conflict("It has moved on.")
        return one

    async def set_agent_availability(
        self, agent_id: str, availability: Availability, *, reason: str, why: str, key: str
    ) -> Agent:
        def work() -> Agent:
            if agent_id != ME:
                raise NotFound("Nobody is called that.")
            return self.line.set(availability, reason)

        return await self.act(Capability.SUPERVISE, agent_id, why, key, work)

    async def waiting(self, queue: str, *, limit: int = 50) -> Sequence[Interaction]:
        self.need(Capability.SUPERVISE)
        if queue != QUEUE:
            raise NotFound("There is no such queue.")
        return await self.ask(lambda: self.line.waiting()[:limit])

    async def interaction(self, interaction_id: str) -> Interaction:
        self.need(Capability.SUPERVISE)
        return await self.ask(lambda: self.of_floor(interaction_id))

    async def take_over(self, interaction_id: str, *, why: str, key: str) -> Interaction:
        def work() -> Interaction:
            one = self.of_floor(interaction_id, Phase.ACTIVE)
            taken = replace(one, id=self.line.new_id(), version=1, agent_id=self.who)
            self.line.become(one, Change.WRAP_UP, phase=Phase.WRAP_UP, customer_connected=False)
            self.line.work[taken.id] = taken
            return taken

        return await self.act(Capability.TAKE_OVER, interaction_id, why, key, work)

    async def set_priority(self, interaction_id: str, priority: int, *, why: str, key: str) -> Interaction:
        def work() -> Interaction:
            one = self.of_floor(interaction_id, Phase.QUEUED)
            self.line.work[one.id] = replace(one, priority=priority)
            return self.line.work[one.id]

        return await self.act(Capability.PRIORITY, interaction_id, why, key, work)

    async def withdraw(self, interaction_id: str, *, why: str, key: str) -> Interaction:
        def work() -> Interaction:
            one = self.of_floor(interaction_id, Phase.QUEUED, Phase.WRAP_UP)
            outcome = one.outcome or Outcome.WITHDRAWN
            return self.line.become(one, Change.CLOSED, "withdrawn", phase=Phase.CLOSED, outcome=outcome)

        return await self.act(Capability.WITHDRAW, interaction_id, why, key, work)

    async def monitor(self, agent_id: str, mode: Monitoring, *, why: str, key: str) -> str:
        if mode is not Monitoring.LISTEN:
            raise refuse(Capability.WHISPER if mode is Monitoring.WHISPER else Capability.BARGE)

        def work() -> str:
            if agent_id != ME:
                raise NotFound("Nobody is called that.")
            return self.line.new_id()

        return await self.act(Capability.MONITOR, agent_id, why, key, work)

    async def end_monitor(self, monitor_id: str, *, key: str) -> None:
        self.need(Capability.MONITOR)
        await self.change(key, lambda: None)

    async def ask_help(self, interaction_id: str, text: str, *, key: str) -> HelpRequest:
        def work() -> HelpRequest:
            self.mine(interaction_id, Phase.ACTIVE, Phase.WRAP_UP)
            known = next((one for one in self.line.help.values() if one.interaction_id == interaction_id), None)
            return known or self.put_help(HelpRequest(self.line.new_id(), 0, ME, interaction_id, text, self.line.now))

        return await self.change(key, work)

    async def answer_help(self, help_id: str, text: str, *, close: bool, key: str) -> HelpRequest:
        def work() -> HelpRequest:
            known = self.line.help.get(help_id)
            if known is None or (self.who == ME and not close):
                raise NotFound("Nobody asked that.")
            if close:
                return self.put_help(replace(known, state=HelpState.CLOSED))
            return self.put_help(replace(known, state=HelpState.ANSWERED, answered_by=self.who, answer=text))

        return await self.change(key, work)

    def put_help(self, request: HelpRequest) -> HelpRequest:
        """A request is new, or something else."""
        now = replace(request, version=request.version + 1)
        self.line.help[now.id] = now
        self.line.tell(HelpChanged(now))
        return now

    async def message_agent(self, agent_id: str, text: str, *, key: str) -> AgentMessage:
        def work() -> AgentMessage:
            if agent_id not in (ME, *BOSSES):
                raise NotFound("Nobody is called that.")
            line = AgentMessage(self.line.new_id(), self.line.later(), self.who, self.who, agent_id, text)
            self.line.lines[line.id] = line
            self.line.tell(AgentMessaged(line))
            return line

        return await self.change(key, work)

    async def broadcast(self, agent_ids: Sequence[str], text: str, *, key: str) -> Sequence[BroadcastDelivery]:
        self.need(Capability.BROADCAST)

        def work() -> list[BroadcastDelivery]:
            if not text.strip() or ME not in agent_ids:
                raise Rejected("To nobody.")
            return [BroadcastDelivery(one, self.give(one, text)) for one in agent_ids]

        return await self.change(key, work)

    def give(self, agent_id: str, text: str) -> Reached:
        """Give an agent a line."""
        if agent_id != ME:
            return Reached.REFUSED
        line = AgentMessage(self.line.new_id(), self.line.later(), self.who, self.who, agent_id, text)
        self.line.lines[line.id] = line
        self.line.tell(AgentMessaged(line))
        return Reached.DELIVERED

    async def acknowledge(self, alert: str, text: str, *, key: str) -> Acknowledgement:
        self.need(Capability.ACKNOWLEDGE)

        def work() -> Acknowledgement:
            made = Acknowledgement(alert, self.who, "Boss", self.line.later(), text)
            self.line.seen[alert] = made
            self.line.tell(AlertAcknowledged(made))
            return made

        return await self.change(key, work)

    async def audit(self, *, limit: int = 100) -> Sequence[AuditEntry]:
        self.need(Capability.AUDIT)
        return await self.ask(lambda: self.line.done[:limit])


class ReferenceSupervisionRig(ReferenceContactCenterRig):
    """The far side with two supervisors."""

    line: FloorLine
    secrets = (TOKEN, *BOSSES)

    def __init__(self, backend: type[Any] = ReferenceSupervision) -> None:
        LineRig.__init__(self, backend, FloorLine())

    def make_supervisor(self, number: int = 0) -> Any:
        return self.backend.create({"line": self.line.name, "token": BOSSES[number]})

    async def colleague_on_a_call(self) -> str:
        return ME
