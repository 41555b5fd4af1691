"""Single contacts of the past: rows of a list, and the timeline of one."""

from textual.content import Content

from desktop.app.history.centre_days import CentreDays
from desktop.domain.entities.history import Interval, PastDetail, PastInteraction
from desktop.domain.figures.service_level import Formula
from desktop.tui.report import axis
from desktop.tui.report.plots import readout
from desktop.tui.widgets.flowed_pairs import flowed
from desktop.tui.widgets.safe_text import content, line
from desktop.tui.widgets.table_columns import Column
from desktop.tui.widgets.table_rows import Row
from desktop.tui.words import wording

CONTACTS = (
    Column("arrived", 16),
    Column("", 2, min_width=70),
    Column("queue", weight=2),
    Column("customer", weight=3),
    Column("agent", weight=2, min_width=76),
    Column("outcome", 11),
    Column("waited", 7, "right"),
    Column("talked", 7, "right", 92),
    Column("codes", weight=2, min_width=110),
)
INTERVALS = (
    Column("interval", 24),
    Column("offered", 8, "right"),
    Column("answered", 8, "right"),
    Column("abandoned", 9, "right"),
    Column("SL", 9, "right"),
    Column("ASA", 6, "right"),
    Column("AHT", 6, "right", 76),
    Column("occupancy", 9, "right", 90),
)
MORE = "more"


def interval_row(key: str, name: str, interval: Interval, formula: Formula) -> Row:
    """An interval with its figures."""
    figures = [value for _, value in readout(interval.counts, formula)]
    return Row(key, (name, *figures))


def contact_row(one: PastInteraction, days: CentreDays) -> Row:
    """A finished contact."""
    failed = one.outcome in ("abandoned", "failed")
    return Row(
        one.id,
        (
            f"{days.local(one.arrived_at):%a %d %H:%M:%S}",
            wording.CHANNEL_SIGN.get(one.channel, "?"),
            one.queue,
            one.customer_name or wording.number(one.customer) or wording.WITHHELD,
            (one.agent_name or wording.UNKNOWN, "" if one.agent_name else "$muted"),
            (f"{'✕ ' if failed else ''}{one.outcome}", "$warning" if failed else ""),
            wording.duration(one.wait_seconds),
            wording.duration(one.talk_seconds) if one.answered_at is not None else wording.UNKNOWN,
            (", ".join(one.codes), "$muted"),
        ),
    )


def more_row() -> Row:
    """The last row of a page that is not the last one."""
    return Row(MORE, (("enter or end: show older contacts", "$accent"),))


def timeline(detail: PastDetail, days: CentreDays, width: int) -> list[Content]:
    """What happened, oldest first, each with the time since the one before, in lines of so many cells."""
    one = detail.interaction
    heading = one.customer_name or wording.number(one.customer) or wording.WITHHELD
    sign = wording.CHANNEL_SIGN.get(one.channel)
    lines = [
        line(
            (f"{sign or one.channel} {heading}", "bold"),
            (f"   {wording.number(one.customer)}" if one.customer_name else "", "$muted"),
        ),
        line(
            (f"{days.local(one.arrived_at):%A %d %b %Y %H:%M:%S}", ""),
            (f" · {one.channel}, {one.direction} · {one.queue} · ", "$muted"),
            (one.outcome, "bold"),
            (f" · {one.agent_name}" if one.agent_name else "", ""),
        ),
        *flowed(_figures(one), width, style="bold"),
        content(""),
    ]
    before = one.arrived_at
    for step in detail.steps:
        gap = step.at - before
        before = step.at
        lines.append(
            line(
                (f"  {days.local(step.at):%H:%M:%S}  ", "$muted"),
                (f"{'+' + wording.duration(gap) if gap >= 1 else '':>8}  ", "$muted"),
                ("● ", "$accent"),
                (f"{step.what.replace('_', ' '):<12}", "bold"),
                (f"  {step.queue}" if step.queue else "", ""),
                (f"  {step.agent_name or step.agent_id}" if step.agent_id else "", ""),
                (f"  {step.detail}" if step.detail else "", "$muted"),
            )
        )
    if not detail.steps:
        lines.append(content("  The contact centre recorded no steps for this contact.", "$muted"))
    return lines


def _figures(one: PastInteraction) -> list[tuple[str, str]]:
    pairs = [("waited", wording.duration(one.wait_seconds))]
    if one.answered_at is not None:
        pairs += [("talked", wording.duration(one.talk_seconds)), ("held", wording.duration(one.hold_seconds))]
        pairs.append(("wrap-up", wording.duration(one.wrap_up_seconds)))
    pairs += [("offers", str(one.offers)), ("transfers", str(one.transfers))]
    if one.codes:
        pairs.append(("codes", ", ".join(one.codes)))
    return pairs


def interval_name(interval: Interval, width: float, days: CentreDays) -> str:
    """An interval by its time."""
    counts = interval.counts
    return axis.name(counts.since, counts.since + width, width, days)
