"""Who is signed in to which queue, and what each queue looks like. Pure: no clock, no network."""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from desktop.backends.asterisk.calls import Calls
from desktop.backends.asterisk.contact import known_name, phone_number
from desktop.backends.asterisk.framing import Message
from desktop.backends.asterisk.members import (
    IDLE,
    INVALID,
    MEMBER_EVENTS,
    OFFLINE,
    UNAVAILABLE,
    WRAP_UP,
    Figures,
    Member,
    member_of,
    observed_in,
)
from desktop.backends.asterisk.queue_book import QueueBook
from desktop.backends.asterisk.settings import Settings
from desktop.backends.asterisk.staff_clock import Doing
from desktop.domain.floor import AgentWork
from desktop.domain.model import Agent, Instant, Interaction, QueueStats, Waiting
from desktop.domain.words import Availability, Channel, Phase, Role

_PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,9})?")


class Floor:
    """The queues that the profile names, and everybody in them."""

    def __init__(self, settings: Settings, calls: Calls) -> None:
        self._settings = settings
        self._supervises = settings.role is Role.SUPERVISOR
        self._calls = calls
        self.members: dict[tuple[str, str], Member] = {}  # queue, interface
        self.figures: dict[str, Figures] = {}
        self.book = QueueBook(settings)
        self.finished: dict[str, Interaction] = {}  # another agent's newest call that is over, by interface
        self._stale = False
        self._agents: dict[str, Agent] = {}
        self._queues: dict[str, QueueStats] = {}

    def apply(self, message: Message, at: Instant) -> bool:
        """Take in one event; says whether something about members or callers is otherwise than before."""
        moved = self.book.apply(message, at)
        for interface in moved:
            self._see(interface, at)
        kind = message["Event"].lower()
        if kind.startswith("queuecaller"):
            self.book.note_waiting(message["Queue"], self._calls.callers.waiting_in(message["Queue"]), at)
        if not self._of_member(kind, message):
            return bool(moved)
        if kind in MEMBER_EVENTS or kind == "queuememberremoved":
            self._see(message["Interface"] or message["Location"], at)
        return True

    def _of_member(self, kind: str, message: Message) -> bool:
        key = (message["Queue"], message["Interface"] or message["Location"])
        if key[0] not in self._settings.queues and key[1] != self._settings.interface:
            return False  # on a big floor most of what is told is of no concern here
        if kind in MEMBER_EVENTS:
            self.members[key] = member_of(message, self.members.get(key))
            return True
        if kind == "queuememberremoved":
            self.members.pop(key, None)
            return True
        return kind.startswith("queuecaller")

    def read(self, status: Sequence[Message], at: Instant, touched: Set[str]) -> None:
        """Take in a whole `QueueStatus`, which replaces all that was known.

        Args:
            touched: members and callers of whom events told while the list was made; the events count.
        """
        self.members = {key: one for key, one in self.members.items() if key[1] in touched}
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
        for interface in {interface for _, interface in self.members} | set(self._agents):
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
        return [one for (_, interface), one in self.members.items() if interface == self._settings.interface]

    def observed(self) -> tuple[Availability, str]:
        """What the queues say of the agent, and the reason."""
        return observed_in(self.mine())

    def joined(self) -> Mapping[str, Member]:
        """The queues the agent is in."""
        return {queue: one for (queue, whose), one in self.members.items() if whose == self._settings.interface}

    def of(self, interface: str) -> Mapping[str, Member]:
        """The queues of the profile that an agent is in."""
        queues = self._settings.queues
        return {queue: found for queue in queues if (found := self.members.get((queue, interface))) is not None}

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

    def agents(self, at: Instant, own: Mapping[str, object]) -> tuple[list[Agent], list[Agent]]:
        """Everybody, and those who changed since the last time.

        Args:
            own: fields of the agent's own record that the queues do not know (`next` and the like). `observed` and
                `reason` are what is shown in the place of the pause for wrap-up, and count during one only.
        """
        found: dict[str, list[tuple[str, Member]]] = {self._settings.interface: []}
        for (queue, interface), member in self.members.items():
            found.setdefault(interface, []).append((queue, member))
        works: dict[str, list[Interaction]] = {}
        for contact in self._calls.contacts.values():
            works.setdefault(contact.interaction.agent_id or "", []).append(contact.interaction)
        now, changed = {}, []
        for interface, memberships in found.items():
            old = self._agents.get(interface)
            fields = own if interface == self._settings.interface else {}
            fresh = self._agent(interface, memberships, works.get(interface, []), at, fields)
            if old is not None:
                since = old.since if (old.observed, old.reason) == (fresh.observed, fresh.reason) else at
                fresh = replace(fresh, version=old.version, since=since, today=old.today)
            if fresh != old:
                today = self.book.today(interface, at) if self._supervises else None
                fresh = replace(fresh, version=fresh.version + 1, today=today)
                changed.append(fresh)
            now[interface] = fresh
        for interface, old in self._agents.items():
            if interface not in now:  # signed out of the last queue
                gone = replace(old, version=old.version + 1, observed=Availability.OFFLINE, since=at, queues=())
                now[interface] = old if old.observed is Availability.OFFLINE else gone
                if now[interface] is gone:
                    changed.append(gone)
        self._agents = now
        return list(now.values()), changed

    def _agent(
        self,
        interface: str,
        memberships: list[tuple[str, Member]],
        busy: Sequence[Interaction],
        at: Instant,
        own: Mapping[str, object],
    ) -> Agent:
        observed, reason = observed_in([member for _, member in memberships])
        if (observed, reason) != (Availability.NOT_READY, WRAP_UP):
            own = {key: value for key, value in own.items() if key not in ("observed", "reason")}
        named = next((member.name for _, member in memberships if member.name), "")
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
            queues=tuple(sorted(queue for queue, _ in memberships)),
            raw_state=" ".join(sorted({f"{member.device}:{member.reason}" for _, member in memberships})),
            missed=self.book.tally.missed(interface) if self._supervises else 0,
            work=self._work(interface, busy, wrapping=reason == WRAP_UP) if self._supervises else (),
        )
        return replace(agent, **own)  # type: ignore[arg-type]

    def _work(self, interface: str, busy: Sequence[Interaction], *, wrapping: bool) -> tuple[AgentWork, ...]:
        """What an agent has in hand. Another's wrap-up is known by their pause; the call it is of is the newest."""
        last = self.finished.get(interface)
        if wrapping and last is not None and not any(one.phase is Phase.WRAP_UP for one in busy):
            busy = (*busy, last)
        return tuple(
            AgentWork(
                interaction_id=one.id,
                channel=one.channel,
                phase=one.phase,
                queue=one.queue,
                since=one.phase_since,
                customer_name=one.customer_name or one.customer.value,
                held=one.held,
                held_since=one.held_since,
                deadline=one.offer_deadline or one.wrap_up_deadline,
            )
            for one in busy
            if one.phase is not Phase.CLOSED
        )

    def queues(self, at: Instant) -> tuple[list[QueueStats], list[QueueStats]]:
        """The figures of every queue of the profile, and those that changed since the last time."""
        now, changed = {}, []
        stale, self._stale = self._stale, False
        for name in self._settings.queues:
            old = self._queues.get(name)
            fresh = self._queue(name, old.version if old is not None else 0, at)
            if old is None or stale or _told(fresh) != _told(old):
                fresh = replace(fresh, as_of=at, version=fresh.version + 1)
                changed.append(fresh)
            else:
                fresh = replace(fresh, as_of=at)
            now[name] = fresh
        self._queues = now
        return list(now.values()), changed

    def forget_told(self) -> None:
        """The next telling tells a supervisor of every queue: the times of its people have gone on."""
        if self._supervises:
            self._stale = True

    def _queue(self, name: str, version: int, at: Instant) -> QueueStats:
        counted = self.figures.get(name)
        if counted is None:
            return QueueStats(name, version, 0.0)  # no such queue at the server: nothing is known of it
        members = [member for (queue, _), member in self.members.items() if queue == name]
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
