"""Every figure of a supervisor worked out anew from the raw log alone, in the plainest way: facts first, then sums.

It shares nothing with the code that counts: it reads what happened line by line, writes down for each thing that is
counted when it happened and how much it was, and adds up what lies in the window that is asked about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from mock_backends.acd import effects as fx
from mock_backends.acd.policy import AgentProfile, QueuePolicy
from tests.mocks.acd.raw_day import Line

TIMES = ("signed_in", "idle", "engaged", "load")


@dataclass
class _Course:
    """Where one interaction is, for whoever reads the log."""

    channel: str
    where: str = ""  # "", scheduled, waiting, ringing, back, talking, gone
    queue: str = ""
    agent: str = ""
    entered: float = 0.0
    answered: float = 0.0
    held_since: float | None = None
    held: float = 0.0
    told: fx.Told | None = None


@dataclass
class _Person:
    """How one agent stands."""

    profile: AgentProfile
    queues: list[str]
    since: float
    availability: str = "offline"
    ringing: int = 0
    in_hand: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def standing(self) -> tuple[Fraction, ...]:
        """Shares of one person: signed in, idle, engaged, load."""
        parts = (Fraction(n, self.profile.capacity[channel]) for channel, n in self.in_hand.items() if n)
        load = min(sum(parts, Fraction(0)), Fraction(1))
        busy = any(self.in_hand.values())
        idle = self.availability == "available" and not busy and not self.ringing
        return Fraction(self.availability != "offline"), Fraction(idle), Fraction(busy), load


@dataclass(frozen=True)
class Fact:
    """At that moment so much of something happened; `name` is a field of `Counts`."""

    at: float
    name: str
    amount: float
    queue: str = ""
    channel: str = ""
    agent: str = ""


@dataclass(frozen=True)
class Stretch:
    """An agent stood so from `start` until `end`."""

    agent: str
    queues: tuple[str, ...]
    start: float
    end: float
    shares: tuple[Fraction, ...]


class Recount:
    """Reads the log up to `until`."""

    def __init__(
        self, log: Iterable[Line], policies: Sequence[QueuePolicy], profiles: Sequence[AgentProfile], since: float,
        until: float,
    ) -> None:  # fmt: skip
        self._policies = {policy.name: policy for policy in policies}
        self._courses: dict[str, _Course] = {}
        self._people = {one.id: _Person(one, self._served(one, policies), since) for one in profiles}
        self._wrap_ups: dict[tuple[str, str], tuple[float, str, str]] = {}
        self._lines: dict[str, list[tuple[float, int]]] = defaultdict(list)
        self.facts: list[Fact] = []
        self.stretches: list[Stretch] = []
        self.scores: list[tuple[float, str, bool, float]] = []  # when, queue, within, error
        for line in log:
            self._read(line.at, line.effect, line.channel)
        for person in self._people.values():
            self._stood(person, until)

    @staticmethod
    def _served(profile: AgentProfile, policies: Sequence[QueuePolicy]) -> list[str]:
        return [
            policy.name
            for policy in policies
            if all(profile.skills.get(skill, 0) >= least for skill, least in policy.required.items())
            and any(channel in profile.capacity for channel in policy.channels)
        ]

    # -- reading

    def _read(self, at: float, effect: fx.Effect, channel: str) -> None:
        if isinstance(effect, fx.AgentChanged):
            person = self._people[effect.agent_id]
            self._stood(person, at)
            person.availability = effect.availability
            return
        course = self._courses.setdefault(effect.interaction_id, _Course(channel))
        match effect:
            case fx.Queued():
                self._queued(at, course, effect)
            case fx.Told():
                course.told = effect
            case fx.Offered(agent_id=agent):
                self._out_of_line(at, course)
                course.where, course.agent = "ringing", agent
                self._rings(at, agent, 1)
            case fx.OfferEnded(agent_id=agent, reason=why):
                course.where = "back"
                self._rings(at, agent, -1)
                if why in ("missed", "declined"):
                    self._fact(at, why, 1, course, agent)
            case fx.Connected(agent_id=agent):
                self._connected(at, course, agent)
            case fx.Held():
                course.held_since = at
            case fx.Resumed() if course.held_since is not None:
                course.held, course.held_since = course.held + at - course.held_since, None
            case fx.HandedOver(from_agent_id=former, agent_id=agent):
                self._has(at, agent, course.channel, 1)
                self._done_talking(at, course, former)
                course.agent = agent
            case fx.Ended(agent_id=agent):
                self._handled(at, course)
                self._done_talking(at, course, agent)
                course.where = "gone"
            case fx.WrapUpStarted(interaction_id=name, agent_id=agent, extensions=0):
                self._wrap_ups[name, agent] = (at, course.queue, course.channel)
            case fx.WrapUpEnded(interaction_id=name, agent_id=agent):
                begun, queue, on = self._wrap_ups.pop((name, agent))
                self.facts += [Fact(at, "wrapped_up", 1, queue, on), Fact(at, "wrap_up_seconds", at - begun, queue, on)]
                self._has(at, agent, on, -1)
            case fx.CallbackScheduled(at=planned):
                self._callback(at, course, planned, effect.queue)
            case fx.Abandoned() | fx.Withdrawn():
                if course.where != "scheduled":
                    self._left(at, course, "abandoned" if isinstance(effect, fx.Abandoned) else "flow_outs")
                course.where = "gone"

    def _queued(self, at: float, course: _Course, effect: fx.Queued) -> None:
        if course.where == "back" and effect.returned:
            course.where = "waiting"
            self._line(at, course, 1)
            return
        if course.where in ("waiting", "back"):
            self._left(at, course, "flow_outs")
        elif course.where == "talking":
            self._handled(at, course)
            self._done_talking(at, course, course.agent)
        course.queue, course.entered, course.told, course.where = effect.queue, at, None, "waiting"
        course.held = 0.0
        self._fact(at, "offered", 1, course)
        self._line(at, course, 1)

    def _connected(self, at: float, course: _Course, agent: str) -> None:
        waited = at - course.entered
        self._left(at, course, "answered")
        self._fact(at, "wait_seconds", waited, course)
        if course.told is not None:
            within = course.told.low <= waited <= course.told.high
            self.scores.append((at, course.queue, within, waited - course.told.seconds))
        self._rings(at, agent, -1)
        self._has(at, agent, course.channel, 1)
        course.where, course.agent, course.answered = "talking", agent, at

    def _handled(self, at: float, course: _Course) -> None:
        if course.held_since is not None:
            course.held, course.held_since = course.held + at - course.held_since, None
        self._fact(at, "handled", 1, course, course.agent)
        self._fact(at, "hold_seconds", course.held, course)
        self._fact(at, "talk_seconds", at - course.answered - course.held, course)

    def _done_talking(self, at: float, course: _Course, agent: str) -> None:
        """The agent has a wrap-up in hand now, or nothing where the queue has none."""
        if self._policies[course.queue].wrap_up_seconds == 0:
            self._has(at, agent, course.channel, -1)

    def _callback(self, at: float, course: _Course, planned: float | None, queue: str) -> None:
        if course.where == "waiting":
            self._left(at, course, "callbacks")
        course.queue = queue
        if planned is None:
            self._fact(at, "offered", 1, course)
            self._line(at, course, 1)
            course.where = "waiting"
        else:
            course.where = "scheduled"

    def _left(self, at: float, course: _Course, how: str) -> None:
        waited, policy = at - course.entered, self._policies[course.queue]
        if course.where == "waiting":
            self._line(at, course, -1)
        self._fact(at, how, 1, course)
        self._fact(at, "longest_wait", waited, course)
        if waited <= policy.service_level_seconds:
            self._fact(at, how + "_within", 1, course)
        if how == "abandoned":
            self._fact(at, "abandon_seconds", waited, course)
            if waited <= policy.short_abandon_seconds:
                self._fact(at, "short_abandons", 1, course)

    def _out_of_line(self, at: float, course: _Course) -> None:
        if course.where == "waiting":
            self._line(at, course, -1)

    def _line(self, at: float, course: _Course, by: int) -> None:
        self._lines[course.queue].append((at, by))

    def _fact(self, at: float, name: str, amount: float, course: _Course, agent: str = "") -> None:
        self.facts.append(Fact(at, name, amount, course.queue, course.channel, agent))

    # -- people

    def _stood(self, person: _Person, at: float) -> None:
        if at > person.since:
            shares = person.standing()
            if any(shares):
                self.stretches.append(Stretch(person.profile.id, tuple(person.queues), person.since, at, shares))
            person.since = at

    def _rings(self, at: float, agent: str, by: int) -> None:
        self._stood(self._people[agent], at)
        self._people[agent].ringing += by

    def _has(self, at: float, agent: str, channel: str, by: int) -> None:
        self._stood(self._people[agent], at)
        self._people[agent].in_hand[channel] += by

    # -- answers

    def trend(self, queue: str, now: float) -> tuple[int, ...]:
        """The most who waited at once, for longer than an instant, in each of the last twelve five minutes."""
        first = (now // 300.0 - 11) * 300.0
        peaks = [0] * 12
        waiting, since = 0, 0.0
        for at, by in [*self._lines[queue], (now, 0)]:
            slot = max(since, first)
            while slot < at:
                place = int((slot - first) // 300.0)
                peaks[place] = max(peaks[place], waiting)
                slot = first + (place + 1) * 300.0
            waiting, since = waiting + by, at
        peaks[-1] = max(peaks[-1], waiting)
        return tuple(peaks)


def counts(facts: Iterable[Fact]) -> dict[str, float]:
    """Name to sum; the longest wait is the largest."""
    found: dict[str, float] = defaultdict(float)
    for fact in facts:
        if fact.name == "longest_wait":
            found[fact.name] = max(found[fact.name], fact.amount)
        else:
            found[fact.name] += fact.amount
    return found


def staff(stretches: Iterable[Stretch], since: float, until: float) -> dict[str, float]:
    """Seconds times people within the window, of each sort of time."""
    found = dict.fromkeys(TIMES, 0.0)
    for stretch in stretches:
        seconds = min(stretch.end, until) - max(stretch.start, since)
        if seconds > 0:
            for name, share in zip(TIMES, stretch.shares, strict=True):
                found[name] += seconds * float(share)
    return found
