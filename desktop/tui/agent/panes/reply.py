"""The reply: what the agent is writing to the customer of a written contact, to whom it goes and how safe it is."""

from textual import events
from textual.message import Message

from desktop.domain import select
from desktop.domain.entities.channels import TRAITS
from desktop.domain.entities.words import Channel, Verb
from desktop.domain.entities.wrap_up_record import DraftView
from desktop.domain.text.sms import segments
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

    def __init__(self) -> None:
        super().__init__("reply")

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
        self.take(view, closed=not is_written_to(view))
        self.border_title = line(*self._heading(view))
        hints = [(shown("finish"), tr("send")), (shown("note"), tr("note")), (shown("extend"), tr("park"))]
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
        else:
            super().on_key(event)

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
