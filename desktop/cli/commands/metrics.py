"""`queues --metrics`: every figure of each queue, with its definition, its age and every service level."""

from collections.abc import Mapping

from desktop.cli.commands.formula_choice import formula_named
from desktop.cli.connection import Chosen, contact_center, usable_profile, within
from desktop.cli.exits import Exit
from desktop.cli.output import emit
from desktop.config import Profile
from desktop.domain.entities.instant import Instant
from desktop.domain.entities.model import QueueStats
from desktop.domain.figures.metrics import METRICS
from desktop.domain.figures.queue_totals import all_together
from desktop.domain.figures.service_level import FORMULAS, Formula, compare
from desktop.domain.state.events import ContactCenterSnapshot
from desktop.ports.errors import ProtocolError
from desktop.words.catalogue import term, tr
from desktop.words.figures import arithmetic, definition, known_as


def _definitions() -> list[dict[str, object]]:
    return [
        {
            "id": one.id,
            "label": term("figure", one.id),
            "unit": one.unit.value,
            "better": one.better.value,
            "definition": definition(one.id),
        }
        for one in METRICS.values()
    ]


def _formula(formula: Formula) -> dict[str, object]:
    return {
        "id": formula.id,
        "label": term("formula", formula.id),
        "known_as": known_as(formula),
        "arithmetic": arithmetic(formula.ratio),
    }


def _figures(queue: QueueStats, now: Instant, formula: Formula) -> Mapping[str, object]:
    counts = queue.counts
    levels = {one.formula.id: one.value for one in compare(counts)} if counts is not None else {}
    return {
        "queue": queue.name,
        "as_of": queue.as_of,
        "age": max(now - queue.as_of, 0.0),
        "since": counts.since if counts is not None else None,
        "threshold": counts.threshold if counts is not None else None,
        "estimated": {"low": queue.estimated_low, "high": queue.estimated_high},
        "metrics": {one.id: one.value(queue, now, formula) for one in METRICS.values()},
        "service_levels": levels,
    }


def _together(queues: list[QueueStats], now: Instant, formula: Formula) -> Mapping[str, object] | None:
    """What can be said of all queues together, as the floor's last line says it; None where one is not counted."""
    whole = all_together(queues) if all(queue.counts is not None for queue in queues) else None
    return None if whole is None else _figures(whole, now, formula)


async def _metrics(profile: Profile, formula: Formula) -> object:
    async with contact_center(profile) as center:
        envelope = await center.snapshot()
    if not isinstance(envelope.event, ContactCenterSnapshot):
        raise ProtocolError(tr("The contact centre sent no snapshot."))
    queues = sorted(envelope.event.queues, key=lambda one: one.name)
    return {
        "at": envelope.at,
        "formula": _formula(formula),
        "queues": [_figures(queue, envelope.at, formula) for queue in queues],
        "together": _together(queues, envelope.at, formula) if queues else None,
        "definitions": _definitions(),
        "formulas": [_formula(one) for one in FORMULAS.values()],
    }


def run(chosen: Chosen) -> int:
    """Print the figures."""
    formula = formula_named(chosen["formula"])
    emit(within(chosen, _metrics(usable_profile(chosen), formula)))
    return Exit.OK
