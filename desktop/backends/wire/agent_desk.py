"""The desk of the one agent at a system that distributes nothing: what they have in hand, and what is told of it.

A shared mailbox, a Matrix account and the numbers of an SMS gateway differ in how a contact is taken so that nobody
else has it. What is the same for all of them is here: who may be offered one, what an offer that is over becomes, what
the queues show, and the stream made of it.
"""

import contextlib
from collections.abc import AsyncGenerator, Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypedDict, TypeVar

from desktop.backends.wire.event_log import EventLog
from desktop.backends.wire.option_values import agent_id, codes, number, reasons
from desktop.backends.wire.signed_in_agent import SignedInAgent
from desktop.domain.entities.model import (
    Agent,
    Instant,
    Interaction,
    NotReadyReason,
    QueueStats,
    Waiting,
    WrapUpCode,
    WrapUpRule,
)
from desktop.domain.entities.words import Availability, Channel, CodeRule, OfferEnd, Outcome, Phase
from desktop.domain.state.events import (
    AgentChanged,
    Change,
    ContactCenterSnapshot,
    Envelope,
    Heartbeat,
    InteractionChanged,
    QueueChanged,
)
from desktop.ports.errors import Conflict, NotFound, Rejected
from desktop.ports.kinds import Kind

ASIDE_SECONDS = 60.0
"""For how long a contact is not offered again to whoever did not want it."""
HEAD_SHOWN = 10
"""How many of those who wait are told of."""
_REMEMBERED = 5_000


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """What a profile says of the agent and of the rules that hold for their contacts. Times are in seconds.

    `target`: answered within so long is in time; 0 for no target. `offered_for`: until an offer goes back.
    """

    agent: str
    agent_name: str
    queues: tuple[str, ...]
    capacity: int
    offered_for: float
    target: float
    reasons: tuple[NotReadyReason, ...]
    codes: tuple[WrapUpCode, ...]
    rule: WrapUpRule


def desk_settings(given: Mapping[str, str], queues: Iterable[str], *, target: float) -> DeskSettings:
    """What the options `agent`, `agent_name`, `capacity`, `offer_seconds`, `reasons` and `codes` say.

    Raises:
        Rejected: one of them cannot be used.
    """
    agent, chosen = agent_id(given["agent"]), codes(given["codes"])
    return DeskSettings(
        agent=agent,
        agent_name=given["agent_name"] or agent,
        queues=tuple(queues),
        capacity=int(number(given["capacity"], "capacity", 1, 1_000)),
        offered_for=number(given["offer_seconds"], "offer_seconds", 1, 86_400),
        target=target,
        reasons=reasons(given["reasons"]),
        codes=chosen,
        rule=WrapUpRule(codes=CodeRule.OPTIONAL_ONE if chosen else CodeRule.NONE, seconds=0.0),
    )


class InHand(Protocol):
    """A contact of the agent's."""

    @property
    def id(self) -> str:
        """As the desktop knows it."""

    @property
    def shown(self) -> Interaction:
        """What the desktop sees of it."""


C = TypeVar("C", bound=InHand)


class Ending(TypedDict):
    """What of a contact is another when it is not the agent's any more."""

    phase: Phase
    phase_since: Instant
    agent_id: str | None
    offer_deadline: Instant | None
    outcome: Outcome | None


class AgentDesk(Generic[C]):
    """See the module."""

    def __init__(
        self,
        settings: DeskSettings,
        channel: Channel,
        noun: str,
        *,
        clock: Callable[[], Instant],
        monotonic: Callable[[], float],
        chosen: Callable[[], None],
    ) -> None:
        """Nothing in hand, offline.

        Args:
            noun: what a contact is called to people, e.g. "mail".
            clock: dates what happens.
            monotonic: measures how long ago something was seen, in seconds.
            chosen: hears that the agent chose an availability.
        """
        self.contacts: dict[str, C] = {}
        self.me = SignedInAgent(settings.agent, settings.agent_name, channel, settings.capacity, settings.queues, clock)
        self.log = EventLog(Kind.CONTACT_CENTER.value)
        self.now, self.noun = clock, noun
        self._settings, self._monotonic, self._chosen = settings, monotonic, chosen
        self._version = int(clock() * 1_000)
        self._gone: dict[str, None] = {}
        self._aside: dict[Hashable, float] = {}  # what is not asked for now, and until when
        self._told_queues: Mapping[str, tuple[object, ...]] = {}

    def version(self) -> int:
        """A newer one than any before."""
        self._version += 1
        return self._version

    # The stream

    def begin(self) -> None:
        """A connection begins, and with it the numbers of what is told."""
        self.log = EventLog(Kind.CONTACT_CENTER.value)

    def beat(self) -> None:
        """The connection is alive."""
        self.log.sign(Heartbeat(self.now(), self.log.head), self.now())

    async def events(self, after: tuple[str, int] | None) -> AsyncGenerator[Envelope, None]:
        """See `ContactCenter.events`."""
        current = self.log
        yield current.envelope(Heartbeat(self.now(), current.head), self.now())
        async with contextlib.aclosing(current.follow(after, self.now())) as stream:
            async for one in stream:
                yield one

    def snapshot(self, queues: Iterable[QueueStats]) -> Envelope:
        """All there is to tell."""
        settings = self._settings
        picture = ContactCenterSnapshot(
            me=settings.agent,
            interactions=tuple(one.shown for one in self.contacts.values()),
            agents=(self.me.shown(self.in_use),),
            queues=tuple(queues),
            codes=settings.codes,
            reasons=settings.reasons,
        )
        return self.log.numbered(picture, self.now())

    def tell(self, change: Change, shown: Interaction, reason: str = "") -> None:
        """A contact changed."""
        self.log.add(InteractionChanged(change, shown, reason), self.now())

    def tell_agent(self) -> Agent:
        """The agent changed."""
        agent = self.me.shown(self.in_use)
        self.log.add(AgentChanged(agent), self.now())
        return agent

    def figures(self, queue: str, waiting: int, since: Instant | None, head: Iterable[Waiting]) -> QueueStats:
        """A queue as it is now. Whoever waits in it may be taken.

        Args:
            waiting: how many.
            since: when the first of them came.
            head: the first of them.
        """
        shown = tuple(head)
        return QueueStats(
            name=queue,
            version=self.version(),
            as_of=self.now(),
            waiting=waiting,
            longest_since=since,
            head=shown,
            to_pull=shown,
        )

    def tell_queues(self, queues: Iterable[QueueStats]) -> None:
        """Tell of those that changed."""
        told: dict[str, tuple[object, ...]] = {}
        for one in queues:
            told[one.name] = (one.waiting, one.head)
            if self._told_queues.get(one.name) != told[one.name]:
                self.log.add(QueueChanged(one), self.now())
        self._told_queues = told

    # The agent

    @property
    def in_use(self) -> int:
        """How many contacts take the agent's capacity."""
        return sum(1 for one in self.contacts.values() if not one.shown.parked)

    @property
    def has_room(self) -> bool:
        """Whether the agent may take one more."""
        return self.in_use < self._settings.capacity

    def set_availability(self, availability: Availability, reason: str, *, after_current: bool) -> Agent:
        """Be available, or not; or be so after the current work, if there is any."""
        if after_current and self.in_use:
            self.me.next = (availability, reason)
        else:
            self._choose(availability, reason)
        return self.tell_agent()

    def cancel_next(self) -> Agent:
        """Nothing comes after the current work."""
        self.me.next = None
        return self.tell_agent()

    def settle_next(self) -> None:
        """What was asked for after the current work."""
        if self.me.next is not None and not self.in_use:
            self._choose(*self.me.next)
            self.tell_agent()

    def _choose(self, availability: Availability, reason: str) -> None:
        self.me.choose(availability, reason)
        self._chosen()

    # Offers

    @property
    def offered(self) -> Sequence[C]:
        """What rings."""
        return [one for one in self.contacts.values() if one.shown.phase is Phase.OFFERED]

    @property
    def may_be_offered_one(self) -> bool:
        """Whether the agent is available, has room, and nothing rings."""
        return self.me.availability is Availability.AVAILABLE and self.has_room and not self.offered

    @property
    def late(self) -> Sequence[C]:
        """What was not answered in time."""
        return [one for one in self.offered if (one.shown.offer_deadline or 0.0) <= self.now()]

    def rest_seconds(self, most: float) -> float:
        """How long nothing has to be looked at, until an offer is over."""
        deadlines = [one.shown.offer_deadline for one in self.offered]
        return max(0.05, min([most, *(one - self.now() for one in deadlines if one is not None)]))

    def miss(self) -> None:
        """An offer was not answered in time."""
        self.me.miss()
        self.tell_agent()

    def is_aside(self, which: Hashable) -> bool:
        """Whether it is not asked for now."""
        return self._aside.get(which, 0.0) > self._monotonic()

    def put_aside(self, which: Hashable) -> None:
        """Do not ask for it for a while."""
        self._aside[which] = self._monotonic() + ASIDE_SECONDS
        while len(self._aside) > _REMEMBERED:
            del self._aside[next(iter(self._aside))]

    # Contacts

    def contact(self, interaction_id: str) -> C:
        """One of the agent's.

        Raises:
            Conflict: it was.
            NotFound: it never was.
        """
        found = self.contacts.get(interaction_id)
        if found is None:
            if self.was_here(interaction_id):
                raise Conflict(f"The {self.noun} is not yours any more.")
            raise NotFound(f"There is no such {self.noun}.")
        return found

    def offer(self, interaction_id: str) -> C:
        """One that rings.

        Raises:
            Conflict: it does not any more.
            NotFound: it never did.
        """
        return self._in_phase(Phase.OFFERED, interaction_id, "is not offered any more")

    def active(self, interaction_id: str) -> C:
        """One that is being worked on.

        Raises:
            Conflict: it is not any more.
            NotFound: it never was.
        """
        return self._in_phase(Phase.ACTIVE, interaction_id, "is not being worked on")

    def _in_phase(self, phase: Phase, interaction_id: str, if_not: str) -> C:
        found = self.contact(interaction_id)
        if found.shown.phase is not phase:
            raise Conflict(f"The {self.noun} {if_not}.")
        return found

    def check_codes(self, chosen: Sequence[str]) -> None:
        """See that these are wrap-up codes of the profile.

        Raises:
            Rejected: one is none.
        """
        known = {one.id for one in self._settings.codes}
        if unknown := [one for one in chosen if one not in known]:
            raise Rejected(f"There is no wrap-up code {unknown[0][:40]!r}.")

    def take(self, contact: C) -> None:
        """The agent has it, or is offered it."""
        self.contacts[contact.id] = contact
        self._gone.pop(contact.id, None)

    def drop(self, contact: C) -> None:
        """It is not the agent's any more."""
        self.contacts.pop(contact.id, None)
        self._gone[contact.id] = None
        while len(self._gone) > _REMEMBERED:
            del self._gone[next(iter(self._gone))]

    def was_here(self, interaction_id: str) -> bool:
        """Whether it was the agent's."""
        return interaction_id in self._gone

    def ended_offer(self, why: OfferEnd) -> Ending:
        """What an offer becomes that is over: closed where the customer gave up, else waiting again."""
        gave_up = why is OfferEnd.ABANDONED
        return Ending(
            phase=Phase.CLOSED if gave_up else Phase.QUEUED,
            phase_since=self.now(),
            agent_id=None,
            offer_deadline=None,
            outcome=Outcome.ABANDONED if gave_up else None,
        )


def change_between(before: Interaction | None, now: Interaction, *, customer_left: bool) -> tuple[Change, str]:
    """What happened between two states of a contact, with the reason; `customer_left`: whether they ended it."""
    was = before.phase if before is not None else None
    if was is not now.phase:
        if now.phase is Phase.OFFERED:
            return Change.OFFERED, ""
        if now.phase is Phase.ACTIVE:
            return Change.CONNECTED, "" if was is Phase.OFFERED else "restored"
        return Change.WRAP_UP, "customer_left" if customer_left else "agent_ended"
    if before is not None and before.parked is not now.parked:
        return Change.UPDATED, "parked" if now.parked else "taken_up"
    return Change.UPDATED, "message"
