"""Every figure of a queue by name, with its definition. Panel, alerts, reports and command line use this one list."""

from collections.abc import Callable
from math import inf, isfinite

from desktop.domain.entities.counts import EstimateScore
from desktop.domain.entities.instant import Instant
from desktop.domain.entities.model import QueueStats
from desktop.domain.figures.metric import SERVICE_LEVEL, Better, Metric, Unit
from desktop.domain.figures.ratio import Ratio, counted


def _longest_wait(queue: QueueStats, now: Instant) -> float | None:
    if queue.longest_since is not None:
        return max(now - queue.longest_since, 0.0)
    return 0.0 if queue.waiting == 0 else None


def _longest_wait_today(queue: QueueStats, now: Instant) -> float | None:
    ended = _count("longest_wait")(queue, now)
    return None if ended is None else max(ended, _longest_wait(queue, now) or 0.0)


def _reading(name: str, most: float = inf) -> Callable[[QueueStats, Instant], float | None]:
    """Reads a figure that stands in the queue itself and must lie in 0..`most` to make sense."""

    def read(queue: QueueStats, now: Instant) -> float | None:
        value: float | None = getattr(queue, name)
        return value if value is not None and isfinite(value) and 0 <= value <= most else None

    return read


def _count(name: str) -> Callable[[QueueStats, Instant], float | None]:
    """Reads a single count."""

    def read(queue: QueueStats, now: Instant) -> float | None:
        return None if queue.counts is None else counted(queue.counts, name)

    return read


def _score(part: Callable[[EstimateScore], float]) -> Callable[[QueueStats, Instant], float | None]:
    """Reads a figure of the estimates' score: a part of it by the number of waits it was taken of."""

    def read(queue: QueueStats, now: Instant) -> float | None:
        score = queue.estimates
        return part(score) / score.scored if score is not None and score.scored > 0 else None

    return read


_HIGHER, _LOWER, _NEITHER = Better.HIGHER, Better.LOWER, Better.NEITHER
_SECONDS, _SHARE, _COUNT = Unit.SECONDS, Unit.SHARE, Unit.COUNT


def _mean(over: tuple[str, ...], of: tuple[str, ...]) -> Ratio:
    return Ratio(over, of, share=False)


_ALL = (
    Metric(
        "waiting",
        "waiting",
        _COUNT,
        _LOWER,
        "Customers in the queue now. Whether one still counts while an agent is being rung is the centre's own way.",
        None,
        _reading("waiting"),
    ),
    Metric(
        "longest_wait",
        "longest wait",
        _SECONDS,
        _LOWER,
        "How long the one who has been in the queue longest has been in it; 0 when nobody waits. Moving to another"
        " queue starts it again.",
        None,
        _longest_wait,
    ),
    Metric(
        "estimated_wait",
        "estimated wait",
        _SECONDS,
        _LOWER,
        "How long somebody who comes now will wait, as the contact centre estimates.",
        None,
        _reading("estimated_wait"),
    ),
    Metric(
        "estimates_within",
        "estimates that held",
        _SHARE,
        _HIGHER,
        "Of the customers answered since midnight, those whose wait lay in the interval estimated on arrival.",
        None,
        _score(lambda score: score.within),
    ),
    Metric(
        "estimate_bias",
        "estimates' mean error",
        _SECONDS,
        _NEITHER,
        "Actual minus estimated wait, averaged over the answered since midnight: above 0 means estimated too short.",
        None,
        _score(lambda score: score.error_seconds),
    ),
    Metric(
        "estimate_error",
        "estimates' mean absolute error",
        _SECONDS,
        _LOWER,
        "How far the actual wait lay from the estimated one, averaged over the answered since midnight.",
        None,
        _score(lambda score: score.absolute_seconds),
    ),
    Metric(
        SERVICE_LEVEL,
        "service level",
        _SHARE,
        _HIGHER,
        "The share dealt with in time, by the formula that is named with it.",
    ),
    Metric(
        "service_level_of_centre",
        "service level, centre's own",
        _SHARE,
        _HIGHER,
        "What the contact centre itself says, by its own formula.",
        None,
        _reading("service_level", 1.0),
    ),
    Metric("offered", "offered", _COUNT, _NEITHER, "Entries into the queue, moves in too.", None, _count("offered")),
    Metric("answered", "answered", _COUNT, _HIGHER, "Customers an agent answered.", None, _count("answered")),
    Metric(
        "abandoned",
        "abandoned",
        _COUNT,
        _LOWER,
        "Customers who gave up; callbacks and moves are not among them.",
        None,
        _count("abandoned"),
    ),
    Metric("callbacks", "callbacks", _COUNT, _NEITHER, "Left the line to be called back.", None, _count("callbacks")),
    Metric("flow_outs", "flow-outs", _COUNT, _NEITHER, "Moved to another queue.", None, _count("flow_outs")),
    Metric("missed", "missed offers", _COUNT, _LOWER, "Offers that nobody answered.", None, _count("missed")),
    Metric("declined", "declined offers", _COUNT, _LOWER, "Offers that an agent declined.", None, _count("declined")),
    Metric("handled", "handled", _COUNT, _NEITHER, "Conversations that ended.", None, _count("handled")),
    Metric(
        "answer_rate",
        "answer rate",
        _SHARE,
        _HIGHER,
        "Answered ÷ (answered + abandoned).",
        Ratio(("answered",), ("answered", "abandoned")),
    ),
    Metric(
        "abandon_rate",
        "abandon rate",
        _SHARE,
        _LOWER,
        "Abandoned ÷ offered; those who still wait are among the offered.",
        Ratio(("abandoned",), ("offered",)),
    ),
    Metric(
        "abandon_rate_of_settled",
        "abandon rate of settled",
        _SHARE,
        _LOWER,
        "Abandoned ÷ (answered + abandoned).",
        Ratio(("abandoned",), ("answered", "abandoned")),
    ),
    Metric(
        "abandon_rate_less_short",
        "abandon rate, short ones out",
        _SHARE,
        _LOWER,
        "(Abandoned − short abandons) ÷ (offered − short abandons).",
        Ratio(("abandoned",), ("offered",), ("short_abandons",), ("short_abandons",)),
    ),
    Metric(
        "asa",
        "ASA",
        _SECONDS,
        _LOWER,
        "Average speed of answer: waiting time of the answered, ringing included, ÷ answered.",
        _mean(("wait_seconds",), ("answered",)),
    ),
    Metric(
        "average_wait",
        "average wait of all",
        _SECONDS,
        _LOWER,
        "Waiting time of the answered and the abandoned ÷ both.",
        _mean(("wait_seconds", "abandon_seconds"), ("answered", "abandoned")),
    ),
    Metric(
        "average_abandon",
        "average time to abandon",
        _SECONDS,
        _NEITHER,
        "Waiting time of the abandoned ÷ abandoned.",
        _mean(("abandon_seconds",), ("abandoned",)),
    ),
    Metric(
        "longest_wait_today",
        "longest wait today",
        _SECONDS,
        _LOWER,
        "The longest wait since midnight, whoever is still waiting included.",
        None,
        _longest_wait_today,
    ),
    Metric(
        "aht",
        "AHT",
        _SECONDS,
        _LOWER,
        "Average handling time: talk + hold + wrap-up ÷ handled.",
        _mean(("talk_seconds", "hold_seconds", "wrap_up_seconds"), ("handled",)),
    ),
    Metric(
        "aht_without_wrap_up",
        "AHT without wrap-up",
        _SECONDS,
        _LOWER,
        "Talk + hold ÷ handled.",
        _mean(("talk_seconds", "hold_seconds"), ("handled",)),
    ),
    Metric(
        "average_talk",
        "average talk",
        _SECONDS,
        _NEITHER,
        "Talk without hold ÷ handled.",
        _mean(("talk_seconds",), ("handled",)),
    ),
    Metric("average_hold", "average hold", _SECONDS, _LOWER, "Hold ÷ handled.", _mean(("hold_seconds",), ("handled",))),
    Metric(
        "average_wrap_up",
        "average wrap-up",
        _SECONDS,
        _LOWER,
        "Wrap-up time ÷ wrap-ups that ended.",
        _mean(("wrap_up_seconds",), ("wrapped_up",)),
    ),
    Metric(
        "occupancy",
        "occupancy",
        _SHARE,
        _NEITHER,
        "Time with a contact in hand ÷ (that + available time with none); three chats at once count as one.",
        Ratio(("staff.engaged",), ("staff.engaged", "staff.idle")),
    ),
    Metric(
        "occupancy_of_capacity",
        "occupancy of capacity",
        _SHARE,
        _NEITHER,
        "Capacity in use over time ÷ (time with a contact in hand + available time); one chat of three counts a third.",
        Ratio(("staff.load",), ("staff.engaged", "staff.idle")),
    ),
    Metric(
        "agents_available",
        "agents available",
        _COUNT,
        _HIGHER,
        "Agents who can take a contact of this queue now.",
        None,
        _reading("agents_available"),
    ),
    Metric(
        "agents_busy",
        "agents busy",
        _COUNT,
        _NEITHER,
        "Agents of this queue with a contact in hand.",
        None,
        _reading("agents_busy"),
    ),
    Metric(
        "agents_signed_in",
        "agents signed in",
        _COUNT,
        _HIGHER,
        "Agents of this queue who are signed in.",
        None,
        _reading("agents_signed_in"),
    ),
)

METRICS = {metric.id: metric for metric in _ALL}
"""By id, in the order of a table."""
