"""The reply: what the agent is writing to the customer of a written contact, to whom it goes and how safe it is."""

from textual import events
from textual.message import Message

from desktop.domain import select
from desktop.domain.entities.channels import TRAITS
from desktop.domain.entities.words import Channel, Verb
from desktop.tui.agent.canned import SIGN, Reader, of_contact
from desktop.tui.agent.composer import Composer
from desktop.tui.agent.draft_editor import is_written_to
from desktop.tui.keys.keys import shown
from desktop.tui.widgets.css import css_beside
from desktop.tui.widgets.fitting import border_room, key_hints
from desktop.tui.widgets.pane import View
from desktop.tui.widgets.safe_text import Part, content, line
from desktop.tui.words.titles import title
from desktop.words.catalogue import term, tr

_CONSENT = {Channel.SMS: "sms", Channel.EMAIL: "email"}
"""What the customer agreed to or refused, by the channel."""


class ReplyPane(Composer):
    """The reply to the customer of the selected interaction. Enter is a line; nothing is sent by it."""

    DEFAULT_CSS = css_beside(__file__)

    class Scrolled(Message):
        """The conversation above is to be read further up (negative) or down, by so many pages."""

        def __init__(self, pages: int) -> None:
            super().__init__()
            self.pages = pages

    def __init__(self) -> None:
        super().__init__("reply")

    def reader(self, view: View) -> Reader | None:
        """See the base class."""
        return of_contact(view)

    def look(self, view: View) -> tuple[object, ...]:
        """The draft, the contact and who the customer is."""
        chosen = view.selected or ""
        state = view.state
        return (view.interaction, state.drafts.get(chosen), state.pops.get(chosen), state.capabilities)

    def draw(self, view: View) -> None:
        """Load another interaction's reply, and say to whom it goes and how safe it is."""
        if view.selected != self._of or not is_written_to(view):
            self.close_choice()
        self.take(view, closed=not is_written_to(view))
        self.retitle()
        hints = [(shown("finish"), tr("send")), (shown("note"), tr("note"))]
        hints += [(SIGN, tr("canned reply"))] if self.canned() else []
        keys = key_hints(max(0, border_room(self) - 24), hints) if is_written_to(view) else content("")
        channel = view.interaction.channel if view.interaction is not None else None
        self.border_subtitle = line(*self.marks(), *self.messages_needed(channel), keys)

    def retitle(self) -> None:
        """See the base class."""
        if self.view is not None:
            self.border_title = line(*self._heading(self.view))

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

    def _heading(self, view: View) -> list[Part]:
        interaction = view.interaction
        if interaction is None or not is_written_to(view):
            return [(tr("Reply"), "$muted")]
        under_way = view.state.pending.get(interaction.id, frozenset())
        on_offer = select.verbs_on_offer(view.state, interaction)
        if Verb.SEND_MESSAGE not in on_offer and Verb.SEND_MESSAGE not in under_way:
            return [(tr("Reply"), "$muted"), (f" · {tr('not possible now')}", "$warning")]
        channel = term("channel", interaction.channel)
        whom = tr("Reply to {who}", who=title(view.state, interaction))
        parts: list[Part] = [
            (f"{TRAITS[interaction.channel].sign} ", "$accent"),
            (whom, "bold"),
            (f" · {channel}", "$muted"),
        ]
        return [
            *parts,
            *self._consent(view, interaction.channel),
            *self.saved(view.state.drafts.get(view.selected or "")),
        ]

    def _consent(self, view: View, channel: Channel) -> list[Part]:
        """Whether the customer refused messages of this kind; they wrote first, so that it is no more than a word."""
        pop = view.state.pops.get(view.selected or "")
        topic = _CONSENT.get(channel)
        if pop is None or pop.match is None or topic is None:
            return []
        refused = any(one.topic == topic and one.granted is False for one in pop.match.customer.consents)
        return [(f" · ✕ {tr('refused')}", "$error")] if refused else []
