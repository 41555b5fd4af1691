"""How long agents were signed in, idle and at work, by queue and by person. Pure: no clock, no network."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop.domain.entities.counts import StaffTime
from desktop.domain.entities.model import Instant


@dataclass(frozen=True, slots=True)
class Doing:
    """What an agent does as far as one queue is concerned, or altogether."""

    signed_in: bool
    idle: bool
    engaged: bool


@dataclass(slots=True)
class _Clock:
    """Times in seconds, and what runs since when."""

    doing: Doing
    since: Instant
    signed_in: float = 0.0
    idle: float = 0.0
    engaged: float = 0.0

    def run(self, at: Instant) -> None:
        """Add what has gone by."""
        gone = max(at - self.since, 0.0)
        self.signed_in += gone * self.doing.signed_in
        self.idle += gone * self.doing.idle
        self.engaged += gone * self.doing.engaged
        self.since = at


@dataclass(slots=True)
class StaffClock:
    """One clock for each membership (queue, interface), and one for each agent under the queue ""."""

    _clocks: dict[str, dict[str, _Clock]] = field(default_factory=dict)

    def begin(self, at: Instant) -> None:
        """All times are nothing; what goes on goes on."""
        self._clocks = {
            queue: {who: _Clock(clock.doing, at) for who, clock in clocks.items() if clock.doing.signed_in}
            for queue, clocks in self._clocks.items()
        }

    def see(self, interface: str, doing: Mapping[str, Doing], at: Instant) -> None:
        """What an agent does now, in each of their queues; those that are not named they have left."""
        everything = Doing(
            signed_in=any(one.signed_in for one in doing.values()),
            idle=any(one.idle for one in doing.values()),
            engaged=any(one.engaged for one in doing.values()),
        )
        left = {queue: Doing(False, False, False) for queue, who in self._clocks.items() if interface in who}
        for queue, now in {**left, **doing, "": everything}.items():
            clocks = self._clocks.setdefault(queue, {})
            clock = clocks.get(interface)
            if clock is None:
                clocks[interface] = _Clock(now, at)
            elif clock.doing != now:
                clock.run(at)
                clock.doing = now

    def staff(self, queue: str, at: Instant) -> StaffTime:
        """The sums of a queue's people. A phone carries one call, so that the load is the time at work."""
        clocks = self._clocks.get(queue, {}).values()
        for clock in clocks:
            clock.run(at)
        engaged = sum(one.engaged for one in clocks)
        return StaffTime(sum(one.signed_in for one in clocks), sum(one.idle for one in clocks), engaged, engaged)

    def of(self, interface: str, at: Instant) -> StaffTime:
        """One person's times, each moment counted once, however many queues they are in."""
        clock = self._clocks.get("", {}).get(interface)
        if clock is None:
            return StaffTime(0.0, 0.0, 0.0, 0.0)
        clock.run(at)
        return StaffTime(clock.signed_in, clock.idle, clock.engaged, clock.engaged)
