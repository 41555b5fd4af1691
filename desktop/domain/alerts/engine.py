"""Every rule at every queue, agent, contact and source: which alerts there are now.

A look costs what changed since the last one, and what waits for its time: a record that is the same object as before is
not read again until something about it is due. What is stale is not read: it neither raises an alert nor ends one.
"""

from collections.abc import Iterator, Mapping, Sequence
from heapq import heappop, heappush
from typing import TypeVar

from desktop.domain.alerts.active_alerts import ActiveAlerts, ProgressKey
from desktop.domain.alerts.raise_and_clear import Progress, Subject
from desktop.domain.alerts.readings import (
    NEVER,
    UNKNOWN,
    quiet_until,
    read_agent,
    read_queue,
    read_source,
    read_work,
    trail_of,
)
from desktop.domain.alerts.rules import MAX_AGE, Rule, matches
from desktop.domain.alerts.trail import Trail
from desktop.domain.entities.alert import About, Alert
from desktop.domain.entities.floor import Schedule
from desktop.domain.entities.instant import Instant
from desktop.domain.entities.model import Agent, QueueStats
from desktop.domain.entities.source import CENTRE, Source
from desktop.domain.entities.words import Health
from desktop.domain.figures.adherence import FITS, Fits
from desktop.domain.state.state import AppState, SourceHealth

AGAIN = 10.0
"""Seconds after which a rate or a window is looked at again though nothing was counted."""

PARTS = 16
"""Into how many parts the floor is cut for those who look at one after the other."""

MOST_GROUPS = 20_000
"""Of how many different queues and teams the rules that apply are remembered."""

Record = TypeVar("Record", QueueStats, Agent, SourceHealth)


class _Known:
    """What is remembered of one queue, agent or source. `subjects` are it and the contacts in its hands."""

    __slots__ = ("due", "held", "part", "progress", "queued", "record", "subjects", "watched")

    def __init__(self, part: int) -> None:
        self.part = part
        self.record: object = None
        self.due = NEVER
        self.queued = NEVER  # the earliest time at which it stands in the queue of what is due
        self.subjects: dict[str, Subject] = {}
        self.progress: dict[ProgressKey, Progress] = {}
        self.watched: tuple[tuple[Rule, Trail | None], ...] | None = None  # of a queue
        self.held: dict[str, Instant] = {}  # interaction id -> when it was first seen on hold

    def subject(self, key: str, about: About, name: str, agent_id: str = "", queue: str = "") -> Subject:
        """The same object as long as nothing about it changes."""
        known = self.subjects.get(key)
        if known is None or known.name != name or known.queue != queue:
            known = self.subjects[key] = Subject(key, about, name, agent_id, queue)
        return known


class _Part:
    """What is remembered of the looks at one part of the floor."""

    def __init__(self) -> None:
        self.maps: dict[About, object] = {}
        self.due: list[tuple[Instant, About, str]] = []
        self.schedules: object = None
        self.fresh: frozenset[str] = frozenset()  # contact centres that were heard


class AlertEngine:
    """Holds what has to be remembered between two looks. It knows the time only from `look`."""

    def __init__(self, rules: Sequence[Rule], *, fits: Fits = FITS, max_age: float = MAX_AGE) -> None:
        """`max_age`: seconds after which figures are too old to judge by."""
        self._rules = {about: tuple(one for one in rules if one.watch.about is about) for about in About}
        self._fits = fits
        self._max_age = max_age
        self._book = ActiveAlerts()
        self._known: dict[About, dict[str, _Known]] = {about: {} for about in About}
        self._newest: dict[str, Instant] = {}  # what each observed last of any queue: so far its stream has told
        self._sources: tuple[str, ...] = ()
        self._centres: dict[str, str] = {}  # contact centres by the name on their ids, the first under "" too
        self._parts = tuple(_Part() for _ in range(PARTS))
        self._applying: dict[tuple[About, tuple[str, ...], str], tuple[Rule, ...]] = {}

    @property
    def alerts(self) -> Mapping[str, Alert]:
        """All there are now, by key."""
        return self._book.alerts

    @property
    def blind(self) -> Mapping[str, int]:
        """By the name of a rule, at how many subjects its figure is unknown."""
        return {name: len(keys) for name, keys in self._book.blind.items() if keys}

    @property
    def pending(self) -> tuple[tuple[Rule, Subject, Instant], ...]:
        """Rules that hold but not yet for long enough, at what, and since when."""
        every = (one for kind in self._known.values() for known in kind.values() for one in known.progress.values())
        return tuple(
            (one.rule, one.subject, one.bad_since)
            for one in every
            if one.bad_since is not None and (one.alert is None or one.alert.over_at is not None)
        )

    def look(
        self, state: AppState, schedules: Mapping[str, Schedule] | None, now: Instant, part: int | None = None
    ) -> bool:
        """Take in how things are at `now`, on the server's clock; true when the alerts changed by it.

        Args:
            schedules: today's by agent; None where the contact centre has none or they are not known.
            part: which of `PARTS` parts of the floor to look at, None for all at once. A screen that must not stand
                still for long looks at one after the other.
        """
        book = self._book
        book.begin()
        book.acknowledged(state.acknowledgements, now)
        self._learn_centres(state.sources)
        centres = frozenset(self._centres.values())
        fresh = frozenset(one for one in centres if self._is_fresh(state.health.get(one), one, now))
        positions = ((one, state.positions.get(one)) for one in fresh)
        vouched = frozenset(one for one, position in positions if position is not None and not position.healing)
        self._read_sources(state, now)
        for number in range(PARTS) if part is None else (part,):
            at = self._parts[number]
            everything = fresh != at.fresh or schedules is not at.schedules
            at.fresh, at.schedules = fresh, schedules
            due = self._take_due(at, now)
            for name, queue in self._to_read(number, About.QUEUE, state.queues, everything, due, now):
                self._read_queue(name, queue, self._centre_of(name), vouched, now)
            for name, agent in self._to_read(number, About.AGENT, state.agents, everything, due, now):
                self._read_agent(name, agent, schedules, self._centre_of(name) in fresh, now)
        if all(one.fresh for one in self._parts):
            book.from_start = False
        return book.changed

    # Which contact centre

    def _learn_centres(self, sources: tuple[str, ...]) -> None:
        if self._centres and sources is self._sources:
            return
        found = [one for one in sources if Source.of(one).kind == CENTRE] or [CENTRE]
        self._sources, self._centres = sources, {"": found[0]} | {Source.of(one).name: one for one in found}

    def _centre_of(self, record_id: str) -> str:
        """As `holder`, for a floor of thousands."""
        return self._centres.get(record_id.partition(":")[0], self._centres[""])

    def _is_fresh(self, health: SourceHealth | None, source: str, now: Instant) -> bool:
        if health is None or health.health not in (Health.LIVE, Health.STALE):
            return False
        heard = health.since if health.last_heard is None else health.last_heard
        return now - max(heard, min(self._newest.get(source, 0.0), now)) <= self._max_age

    # What is read

    def _to_read(
        self,
        part: int,
        about: About,
        records: Mapping[str, Record],
        everything: bool,
        due: set[tuple[About, str]],
        now: Instant,
    ) -> Iterator[tuple[str, Record]]:
        """Those of a part that changed since its last look, and those something about which is due."""
        if not (self._rules[about] or (about is About.AGENT and self._rules[About.WORK])):
            return
        every, maps = self._known[about], self._parts[part].maps
        if records is maps.get(about) and not everything:
            for kind, name in due:
                if kind is about and name in records:
                    yield name, records[name]
            return
        maps[about] = records
        for name, record in records.items():
            known = every.get(name)
            if known is None:
                known = every[name] = _Known(len(every) % PARTS)
            if known.part != part or (known.record is record and not everything and (about, name) not in due):
                continue
            yield name, record
        self._forget(about, records, now)

    def _read_sources(self, state: AppState, now: Instant) -> None:
        if not self._rules[About.SOURCE]:
            return
        for name, health in state.health.items():
            known = self._known[About.SOURCE].setdefault(name, _Known(0))
            subject = known.subject(name, About.SOURCE, name)
            for rule in self._that_apply(About.SOURCE, (name,), ""):
                self._book.judge(known.progress, rule, subject, read_source(rule, health, now), now)
        self._forget(About.SOURCE, state.health, now)

    def _read_queue(self, name: str, queue: QueueStats, source: str, vouched: frozenset[str], now: Instant) -> None:
        known, book = self._known[About.QUEUE][name], self._book
        known.record = queue
        self._newest[source] = max(self._newest.get(source, 0.0), queue.as_of)
        if known.watched is None:
            known.watched = tuple((one, trail_of(one)) for one in self._that_apply(About.QUEUE, (name,), ""))
        stale_at = NEVER if source in vouched else queue.as_of + self._max_age
        due = stale_at + 0.001 if now <= stale_at else NEVER
        for rule, trail in known.watched:
            reading = read_queue(rule, queue, now, trail) if now <= stale_at else UNKNOWN
            if trail is not None:
                due = min(due, now + AGAIN)
            if book.is_quiet(known.progress, rule, reading):
                due = min(due, quiet_until(rule, reading))
            else:
                subject = known.subject(name, About.QUEUE, name)
                due = min(due, book.judge(known.progress, rule, subject, reading, now))
        self._wait(About.QUEUE, name, known, due)

    def _read_agent(
        self, key: str, agent: Agent, schedules: Mapping[str, Schedule] | None, fresh: bool, now: Instant
    ) -> None:
        known, book = self._known[About.AGENT][key], self._book
        known.record = agent
        due = NEVER
        own = self._that_apply(About.AGENT, agent.queues, agent.team)
        for rule in own:
            reading = read_agent(rule, agent, now, schedules, self._fits) if fresh else UNKNOWN
            if book.is_quiet(known.progress, rule, reading):
                due = min(due, quiet_until(rule, reading))
            else:
                subject = known.subject(key, About.AGENT, agent.name)
                due = min(due, book.judge(known.progress, rule, subject, reading, now))
        held: dict[str, Instant] = {}
        for work in agent.work:
            contact = work.interaction_id
            if work.held:
                held[contact] = known.held.get(contact, now)
            for rule in self._that_apply(About.WORK, (work.queue,), agent.team):
                reading = read_work(rule, work, now, held.get(contact, now)) if fresh else UNKNOWN
                if book.is_quiet(known.progress, rule, reading):
                    due = min(due, quiet_until(rule, reading))
                else:
                    name = f"{agent.name}, {work.queue}"
                    subject = known.subject(contact, About.WORK, name, agent.id, work.queue)
                    due = min(due, book.judge(known.progress, rule, subject, reading, now))
        known.held = held
        if known.progress:
            asked = {(rule.name, key) for rule in own}
            for work in agent.work:
                rules = self._that_apply(About.WORK, (work.queue,), agent.team)
                asked.update((rule.name, work.interaction_id) for rule in rules)
            for gone in [one for one in known.progress if one not in asked]:
                book.let_go(known.progress.pop(gone), now)
        if len(known.subjects) > len(agent.work) + 1:
            here = {key, *(work.interaction_id for work in agent.work)}
            for left in [one for one in known.subjects if one not in here]:
                book.see(known.subjects.pop(left))
        self._wait(About.AGENT, key, known, due)

    def _forget(self, about: About, records: Mapping[str, object], now: Instant) -> None:
        """Let go of who is there no more."""
        every = self._known[about]
        if len(every) <= len(records):
            return
        for name in [name for name in every if name not in records]:
            known = every.pop(name)
            for progress in known.progress.values():
                self._book.let_go(progress, now)
            for subject in known.subjects.values():
                self._book.see(subject)

    # When, and which

    def _wait(self, about: About, name: str, known: _Known, due: Instant) -> None:
        known.due = due
        if due < known.queued:
            known.queued = due
            heappush(self._parts[known.part].due, (due, about, name))

    def _take_due(self, part: _Part, now: Instant) -> set[tuple[About, str]]:
        found = set()
        while part.due and part.due[0][0] <= now:
            at, about, name = heappop(part.due)
            known = self._known[about].get(name)
            if known is None or known.queued != at:
                continue  # it left, or stands there once more for an earlier time
            known.queued = NEVER
            if known.due <= now:
                found.add((about, name))
            else:
                self._wait(about, name, known, known.due)
        return found

    def _that_apply(self, about: About, queues: tuple[str, ...], team: str) -> tuple[Rule, ...]:
        """The rules for something in these queues (for a source: its name) and this team."""
        key = (about, queues, team)
        found = self._applying.get(key)
        if found is None:
            if len(self._applying) >= MOST_GROUPS:
                self._applying.clear()
            found = self._applying[key] = tuple(
                rule
                for rule in self._rules[about]
                if matches(queues, rule.sources if about is About.SOURCE else rule.queues)
                and matches((team,), rule.teams)
            )
        return found
