"""What is expected by the half hour, and the agents for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from textual.content import Content

from desktop.app.staffing.demand_forecast import DemandForecast, Plan, Span
from desktop.domain.entities.instant import Instant
from desktop.domain.staffing.forecast import Expected
from desktop.domain.staffing.staffing import Requirement
from desktop.tui.report.axis import Axis
from desktop.tui.report.raster import Raster
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.words import wording
from desktop.words import formats
from desktop.words.catalogue import ntr, tr


def legend() -> tuple[tuple[str, str], ...]:
    """What the signs of the chart mean."""
    return (
        ("█", "$accent"),
        (f" {tr('at least')} ", "$muted"),
        ("▒", "$accent"),
        (f" {tr('expected')} ", "$muted"),
        ("░", "$accent"),
        (f" {tr('at most (80 % range)')}  ", "$muted"),
        ("█", "$muted"),
        (f" {tr('actual')}", "$muted"),
    )


@dataclass(frozen=True, slots=True)
class ForeseenSlot:
    """An interval: what came in it, or what is expected and the agents for it."""

    start: Instant
    came: int | None = None
    expected: Expected | None = None
    needed: Requirement | None = None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """An outlook with the agents for it. Of today, what came stands before what is expected; hours in which nothing
    came and nothing will are left out."""

    outlook: DemandForecast
    plan: Plan
    slots: tuple[ForeseenSlot, ...]

    @property
    def next(self) -> int:
        """Where the first interval to come stands."""
        return next((at for at, one in enumerate(self.slots) if one.expected is not None), 0)

    def figures(self, index: int) -> list[tuple[str, str]]:
        """The figures of an interval as label and value."""
        slot = self.slots[index]
        one, need = slot.expected, slot.needed
        if one is None:
            return [(tr("actual"), str(slot.came))]
        found = [
            (tr("expected"), f"{one.offered:.0f}"),
            (tr("80 % range"), f"{one.low:.0f}–{one.high:.0f}"),
            (tr("AHT"), wording.duration(one.handle)),
            (tr("agents"), wording.UNKNOWN if need is None else str(need.agents)),
        ]
        if need is not None and self.plan.shrinkage:
            found.append((tr("to schedule"), str(need.positions)))
        if need is not None and need.outcome is not None:
            found.append((tr("expected SL"), f"{need.outcome.service_level * 100:.0f} %"))
            found.append((tr("occupancy"), f"{need.outcome.occupancy * 100:.0f} %"))
        return found


def foreseen(outlook: DemandForecast, plan: Plan, needed: Sequence[Requirement | None]) -> Foreseen:
    """The outlook by interval; `needed` are the requirements of what it expects."""
    came = outlook.so_far if outlook.span is Span.TODAY else ()
    over = [ForeseenSlot(one.slot.start, came=one.offered) for one in came if one.offered]
    to_come = [
        ForeseenSlot(one.slot.start, None, one, need)
        for one, need in zip(outlook.expected, needed, strict=True)
        if one.high > 0
    ]
    return Foreseen(outlook, plan, (*over, *to_come))


def outlook_lines(foreseen: Foreseen, at: Axis, cursor: int, width: int, height: int) -> list[Content]:
    """Contacts above, agents below, times under them, and what it all stands on.

    Args:
        at: the axis over `foreseen.slots`.
        width, height: cells there are.
    """
    words = _words(foreseen, width)
    rows = max(6, height - len(words) - 1)
    raster = Raster(width, rows)
    agents = max(2, (rows - 1) * 2 // 5)
    contacts = max(2, rows - 1 - agents)
    _contacts(raster, foreseen, at, contacts)
    _agents(raster, foreseen, at, contacts, agents)
    at.write(raster, rows - 1)
    if cursor in at.shown:
        raster.tint(at.x(cursor), at.bar(cursor), 0, rows - 1)
    return [*raster.lines(), *words]


def _contacts(raster: Raster, foreseen: Foreseen, at: Axis, rows: int) -> None:
    most = max([4.0, *(one.expected.high if one.expected else float(one.came or 0) for one in foreseen.slots)])
    at.frame(raster, 0, rows, f"{most:.0f}", tr("contacts"))
    scale, bottom = (rows - 0.25) / most, rows - 1
    for index in at.shown:
        x, one = at.x(index), foreseen.slots[index].expected
        if one is None:
            raster.bar(x, at.bar(index), bottom, (foreseen.slots[index].came or 0) * scale, "$muted")
            continue
        expected_bar(raster, x, at.bar(index), bottom, scale, one, "$accent")


def expected_bar(raster: Raster, x: int, wide: int, bottom: int, scale: float, one: Expected, style: str) -> None:
    """What is expected of an interval: at least, on average, at most; `scale` cells for a contact."""
    low, mean, high = (round(value * scale) for value in (one.low, one.offered, one.high))
    raster.shade(x, wide, bottom, mean, high, "░", style)
    raster.shade(x, wide, bottom, low, mean, "▒", style)
    raster.bar(x, wide, bottom, low if high > low else one.low * scale, style)


def _agents(raster: Raster, foreseen: Foreseen, at: Axis, top: int, rows: int) -> None:
    needed = [None if one.needed is None else one.needed.agents for one in foreseen.slots]
    most = max([2, *(one for one in needed if one is not None)])
    at.frame(raster, top, rows, str(most), tr("agents"))
    bottom = top + rows - 1
    before = None
    for index in at.shown:
        agents = needed[index]
        same, before = agents == before, agents
        if not agents:
            continue
        x, high = at.x(index), agents * (rows - 1) / most
        raster.bar(x, at.bar(index), bottom, high, "$success")
        text = str(agents)
        if len(text) < at.bar(index) or (len(text) == at.bar(index) and not same):  # bars that touch: once for a run
            raster.put(x, bottom - int(high + 0.999), text.center(at.bar(index)), "bold")


def _words(foreseen: Foreseen, width: int) -> list[Content]:
    outlook, plan, error = foreseen.outlook, foreseen.plan, foreseen.outlook.error
    patience = outlook.patience if plan.patience is None else plan.patience
    if isfinite(patience):
        gives_up = tr("customers give up after {time} (Erlang A)", time=wording.duration(patience))
    else:
        gives_up = tr("no one gives up (Erlang C)")
    model = line((f"{tr('Target')} ", "$muted"), (wanted(plan), "bold"), (f" · {gives_up}", "$muted"))
    stands = tr("Based on {days} days of history.", days=outlook.days)
    if outlook.outliers:
        stands = ntr(
            "Based on {days} days of history, without {n} unusual day ({which}).",
            "Based on {days} days of history, without {n} unusual days ({which}).",
            len(outlook.outliers),
            days=outlook.days,
            which=tuple(map(formats.day_of_month, outlook.outliers[-4:])),
        )
    stands = f"{stands} {tr('Public holidays to come are not considered.')}"
    held: list[Part] = [(tr("Accuracy unknown: too little history."), "$warning")]
    if error.wape is not None and error.naive is not None:
        compared = ntr(
            "on the last {n} week ({naive:.0f} % by repeating the week before)",
            "on the last {n} weeks ({naive:.0f} % by repeating the week before)",
            error.weeks,
            naive=error.naive * 100,
        )
        held = [
            (tr("Average error {percent:.0f} %", percent=error.wape * 100), "bold"),
            (f" {compared}", ""),
            (f" · {tr('bias {percent:+.0f} %', percent=(error.bias or 0) * 100)}", "$muted"),
            (f" · {tr('{percent:.0f} % within the 80 % range', percent=(error.within or 0) * 100)}", "$muted"),
        ]
    texts = [model, line(*held), content(stands, "$muted")]
    return [one.truncate(width, ellipsis=True) for one in texts]


def wanted(plan: Plan) -> str:
    """A plan as it is shown: `80 % within 20 s, shrinkage 30 %`."""
    target = plan.target
    level, threshold = (target.level or 0) * 100, target.threshold
    parts = [tr("{percent:.0f} % within {seconds:.0f} s", percent=level, seconds=threshold)]
    if plan.shrinkage:
        parts.append(tr("shrinkage {percent:.0f} %", percent=plan.shrinkage * 100))
    if plan.concurrency.slots > 1:
        parts.append(tr("{n} at once", n=plan.concurrency.slots))
    return ", ".join(parts)
