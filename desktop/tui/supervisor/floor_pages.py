"""The texts of the floor's pages: keys, definitions, the formulas side by side, the audit."""

from collections.abc import Sequence
from typing import Final

from desktop.domain.entities.floor import AuditEntry, BroadcastDelivery, FloorVerb, Reached
from desktop.domain.entities.model import Instant, QueueStats
from desktop.domain.figures.metrics import METRICS
from desktop.domain.figures.service_level import Formula, compare
from desktop.domain.select.floor_verbs import VERBS
from desktop.tui.keys import keys
from desktop.tui.keys.floor_keys import FLOOR_BY_ID, SHARED
from desktop.tui.keys.key import show
from desktop.tui.supervisor.floor_view import FloorView, agent_name
from desktop.tui.supervisor.verb_words import OTHER_DEEDS, SHOWN
from desktop.tui.widgets.page_text import Hanging, Line
from desktop.tui.widgets.safe_text import content, line
from desktop.tui.words import wording
from desktop.tui.words.figures import exact_share, share
from desktop.words.catalogue import in_words, ptr, term, tr
from desktop.words.figures import arithmetic, arithmetic_of, definition, known_as
from desktop.words.marks import mark

_SIGNS = (
    ("✕", mark("critical alert")),
    ("!", mark("warning")),
    ("~", mark("forecast: will happen at the current rate")),
    ("·", mark("ended, not acknowledged")),
    ("?", mark("needs help")),
    ("◉", mark("you are on their call")),
    ("▼", mark("service level below its target")),
    ("◐", mark("figures of a queue that are out of date")),
    ("▂▆ ┄", mark("service level by quarter hour: low bars miss the target, which stands after ┄")),
)


def help_lines() -> list[Line]:
    """Every key of the supervisor's screen, by group."""
    lines: list[Line] = [
        content(tr("What changes something asks for a reason first. Keys act on the selected row."), "$muted"),
        content(tr("1 … 4 panes · tab and arrows move · enter opens the row · click a heading to sort"), "$muted"),
    ]
    for group in dict.fromkeys(key.group for key in FLOOR_BY_ID.values()):
        lines += [content(""), content(group, "bold $accent")]
        for key in FLOOR_BY_ID.values():
            if key.group == group:
                shown = " ".join(show(name) for name in key.letters)
                lines.append(
                    Hanging(line((f"  {shown:<8}", "bold $accent"), f"{key.label:<17}"), content(key.help, "$muted"))
                )
    lines += [content(""), content(tr("Same as on your desk"), "bold $accent")]
    for name in SHARED:
        key = keys.BY_ID[name]
        shown = " ".join(show(one) for one in (*key.always, *key.letters))
        lines.append(Hanging(line((f"  {shown:<12}", "bold $accent"), f"{key.label:<12}"), content(key.help, "$muted")))
    lines += [
        content(""),
        content(tr("Symbols"), "bold $accent"),
        *(Hanging(line((f"  {tr(sign):<14}", "bold")), content(tr(means))) for sign, means in _SIGNS),
        Hanging(
            content("  "),
            content(
                tr("Rows are re-sorted at most once a second, never while you move through them or answer a prompt.")
            ),
        ),
    ]
    return lines


def definition_lines(formula: Formula) -> list[Line]:
    """What each metric means, with its arithmetic."""
    lines: list[Line] = []
    for metric in METRICS.values():
        lines.append(line((term("figure", metric.id), "bold"), (f"   {metric.id}", "$muted")))
        lines.append(Hanging(content("  "), content(definition(metric.id))))
        ratio = metric.ratio_by(formula)
        if ratio is not None:
            label = term("formula", formula.id)
            named = f"{label} ({', '.join(known_as(formula))}): " if metric.ratio is None else ""
            lines.append(Hanging(content("  "), content(f"{named}{arithmetic(ratio)}", "$accent")))
        lines.append(content(""))
    return lines[:-1]


def compare_lines(queue: QueueStats | None, view: FloorView) -> list[Line]:
    """Every formula over the same counts: value, whose it is, the arithmetic."""
    if queue is None or queue.counts is None:
        return [content(tr("This queue has no counts."), "$muted")]
    counts = queue.counts
    threshold = wording.limit(counts.threshold)
    in_time = tr('"in time" means within {threshold}', threshold=threshold)
    lines: list[Line] = [
        line(
            (
                tr(
                    "Since {at}, updated {ago}",
                    at=wording.clock(counts.since)[:5],
                    ago=wording.since(view.age_of(queue.as_of)),
                ),
                "$muted",
            ),
            (f" · {in_time}", "$muted"),
        ),
        content(""),
    ]
    for one in compare(counts):
        chosen = one.formula.id == view.formula.id
        numbers = arithmetic_of(one.formula.ratio, counts)
        lines.append(
            Hanging(
                line((f"{'▸' if chosen else ' '} {exact_share(one.value):>9}  ", "bold" if chosen else "")),
                line(
                    (f"{term('formula', one.formula.id):<39}", "bold" if chosen else ""),
                    (", ".join(known_as(one.formula)), "$muted"),
                ),
            )
        )
        lines.append(
            Hanging(
                content(f"{'':>13}"),
                line((arithmetic(one.formula.ratio), "$muted"), f" = {numbers}" if numbers else ""),
            )
        )
    if queue.service_level is not None:
        own = tr("contact centre's own figure")
        says = queue.service_level_formula or tr("by its own formula")
        lines += [
            content(""),
            line((f"{own} ", "$muted"), share(queue.service_level), (f"  {says}", "$muted")),
        ]
    return [*lines, *_assumed(queue, view)]


def _assumed(queue: QueueStats, view: FloorView) -> list[Line]:
    """What stands behind the sentence on one agent more."""
    found = view.what_if.value if view.what_if.of == f"{queue.name}|{view.formula.id}" else None
    if found is None or not found.steps or not found.assumes:
        return []
    return [
        content(""),
        content(tr("What-if assumes"), "bold $accent"),
        *(Hanging(content("  "), content(in_words(one))) for one in found.assumes),
    ]


def _did(verb: str) -> str:
    """What was done, as people say it; verbs of other centres stand as they are told."""
    did = SHOWN[FloorVerb(verb)].did if verb in set(FloorVerb) else OTHER_DEEDS.get(verb)
    return ptr("audit", did) if did else verb.replace("_", " ")


def _is_reasoned(verb: str) -> bool:
    """Whether somebody is asked for a reason; of a verb of another centre nobody knows."""
    return VERBS[FloorVerb(verb)].reasoned if verb in set(FloorVerb) else verb not in OTHER_DEEDS


def _day(at: Instant, now: Instant) -> str:
    """The day, where it is not today."""
    day = wording.day(at, now)
    return "" if day == wording.day(now, now) else f"{day} "


def audit_lines(entries: Sequence[AuditEntry], view: FloorView) -> list[Line]:
    """Who did what to whom and why, the newest first."""
    if not entries:
        return [content(tr("No actions yet."), "$muted")]
    lines: list[Line] = []
    for one in entries:
        done = one.outcome == "done"
        told = line(
            (_day(one.at, view.now), "$muted"),
            (f"{one.by_name or one.by}  ", "bold"),
            (f"{_did(one.verb)}  ", "$accent"),
            (wording.number(one.subject_name) or agent_name(view.state, one.subject), ""),
            (f"  {one.detail}" if one.detail else "", "$muted"),
            ("" if done else f"  ✕ {one.outcome}", "bold $warning"),
        )
        lines.append(Hanging(content(f"{wording.clock(one.at)} ", "$muted"), told))
        if one.why or _is_reasoned(one.verb):
            why = content(one.why) if one.why else content(tr("no reason given"), "$warning")
            lines.append(Hanging(content("         "), why))
    return lines


def broadcast_lines(deliveries: Sequence[BroadcastDelivery], text: str, view: FloorView) -> list[Line]:
    """What became of a message to several agents, at each of them; those it did not reach first."""
    order = (Reached.FAILED, Reached.REFUSED, Reached.LATER, Reached.DELIVERED)
    lines: list[Line] = [content(f"“{text}”", "bold"), content("")]
    for one in sorted(deliveries, key=lambda each: order.index(each.reached)):
        sign, word, style = _REACHED[one.reached]
        lines.append(
            line((f" {sign} ", style), (f"{agent_name(view.state, one.agent_id):<28}  ", ""), (tr(word), style))
        )
    return lines


_REACHED: Final = {
    Reached.DELIVERED: ("✓", mark("delivered"), "$success"),
    Reached.LATER: ("◷", mark("signed out, sees it when they sign in"), "$warning"),
    Reached.REFUSED: ("✕", mark("not in your team, not sent"), "$error"),
    Reached.FAILED: ("✕", mark("not taken by their contact centre"), "$error"),
}
