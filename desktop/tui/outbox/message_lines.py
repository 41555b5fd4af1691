"""Messages from customers, and what became of those sent, as lines of a page."""

from textual.content import Content

from desktop.domain.entities.channels import TRAITS
from desktop.domain.entities.instant import Instant
from desktop.domain.entities.words import DeliveryState
from desktop.domain.state.state import AppState
from desktop.tui.widgets.safe_text import content, line
from desktop.tui.words import wording
from desktop.words.catalogue import tr


def message_lines(state: AppState, now: Instant) -> list[Content]:
    """What customers wrote and what became of what they were sent, the newest first; nothing where there is neither.

    Args:
        now: the server's time.
    """
    lines: list[Content] = []
    if state.received:
        lines.append(content(tr("Messages from customers"), "bold $accent"))
    for one in reversed(list(state.received.values())):
        lines.append(
            line(
                (f"{TRAITS[one.channel].sign} ", "$accent"),
                (wording.address(one.sender), "bold"),
                (f"   {wording.since(now - one.at)}", "$muted"),
                (f"   {tr('opted out')}" if one.opts_out else "", "bold $warning"),
            )
        )
        lines += [written for text in (one.subject, one.text) if text for written in _indented(text)]
    if state.sent:
        lines += [*([content("")] if lines else []), content(tr("Messages sent"), "bold $accent")]
    for sent in reversed(list(state.sent.values())):
        sign, word, style = wording.DELIVERY[sent.state]
        lines.append(
            line(
                (f"{sign} {word:<10}", style),
                (f"{TRAITS[sent.channel].sign} {sent.to or sent.id}", "bold"),
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
