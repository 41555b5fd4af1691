"""What is counted of a queue over a period, so that every published formula can be computed from it.

Figures of other formulas than the contact centre's own come from these sums, never from other figures: percentages
of percentages are wrong. `metrics.py` has the formulas.
"""

from dataclasses import dataclass

from desktop.domain.entities.instant import Instant


@dataclass(frozen=True, slots=True)
class StaffTime:
    """Agents' time, in seconds, summed over people. An agent of several queues counts in each of them.

    `idle` is available time with nothing in hand and nothing ringing, `engaged` is time with at least one contact in
    hand (wrap-up counts), whatever the availability; while something only rings, time is neither. `load` is the share
    of capacity in hand, summed over that time: a chat of three at once for an hour is 1200 s of load where it is 3600 s
    engaged; the shares of several channels add up, to 1 at most.
    """

    signed_in: float
    idle: float
    engaged: float
    load: float


@dataclass(frozen=True, slots=True)
class Counts:
    """Sums of one queue, or of several together, from `since` until `until`. None: not counted by this centre.

    `offered` counts entries into the queue (arrivals and moves in). Those who left it are `answered`, `abandoned`,
    `callbacks` (left the line to be called back) or `flow_outs` (moved elsewhere); `*_within` are those of them who
    left within `threshold` seconds, `short_abandons` those who left within `short_abandon_seconds`. `missed` and
    `declined` are offers. Times are sums in seconds: `wait_seconds` over the answered, ringing included;
    `abandon_seconds` over the abandoned; `talk_seconds` without hold; `handled` conversations that ended and
    `wrapped_up` wrap-ups that ended in the period. `longest_wait` is the longest of those who left, seconds.
    """

    since: Instant
    until: Instant
    threshold: float | None = None
    short_abandon_seconds: float | None = None
    offered: int | None = None
    answered: int | None = None
    answered_within: int | None = None
    abandoned: int | None = None
    abandoned_within: int | None = None
    short_abandons: int | None = None
    callbacks: int | None = None
    callbacks_within: int | None = None
    flow_outs: int | None = None
    flow_outs_within: int | None = None
    missed: int | None = None
    declined: int | None = None
    handled: int | None = None
    wrapped_up: int | None = None
    wait_seconds: float | None = None
    abandon_seconds: float | None = None
    talk_seconds: float | None = None
    hold_seconds: float | None = None
    wrap_up_seconds: float | None = None
    longest_wait: float | None = None
    staff: StaffTime | None = None


@dataclass(frozen=True, slots=True)
class EstimateScore:
    """How good the estimated waits of a queue were, over the customers who were answered since midnight.

    `within` of `scored` waits lay in the interval that was told on arrival; `error_seconds` sums actual minus
    predicted, `absolute_seconds` the same without the sign.
    """

    scored: int
    within: int
    error_seconds: float
    absolute_seconds: float
