"""The reply: what the agent is writing to the customer of a written contact, to whom it goes and how safe it is."""

from collections.abc import Callable, Sequence

from textual import events
from textual.message import Message
from textual.widgets.text_area import Edit, EditResult, Location

from desktop.domain import select
from desktop.domain.entities.channels import TRAITS
from desktop.domain.entities.words import Channel, Verb
from desktop.domain.entities.wrap_up_record import DraftView
from desktop.domain.notes.canned_replies import CannedReply
from desktop.domain.text.sms import segments
from desktop.tui.agent.canned import SIGN, CannedChoice, choice, unfilled
from desktop.tui.agent.draft_editor import DraftEditor, is_written_to
from desktop.tui.keys.keys import shown
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.fitting import border_room, key_hints
from desktop.tui.widgets.pane import View
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.words import wording
from desktop.tui.words.titles import title
from desktop.words.catalogue import ntr, term, tr

_CONSENT = {Channel.SMS: "sms", Channel.EMAIL: "email"}
"""What the customer agreed to or refused, by the channel."""


class ReplyPane(DraftEditor):
    """The reply to the customer of the selected interaction. Enter is a line; nothing is sent by it."""

    DEFAULT_CSS = css_beside(__file__)
    in_message = True

    class Scrolled(Message):
        """The conversation above is to be read further up (negative) or down, by so many pages."""

        def __init__(self, pages: int) -> None:
            super().__init__()
            self.pages = pages

    class Offered(Message):
        """These canned replies are to be shown, or none any more."""

        def __init__(self, choice: CannedChoice | None) -> None:
            super().__init__()
            self.choice = choice

    def __init__(self) -> None:
        super().__init__("reply")
        self.canned: Callable[[], Sequence[CannedReply]] = tuple
        """The canned replies at hand; set by the app once there is a session."""
        self._choice: CannedChoice | None = None
        self._sign_at: int | None = None  # the line on which the list was asked for

    def words_of(self, draft: DraftView | None) -> str:
        """The reply."""
        return draft.reply if draft else ""

    def look(self, view: View) -> tuple[object, ...]:
        """The draft, the contact and who the customer is."""
        chosen = view.selected or ""
        state = view.state
        return (view.interaction, state.drafts.get(chosen), state.pops.get(chosen), state.capabilities)

    def draw(self, view: View) -> None:
        """Load another interaction's reply, and say to whom it goes and how safe it is."""
        if view.selected != self._of or not is_written_to(view):
            self._close_choice()
        self.take(view, closed=not is_written_to(view))
        self.border_title = line(*self._heading(view))
        hints = [(shown("finish"), tr("send")), (shown("note"), tr("note"))]
        hints += [(SIGN, tr("canned reply"))] if self.canned() else []
        keys = key_hints(max(0, border_room(self) - 24), hints) if is_written_to(view) else content("")
        self.border_subtitle = line(*self.marks(), *self._messages_needed(view), keys)

    def on_resize(self) -> None:
        """Fit the hints to the new width."""
        if self.view is not None:
            self.draw(self.view)

    def on_key(self, event: events.Key) -> None:
        """Page up and down read the conversation; the reply is short."""
        if event.key in ("pageup", "pagedown"):
            event.stop()
            event.prevent_default()
            self.post_message(self.Scrolled(-1 if event.key == "pageup" else 1))
        elif self._choose_with(event.key):
            event.stop()
            event.prevent_default()
        else:
            row, _ = self.cursor_location
            if event.character == SIGN and not self.read_only and not self.document.get_line(row):
                self._sign_at = row
            super().on_key(event)

    def edit(self, edit: Edit) -> EditResult:
        """See the base class; what is typed behind the sign narrows the list at once, not with a later message."""
        result = super().edit(edit)
        self._follow()
        return result

    def on_text_area_selection_changed(self, event: "DraftEditor.SelectionChanged") -> None:
        """See the base class; elsewhere in the text nothing is offered."""
        super().on_text_area_selection_changed(event)
        self._follow()

    def on_blur(self) -> None:
        """See the base class."""
        super().on_blur()
        self._close_choice()

    def insert_canned(self, at: int) -> None:
        """Insert one of those on offer in place of what was typed for it; the first gap in it is selected."""
        if self._choice is None or self._sign_at is None or not at < len(self._choice.texts):
            return
        text, row, (_, column) = self._choice.texts[at], self._sign_at, self.cursor_location
        self._close_choice()
        before = self.text
        self.replace(text, (row, 0), (row, column))
        if self.text != before and (gap := unfilled(text)) is not None:
            offset = len("".join(f"{one}\n" for one in before.split("\n")[:row]))
            self._select(offset + gap[0], offset + gap[1])

    def gap(self) -> str:
        """The first gap that an inserted text left and nobody has filled in, which is selected; "" where none is."""
        found = unfilled(self.text)
        if found is None:
            return ""
        self._select(*found)
        return self.text[slice(*found)]

    def _choose_with(self, key: str) -> bool:
        """Whether a key was meant for the list: while nothing fits, all but esc are for the text."""
        if self._choice is None:
            return False
        if key == "escape":
            self._close_choice()
        elif not self._choice.texts:
            return False
        elif key in ("up", "down"):
            self._show(self._choice.moved(-1 if key == "up" else 1))
        elif key == "enter":
            self.insert_canned(self._choice.at)
        else:
            return False
        return True

    def _follow(self) -> None:
        """Offer what fits the words between the sign and the cursor, or nothing any more."""
        if self._sign_at is None:
            return
        row, column = self.cursor_location
        text = self.document.get_line(row)[:column] if row == self._sign_at else ""
        if not text.startswith(SIGN) or self.view is None or not self.selection.is_empty:
            self._close_choice()
            return
        found = choice(self.canned(), self.view, text.removeprefix(SIGN))
        if found is None or self._choice is None or found.replies != self._choice.replies:
            self._show(found)

    def _close_choice(self) -> None:
        self._sign_at = None
        self._show(None)

    def _show(self, found: CannedChoice | None) -> None:
        if found is not None or self._choice is not None:
            self._choice = found
            self.post_message(self.Offered(found))

    def _select(self, start: int, end: int) -> None:
        self.move_cursor(_location(self.text, start))
        self.move_cursor(_location(self.text, end), select=True)

    def _heading(self, view: View) -> list[Part]:
        interaction = view.interaction
        if interaction is None or not is_written_to(view):
            return [(tr("reply"), "$muted")]
        under_way = view.state.pending.get(interaction.id, frozenset())
        on_offer = select.verbs_on_offer(view.state, interaction)
        if Verb.SEND_MESSAGE not in on_offer and Verb.SEND_MESSAGE not in under_way:
            return [(tr("reply"), "$muted"), (f" · {tr('not possible now')}", "$warning")]
        channel = term("channel", interaction.channel)
        whom = tr("reply to {who}", who=title(view.state, interaction))
        parts: list[Part] = [
            (f"{TRAITS[interaction.channel].sign} ", "$accent"),
            (whom, "bold"),
            (f" · {channel}", "$muted"),
        ]
        return [*parts, *self._consent(view, interaction.channel), *self._saved(view)]

    def _consent(self, view: View, channel: Channel) -> list[Part]:
        """Whether the customer refused messages of this kind; they wrote first, so that it is no more than a word."""
        pop = view.state.pops.get(view.selected or "")
        topic = _CONSENT.get(channel)
        if pop is None or pop.match is None or topic is None:
            return []
        refused = any(one.topic == topic and one.granted is False for one in pop.match.customer.consents)
        return [(f" · ✕ {tr('refused')}", "$error")] if refused else []

    def _saved(self, view: View) -> list[Part]:
        draft = view.state.drafts.get(view.selected or "")
        if draft is None or not draft.reply:
            return []
        if draft.problem:
            return [(" · ", ""), (tr("NOT SAVED: {why:clause}", why=draft.problem), "bold $error")]
        if draft.saved_at is None:
            return [(f" · {tr('saving …')}", "$muted")]
        return [(f" · {tr('draft saved {at}', at=wording.clock(draft.saved_at))}", "$success")]

    def _messages_needed(self, view: View) -> list[Part]:
        """How many text messages it takes, where each costs."""
        interaction = view.interaction
        if interaction is None or interaction.channel is not Channel.SMS or not self.text:
            return []
        count = segments(self.text)
        return [(ntr("{n} text message", "{n} text messages", count), "$warning" if count > 1 else "$muted"), "  "]


def _location(text: str, offset: int) -> Location:
    before = text[:offset]
    return before.count("\n"), len(before) - before.rfind("\n") - 1
