"""What is counted per queue and per agent, so that every published formula can be computed from it.

Everything is counted by the moment of the event itself: a customer who is offered before midnight and answered after
it is offered yesterday and answered today, and the talk of a call belongs whole to the interval in which it ends.
Agents' time alone is cut exactly at each boundary. `routing_ledger` says where the boundaries are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from mock_backends.acd.estimated_wait import EstimatedWait

FULL = 720_720  # an agent's whole capacity; each share of up to sixteen of it is a whole number


class Tally:
    """Sums of one queue, or one channel of it; `Counts` says what each means."""

    __slots__ = (
        "abandon_seconds",
        "abandoned",
        "abandoned_within",
        "answered",
        "answered_within",
        "callbacks",
        "callbacks_within",
        "declined",
        "flow_outs",
        "flow_outs_within",
        "handled",
        "hold_seconds",
        "longest_wait",
        "missed",
        "offered",
        "short_abandons",
        "talk_seconds",
        "wait_seconds",
        "wrap_up_seconds",
        "wrapped_up",
    )

    def __init__(self) -> None:
        self.offered = self.answered = self.answered_within = 0
        self.abandoned = self.abandoned_within = self.short_abandons = 0
        self.callbacks = self.callbacks_within = self.flow_outs = self.flow_outs_within = 0
        self.missed = self.declined = self.handled = self.wrapped_up = 0
        self.wait_seconds = self.abandon_seconds = self.longest_wait = 0.0
        self.talk_seconds = self.hold_seconds = self.wrap_up_seconds = 0.0

    def add(self, other: Tally) -> None:
        """Take in another one's sums."""
        for name, value in zip(COUNTED, total((self, other)), strict=True):
            setattr(self, name, value)


COUNTED = (
    "offered", "answered", "answered_within", "abandoned", "abandoned_within", "short_abandons", "callbacks",
    "callbacks_within", "flow_outs", "flow_outs_within", "missed", "declined", "handled", "wrapped_up",
    "wait_seconds", "abandon_seconds", "talk_seconds", "hold_seconds", "wrap_up_seconds", "longest_wait",
)  # fmt: skip
"""What a tally holds, in the order of `Counts`."""
_values: Callable[[Tally], tuple[Any, ...]] = attrgetter(*COUNTED)


def total(tallies: Sequence[Tally]) -> list[Any]:
    """The sums of several tallies together, in the order of `COUNTED`."""
    if len(tallies) == 1:
        return list(_values(tallies[0]))
    rows = [_values(tally) for tally in tallies]
    sums = [sum(column) for column in zip(*rows, strict=True)]
    sums[-1] = max(row[-1] for row in rows)
    return sums


@dataclass(frozen=True, slots=True)
class StaffTime:
    """Agents' time in seconds, summed over people. An agent of several queues counts in each of them.

    `idle` is available time with nothing in hand and nothing ringing; `engaged` is time with at least one
    conversation or wrap-up in hand, whatever the availability; while something only rings, time is neither. `load` is
    the share of capacity in hand, summed over that time: one chat of three at once is a third; the shares of
    several channels add up, to 1 at most.
    """

    signed_in: float = 0.0
    idle: float = 0.0
    engaged: float = 0.0
    load: float = 0.0


@dataclass(frozen=True, slots=True)
class Counts:
    """One queue from `since` until `until` (epoch seconds); other times are seconds.

    `offered` counts entries into the queue (arrivals and moves in). Those who left it are `answered`, `abandoned`,
    `callbacks` (the customer left the line for a call back) or `flow_outs` (moved to another queue); `*_within` are
    those of them that left within `threshold`, `short_abandons` left within `short_abandon_seconds`. Answered
    callbacks count in `answered` too, with their wait since they joined the line. `wait_seconds` sums the waits of
    the answered, ringing included, `abandon_seconds` those of the abandoned; `longest_wait` is the longest of all who
    left. `talk_seconds` is without hold and, like `hold_seconds`, of the `handled` conversations that ended.
    """

    since: float
    until: float
    threshold: float
    short_abandon_seconds: float
    offered: int
    answered: int
    answered_within: int
    abandoned: int
    abandoned_within: int
    short_abandons: int
    callbacks: int
    callbacks_within: int
    flow_outs: int
    flow_outs_within: int
    missed: int
    declined: int
    handled: int
    wrapped_up: int
    wait_seconds: float
    abandon_seconds: float
    talk_seconds: float
    hold_seconds: float
    wrap_up_seconds: float
    longest_wait: float
    staff: StaffTime | None = None


@dataclass(frozen=True, slots=True)
class ClosedInterval:
    """A quarter of an hour of one queue. `channels` maps a channel to what was counted there; `staff` is of all."""

    queue: str
    since: float
    until: float
    channels: Mapping[str, Counts]
    staff: StaffTime


@dataclass(frozen=True, slots=True)
class EstimateScore:
    """How good the estimated waits were, over customers who had to wait on arrival and were answered since midnight.

    `within` of `scored` waits lay in the interval told on arrival; `error_seconds` sums actual minus predicted,
    `absolute_seconds` the same without the sign.
    """

    scored: int = 0
    within: int = 0
    error_seconds: float = 0.0
    absolute_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class AgentDay:
    """What an agent did from `since` until `until` (epoch seconds); times in seconds, as in `StaffTime`.

    `handled` counts the conversations that ended with them.
    """

    since: float
    until: float
    handled: int
    missed: int
    declined: int
    signed_in: float
    idle: float
    engaged: float
    load: float


@dataclass(frozen=True, slots=True)
class QueueStats:
    """One queue at one moment.

    `counts` run since midnight of the centre's zone. `longest_wait` (seconds) is of those who wait now, the first of
    them since `longest_since`. `trend` is the most who waited at once in each of the last twelve five minutes, the
    present ones last. Agents are `signed_in`,
    `idle` (available, nothing in hand or ringing) or `busy` (something in hand or ringing); `staffed` ones are
    available or busy for this queue. `estimated_wait` is for a customer who joins the end now; None = unknown, because
    nobody works for the queue.
    """

    queue: str
    waiting: int
    longest_since: float | None
    longest_wait: float
    estimated_wait: EstimatedWait | None
    staffed: int
    signed_in: int
    idle: int
    busy: int
    counts: Counts
    trend: tuple[int, ...]
    estimates: EstimateScore
