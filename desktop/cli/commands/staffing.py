"""`staffing`: agents for a load of work, what one more would make of a live queue, and what is to come."""

import time
from dataclasses import fields, replace
from datetime import UTC, datetime
from math import inf, isfinite
from typing import TYPE_CHECKING

from desktop.cli.commands.formula_choice import formula_named
from desktop.cli.commands.name_lookup import queue_named
from desktop.cli.connection import Chosen, contact_center, usable_profile, within
from desktop.cli.exits import CommandError, Exit
from desktop.cli.output import emit, say
from desktop.domain.staffing.erlang import Steady
from desktop.domain.staffing.staffing import (
    ALONE,
    Concurrency,
    Demand,
    Requirement,
    Target,
    outcome,
    positions,
    required,
)
from desktop.domain.staffing.staffing_error import StaffingError
from desktop.domain.text.sentence import Sentence
from desktop.words.catalogue import in_words

if TYPE_CHECKING:
    from desktop.app.staffing.demand_forecast import DemandForecast, Plan
    from desktop.app.staffing.staffing_desk import StaffingDesk
    from desktop.config import Profile
    from desktop.ports.contact_center import ContactCenter

_USUAL = (0.8, 20.0)


def _needed(chosen: Chosen) -> object:
    """Agents for a load, and what one fewer would make of it."""
    try:
        patience = chosen["patience"] or inf
        demand = Demand(chosen["calls"], chosen["per"], chosen["aht"], patience, _concurrency(chosen, ALONE))
        target = _target(chosen, _USUAL)
        found = required(demand, target, chosen["shrinkage"])
        fewer = outcome(demand, found.agents - 1, target.threshold) if found.agents > 1 else None
    except ValueError as error:
        raise CommandError(in_words(_why(error)), Exit.USAGE) from None
    return {
        "model": "Erlang A" if isfinite(patience) else "Erlang C",
        "load": demand.load,
        **_requirement(found),
        "one_agent_fewer": _steady(fewer),
    }


def _why(error: ValueError) -> Sentence:
    """Why something cannot be computed; the sums themselves say it for programmers only."""
    return error.sentence if isinstance(error, StaffingError) else Sentence("staffing.beyond")


def _requirement(found: Requirement) -> dict[str, object]:
    return {"agents": found.agents, "positions": found.positions, "outcome": _steady(found.outcome)}


def _steady(found: Steady | None) -> object:
    if found is None:
        return None
    return {
        "service_level": found.service_level,
        "wait_probability": found.wait,
        "asa": found.asa,
        "occupancy": found.occupancy,
        "abandoned": found.abandoned,
    }


def _target(chosen: Chosen, usual: tuple[float, float]) -> Target:
    """The targets that were given; the usual service level when there are none."""
    others = {name: chosen[name] for name in ("asa", "occupancy", "abandoned") if chosen[name] is not None}
    level, threshold = chosen["target"] or ((None, usual[1]) if others else usual)
    return Target(level, threshold, **others)


def _concurrency(chosen: Chosen, usual: Concurrency) -> Concurrency:
    slots, efficiency = chosen["concurrency"], chosen["efficiency"]
    return replace(
        usual,
        slots=usual.slots if slots is None else slots,
        efficiency=usual.efficiency if efficiency is None else efficiency,
    )


async def _desk(center: "ContactCenter") -> "StaffingDesk":
    """A desk that has seen one snapshot, and goes by the clock of whoever made it."""
    from desktop.app.connections.backend_calls import BackendCalls
    from desktop.app.history.history_desk import HistoryDesk
    from desktop.app.staffing.staffing_desk import StaffingDesk
    from desktop.app.store import Store
    from desktop.app.timing import Timing

    snapshot = await center.snapshot()
    ahead = snapshot.at - time.time()
    store = Store(clock=lambda: time.time() + ahead)
    desk = StaffingDesk(store, HistoryDesk(store, BackendCalls(Timing(), lambda told: say(in_words(told))), center))
    store.put(snapshot)
    store.drain()
    return desk


async def _what_if(profile: "Profile", chosen: Chosen) -> object:
    formula = formula_named(chosen["formula"])
    async with contact_center(profile) as center:
        desk = await _desk(center)
        found = await desk.what_if(queue_named(chosen["queue"], desk.queues), formula)
    why_not = in_words(found.why_not)
    if why_not:
        say(why_not)
    told = {one.name: getattr(found, one.name) for one in fields(found)}
    return {**told, "assumes": tuple(map(in_words, found.assumes)), "why_not": why_not}


async def _forecast(profile: "Profile", chosen: Chosen) -> object:
    from desktop.app.staffing.demand_forecast import Span

    async with contact_center(profile) as center:
        desk = await _desk(center)
        queues = tuple(queue_named(name, desk.queues) for name in chosen["queues"])
        answer = await desk.forecast(queues, Span(chosen["span"]))
        if answer.value is None:
            raise CommandError(in_words(answer.problem), Exit.UNAVAILABLE if answer.error else Exit.REFUSED)
        plan = _plan(chosen, desk.plan_for(queues))
        needed = await desk.requirements(answer.value, plan)
    return _outlook(answer.value, plan, needed)


def _plan(chosen: Chosen, usual: "Plan") -> "Plan":
    try:
        target = _target(chosen, (usual.target.level or _USUAL[0], usual.target.threshold))
        concurrency = _concurrency(chosen, usual.concurrency)
        positions(0, chosen["shrinkage"])
    except StaffingError as error:
        raise CommandError(in_words(error.sentence), Exit.USAGE) from None
    return replace(
        usual, target=target, concurrency=concurrency, shrinkage=chosen["shrinkage"], patience=chosen["patience"]
    )


def _outlook(found: "DemandForecast", plan: "Plan", needed: tuple[Requirement | None, ...]) -> object:
    patience = found.patience if plan.patience is None else plan.patience
    return {
        "queues": found.queues,
        "span": found.span,
        "as_of": datetime.fromtimestamp(found.at, UTC).isoformat(timespec="seconds"),
        "zone": found.zone,
        "days_of_history": found.days,
        "unusual_days_left_out": [day.isoformat() for day in found.outliers],
        "held_out": found.error,
        "patience": patience if isfinite(patience) else None,
        "target": plan.target,
        "intervals": [
            {
                "start": one.slot.start,
                "local": f"{one.slot.minute // 60:02}:{one.slot.minute % 60:02}",
                "offered": round(one.offered, 2),
                "low": one.low,
                "high": one.high,
                "aht": None if one.handle is None else round(one.handle, 1),
                "agents": None if need is None else need.agents,
                "positions": None if need is None else need.positions,
            }
            for one, need in zip(found.expected, needed, strict=True)
        ],
    }


def run(chosen: Chosen) -> int:
    """Print what was asked for."""
    if chosen["action"] == "need":
        emit(_needed(chosen))
    else:
        put = _what_if if chosen["action"] == "what-if" else _forecast
        emit(within(chosen, put(usable_profile(chosen), chosen)))
    return Exit.OK
