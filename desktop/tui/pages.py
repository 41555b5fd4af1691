"""The texts of the pages: help from the table of keys, diagnostics from the state, the outbox from its rows."""

import json
from collections.abc import Sequence
from pathlib import Path
from platform import python_version
from typing import TYPE_CHECKING

from textual.content import Content

from desktop.domain.model import Instant
from desktop.domain.state import AppState
from desktop.domain.words import DeliveryState
from desktop.tui import wording
from desktop.tui.key import show
from desktop.tui.keys import BY_ID, shown
from desktop.tui.page_text import Hanging, Line
from desktop.tui.safe_text import Part, content, line

if TYPE_CHECKING:
    from desktop.app.outbox_rows import OutboxRow


_WORDS = (
    ("saved", "the note is on this machine's disk"),
    ("outbox", "finished records that the CRM does not have yet; they go by themselves"),
    ("needs you", "refused, or not finished: {outbox} shows it, {retry} there sends it again"),
    ("kept here", "what we knew of the customer last time, with its age"),
)


def help_lines() -> list[Line]:
    """Every key, by group."""
    lines: list[Line] = [
        content(
            "One key a verb. F-keys and alt-keys work while typing; letters when not (esc leaves a field).", "$muted"
        ),
        content("1 … 9 select work · tab and arrows move · the mouse works and is never needed.", "$muted"),
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
    printed = {name: shown(name) for name in ("outbox", "retry")}
    lines += [
        content(""),
        content("Words", "bold $accent"),
        *(Hanging(content(f"  {word:<13}"), content(means.format_map(printed))) for word, means in _WORDS),
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
            lines.append(content(f"    {health.why}", "$warning"))
        offers = ", ".join(sorted(state.capabilities.get(name, ())))
        if offers:
            lines.append(content(f"    offers {offers}", "$muted"))
    lines += [
        content(""),
        content("Clock", "bold $accent"),
        content(f"  the server is {state.skew:+.2f} s from this machine; every time on screen is the server's"),
        content(""),
        content("Outbox", "bold $accent"),
        content(f"  {state.outbox.waiting} waiting, {state.outbox.parked} need you  {state.outbox.why}"),
        content(""),
        *_service_levels(state),
        content("Program", "bold $accent"),
        content(f"  Python {python_version()} · " + " · ".join(versions)),
        content(f"  log {log_path}"),
        content(
            f"  {len(state.interactions)} interactions, {len(state.agents)} agents, {len(state.people)} people known"
        ),
        content(""),
        content("What was told", "bold $accent"),
    ]
    lines += [line((f"  {wording.clock(n.at)} ", "$muted"), n.text) for n in reversed(state.notices[-12:])]
    if state.oddities:
        lines += [
            content(""),
            content("What looked odd", "bold $accent"),
            *(content(f"  {odd}") for odd in state.oddities),
        ]
    return lines


def _service_levels(state: AppState) -> list[Content]:
    """How each contact centre counts its service level: the border of the queues has little room for it."""
    formulas = dict.fromkeys(queue.service_level_formula for queue in state.queues.values())
    lines = [content(f"  SL is {formula}") for formula in formulas if formula]
    return [content("Queues", "bold $accent"), *lines, content("")] if lines else []


def outbox_lines(rows: Sequence["OutboxRow"], state: AppState, now: Instant) -> list[Content]:
    """Every record that is not delivered, with its reason and its text; then messages sent and received."""
    messages = _messages(state, now)
    if not rows:
        return [content("Everything has been delivered.", "$success"), *messages]
    lines: list[Content] = [
        line(
            (shown("retry"), "bold $accent"),
            (" sends all of it again. Nothing here is ever dropped.", "$muted"),
        ),
        content(""),
    ]
    for row in rows:
        parked = row.state == "parked"
        lines.append(
            line(
                ("✕ needs you " if parked else "◌ waiting   ", "bold $error" if parked else "$warning"),
                (f"{row.kind.replace('_', ' ')} for {row.target}", "bold"),
                (f"   {wording.since(now - row.created_at)}, tried {row.attempts}×", "$muted"),
            )
        )
        if row.reason:
            lines.append(content(f"    {row.reason}", "$warning"))
        lines += [one for text in _text_of(row) for one in _indented(text)]
        lines.append(content(""))
    return lines[:-1] + messages


def _messages(state: AppState, now: Instant) -> list[Content]:
    """What customers wrote and what became of what they were sent, the newest first."""
    lines: list[Content] = []
    if state.received:
        lines += [content(""), content("Messages from customers", "bold $accent")]
    for one in reversed(list(state.received.values())):
        lines.append(
            line(
                (f"{wording.CHANNEL_SIGN[one.channel]} ", "$accent"),
                (wording.address(one.sender), "bold"),
                (f"   {wording.since(now - one.at)}", "$muted"),
                ("   wants no more messages" if one.opts_out else "", "bold $warning"),
            )
        )
        lines += [written for text in (one.subject, one.text) if text for written in _indented(text)]
    if state.sent:
        lines += [content(""), content("Messages sent", "bold $accent")]
    for sent in reversed(list(state.sent.values())):
        sign, word, style = wording.DELIVERY[sent.state]
        lines.append(
            line(
                (f"{sign} {word:<10}", style),
                (f"{wording.CHANNEL_SIGN[sent.channel]} {sent.to or sent.id}", "bold"),
                (f"   {wording.since(now - sent.at)}", "$muted"),
                (
                    f"   {sent.detail}" if sent.detail else "",
                    "$warning" if sent.state is DeliveryState.FAILED else "$muted",
                ),
            )
        )
        if sent.text:
            lines += _indented(sent.text, "$muted")
    return lines


def _indented(text: str, style: str = "") -> list[Content]:
    """A text of several lines as it was written, each of them on its own."""
    return [content(f"    {one}", style) for one in text.replace("\r\n", "\n").split("\n")]


def _text_of(row: "OutboxRow") -> list[str]:
    try:
        payload = json.loads(row.payload)
    except ValueError:
        return [row.payload]
    if not isinstance(payload, dict):
        return [str(payload)]
    text = [str(payload[name]) for name in ("note", "text", "subject") if payload.get(name)]
    codes = payload.get("codes")
    if isinstance(codes, list) and codes:
        text.insert(0, "codes " + ", ".join(map(str, codes)))
    return text or ["(no text)"]
