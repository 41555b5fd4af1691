"""A message to a customer outside of any contact: to which address, whether they allow it, the words, what became."""

from collections.abc import Callable
from math import ceil
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from desktop.app.conversations.customer_messages import CustomerMessages
from desktop.domain import select
from desktop.domain.conversations.message_drafts import message_to
from desktop.domain.entities.channels import TRAITS
from desktop.domain.entities.customer import Match
from desktop.domain.entities.model import Address
from desktop.domain.entities.words import Channel, DeliveryState
from desktop.domain.entities.wrap_up_record import DraftView
from desktop.domain.select import Recipient
from desktop.tui.agent.canned import SIGN, Reader, outside
from desktop.tui.agent.composer import Composer
from desktop.tui.keys.key import show
from desktop.tui.keys.keys import BY_ID, shown
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.fitting import border_room, key_hints
from desktop.tui.widgets.key_hint import key_hint
from desktop.tui.widgets.pane import Pane, View
from desktop.tui.widgets.safe_text import Part, line, lines
from desktop.tui.words import wording
from desktop.words.catalogue import in_words, tr

SUBJECT_LIMIT = 500
"""Characters that a subject may have."""
_SENT = 2
"""How many messages that went to the address are in sight."""


class MessageEditor(Composer):
    """The words of the message."""

    def __init__(self) -> None:
        super().__init__("message-text")
        self.draft_id: str | None = None
        self.of: Callable[[View], Reader | None] = lambda view: None
        """Whom it is for; set by the pane around it."""
        self.safety: Callable[[], None] = lambda: None
        """Says anew how safe the words are; set by the pane around it, whose title says so."""

    def retitle(self) -> None:
        """See the base class."""
        self.safety()

    def draft_of(self, view: View) -> str | None:
        """See the base class: a message belongs to no interaction."""
        return self.draft_id

    def reader(self, view: View) -> Reader | None:
        """See the base class."""
        return self.of(view)

    def look(self, view: View) -> tuple[object, ...]:
        """What is written."""
        return (self.draft_id, view.state.drafts.get(self.draft_id or ""))

    def draw(self, view: View) -> None:
        """Load the words of another message."""
        self.take(view, closed=self.draft_id is None)


class MessagePane(Pane, Vertical):
    """Stands in the right column in the card's place. What is written in it is the customer's, whoever is selected."""

    ticks: ClassVar[bool] = True
    DEFAULT_CSS = css_beside(__file__)

    def __init__(self) -> None:
        super().__init__(id="message")
        self.messages: CustomerMessages | None = None
        """Keeps what is written; set by the app once there is a session."""
        self.written: Callable[[str], DraftView | None] = lambda draft_id: None
        """What is written, down to the last key; likewise."""
        self._match: Match | None = None
        self._recipient: Recipient | None = None
        self._known: dict[str, tuple[Match, str]] = {}  # of each draft shown here: the customer and the address

    def compose(self) -> ComposeResult:
        """To whom, the subject of an e-mail, the words, what became of those before."""
        yield Static(id="message-to")
        yield Input(id="message-subject", placeholder=tr("Subject"), max_length=SUBJECT_LIMIT)
        yield MessageEditor()
        yield Static(id="message-sent")

    def on_mount(self) -> None:
        """The words are for whom the pane is for."""
        self.editor.of = self._reader
        self.editor.on_edit = self._edited
        self.editor.safety = self._retitle

    @property
    def editor(self) -> MessageEditor:
        """The field with the words."""
        return self.query_one(MessageEditor)

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return self.has_class("open")

    @property
    def draft_id(self) -> str | None:
        """Which draft is written on."""
        return self.editor.draft_id

    @property
    def subject(self) -> Input:
        """The field of the subject."""
        return self.query_one("#message-subject", Input)

    def open(self, match: Match, view: View) -> str:
        """Show it for a customer with the focus in the words; answers why nothing can be written to them, or ""."""
        name = match.customer.name
        options = self._options(match)
        if not options:
            if self.messages is None or not self.messages.channels:
                return tr("This profile has no message sender.")
            return tr("The card of {customer} has no address for a message.", customer=name)
        unfinished = select.unfinished_messages(view.state, match)
        allowed = [one for one in options if not self._refusal(view, match, one)]
        begun = [one for one in options if one.channel in unfinished]
        self._match = match
        self.add_class("open")
        self._turn_to((begun or allowed or options)[0], view)
        self.editor.focus()
        return ""

    def open_again(self, draft_id: str, view: View) -> bool:
        """Show a message that was written here before; False where its customer is not known any more."""
        match, to = self._known.get(draft_id, (None, ""))
        recipient = message_to(draft_id)
        if match is None or recipient is None:
            return False
        self._match = match
        self.add_class("open")
        self._turn_to(Recipient(recipient.channel, to), view)
        self.editor.focus()
        return True

    def next_address(self) -> bool:
        """Turn to the customer's next address; False where there is one only."""
        match, view = self._match, self.view
        options = self._options(match) if match is not None else ()
        if view is None or self._recipient is None or not (len(options) > 1 or self._recipient not in options):
            return False
        at = options.index(self._recipient) if self._recipient in options else -1
        before = self.draft_id
        self.tell()
        chosen = options[(at + 1) % len(options)]
        self._turn_to(chosen, view, as_begun=chosen.channel is not self._recipient.channel)
        record = self.written(self.draft_id or "")
        if self.draft_id == before and record is not None and self.messages is not None and match is not None:
            self.messages.write(self.draft_id or "", match, self._recipient.to)
        self.editor.focus()
        self._redraw()
        return True

    def close(self) -> None:
        """Hide it; what is written is kept."""
        if self.is_open:
            self.tell()
            self.editor.close_choice()
            self.remove_class("open")

    def tell(self) -> None:
        """Hand over what was typed since the last time, at once."""
        self.editor.tell()

    def gap(self) -> str:
        """The first gap of a canned text that nobody has filled in, which is selected; "" where none is."""
        return self.editor.gap()

    def reload(self, draft_id: str, text: str) -> None:
        """What is written is not what was typed here: it was sent, or taken back."""
        self.editor.replace_words(draft_id, text)
        self._redraw()

    def look(self, view: View) -> tuple[object, ...]:
        """What is written, to whom, and what became of what they were sent."""
        state = view.state
        return (state.drafts, state.sent, state.received, state.pops, view.preview) if self.is_open else ()

    def draw(self, view: View) -> None:
        """Draw it, with the customer's card as it is now."""
        match, recipient = self._match, self._recipient
        if not self.is_open or match is None or recipient is None:
            return
        self._match = match = _card_now(view, match)
        draft_id = self.editor.draft_id or ""
        self._known[draft_id] = (match, recipient.to)
        if self.messages is not None:
            self.messages.look(draft_id, match)
        record = self.written(draft_id)
        self._show_subject(record)
        self._retitle()
        refusal = self._refusal(view, match, recipient)
        self.query_one("#message-to", Static).update(self._whom(match, recipient, view))
        self.query_one("#message-sent", Static).update(self._became(recipient, record, view))
        allowed: Part = ("✕ ", "bold $error") if refusal else (f"✓ {tr('agreed')}  ", "$success")
        hints = [(shown("finish"), tr("send")), (show(BY_ID["customer_message"].anywhere[0]), tr("other address"))]
        if len(self._options(match)) < 2:
            del hints[1]
        hints += [(SIGN, tr("canned reply"))] if self.editor.canned() else []
        hints += [("esc", tr("close"))]
        marks = [*self.editor.marks(), *self.editor.messages_needed(recipient.channel), allowed]
        room = border_room(self) - line(*marks).cell_length
        self.border_subtitle = line(*marks, key_hints(max(0, room), hints))

    def on_resize(self) -> None:
        """Fit the hints to the new width."""
        self._redraw()

    def on_input_changed(self, event: Input.Changed) -> None:
        """The subject counts at once."""
        event.stop()
        match, to = self._known.get(self.draft_id or "", (None, ""))
        if self.messages is not None and match is not None and self.draft_id is not None:
            self.messages.write(self.draft_id, match, to, subject=event.value)
            self._redraw()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """From the subject to the words."""
        event.stop()
        self.editor.focus()

    def on_key(self, event: events.Key) -> None:
        """Up from the first line of the words leads to the subject, down from there back."""
        if self.subject.has_focus and event.key == "down":
            event.stop()
            self.editor.focus()
        elif self.subject.display and event.key == "up" and self.editor.cursor_location == (0, 0):
            event.stop()
            self.subject.focus()

    def _edited(self, draft_id: str, text: str) -> None:
        match, to = self._known.get(draft_id, (None, ""))
        if self.messages is not None and match is not None:
            self.messages.write(draft_id, match, to, text=text)

    def _turn_to(self, recipient: Recipient, view: View, *, as_begun: bool = True) -> None:
        """Write there; `as_begun`: what is written for that channel already stays for the address it was for."""
        match = self._match
        if match is None:
            return
        draft_id = select.message_draft(view.state, match, recipient.channel)
        record = self.written(draft_id)
        chosen = record.head.to[0] if as_begun and record is not None and record.head.to else recipient.to
        self._recipient = Recipient(recipient.channel, chosen)
        self._known[draft_id] = (match, self._recipient.to)
        self.editor.draft_id = draft_id
        self.set_class(recipient.channel is Channel.EMAIL, "mail")
        self.editor.draw(view)
        self.show(view)
        self.draw(view)

    def _show_subject(self, record: DraftView | None) -> None:
        """A field that shows what is kept; while nothing is, what is typed is blank."""
        subject = record.head.subject if record is not None else ""
        if self.subject.value != subject and not (self.subject.has_focus and not subject.strip()):
            with self.prevent(Input.Changed):
                self.subject.value = subject

    def _options(self, match: Match) -> tuple[Recipient, ...]:
        carried = self.messages.channels if self.messages is not None else frozenset()
        return tuple(one for one in select.recipients(match.customer) if one.channel in carried)

    def _reader(self, view: View) -> Reader | None:
        if self._match is None or self._recipient is None:
            return None
        return outside(view, self._match, self._recipient.channel)

    def _refusal(self, view: View, match: Match, recipient: Recipient) -> str:
        if recipient not in select.recipients(match.customer):
            return tr("not on the card any more")
        return in_words(select.message_refusal(view.state, match.customer, recipient.channel, recipient.to))

    def _retitle(self) -> None:
        if self.view is not None and self._match is not None and self._recipient is not None:
            self.border_title = line(*self._heading(self._match, self._recipient, self.view))

    def _heading(self, match: Match, recipient: Recipient, view: View) -> list[Part]:
        sign, name = TRAITS[recipient.channel].sign, match.customer.name
        what = tr("E-mail to {who}", who=name) if recipient.channel is Channel.EMAIL else tr("Text to {who}", who=name)
        saved = self.editor.saved(view.state.drafts.get(self.draft_id or ""))
        return [(f"{sign} ", "$accent"), (what, "bold"), *saved]

    def _whom(self, match: Match, recipient: Recipient, view: View) -> Content:
        """The addresses, the chosen one marked, and whether they allow a message there; if not to this one, why."""
        options = self._options(match)
        parts: list[Part] = []
        for one in options if recipient in options else (recipient, *options):
            allowed = not self._refusal(view, match, one)
            chosen = one == recipient
            parts += [("▸ " if chosen else "  ", "$accent"), f"{TRAITS[one.channel].sign} "]
            parts += [(_address(one), "bold" if chosen else "$muted")]
            parts += [(" ✓ " if allowed else " ✕ ", "$success" if allowed else "$error"), " "]
        refusal = self._refusal(view, match, recipient)
        return lines(line(*parts), line((f"✕ {refusal}", "bold $error"))) if refusal else line(*parts)

    def _became(self, recipient: Recipient, record: DraftView | None, view: View) -> Content:
        """What is held back or on its way, and what became of the last ones to this address."""
        rows: list[Content] = []
        sent = [one for one in view.state.sent.values() if one.to.casefold() == recipient.to.casefold()]
        for one in sent[-_SENT:]:
            sign, word, style = wording.DELIVERY[one.state]
            if one.is_in_outbox:
                failed = one.state is DeliveryState.FAILED
                word = tr("not sent, in the outbox") if failed else tr("in the outbox")
            rows.append(
                line((f"{sign} {word}", style), (f"  {wording.clock(one.at)[:5]}  ", "$muted"), _flat(one.text))
            )
        for out in record.outgoing if record is not None else ():
            if out.due is None:
                rows.append(line((f"◌ {tr('sending …')}  ", "$accent"), _flat(out.text)))
                continue
            left = max(0.0, out.due + view.state.skew - view.now)
            held = tr("goes in {n} s", n=ceil(left))
            back = key_hint(show(BY_ID["unlink"].anywhere[0]), tr("takes it back"), "  ")
            rows.append(line((f"◌ {held}  ", "bold $accent"), back, _flat(out.text)))
        return Content("\n").join([row.truncate(max(10, self.size.width - 4), ellipsis=True) for row in rows])

    def _redraw(self) -> None:
        if self.view is not None:
            self.draw(self.view)


def _address(recipient: Recipient) -> str:
    return wording.address(Address(TRAITS[recipient.channel].address, recipient.to))


def _flat(text: str) -> str:
    return " ".join(text.split())


def _card_now(view: View, match: Match) -> Match:
    """The customer as the newest card there is has them."""
    here = [pop.match for pop in view.state.pops.values()] + [view.preview]
    theirs = (one for one in here if one is not None and one.customer.id in match.ids)
    return max(theirs, key=lambda one: one.customer.fetched_at or 0.0, default=match)
