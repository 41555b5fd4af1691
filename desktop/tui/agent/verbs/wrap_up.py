"""Note, codes, follow-ups, finish."""

from typing import Final

from desktop.domain import select
from desktop.domain.entities.model import Instant, Interaction
from desktop.domain.entities.words import Phase, Verb
from desktop.domain.entities.wrap_up_record import NO_HEAD
from desktop.domain.news.notices import record
from desktop.tui.agent.draft_editor import is_written_to
from desktop.tui.agent.panes.expert_finder import ExpertFinder
from desktop.tui.agent.panes.note import NotePane
from desktop.tui.agent.panes.reply import ReplyPane
from desktop.tui.agent.panes.wrap_up import WrapUpPane
from desktop.tui.agent.verbs.base import DeskContext, DeskVerbs
from desktop.tui.agent.verbs.messages import MessageVerbs
from desktop.tui.keys.two_presses import Irrevocable, named
from desktop.tui.words.consequences import sending
from desktop.tui.words.still_needed import refusal, still_needed
from desktop.tui.words.titles import title
from desktop.words.catalogue import tr
from desktop.words.marks import mark

STAYS_HIDDEN: Final = mark("It stays hidden: a message to the customer carries no card number.")
SLIP_SECONDS: Final = 1.0
"""How soon after finishing a contact the same key is taken for a slip."""


class WrapUpVerbs(DeskVerbs):
    """What is done once the customer has left, or before."""

    _finished: tuple[str, Instant] | None = None

    def __init__(self, context: DeskContext, messages: MessageVerbs) -> None:
        super().__init__(context)
        self._messages = messages

    def note(self) -> None:
        """Go to the note."""
        self._wants_field()
        work = self._screen.work()
        if self._selected() is None and work:
            self._screen.select(work[0].id)  # the one whose note stood here has left
        if self._selected() is None:
            self._tell(tr("No contact to write a note about."))
        else:
            self._screen.uncover()
            self._screen.focus_note()

    def not_a_card(self) -> None:
        """Show what was hidden last as a card number or security code: it is none."""
        note, pane = self._screen.query_one(NotePane), self._screen.query_one(WrapUpPane)
        fields = (pane.editor, note) if pane.has_focus_within else (note, pane.editor)
        in_message = pane.editor.hides_in_message
        if in_message and pane.has_focus_within and pane.editor.is_open:
            self._tell(tr(STAYS_HIDDEN))
        elif not any(field.put_back() for field in fields):
            self._tell(tr(STAYS_HIDDEN) if in_message else tr("No card number was hidden here."))

    def wrap_up(self) -> None:
        """Go to the codes; from there, back to the note."""
        interaction = self._selected()
        pane = self._screen.query_one(WrapUpPane)
        if interaction is None or interaction.phase not in (Phase.ACTIVE, Phase.WRAP_UP, Phase.CLOSED):
            self._wants_field()
            self._tell(tr("There is nothing to wrap up."))
        elif pane.is_open and pane.has_focus_within:
            self._screen.focus_note()
        else:
            self._go_to_codes()

    def _go_to_codes(self) -> None:
        self._screen.uncover()
        self._screen.show_tab("contact")
        self._screen.query_one(WrapUpPane).open(focus=True)
        self._screen.redraw()

    def finish(self) -> None:
        """Finish the wrap-up, or send the reply or the message; in the expert finder: write to the expert."""
        finder = self._screen.query_one(ExpertFinder)
        if finder.is_open:
            finder.pick("chat")
            return
        session, interaction = self.session, self._selected()
        if self._messages.send() or session is None or interaction is None:
            return
        if is_written_to(self._screen.view()):
            self._send_reply(interaction)
            return
        if (
            interaction.phase not in (Phase.WRAP_UP, Phase.CLOSED)
            and interaction.id not in self._screen.state.unfinished
        ):
            self._tell(tr("End the contact first ({end:key})."))
            return
        if self._pressed_twice(interaction):
            return
        pane, note = self._screen.query_one(WrapUpPane), self._screen.query_one(NotePane)
        problems = select.wrap_up_problems(self._screen.state, interaction, pane.codes, note.text)
        if problems and interaction.id not in self._screen.state.unfinished:
            self._tell(refusal(*still_needed(problems)))
            only_note = not select.wrap_up_problems(self._screen.state, interaction, pane.codes, "any")
            if only_note:
                self._screen.uncover()
                self._screen.focus_note()
            else:
                self._go_to_codes()
            return
        if why := pane.editor.commit():
            self._tell(tr("The callback is not planned yet. {why}", why=why))
            pane.editor.focus_field()
            return
        note.tell()
        self._finished = (interaction.id, self._screen.now)
        self._result(session.wrap_ups.finish(interaction.id), interaction.id, record(interaction.id))

    def _send_reply(self, interaction: Interaction) -> None:
        """Send what stands in the reply; from anywhere else the same key only goes there."""
        reply = self._screen.query_one(ReplyPane)
        if not reply.has_focus or self.session is None:
            self._screen.uncover()
            self._screen.focus_reply()
        elif gap := reply.gap():
            self._tell(tr("Not sent: {gap} is not filled in yet.", gap=gap))
        elif reply.text.strip() or self._has_files(interaction):
            reply.tell()
            if self._named_again(interaction):
                self._result(self.session.replies.send(interaction.id), interaction.id)
        else:
            self._tell(tr("Write your reply first."))

    def _has_files(self, interaction: Interaction) -> bool:
        draft = self._screen.state.drafts.get(interaction.id)
        return draft is not None and bool(draft.head.files)

    def _named_again(self, interaction: Interaction) -> bool:
        """Whether the reply may go: with files, to several, or with a canned reply that was not found, named first."""

        def act() -> Irrevocable | None:
            state = self._screen.state
            now, draft = state.interactions.get(interaction.id), state.drafts.get(interaction.id)
            selected = self._selected()
            if now is None or selected is None or selected.id != now.id:
                return None
            text = self._screen.query_one(ReplyPane).text  # the draft in the state is older than the last key
            return sending(state, now, draft.head if draft is not None else NO_HEAD, text)

        asked = act()
        return asked is None or self._presses.press(asked, act)

    def _pressed_twice(self, interaction: Interaction) -> bool:
        """Whether the key has finished a contact a moment ago: neither that again nor the next by a slip."""
        finished, self._finished = self._finished, None
        if finished is None or self._screen.now - finished[1] >= SLIP_SECONDS:
            return False
        if finished[0] == interaction.id:
            self._finished = finished
        else:
            who = named(title(self._screen.state, interaction))
            self._tell(tr("Finished. Press again to finish {who}.", who=who))
        return True

    def extend(self) -> None:
        """Ask for more time."""
        if self._selected() is not None:
            self.first_of(Verb.EXTEND_WRAP_UP)

    def callback(self) -> None:
        """Plan a callback in the wrap-up."""
        self._follow_up("callback")

    def text_message(self) -> None:
        """Write to the customer: the reply of a written contact, else a text in the wrap-up; without a contact, any."""
        if self._selected() is None and self._screen.preview is not None:
            self._messages.customer_message()
        elif is_written_to(self._screen.view()):
            self._wants_field()
            self._screen.uncover()
            self._screen.focus_reply()
        else:
            self._follow_up("sms")

    def _follow_up(self, kind: str) -> None:
        self._wants_field()
        pane = self._screen.query_one(WrapUpPane)
        if not pane.is_open:
            self.wrap_up()
        self._screen.uncover()
        self._screen.show_tab("contact")
        if self.session is not None:
            pane.editor.country = self.session.region
        pane.add_follow_up(kind)
