"""What is counted per queue, so that every published service-level formula can be computed from it."""

from __future__ import annotations

from dataclasses import dataclass

from mock_backends.estimated_wait import EstimatedWait


class QueueCounters:
    """Running sums of one queue since `since` (epoch seconds); times in seconds."""

    __slots__ = (
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
        "missed",
        "offered",
        "short_abandons",
        "since",
        "talk_seconds",
        "wait_seconds",
        "wrap_up_seconds",
        "wrapped_up",
    )

    def __init__(self, since: float) -> None:
        self.since = since
        self.offered = self.answered = self.answered_within = 0
        self.abandoned = self.abandoned_within = self.short_abandons = 0
        self.callbacks = self.callbacks_within = self.flow_outs = self.flow_outs_within = 0
        self.missed = self.declined = self.handled = self.wrapped_up = 0
        self.wait_seconds = self.talk_seconds = self.hold_seconds = self.wrap_up_seconds = 0.0


@dataclass(frozen=True, slots=True)
class QueueStats:
    """One queue at one moment. Times are seconds; counters run since `since` (epoch seconds).

    `offered` counts entries into the queue (arrivals and transfers in). Those who left it are `answered`,
    `abandoned`, `callbacks` (the customer left the line for a call back) or `flow_outs` (moved to another
    queue); `*_within` are those of them that left within `threshold`. Answered callbacks count in `answered` too,
    with their wait since they joined the line. `short_abandons` left within the short-abandon time.
    `wait_seconds` sums the waits of the answered, ringing included. `talk_seconds` is without hold.
    `staffed` agents are available or busy for this queue. `estimated_wait` is for a customer who joins the end now;
    None = unknown, because nobody works for the queue.
    """

    queue: str
    since: float
    threshold: float
    waiting: int
    longest_wait: float
    estimated_wait: EstimatedWait | None
    staffed: int
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
    talk_seconds: float
    hold_seconds: float
    wrap_up_seconds: float
