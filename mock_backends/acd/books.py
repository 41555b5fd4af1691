"""The books of one queue and of one agent: what was counted in this quarter of an hour and today."""

from __future__ import annotations

from collections import deque
from typing import Protocol

from mock_backends.acd.counters import (
    COUNTED,
    FULL,
    AgentDay,
    ClosedInterval,
    Counts,
    EstimateScore,
    StaffTime,
    Tally,
    total,
)
from mock_backends.acd.estimated_wait import EstimatedWait
from mock_backends.acd.policy import QueuePolicy

SLOTS = 12  # of the trend
Standing = tuple[bool, bool, bool, bool, bool, int]
"""Whether an agent is signed in, available, idle, busy and engaged, and their load in parts of `FULL`."""


class Keeper(Protocol):
    """Who keeps the books: what has ended by a moment is closed before anything is counted at it."""

    at: float
    since: float

    def advance(self, now: float) -> None:
        """Close every interval that has ended by `now`."""


class StaffSums:
    """How many agents stand how at present, and their seconds since `base`; `load` in parts of `FULL`.

    The seconds of n agents until T are n * (T - base) and, for each change, what was wrong about that: nothing has to
    be added up as time passes, and a change touches only the sums it is about.
    """

    __slots__ = ("_engaged", "_idle", "_load", "_signed_in", "base", "busy", "engaged", "idle", "load", "signed_in")

    def __init__(self, now: float) -> None:
        self.signed_in = self.idle = self.busy = self.engaged = self.load = 0
        self.restart(now)

    def restart(self, now: float) -> None:
        """Begin the sums again."""
        self.base = now
        self._signed_in = self._idle = self._engaged = self._load = 0.0

    def move(self, now: float, signed_in: int, idle: int, busy: int, engaged: int, load: int) -> None:
        """From `now` on there are so many more (or fewer)."""
        at = now - self.base
        self.busy += busy
        if signed_in:
            self.signed_in += signed_in
            self._signed_in -= signed_in * at
        if idle:
            self.idle += idle
            self._idle -= idle * at
        if engaged:
            self.engaged += engaged
            self._engaged -= engaged * at
        if load:
            self.load += load
            self._load -= load * at

    def time(self, now: float) -> StaffTime:
        """The sums until `now`."""
        at = now - self.base
        return StaffTime(
            max(0.0, self.signed_in * at + self._signed_in),
            max(0.0, self.idle * at + self._idle),
            max(0.0, self.engaged * at + self._engaged),
            max(0.0, self.load * at + self._load) / FULL,
        )

    def set_back(self, before: float, now: float) -> None:
        """The clock was set back from `before`: time counts on from `now`."""
        time = self.time(before)
        self.base = now
        self._signed_in, self._idle, self._engaged = time.signed_in, time.idle, time.engaged
        self._load = time.load * FULL


class QueueBook:
    """The counts of one queue. `waiting` is how many wait now.

    `available` agents are available, busy or not; `weight` sums their capacity, each shared over the agent's queues.
    """

    def __init__(self, policy: QueuePolicy, ledger: Keeper) -> None:
        self.policy = policy
        self._ledger = ledger
        self._channels: dict[str, Tally] = {}  # of this interval
        self._before = Tally()  # of today's closed intervals
        self._staff_before = StaffTime()
        self.staff = StaffSums(ledger.at)
        self.available = 0
        self.weight = 0.0
        self.waiting = self._peak = 0
        self._line_mark = ledger.at
        self._peaks: deque[int] = deque(maxlen=SLOTS - 1)
        self.estimates = EstimateScore()

    def tally(self, channel: str, now: float) -> Tally:
        """What something that happens at `now` is added to."""
        self._ledger.advance(now)
        return self._channels.get(channel) or self._channels.setdefault(channel, Tally())

    def left(self, how: str, channel: str, waited: float, now: float) -> Tally:
        """Somebody left the queue after so many seconds, as one of the `answered abandoned callbacks flow_outs`."""
        tally = self.tally(channel, now)
        setattr(tally, how, getattr(tally, how) + 1)
        if waited <= self.policy.service_level_seconds:
            within = how + "_within"
            setattr(tally, within, getattr(tally, within) + 1)
        if waited > tally.longest_wait:
            tally.longest_wait = waited
        return tally

    def line(self, by: int, now: float) -> None:
        """So many more wait, or fewer."""
        self._ledger.advance(now)
        self._see_line(now)
        self.waiting += by

    def score(self, told: EstimatedWait, waited: float, now: float) -> None:
        """Somebody who was told this when they came was answered after so many seconds."""
        self._ledger.advance(now)
        known, error = self.estimates, waited - told.seconds
        self.estimates = EstimateScore(
            known.scored + 1,
            known.within + (told.low <= waited <= told.high),
            known.error_seconds + error,
            known.absolute_seconds + abs(error),
        )

    def today(self, now: float) -> Counts:
        """Everything since midnight."""
        self._ledger.advance(now)
        tallies = [self._before, *self._channels.values()]
        return self._counts(tallies, self._ledger.since, now, _sum(self._staff_before, self.staff.time(now)))

    def trend(self, now: float) -> tuple[int, ...]:
        """The most who waited at once in each of the last five minutes, as far back as anything was counted."""
        self._ledger.advance(now)
        self._see_line(now)
        return (*self._peaks, max(self._peak, self.waiting))

    def _see_line(self, now: float) -> None:
        """A line counts as soon as it has lasted."""
        if now > self._line_mark:
            self._line_mark = now
            if self.waiting > self._peak:
                self._peak = self.waiting

    def interval(self, since: float, until: float) -> ClosedInterval | None:
        """The present interval up to `until`; None when nothing happened and nobody was there."""
        staff = self.staff.time(until)
        if not self._channels and not staff.signed_in:
            return None
        counted = {name: self._counts([tally], since, until, None) for name, tally in self._channels.items()}
        return ClosedInterval(self.policy.name, since, until, counted, staff)

    def end_slot(self, at: float) -> None:
        """Five minutes are over; who waits goes on waiting."""
        self._see_line(at)
        self._peaks.append(self._peak)
        self._peak = 0

    def end_interval(self, at: float) -> None:
        """A quarter of an hour is over."""
        for tally in self._channels.values():
            self._before.add(tally)
        self._channels = {}
        self._staff_before = _sum(self._staff_before, self.staff.time(at))
        self.staff.restart(at)

    def end_day(self) -> None:
        """Midnight, just after the end of an interval."""
        self._before = Tally()
        self._staff_before = StaffTime()
        self.estimates = EstimateScore()

    def set_back(self, before: float, now: float) -> None:
        """The clock was set back from `before`: time counts on from `now`."""
        self.staff.set_back(before, now)
        self._line_mark = now

    def _counts(self, tallies: list[Tally], since: float, until: float, staff: StaffTime | None) -> Counts:
        policy, counted = self.policy, dict(zip(COUNTED, total(tallies), strict=True))
        return Counts(since, until, policy.service_level_seconds, policy.short_abandon_seconds, staff=staff, **counted)


class AgentBook:
    """The counts of one agent, who is staff of `queues` with some capacity in each."""

    def __init__(self, ledger: Keeper, queues: list[tuple[QueueBook, float]]) -> None:
        self._ledger = ledger
        self._queues = queues
        self._standing: Standing = (False, False, False, False, False, 0)
        self._staff = StaffSums(ledger.at)
        self.handled = self.missed = self.declined = 0

    def at(self, now: float) -> AgentBook:
        """Itself, with everything before `now` closed: what is counted next belongs to `now`."""
        self._ledger.advance(now)
        return self

    def stand(self, now: float, standing: Standing) -> None:
        """How the agent stands from `now` on."""
        before = self._standing
        if standing == before:
            return
        self._ledger.advance(now)
        self._standing = standing
        was_in, was_available, was_idle, was_busy, was_engaged, was_load = before
        is_in, is_available, is_idle, is_busy, is_engaged, is_load = standing
        signed_in, idle, busy = is_in - was_in, is_idle - was_idle, is_busy - was_busy
        engaged, load = is_engaged - was_engaged, is_load - was_load
        self._staff.move(now, signed_in, idle, busy, engaged, load)
        for queue, _ in self._queues:
            queue.staff.move(now, signed_in, idle, busy, engaged, load)
        if is_available is not was_available:
            sign = 1 if is_available else -1
            for queue, capacity in self._queues:
                queue.available += sign
                queue.weight += sign * capacity / len(self._queues)

    def today(self, now: float) -> AgentDay:
        """Everything since midnight."""
        self._ledger.advance(now)
        time = self._staff.time(now)
        return AgentDay(
            self._ledger.since,
            now,
            self.handled,
            self.missed,
            self.declined,
            time.signed_in,
            time.idle,
            time.engaged,
            time.load,
        )

    def end_day(self, at: float) -> None:
        """Midnight."""
        self._staff.restart(at)
        self.handled = self.missed = self.declined = 0

    def set_back(self, before: float, now: float) -> None:
        """The clock was set back from `before`: time counts on from `now`."""
        self._staff.set_back(before, now)


def _sum(one: StaffTime, other: StaffTime) -> StaffTime:
    return StaffTime(
        one.signed_in + other.signed_in, one.idle + other.idle, one.engaged + other.engaged, one.load + other.load
    )
