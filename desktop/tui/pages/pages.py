"""The texts of the pages: help from the table of keys, diagnostics from the state."""

from collections.abc import Sequence
from pathlib import Path
from platform import python_version

from textual.content import Content

from desktop.domain.entities.model import Instant
from desktop.domain.state.state import AppState
from desktop.tui.keys.key import show
from desktop.tui.keys.keys import BY_ID
from desktop.tui.widgets.page_text import Hanging, Line
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.words import wording
from desktop.words.catalogue import in_words, tr
from desktop.words.marks import mark

_WORDS = (
    (mark("saved"), mark("the note is on this machine's disk")),
    (mark("outbox"), mark("finished records the CRM does not have yet; they are sent automatically")),
    (
        mark("needs attention"),
        mark("refused, or not finished: {outbox:key} shows it, to complete it and send it again"),
    ),
    (mark("saved copy"), mark("what we knew of the customer last time, with its age")),
)


def help_lines() -> list[Line]:
    """Every key, by group."""
    lines: list[Line] = [
        content(
            tr("One key per action: F-keys while typing, letters outside fields, alt+letter anywhere; esc leaves one."),
            "$muted",
        ),
        content(
            tr("What cannot be undone names whom it affects first; the same key again does it, any other cancels."),
            "$muted",
        ),
        content(tr("1 … 9 select work · tab and arrows move · the mouse works but is never needed."), "$muted"),
        content(tr("In a note or a reply ctrl+z takes back what you typed, ctrl+y brings it back."), "$muted"),
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
    lines += [
        content(""),
        content(tr("Words"), "bold $accent"),
        *(Hanging(content(f"  {tr(word):<17}"), content(tr(means))) for word, means in _WORDS),
    ]
    return lines


def diagnostics_lines(state: AppState, now: Instant, *, log_path: Path, versions: Sequence[str]) -> list[Content]:
    """Every connection with its age, the clocks, the log, the versions, and what looked odd."""
    lines: list[Content] = [content(tr("Connections"), "bold $accent")]
    for name, health in sorted(state.health.items()):
        sign, word, style = wording.HEALTH[health.health]
        position = state.positions.get(name)
        heard = None if health.last_heard is None else now - health.last_heard
        parts: list[Part] = [
            (f"  {name:<16}", "bold"),
            (f"{sign} {tr(word):<11}", style),
            (tr("for {time}", time=wording.duration(now - health.since)), ""),
            (f"   {tr('last heard {ago}', ago=wording.since(heard))}", "$muted"),
        ]
        if position is not None:
            parts.append((f"   {tr('event {number}', number=f'{position.epoch}:{position.seq}')}", "$muted"))
            if position.healing:
                parts.append((f"   {tr('taking a snapshot')}", "$warning"))
        lines.append(line(*parts))
        if health.why:
            lines.append(content(f"    {in_words(health.why)}", "$warning"))
        offers = ", ".join(sorted(state.capabilities.get(name, ())))
        if offers:
            lines.append(content(f"    {tr('offers {what}', what=offers)}", "$muted"))
    lines += [
        content(""),
        content(tr("Clock"), "bold $accent"),
        content(f"  {_skew(state.skew)}"),
        content(""),
        content(tr("Outbox"), "bold $accent"),
        content(f"  {_outbox(state)}"),
        content(""),
        *_service_levels(state),
        content(tr("Program"), "bold $accent"),
        content(f"  Python {python_version()} · " + " · ".join(versions)),
        content(f"  {tr('log {path}', path=str(log_path))}"),
        content(f"  {_known(state)}"),
        content(""),
        content(tr("Recent messages"), "bold $accent"),
    ]
    lines += [line((f"  {wording.clock(n.at)} ", "$muted"), in_words(n.text)) for n in reversed(state.notices[-12:])]
    if state.oddities:
        lines += [
            content(""),
            content(tr("Warnings"), "bold $accent"),
            *(content(f"  {in_words(odd)}") for odd in state.oddities),
        ]
    return lines


def _skew(seconds: float) -> str:
    return tr("the server is {seconds:+.2f} s from this machine; every time on screen is the server's", seconds=seconds)


def _outbox(state: AppState) -> str:
    outbox = state.outbox
    counts = tr("{waiting} waiting, {parked} need attention", waiting=outbox.waiting, parked=outbox.parked)
    return f"{counts}  {in_words(outbox.why)}"


def _known(state: AppState) -> str:
    return tr(
        "{interactions} interactions, {agents} agents, {people} people known",
        interactions=len(state.interactions),
        agents=len(state.agents),
        people=len(state.people),
    )


def _service_levels(state: AppState) -> list[Content]:
    """How each contact centre counts its service level: the border of the queues has little room for it."""
    formulas = dict.fromkeys(queue.service_level_formula for queue in state.queues.values())
    lines = [content(f"  {tr('SL is {formula}', formula=formula)}") for formula in formulas if formula]
    return [content(tr("Queues"), "bold $accent"), *lines, content("")] if lines else []
