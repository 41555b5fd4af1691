"""A written contact as it is being written: who wrote what and when, read along over the floor."""

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message as Told

from desktop.domain.entities.floor import FloorVerb
from desktop.domain.entities.model import Interaction, Message
from desktop.domain.entities.words import DeliveryState
from desktop.domain.select.floor_verbs import standing
from desktop.tui.keys.floor_keys import FLOOR_BY_ID
from desktop.tui.supervisor.actions.target import contact_in_sight, target_read
from desktop.tui.supervisor.contact import contact_of_interaction, named
from desktop.tui.supervisor.floor_view import FloorView, agent_name
from desktop.tui.supervisor.panels.floor_pane import FloorPane
from desktop.tui.supervisor.verb_words import SHOWN
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.page_text import Hanging, Line, PageText
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.words import wording
from desktop.words.catalogue import in_words, ntr, tr

_ACTS: Final = (FloorVerb.MESSAGE, FloorVerb.TAKE_OVER)
MOST: Final = 500
"""So many messages are shown, the newest."""
LONGEST: Final = 20_000
"""Characters of one message that are shown."""


class ThreadPanel(FloorPane, VerticalScroll, can_focus=True):
    """Opened by a key, closed by esc; stays at the end while more is written, unless one has scrolled up."""

    ticks: ClassVar[bool] = True
    DEFAULT_CSS = css_beside(__file__)

    class Closed(Told):
        """It went away."""

    def __init__(self) -> None:
        super().__init__(id="thread")
        self.contact_id = ""
        self._lines: object = None

    def compose(self) -> ComposeResult:
        """One text."""
        yield PageText(id="thread-text")

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return bool(self.contact_id)

    def open(self, contact_id: str) -> None:
        """Show a contact's thread from now on."""
        self.contact_id, self._lines = contact_id, None
        self.query_one(PageText).set_lines([content(tr("Asking …"), "$muted")])
        self.add_class("open")
        self.focus()

    def close(self) -> None:
        """Hide it."""
        if self.contact_id:
            self.contact_id = ""
            self.remove_class("open")
            self.post_message(self.Closed())

    def on_key(self, event: events.Key) -> None:
        """What lies below is not turned to."""
        if event.key in ("tab", "shift+tab"):
            event.stop()
            event.prevent_default()

    def look_at(self, view: FloorView) -> tuple[object, ...]:
        """The thread, and who has it."""
        return (view.thread, view.state.agents)

    def draw_floor(self, view: FloorView) -> None:
        """Show what is known of it."""
        known = view.thread
        if not self.is_open or known.of != self.contact_id:
            return
        self.border_title = line(*self._titled(view))
        self.border_subtitle = line(*_keys(view), key_hint("esc", tr("close")))
        shown = (known.value.messages if known.value is not None else None, known.problem)
        if shown == self._lines:
            return
        at_end = self._lines is None or self.scroll_offset.y >= self.max_scroll_y
        self._lines = shown
        lines: list[Line] = [content(in_words(known.problem), "$warning")] if known.problem else []
        if known.value is not None:
            lines += thread_lines(known.value, view)
        self.query_one(PageText).set_lines(lines)
        if at_end:
            self.call_after_refresh(self.scroll_end, animate=False)

    def _titled(self, view: FloorView) -> tuple[Part, ...]:
        who = standing(view.state)
        contact = contact_in_sight(view, who, self.contact_id)
        if contact is None and view.thread.value is not None:
            contact = contact_of_interaction(view.thread.value, who)
        if contact is None:
            return ()
        age = None if view.thread.at is None else view.now - view.thread.at
        has = f" · {agent_name(view.state, contact.agent_id)}" if contact.agent_id else ""
        heard = (f" · {tr('updated {ago}', ago=wording.since(age))}", "$muted")
        return ((f"{named(contact, view.now)}{has}", ""), heard)


def _keys(view: FloorView) -> Sequence[Part]:
    """What can be done about the contact and whoever has it by now."""
    who = standing(view.state)
    offered = target_read(view, who).offered(who)
    names = [SHOWN[verb].key for verb in _ACTS if verb in offered]
    keys = [FLOOR_BY_ID[name] for name in (*(["acts"] if offered else []), *names)]
    return [key_hint(key.shown, key.label, "  ") for key in keys]


def thread_lines(interaction: Interaction, view: FloorView) -> Sequence[Line]:
    """The messages, the oldest first; before them what it is about."""
    lines: list[Line] = []
    if interaction.subject:
        lines += [line((f"{tr('Subject')}  ", "$muted"), (interaction.subject, "bold")), content("")]
    if not interaction.messages:
        lines.append(content(tr("Nothing has been written yet."), "$muted"))
    left_out = len(interaction.messages) - MOST
    if left_out > 0:
        lines += [content(ntr("{n} earlier message", "{n} earlier messages", left_out), "$muted"), content("")]
    for one in interaction.messages[-MOST:]:
        lines += _message(one, interaction, view)
    return lines


def _message(message: Message, interaction: Interaction, view: FloorView) -> list[Line]:
    day = wording.day(message.at, view.now)
    at = f"{'' if day == wording.day(view.now, view.now) else f'{day} '}{wording.clock(message.at)[:5]} "
    if message.author not in ("customer", "agent"):
        return [line((at, "$muted"), (f"· {message.text}", "$muted")), content("")]
    if message.author == "agent":
        author, style = agent_name(view.state, interaction.agent_id or "") or tr("agent"), "bold $accent"
    else:
        author, style = interaction.customer_name or wording.address(interaction.customer), "bold"
    failed = f"  ✕ {tr('not delivered')}" if message.delivery is DeliveryState.FAILED else ""
    written = message.text[:LONGEST].splitlines()
    said = [Hanging(content("  "), content(text, limit=LONGEST)) for text in written]
    return [line((at, "$muted"), (author, style), (failed, "bold $error")), *said, content("")]
