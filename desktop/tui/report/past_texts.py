"""Single contacts of the past: rows of a list, and the timeline of one."""

from typing import Literal

from textual.content import Content

from desktop.app.history.centre_days import CentreDays
from desktop.app.history.evidence import Evidence
from desktop.domain.entities.history import Interval, PastInteraction
from desktop.domain.figures.service_level import Formula
from desktop.tui.report import axis
from desktop.tui.report.plots import readout
from desktop.tui.widgets.flowed_pairs import flowed
from desktop.tui.widgets.safe_text import content, line
from desktop.tui.widgets.table_columns import Column
from desktop.tui.widgets.table_rows import Row
from desktop.tui.words import past_words, wording
from desktop.tui.words.contact_evidence import Opened, recording_lines, word_lines
from desktop.words import formats
from desktop.words.catalogue import ptr, tr

MORE = "more"


def contact_columns() -> tuple[Column, ...]:
    """Those of a list of contacts."""
    return (
        Column(tr("arrived"), 16),
        Column("", 2, min_width=70),
        Column(ptr("past", "queue"), weight=2),
        Column(tr("customer"), weight=3),
        Column(tr("agent"), weight=2, min_width=76),
        _wide(tr("outcome"), 11),
        _wide(ptr("past", "waited"), 7, "right"),
        _wide(ptr("past", "talked"), 7, "right", 92),
        Column(tr("codes"), weight=2, min_width=110),
    )


def interval_columns() -> tuple[Column, ...]:
    """Those of a list of intervals."""
    return (
        Column(tr("interval"), 24),
        _wide(tr("offered"), 8, "right"),
        _wide(tr("answered"), 8, "right"),
        _wide(tr("abandoned"), 9, "right"),
        _wide(tr("SL"), 9, "right"),
        _wide(tr("ASA"), 6, "right"),
        _wide(tr("AHT"), 6, "right", 76),
        _wide(tr("occupancy"), 9, "right", 90),
    )


def _wide(title: str, cells: int, align: Literal["left", "right"] = "left", min_width: int = 0) -> Column:
    """A column of so many cells, of more where its title is longer."""
    return Column(title, max(cells, len(title)), align, min_width)


def interval_row(key: str, name: str, interval: Interval, formula: Formula) -> Row:
    """An interval with its figures."""
    figures = [value for _, value in readout(interval.counts, formula)]
    return Row(key, (name, *figures))


def contact_row(one: PastInteraction, days: CentreDays) -> Row:
    """A finished contact."""
    failed = one.outcome in ("abandoned", "failed")
    arrived = days.local(one.arrived_at)
    return Row(
        one.id,
        (
            f"{formats.short_weekday(arrived.weekday())} {arrived:%d %H:%M:%S}",
            wording.CHANNEL_SIGN.get(one.channel, "?"),
            one.queue,
            one.customer_name or wording.number(one.customer) or wording.WITHHELD,
            (one.agent_name or wording.UNKNOWN, "" if one.agent_name else "$muted"),
            (f"{'✕ ' if failed else ''}{past_words.outcome(one.outcome)}", "$warning" if failed else ""),
            wording.duration(one.wait_seconds),
            wording.duration(one.talk_seconds) if one.answered_at is not None else wording.UNKNOWN,
            (", ".join(one.codes), "$muted"),
        ),
    )


def more_row() -> Row:
    """The last row of a page that is not the last one."""
    return Row(MORE, ((tr("enter or end: show older contacts"), "$accent"),))


def timeline(
    evidence: Evidence, days: CentreDays, width: int, opened: Opened | None = None, *, recordings: bool
) -> list[Content]:
    """One contact whole: its figures, recordings, words, and what happened, each with the time since the one before.

    Args:
        width: cells of a line.
        opened: the recording that was opened last.
        recordings: whether they can be opened.
    """
    detail = evidence.detail
    one = detail.interaction
    heading = one.customer_name or wording.number(one.customer) or wording.WITHHELD
    sign = wording.CHANNEL_SIGN.get(one.channel)
    arrived = days.local(one.arrived_at)
    how = f"{past_words.channel(one.channel)}, {past_words.direction(one.direction)}"
    lines = [
        line(
            (f"{sign or past_words.channel(one.channel)} {heading}", "bold"),
            (f"   {wording.number(one.customer)}" if one.customer_name else "", "$muted"),
        ),
        line(
            (f"{formats.long_day(arrived.date())} {arrived:%H:%M:%S}", ""),
            (f" · {how} · {one.queue} · ", "$muted"),
            (past_words.outcome(one.outcome), "bold"),
            (f" · {one.agent_name}" if one.agent_name else "", ""),
        ),
        *flowed(_figures(one), width, style="bold"),
        *recording_lines(detail.recordings, opened, lambda at: f"{days.local(at):%H:%M:%S}", offered=recordings),
        *word_lines(evidence, lambda at: f"{days.local(at):%H:%M:%S}"),
        content(""),
        content(tr("events"), "bold $accent"),
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
                (f"{past_words.step(step.what):<12}", "bold"),
                (f"  {step.queue}" if step.queue else "", ""),
                (f"  {step.agent_name or step.agent_id}" if step.agent_id else "", ""),
                (f"  {step.detail}" if step.detail else "", "$muted"),
            )
        )
    if not detail.steps:
        lines.append(content(f"  {tr('The contact centre recorded no steps for this contact.')}", "$muted"))
    return lines


def _figures(one: PastInteraction) -> list[tuple[str, str]]:
    pairs = [(ptr("past", "waited"), wording.duration(one.wait_seconds))]
    if one.answered_at is not None:
        pairs += [
            (ptr("past", "talked"), wording.duration(one.talk_seconds)),
            (ptr("past", "held"), wording.duration(one.hold_seconds)),
        ]
        pairs.append((ptr("time", "wrap-up"), wording.duration(one.wrap_up_seconds)))
    pairs += [(tr("offers"), str(one.offers)), (tr("transfers"), str(one.transfers))]
    if one.codes:
        pairs.append((tr("codes"), ", ".join(one.codes)))
    return pairs


def interval_name(interval: Interval, width: float, days: CentreDays) -> str:
    """An interval by its time."""
    counts = interval.counts
    return axis.name(counts.since, counts.since + width, width, days)
