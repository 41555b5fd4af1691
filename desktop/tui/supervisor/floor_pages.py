"""The texts of the floor's pages: keys, definitions, the formulas side by side, the audit."""

from collections.abc import Sequence

from textual.content import Content

from desktop.domain.floor import AuditEntry
from desktop.domain.metrics import METRICS
from desktop.domain.model import QueueStats
from desktop.domain.service_level import Formula, compare
from desktop.tui import keys, wording
from desktop.tui.floor_keys import FLOOR_BY_ID, SHARED
from desktop.tui.key import show
from desktop.tui.safe_text import content, line
from desktop.tui.supervisor.figures import exact_share, share
from desktop.tui.supervisor.floor_view import FloorView, agent_name


def help_lines() -> list[Content]:
    """Every key of the supervisor's screen, by group."""
    lines: list[Content] = [
        content("Nothing is done before you have said why. Keys are about what is selected.", "$muted"),
        content("1 … 4 panes · tab and arrows move · enter looks into it · a click on a heading sorts.", "$muted"),
    ]
    for group in dict.fromkeys(key.group for key in FLOOR_BY_ID.values()):
        lines += [content(""), content(group, "bold $accent")]
        for key in FLOOR_BY_ID.values():
            if key.group == group:
                shown = " ".join(show(name) for name in key.letters)
                lines.append(line((f"  {shown:<8}", "bold $accent"), (f"{key.label:<16}", ""), (key.help, "$muted")))
    lines += [content(""), content("As on your desk", "bold $accent")]
    for name in SHARED:
        key = keys.BY_ID[name]
        shown = " ".join(show(one) for one in (*key.always, *key.letters))
        lines.append(line((f"  {shown:<12}", "bold $accent"), (f"{key.label:<12}", ""), (key.help, "$muted")))
    lines += [
        content(""),
        content("Signs", "bold $accent"),
        content(
            "  ✕ critical   ! warning   ~ forecast   · over, not yet acknowledged   ? asks for help   ◉ you hear them"
        ),
        content("  Rows are sorted anew once a second at most, and not while you move in them or answer a question."),
    ]
    return lines


def definition_lines(formula: Formula) -> list[Content]:
    """What each metric means, with its arithmetic."""
    lines: list[Content] = []
    for metric in METRICS.values():
        lines.append(line((metric.label, "bold"), (f"   {metric.id}", "$muted")))
        lines.append(content(f"  {metric.definition}"))
        ratio = metric.ratio_by(formula)
        if ratio is not None:
            named = f"{formula.label} ({', '.join(formula.known_as)}): " if metric.ratio is None else ""
            lines.append(content(f"  {named}{ratio.words}", "$accent"))
        lines.append(content(""))
    return lines[:-1]


def compare_lines(queue: QueueStats | None, view: FloorView) -> list[Content]:
    """Every formula over the same counts: value, whose it is, the arithmetic."""
    if queue is None or queue.counts is None:
        return [content("Nothing is counted for this queue.", "$muted")]
    counts = queue.counts
    threshold = wording.UNKNOWN if counts.threshold is None else f"{counts.threshold:.0f} s"
    lines = [
        line(
            (f"Since {wording.clock(counts.since)[:5]}, as of {wording.age(view.age_of(queue.as_of))}", "$muted"),
            (f" · in time is within {threshold}", "$muted"),
        ),
        content(""),
    ]
    for one in compare(counts):
        mark = "▸" if one.formula.id == view.formula.id else " "
        lines.append(
            line(
                (f"{mark} {exact_share(one.value):>9}  ", "bold" if mark == "▸" else ""),
                (f"{one.formula.label:<34}", "bold" if mark == "▸" else ""),
                (", ".join(one.formula.known_as), "$muted"),
            )
        )
        lines.append(
            line((f"{'':>13}{one.formula.ratio.words}", "$muted"), (f" = {one.numbers}" if one.numbers else "", ""))
        )
    if queue.service_level is not None:
        says = queue.service_level_formula or "by a formula of its own"
        lines += [
            content(""),
            line(("the centre's own ", "$muted"), share(queue.service_level), (f"  {says}", "$muted")),
        ]
    return lines


def audit_lines(entries: Sequence[AuditEntry], view: FloorView) -> list[Content]:
    """Who did what to whom and why, the newest first."""
    if not entries:
        return [content("Nothing was done yet.", "$muted")]
    lines = []
    for one in entries:
        done = one.outcome == "done"
        day = wording.day(one.at, view.now)
        lines.append(
            line(
                (f"{wording.clock(one.at)} ", "$muted"),
                (f"{day} " if day != "today" else "", "$muted"),
                (f"{one.by_name or one.by}  ", "bold"),
                (f"{one.verb.replace('_', ' ')}  ", "$accent"),
                (agent_name(view.state, one.subject), ""),
                (f"  {one.detail}" if one.detail else "", "$muted"),
                ("" if done else f"  ✕ {one.outcome}", "bold $warning"),
            )
        )
        lines.append(content(f"         {one.why}" if one.why else "         no reason was given", "$muted"))
    return lines
