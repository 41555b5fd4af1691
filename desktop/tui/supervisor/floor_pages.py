"""The texts of the floor's pages: keys, definitions, the formulas side by side, the audit."""

from collections.abc import Sequence

from desktop.domain.entities.floor import AuditEntry
from desktop.domain.entities.model import QueueStats
from desktop.domain.figures.metrics import METRICS
from desktop.domain.figures.service_level import Formula, compare
from desktop.tui.keys import keys
from desktop.tui.keys.floor_keys import FLOOR_BY_ID, SHARED
from desktop.tui.keys.key import show
from desktop.tui.supervisor.floor_view import FloorView, agent_name
from desktop.tui.widgets.page_text import Hanging, Line
from desktop.tui.widgets.safe_text import content, line
from desktop.tui.words import wording
from desktop.tui.words.figures import exact_share, share

_SIGNS = (
    ("✕", "critical alert"),
    ("!", "warning"),
    ("~", "forecast: will happen at the current rate"),
    ("·", "ended, not acknowledged"),
    ("?", "needs help"),
    ("◉", "you are on their call"),
    ("free/busy/in", "agents of a queue: free, busy, signed in"),
)


def help_lines() -> list[Line]:
    """Every key of the supervisor's screen, by group."""
    lines: list[Line] = [
        content("Every action asks for a reason first. Keys act on the selected row.", "$muted"),
        content("1 … 4 panes · tab and arrows move · enter opens the row · click a heading to sort", "$muted"),
    ]
    for group in dict.fromkeys(key.group for key in FLOOR_BY_ID.values()):
        lines += [content(""), content(group, "bold $accent")]
        for key in FLOOR_BY_ID.values():
            if key.group == group:
                shown = " ".join(show(name) for name in key.letters)
                lines.append(
                    Hanging(line((f"  {shown:<8}", "bold $accent"), f"{key.label:<16}"), content(key.help, "$muted"))
                )
    lines += [content(""), content("Same as on your desk", "bold $accent")]
    for name in SHARED:
        key = keys.BY_ID[name]
        shown = " ".join(show(one) for one in (*key.always, *key.letters))
        lines.append(Hanging(line((f"  {shown:<12}", "bold $accent"), f"{key.label:<12}"), content(key.help, "$muted")))
    lines += [
        content(""),
        content("Symbols", "bold $accent"),
        *(Hanging(line((f"  {sign:<14}", "bold")), content(means)) for sign, means in _SIGNS),
        Hanging(
            content("  "),
            content("Rows are re-sorted at most once a second, never while you move through them or answer a prompt."),
        ),
    ]
    return lines


def definition_lines(formula: Formula) -> list[Line]:
    """What each metric means, with its arithmetic."""
    lines: list[Line] = []
    for metric in METRICS.values():
        lines.append(line((metric.label, "bold"), (f"   {metric.id}", "$muted")))
        lines.append(Hanging(content("  "), content(metric.definition)))
        ratio = metric.ratio_by(formula)
        if ratio is not None:
            named = f"{formula.label} ({', '.join(formula.known_as)}): " if metric.ratio is None else ""
            lines.append(Hanging(content("  "), content(f"{named}{ratio.words}", "$accent")))
        lines.append(content(""))
    return lines[:-1]


def compare_lines(queue: QueueStats | None, view: FloorView) -> list[Line]:
    """Every formula over the same counts: value, whose it is, the arithmetic."""
    if queue is None or queue.counts is None:
        return [content("This queue has no counts.", "$muted")]
    counts = queue.counts
    threshold = wording.UNKNOWN if counts.threshold is None else f"{counts.threshold:.0f} s"
    lines: list[Line] = [
        line(
            (f"Since {wording.clock(counts.since)[:5]}, updated {wording.since(view.age_of(queue.as_of))}", "$muted"),
            (f' · "in time" means within {threshold}', "$muted"),
        ),
        content(""),
    ]
    for one in compare(counts):
        mark = "▸" if one.formula.id == view.formula.id else " "
        lines.append(
            Hanging(
                line((f"{mark} {exact_share(one.value):>9}  ", "bold" if mark == "▸" else "")),
                line(
                    (f"{one.formula.label:<39}", "bold" if mark == "▸" else ""),
                    (", ".join(one.formula.known_as), "$muted"),
                ),
            )
        )
        lines.append(
            Hanging(
                content(f"{'':>13}"),
                line((one.formula.ratio.words, "$muted"), f" = {one.numbers}" if one.numbers else ""),
            )
        )
    if queue.service_level is not None:
        says = queue.service_level_formula or "by its own formula"
        lines += [
            content(""),
            line(("contact centre's own figure ", "$muted"), share(queue.service_level), (f"  {says}", "$muted")),
        ]
    return lines


_AUDITED = {
    "listen": "listened to",
    "whisper": "whispered to",
    "barge": "joined the call of",
    "end_monitor": "stopped listening to",
    "take_over": "took over",
    "reassign": "reassigned",
    "move": "moved",
    "priority": "changed the priority of",
    "withdraw": "withdrew",
    "agent_state": "changed the state of",
    "answer_help": "answered the help request of",
    "message": "messaged",
    "acknowledge": "acknowledged",
}
"""What was done, as people say it; verbs of other centres stand as they are told."""
_WITHOUT_REASON = frozenset({"end_monitor", "answer_help", "acknowledge", "message"})
"""Verbs that nobody is asked a reason for."""


def audit_lines(entries: Sequence[AuditEntry], view: FloorView) -> list[Line]:
    """Who did what to whom and why, the newest first."""
    if not entries:
        return [content("No actions yet.", "$muted")]
    lines: list[Line] = []
    for one in entries:
        done = one.outcome == "done"
        day = wording.day(one.at, view.now)
        told = line(
            (f"{day} " if day != "today" else "", "$muted"),
            (f"{one.by_name or one.by}  ", "bold"),
            (f"{_AUDITED.get(one.verb) or one.verb.replace('_', ' ')}  ", "$accent"),
            (wording.number(one.subject_name) or agent_name(view.state, one.subject), ""),
            (f"  {one.detail}" if one.detail else "", "$muted"),
            ("" if done else f"  ✕ {one.outcome}", "bold $warning"),
        )
        lines.append(Hanging(content(f"{wording.clock(one.at)} ", "$muted"), told))
        if one.why or one.verb not in _WITHOUT_REASON:
            why = content(one.why) if one.why else content("no reason given", "$warning")
            lines.append(Hanging(content("         "), why))
    return lines
