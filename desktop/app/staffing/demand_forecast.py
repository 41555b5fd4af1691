"""A forecast made of what the contact centre kept, by the centre's own calendar, and the agents that it needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import inf

from desktop.app.history.centre_days import CentreDays
from desktop.domain.entities.counts import Counts
from desktop.domain.entities.history import Interval
from desktop.domain.entities.instant import Instant
from desktop.domain.figures.count_sums import total
from desktop.domain.staffing.forecast import Expected, Forecast, Observed, Slot
from desktop.domain.staffing.forecast_error import ForecastError, backtest
from desktop.domain.staffing.staffing import ALONE, Concurrency, Demand, Requirement, Target, required
from desktop.domain.staffing.what_if import patience_of

WIDTH = 1_800.0
USUAL = Target(0.8, 20.0)


class Span(StrEnum):
    """What is forecast."""

    TODAY = "today"  # the rest of it
    WEEK = "week"  # the seven days from tomorrow on


@dataclass(frozen=True, slots=True)
class DemandForecast:
    """What is expected in each half hour of a span, and how far to trust it.

    `so_far` is what came today. `patience` seconds on average as measured over the history (infinite: too few gave
    up), `outliers` days that the forecast overlooks, `days` of history it stands on.
    """

    queues: tuple[str, ...]
    span: Span
    at: Instant
    zone: str
    expected: tuple[Expected, ...]
    so_far: tuple[Observed, ...]
    error: ForecastError
    patience: float
    outliers: tuple[date, ...]
    days: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What to staff for. `patience` None takes the measured one; infinite is Erlang C."""

    target: Target = USUAL
    shrinkage: float = 0.0
    concurrency: Concurrency = ALONE
    patience: float | None = None


def outlook(
    queues: tuple[str, ...],
    span: Span,
    kept: Sequence[Interval],
    days: CentreDays,
    since: Instant,
    counted: Instant,
    now: Instant,
) -> DemandForecast:
    """The outlook from the half hours `kept` since `since`, those without contacts left out.

    Arguments:
        counted: since when today is counted; of earlier today nothing is known.

    Raises StaffingError: there is too little history.
    """
    today = days.day(now)
    counts = {one.counts.since: one.counts for one in kept}
    first = days.day(min(counts, default=now))
    begin = since if first == days.day(since) else days.midnight(first + timedelta(days=1))  # the first is half a day
    starts = [start for start in days.edges(begin, now, WIDTH) if start + WIDTH <= now]
    midnight = days.midnight(today)
    known = [start for start in starts if start < midnight or start >= counted]
    observed = [_observed(_slot(start, days), counts.get(start)) for start in known]
    number = _day_number(today)
    made = Forecast(observed, number)
    tomorrow = today + timedelta(days=1)
    period = (now, days.midnight(tomorrow)) if span is Span.TODAY else days.period(tomorrow, today + timedelta(days=8))
    everything = total(list(counts.values()))
    return DemandForecast(
        queues=queues,
        span=span,
        at=now,
        zone=days.zone,
        expected=tuple(made.expected([_slot(start, days) for start in days.edges(*period, WIDTH)])),
        so_far=tuple(one for one in observed if one.slot.day == number),
        error=backtest(observed, number),
        patience=patience_of(everything) if everything is not None else inf,
        outliers=tuple(date.fromordinal(day + 1) for day in sorted(made.levels.outliers)),
        days=number - min(one.slot.day for one in observed),
    )


def requirements(found: DemandForecast, plan: Plan) -> tuple[Requirement | None, ...]:
    """Agents for each interval of an outlook; None where no handle time is known."""
    patience = found.patience if plan.patience is None else plan.patience
    needed: list[Requirement | None] = []
    for one in found.expected:
        if one.handle:
            demand = Demand(one.offered, WIDTH, one.handle, patience, plan.concurrency)
            needed.append(required(demand, plan.target, plan.shrinkage))
        else:
            needed.append(None if one.offered else Requirement(0, 0, None))
    return tuple(needed)


def _slot(start: Instant, days: CentreDays) -> Slot:
    local = days.local(start)
    return Slot(start, _day_number(local.date()), local.hour * 60 + local.minute)


def _day_number(day: date) -> int:
    return day.toordinal() - 1  # the first day of the calendar was a Monday


def _observed(slot: Slot, counts: Counts | None) -> Observed:
    if counts is None:
        return Observed(slot, 0)
    took = (counts.talk_seconds or 0.0) + (counts.hold_seconds or 0.0) + (counts.wrap_up_seconds or 0.0)
    return Observed(slot, counts.offered or 0, counts.handled or 0, took)
