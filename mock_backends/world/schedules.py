"""The rota of the pretend company: what each agent should do on a day, the same for the same seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Literal
from zoneinfo import ZoneInfo

ActivityKind = Literal["work", "break", "meal", "meeting", "training", "exception"]
SHIFTS = (7.0, 8.0, 8.5, 9.0, 10.0, 12.0)  # hours of the local day at which one begins
SHIFT_HOURS = 8.5


@dataclass(frozen=True, slots=True)
class Planned:
    """A stretch of a day; times are seconds since the epoch."""

    start: float
    end: float
    kind: ActivityKind
    label: str = ""


def make_schedule(seed: int, agent_id: str, day: date, zone: str) -> tuple[Planned, ...]:
    """An agent's plan for a day of the zone, without gaps from the shift's beginning to its end; empty on a day off.

    Everybody has two days off a week; a shift has two breaks and a meal, often a meeting or a training, and now and
    then an agreed absence.
    """
    week = day - timedelta(days=day.weekday())
    rota = Random(f"{seed}/{agent_id}/{week.isoformat()}")  # noqa: S311 - a pretend world must be repeatable
    if day.weekday() in (6, rota.randrange(6)):
        return ()
    begins = rota.choice(SHIFTS)
    rng = Random(f"{seed}/{agent_id}/{day.isoformat()}")  # noqa: S311 - as above
    # Hours after the shift's beginning; what is not taken by these is work.
    taken: list[tuple[float, float, ActivityKind, str]] = [
        (2.0 + rng.choice((-0.25, 0.0, 0.25)), 0.25, "break", "Morning break"),
        (4.0 + rng.choice((-0.25, 0.0, 0.25, 0.5)), rng.choice((0.5, 0.75)), "meal", "Meal"),
        (6.5 + rng.choice((-0.25, 0.0, 0.25)), 0.25, "break", "Afternoon break"),
    ]
    chance = rng.random()
    if chance < 0.35:
        taken.append((rng.choice((0.0, 5.25)), 0.5, "meeting", "Team meeting"))
    elif chance < 0.5:
        taken.append((rng.choice((0.5, 5.25)), 0.75, "training", "Product training"))
    elif chance < 0.56:
        taken.append((7.0, SHIFT_HOURS - 7.0, "exception", "Agreed: leaves early"))
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    start = (midnight + timedelta(hours=begins)).timestamp()  # wall clock: nine is nine on every day of the year
    plan: list[Planned] = []
    at = 0.0
    for after, hours, kind, label in sorted(taken):
        if after > at:
            plan.append(_planned(start, at, after, "work", ""))
        plan.append(_planned(start, after, after + hours, kind, label))
        at = after + hours
    if at < SHIFT_HOURS:
        plan.append(_planned(start, at, SHIFT_HOURS, "work", ""))
    return tuple(plan)


def _planned(start: float, after: float, until: float, kind: ActivityKind, label: str) -> Planned:
    return Planned(start + after * 3600.0, start + until * 3600.0, kind, label)
