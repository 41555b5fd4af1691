"""Whether agents do what their schedule says: adherent minutes ÷ scheduled minutes.

The quotient is Amazon Connect's "schedule adherence". Scheduled time is that of the schedule until now, without agreed
absences (exceptions), which count neither for nor against anybody; time of which nobody observed what the agent did
counts neither way either and is told apart. All times are absolute, so that a day of 23 or 25 hours needs no care.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite

from desktop.domain.entities.floor import Activity, ActivityKind, Schedule, StateStretch
from desktop.domain.entities.instant import Instant
from desktop.domain.entities.model import Agent
from desktop.domain.entities.words import IN_HAND, Availability

ENGAGED = "engaged"
"""A contact in hand (ringing does not count, wrap-up does), whatever the availability."""

Fits = Mapping[ActivityKind, frozenset[str]]
"""What an agent may be seen doing during an activity: `engaged`, a word of `Availability`, or a reason as
`not_ready:lunch`. A bare `not_ready` fits every reason."""

_AWAY = frozenset({"not_ready", "offline"})
_ELSEWHERE = frozenset({"not_ready"})

FITS: Fits = {
    ActivityKind.WORK: frozenset({"available", ENGAGED}),
    ActivityKind.BREAK: _AWAY,
    ActivityKind.MEAL: _AWAY,
    ActivityKind.MEETING: _ELSEWHERE,
    ActivityKind.TRAINING: _ELSEWHERE,
}
"""What fits unless a profile says otherwise. Who has a contact in hand works, also through their break; who is away
may be signed out; who is in a meeting or a training has said so by not being ready, for whatever reason."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """A stretch of time out of adherence; `observed` is what the agent was seen doing, as in `Fits`."""

    start: Instant
    end: Instant
    expected: Activity
    observed: str


@dataclass(frozen=True, slots=True)
class Adherence:
    """How well a schedule was kept until now. Times in seconds; `scheduled` are those that count."""

    scheduled: float
    adherent: float
    excepted: float
    unobserved: float
    deviations: tuple[Deviation, ...] = ()

    @property
    def share(self) -> float | None:
        """0..1, None while nothing that counts has been scheduled."""
        return self.adherent / self.scheduled if self.scheduled > 0 else None


@dataclass(frozen=True, slots=True)
class Standing:
    """How an agent stands to their schedule now.

    `adherent` is None when nothing is expected of them (no schedule for now, an exception) or nobody knows what they
    do; then `expected` says which. `since` is when this began, `until` when the schedule goes on to something else.
    """

    adherent: bool | None
    since: Instant | None
    expected: Activity | None
    observed: str
    until: Instant | None


@dataclass(frozen=True, slots=True)
class _Part:
    expected: Activity | None
    observed: str  # "" when nobody knows
    adherent: bool | None


def adherence(schedule: Schedule, observed: Iterable[StateStretch], now: Instant, fits: Fits = FITS) -> Adherence:
    """How well the schedule was kept up to `now`.

    Args:
        schedule: the planned day; where activities overlap an exception wins, else the one that began last.
        observed: what the agent did; what is in none of the stretches is unobserved.
    """
    scheduled = adherent = excepted = unobserved = 0.0
    deviations: list[Deviation] = []
    planned, seen = _sound(schedule.activities), tuple(observed)
    for start, end in pairwise(_cuts(planned, seen, now)):
        part = _part(planned, seen, start, end, fits)
        seconds = end - start
        if part.expected is None:
            continue
        if part.expected.kind is ActivityKind.EXCEPTION:
            excepted += seconds
        elif part.adherent is None:
            unobserved += seconds
        else:
            scheduled += seconds
            if part.adherent:
                adherent += seconds
            else:
                _note(deviations, Deviation(start, end, part.expected, part.observed))
    return Adherence(scheduled, adherent, excepted, unobserved, tuple(deviations))


def standing(schedule: Schedule, observed: Iterable[StateStretch], now: Instant, fits: Fits = FITS) -> Standing:
    """How the agent stands to the schedule at `now`; `observed` need not reach back further than the screen asks."""
    planned, stretches = _sound(schedule.activities), tuple(observed)
    edges = [edge for one in planned for edge in (one.start, one.end) if edge > now]
    until = min(edges, default=None)
    expected = _expected(planned, now)
    seen = _seen(stretches, now)
    fit = _fit(expected, seen, fits)
    since: Instant | None = None
    if expected is not None:
        since = now
        cuts = _cuts(planned, stretches, now)
        for start, end in zip(cuts[-2::-1], cuts[:0:-1], strict=True):  # back from now, only as far as it was the same
            part = _part(planned, stretches, start, end, fits)
            if end != since or part.adherent is not fit or (fit is None and part.expected != expected):
                break
            since = start
    return Standing(fit, since, expected, seen, until)


def stretches_of(agent: Agent, now: Instant) -> tuple[StateStretch, ...]:
    """What the record of an agent says of the time since their availability last changed.

    They count as engaged since the earliest phase that the work in their hands is in.
    """
    engaged = [work.since for work in agent.work if work.phase in IN_HAND]
    start = min(agent.since, now)
    began = min(max(min(engaged), start), now) if engaged else now
    word, reason = agent.observed.value, agent.reason if agent.observed is Availability.NOT_READY else ""
    free = StateStretch(start, began, word, reason)
    return (free, StateStretch(began, now, word, reason, True)) if engaged else (free,)


def _cuts(planned: Sequence[Activity], observed: Sequence[StateStretch], now: Instant) -> list[Instant]:
    """Where anything changes up to now, oldest first."""
    edges = {min(edge, now) for one in planned for edge in (one.start, one.end)}
    edges |= {min(edge, now) for one in observed for edge in (one.start, one.end) if isfinite(edge)}
    return sorted(edges)


def _part(
    planned: Sequence[Activity], observed: Sequence[StateStretch], start: Instant, end: Instant, fits: Fits
) -> _Part:
    """The time between two cuts."""
    expected = _expected(planned, start)
    seen = _seen(observed, start, end) if expected is not None else ""
    return _Part(expected, seen, _fit(expected, seen, fits))


def _sound(activities: Iterable[Activity]) -> tuple[Activity, ...]:
    return tuple(one for one in activities if isfinite(one.start) and isfinite(one.end) and one.start < one.end)


def _expected(activities: Sequence[Activity], at: Instant) -> Activity | None:
    running = [one for one in activities if one.start <= at < one.end]
    return max(running, key=lambda one: (one.kind is ActivityKind.EXCEPTION, one.start), default=None)


def _seen(observed: Sequence[StateStretch], start: Instant, end: Instant | None = None) -> str:
    """What the agent was doing then; of overlapping stretches the one that began last counts."""
    running = [one for one in observed if one.start <= start < one.end or (end is None and one.end == start)]
    last = max(running, key=lambda one: (one.end > start, one.start), default=None)
    if last is None:
        return ""
    if last.engaged:
        return ENGAGED
    return f"{last.availability}:{last.reason}" if last.reason else last.availability


def _fit(expected: Activity | None, seen: str, fits: Fits) -> bool | None:
    if expected is None or not seen or expected.kind is ActivityKind.EXCEPTION:
        return None
    words = fits.get(expected.kind, FITS[expected.kind])
    return seen in words or seen.partition(":")[0] in words


def _note(deviations: list[Deviation], new: Deviation) -> None:
    last = deviations[-1] if deviations else None
    if last is not None and (last.end, last.expected, last.observed) == (new.start, new.expected, new.observed):
        deviations[-1] = Deviation(last.start, new.end, new.expected, new.observed)
    else:
        deviations.append(new)
