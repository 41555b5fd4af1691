"""The texts of the pages: help from the table of keys, diagnostics from the state."""

from collections.abc import Sequence
from pathlib import Path
from platform import python_version

from textual.content import Content

from desktop.domain.entities.model import Instant
from desktop.domain.state.state import AppState
from desktop.tui.keys.key import show
from desktop.tui.keys.keys import BY_ID, shown
from desktop.tui.widgets.page_text import Hanging, Line
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.words import wording
from desktop.words.catalogue import in_words

_WORDS = (
    ("saved", "the note is on this machine's disk"),
    ("outbox", "finished records the CRM does not have yet; they are sent automatically"),
    ("needs attention", "refused, or not finished: {outbox} shows it, to complete it and send it again"),
    ("saved copy", "what we knew of the customer last time, with its age"),
)


def help_lines() -> list[Line]:
    """Every key, by group."""
    lines: list[Line] = [
        content(
            "One key per action: F-keys while typing, letters outside fields, alt+letter anywhere; esc leaves one.",
            "$muted",
        ),
        content(
            "What cannot be undone names whom it affects first; the same key again does it, any other cancels.",
            "$muted",
        ),
        content("1 … 9 select work · tab and arrows move · the mouse works but is never needed.", "$muted"),
    ]
    for group in dict.fromkeys(key.group for key in BY_ID.values()):
        lines += [content(""), content(group, "bold $accent")]
        for key in BY_ID.values():
            if key.group == group:
                always = " ".join(show(name) for name in key.always)
                letters = " ".join(show(name) for name in key.letters)
                lines.append(
                    Hanging(line((f"  {always:<22}", "bold $accent"), (f"{letters:<4}", "$accent")), content(key.help))
                )
    printed = {name: shown(name) for name in ("outbox",)}
    lines += [
        content(""),
        content("Words", "bold $accent"),
        *(Hanging(content(f"  {word:<17}"), content(means.format_map(printed))) for word, means in _WORDS),
    ]
    return lines


def diagnostics_lines(state: AppState, now: Instant, *, log_path: Path, versions: Sequence[str]) -> list[Content]:
    """Every connection with its age, the clocks, the log, the versions, and what looked odd."""
    lines: list[Content] = [content("Connections", "bold $accent")]
    for name, health in sorted(state.health.items()):
        sign, word, style = wording.HEALTH[health.health]
        position = state.positions.get(name)
        heard = None if health.last_heard is None else now - health.last_heard
        parts: list[Part] = [
            (f"  {name:<16}", "bold"),
            (f"{sign} {word:<11}", style),
            (f"for {wording.duration(now - health.since)}", ""),
            (f"   last heard {wording.since(heard)}", "$muted"),
        ]
        if position is not None:
            parts.append((f"   event {position.epoch}:{position.seq}", "$muted"))
            if position.healing:
                parts.append(("   taking a snapshot", "$warning"))
        lines.append(line(*parts))
        if health.why:
            lines.append(content(f"    {in_words(health.why)}", "$warning"))
        offers = ", ".join(sorted(state.capabilities.get(name, ())))
        if offers:
            lines.append(content(f"    offers {offers}", "$muted"))
    lines += [
        content(""),
        content("Clock", "bold $accent"),
        content(f"  the server is {state.skew:+.2f} s from this machine; every time on screen is the server's"),
        content(""),
        content("Outbox", "bold $accent"),
        content(f"  {state.outbox.waiting} waiting, {state.outbox.parked} need attention  {state.outbox.why}"),
        content(""),
        *_service_levels(state),
        content("Program", "bold $accent"),
        content(f"  Python {python_version()} · " + " · ".join(versions)),
        content(f"  log {log_path}"),
        content(
            f"  {len(state.interactions)} interactions, {len(state.agents)} agents, {len(state.people)} people known"
        ),
        content(""),
        content("Recent messages", "bold $accent"),
    ]
    lines += [line((f"  {wording.clock(n.at)} ", "$muted"), in_words(n.text)) for n in reversed(state.notices[-12:])]
    if state.oddities:
        lines += [
            content(""),
            content("Warnings", "bold $accent"),
            *(content(f"  {in_words(odd)}") for odd in state.oddities),
        ]
    return lines


def _service_levels(state: AppState) -> list[Content]:
    """How each contact centre counts its service level: the border of the queues has little room for it."""
    formulas = dict.fromkeys(queue.service_level_formula for queue in state.queues.values())
    lines = [content(f"  SL is {formula}") for formula in formulas if formula]
    return [content("Queues", "bold $accent"), *lines, content("")] if lines else []
