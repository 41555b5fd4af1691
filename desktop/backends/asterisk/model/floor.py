"""Who is signed in to which queue, and what each queue looks like. Pure: no clock, no network."""

import re
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import replace

from desktop.backends.asterisk.ami.framing import Message
from desktop.backends.asterisk.model.calls import Calls
from desktop.backends.asterisk.model.contact import known_name, phone_number, work_of
from desktop.backends.asterisk.model.members import (
    IDLE,
    INVALID,
    MEMBER_EVENTS,
    OFFLINE,
    UNAVAILABLE,
    WRAP_UP,
    Figures,
    Member,
    Members,
    observed_in,
)
from desktop.backends.asterisk.model.queue_book import QueueBook
from desktop.backends.asterisk.model.staff_clock import Doing
from desktop.backends.asterisk.settings import Settings
from desktop.domain.entities.floor import AgentWork
from desktop.domain.entities.model import Agent, Instant, Interaction, QueueStats, Waiting
from desktop.domain.entities.words import Availability, Channel, Phase, Role

_PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,9})?")


class Floor:
    """The queues that the profile names, and everybody in them."""

    def __init__(self, settings: Settings, calls: Calls) -> None:
        self._settings = settings
        self._supervises = settings.role is Role.SUPERVISOR
        self._calls = calls
        self.members = Members()
        self.figures: dict[str, Figures] = {}
        self.book = QueueBook(settings)
        self.finished: dict[str, Interaction] = {}  # another agent's newest call that is over, by interface
        self._ours = frozenset(settings.queues)
        self._dirty: set[str] = set(settings.queues)  # queues that may look otherwise than before
        self._stale: set[str] = set()  # queues that are told of even if they do not
        self._untold_queues: dict[str, QueueStats] = {}
        self._untold: dict[str, Agent] = {}
        self._works: dict[str, list[Interaction]] = {}  # as it was when the agents were last looked at
        self._agents: dict[str, Agent] = {}
        self._queues: dict[str, QueueStats] = {}

    def apply(self, message: Message, at: Instant) -> bool:
        """Take in one event; says whether something about members or callers is otherwise than before."""
        moved, queues = self.book.apply(message, at)
        self._dirty |= queues
        for interface in moved:
            self.members.touch(interface)
            self._see(interface, at)
        kind = message["Event"].lower()
        if kind.startswith("queuecaller"):
            self.book.note_waiting(message["Queue"], self._calls.callers.waiting_in(message["Queue"]), at)
        if not self._of_member(kind, message):
            return bool(moved or queues)
        if kind in MEMBER_EVENTS or kind == "queuememberremoved":
            self._see(message["Interface"] or message["Location"], at)
        return True

    def _of_member(self, kind: str, message: Message) -> bool:
        key = (message["Queue"], message["Interface"] or message["Location"])
        if key[0] not in self._ours and key[1] != self._settings.interface:
            return False  # on a big floor most of what is told is of no concern here
        if kind in MEMBER_EVENTS:
            self.members.put(*key, message)
        elif kind == "queuememberremoved":
            self.members.remove(*key)
        elif not kind.startswith("queuecaller"):
            return False
        self._dirty.add(key[0])
        return True

    def read(self, status: Sequence[Message], at: Instant, touched: Set[str]) -> None:
        """Take in a whole `QueueStatus`, which replaces all that was known.

        Args:
            touched: members and callers of whom events told while the list was made; the events count.
        """
        self.members.keep(touched)
        waiting = self._calls.callers.waiting
        self._calls.callers.waiting = {caller: one for caller, one in waiting.items() if caller in touched}
        for message in status:
            kind = message["Event"].lower()
            if kind == "queuemember" and message["Location"] not in touched:
                self._of_member(kind, message)
            elif kind == "queueentry" and message["Uniqueid"] not in touched:
                address = phone_number(message["CallerIDNum"])
                since = at - float(message.number("Wait") or 0)
                known = waiting.get(message["Uniqueid"])
                since = known.waiting.since if known is not None else since
                self._calls.callers.wait(message["Queue"], Waiting(message["Uniqueid"], address, since))
                self.book.tally.waits(message["Uniqueid"], message["Queue"], since)
        self.count(status, at)
        for interface in {*self.members.everybody(), *self._agents}:
            self._see(interface, at)
        for name in self._settings.queues:
            self.book.note_waiting(name, self._calls.callers.waiting_in(name), at)

    def count(self, status: Sequence[Message], at: Instant) -> None:
        """Take in only what the server counted, which is told by no event."""
        for message in status:
            if message["Event"].lower() == "queueparams":
                perf, completed = message["ServicelevelPerf"], message.number("Completed")
                level = float(perf) / 100.0 if completed and _PERCENT.fullmatch(perf) else None
                self.figures[message["Queue"]] = Figures(
                    completed, message.number("Abandoned"), message.number("ServiceLevel"), level
                )
                seconds = message.number("ServiceLevel")
                self.book.tally.threshold(message["Queue"], None if seconds is None else float(seconds))

    def mine(self) -> list[Member]:
        """The agent's own memberships."""
        return list(self.joined().values())

    def observed(self) -> tuple[Availability, str]:
        """What the queues say of the agent, and the reason."""
        return observed_in(self.mine())

    def joined(self) -> Mapping[str, Member]:
        """The queues the agent is in."""
        return dict(self.members.of(self._settings.interface))

    def of(self, interface: str) -> Mapping[str, Member]:
        """The queues of the profile that an agent is in."""
        ours = self._ours
        return {queue: one for queue, one in self.members.of(interface).items() if queue in ours}

    def observed_of(self, interface: str) -> tuple[Availability, str]:
        """What the queues of the profile say of an agent, and the reason."""
        return observed_in(list(self.of(interface).values()))

    def _see(self, interface: str, at: Instant) -> None:
        """What the agent does from now on, for the book."""
        members = self.of(interface)
        wrapping = any(one.paused and one.reason == WRAP_UP for one in members.values())
        talks = interface in self.book.tally.busy() or any(
            one.interaction.agent_id == interface and one.interaction.phase in (Phase.ACTIVE, Phase.WRAP_UP)
            for one in self._calls.contacts.values()
        )
        engaged = wrapping or talks
        doing = {}
        for queue, one in members.items():
            here = one.device not in (INVALID, UNAVAILABLE) and not (one.paused and one.reason == OFFLINE)
            doing[queue] = Doing(here, here and not one.paused and one.device == IDLE and not engaged, here and engaged)
        self.book.see(interface, doing, at, wrapping=wrapping)

    def agents(self, at: Instant, own: Mapping[str, object]) -> list[Agent]:
        """Everybody.

        Args:
            own: fields of the agent's own record that the queues do not know (`next` and the like). `observed` and
                `reason` are what is shown in the place of the pause for wrap-up, and count during one only.
        """
        self._look(at, own)
        return list(self._agents.values())

    def changed_agents(self, at: Instant, own: Mapping[str, object]) -> list[Agent]:
        """Those who changed since this was last asked; `own` as in `agents`."""
        self._look(at, own)
        found, self._untold = self._untold, {}
        return list(found.values())

    def _look(self, at: Instant, own: Mapping[str, object]) -> None:
        """Make the records anew of whoever's memberships or work are others: on a big floor these are few."""
        works: dict[str, list[Interaction]] = {}
        for contact in self._calls.contacts.values():
            works.setdefault(contact.interaction.agent_id or "", []).append(contact.interaction)
        me = self._settings.interface
        whose = {one for one in {*works, *self._works} if works.get(one) != self._works.get(one)} - {""}
        for interface in {me, *whose, *self.members.changes()}:
            old, memberships = self._agents.get(interface), self.members.of(interface)
            work = works.get(interface, [])
            if memberships or interface == me:
                fresh = self._agent(interface, memberships, work, at, own if interface == me else {})
            elif old is not None:  # signed out of the last queue
                hand = self._work(interface, work, wrapping=False)
                fresh = replace(old, observed=Availability.OFFLINE, reason="", queues=(), work=hand)
            else:
                continue
            if old is not None:
                since = old.since if (old.observed, old.reason) == (fresh.observed, fresh.reason) else at
                fresh = replace(fresh, version=old.version, since=since, today=old.today)
            if fresh != old:
                today = self.book.today(interface, at) if self._supervises else None
                fresh = replace(fresh, version=fresh.version + 1, today=today)
                self._agents[interface] = self._untold[interface] = fresh
        self._works = works

    def _agent(
        self,
        interface: str,
        memberships: Mapping[str, Member],
        busy: Sequence[Interaction],
        at: Instant,
        own: Mapping[str, object],
    ) -> Agent:
        observed, reason = observed_in(list(memberships.values()))
        if (observed, reason) != (Availability.NOT_READY, WRAP_UP):
            own = {key: value for key, value in own.items() if key not in ("observed", "reason")}
        named = next((member.name for member in memberships.values() if member.name), "")
        me = interface == self._settings.interface
        agent = Agent(
            id=interface,
            version=0,
            name=known_name(named) or (self._settings.name if me else "") or interface.partition("/")[2],
            role=self._settings.role if me else Role.AGENT,
            team="",
            observed=observed,
            since=at,
            reason=reason,
            capacity={Channel.VOICE.value: 1},
            in_use={Channel.VOICE.value: sum(one.phase is not Phase.WRAP_UP for one in busy)},
            queues=tuple(sorted(memberships)),
            raw_state=" ".join(sorted({f"{member.device}:{member.reason}" for member in memberships.values()})),
            missed=self.book.tally.missed(interface) if self._supervises else 0,
            work=self._work(interface, busy, wrapping=reason == WRAP_UP),
        )
        return replace(agent, **own)  # type: ignore[arg-type]

    def _work(self, interface: str, busy: Sequence[Interaction], *, wrapping: bool) -> tuple[AgentWork, ...]:
        """What an agent has in hand. Another's wrap-up is known by their pause; the call it is of is the newest."""
        if not self._supervises:
            return ()
        last = self.finished.get(interface)
        if wrapping and last is not None and not any(one.phase is Phase.WRAP_UP for one in busy):
            busy = (*busy, last)
        return tuple(work_of(one) for one in busy if one.phase is not Phase.CLOSED)

    def queues(self, at: Instant) -> list[QueueStats]:
        """The figures of every queue of the profile, all as they are now."""
        self._count_anew(self._settings.queues, at)
        return list(self._queues.values())

    def changed_queues(self, at: Instant) -> list[QueueStats]:
        """Those that changed since this was last asked."""
        self._count_anew([name for name in self._settings.queues if name in self._dirty], at)
        found, self._untold_queues = self._untold_queues, {}
        return list(found.values())

    def _count_anew(self, names: Collection[str], at: Instant) -> None:
        for name in names:
            old = self._queues.get(name)
            fresh = replace(self._queue(name, old.version if old is not None else 0, at), as_of=at)
            if old is None or name in self._stale or _told(fresh) != _told(old):
                fresh = replace(fresh, version=fresh.version + 1)
                self._untold_queues[name] = fresh
            self._queues[name] = fresh
        self._stale.difference_update(names)
        self._dirty.difference_update(names)

    def forget_told(self) -> None:
        """The next telling tells a supervisor of every queue: the times of its people have gone on."""
        self._dirty.update(self._settings.queues)
        if self._supervises:
            self._stale.update(self._settings.queues)

    def _queue(self, name: str, version: int, at: Instant) -> QueueStats:
        counted = self.figures.get(name)
        if counted is None:
            return QueueStats(name, version, 0.0)  # no such queue at the server: nothing is known of it
        members = self.members.in_queue(name)
        reachable = [member for member in members if member.device not in (INVALID, UNAVAILABLE)]
        idle = [member for member in reachable if member.device == IDLE]
        head = self._calls.callers.head(name)
        return QueueStats(
            name,
            version,
            0.0,
            waiting=len(head),
            longest_since=head[0].since if head else None,
            counts=self.book.counts(name, at),
            trend=self.book.trend(name, at),
            service_level=counted.level,
            service_level_formula="answered in time / answered, since the queue was loaded",
            service_level_seconds=None if counted.level_seconds is None else float(counted.level_seconds),
            agents_available=sum(not member.paused for member in idle),
            agents_busy=len(reachable) - len(idle),
            agents_signed_in=len(members),
            head=head,
        )


def _told(queue: QueueStats) -> QueueStats:
    """A queue without what changes by time alone."""
    counts = queue.counts
    return replace(queue, as_of=0.0, counts=None if counts is None else replace(counts, until=0.0, staff=None))
