"""Messages to a customer outside of any contact: opened from the card, sent, taken back; and answers to theirs."""

from desktop.domain import select
from desktop.domain.entities.customer import Match
from desktop.domain.news import notices
from desktop.tui.agent.panes.message import MessagePane
from desktop.tui.agent.panes.search import SearchPane
from desktop.tui.agent.past import match_of
from desktop.tui.agent.verbs.base import DeskVerbs
from desktop.tui.keys.two_presses import Irrevocable
from desktop.tui.words.consequences import sending_outside
from desktop.words.catalogue import tr


class MessageVerbs(DeskVerbs):
    """Each about the customer on the card, with a contact or without one."""

    _answers = ""
    """The address that is looked for, since somebody there wrote and is to be answered."""

    def customer_message(self) -> None:
        """Write to the customer on the card; again: by their next address. Without one: to whoever wrote just now."""
        self._wants_field()
        view, pane = self._screen.view(), self._pane
        if self.session is None or not view.state.me:
            self._not_yet()
        elif pane.is_open and pane.has_focus_within:
            if not pane.next_address():
                self._tell(tr("There is no other address on the card."))
        elif pane.is_open:
            pane.editor.focus()
        elif (match := match_of(view)) is not None:
            self.open(match)
        elif sender := self._who_wrote():
            self._answers = sender
            self._screen.uncover()
            search = self._screen.query_one(SearchPane)
            search.open(creating=False, only_shows=self._selected() is None)
            self._screen.open_right()
            search.look_for(sender)
        else:
            self._tell(tr("Open the customer first: {search:key} finds them."))

    def open(self, match: Match) -> None:
        """Write to a customer."""
        screen = self._screen
        screen.uncover()
        screen.close_beside()
        if why := self._pane.open(match, screen.view()):
            self._tell(why)
            screen.redraw()
        else:
            screen.open_right()

    def shown(self, match: Match) -> None:
        """A customer was found and is shown: whoever was looked for to be answered is written to."""
        wanted, self._answers = self._answers.casefold(), ""
        if wanted and any(one.value.casefold() == wanted for one in match.customer.addresses):
            self.open(match)

    def send(self) -> bool:
        """Send what is written, if the keyboard is there."""
        pane, session = self._pane, self.session
        if not (pane.is_open and pane.has_focus_within):
            return False
        pane.tell()
        draft_id = pane.draft_id
        if session is None or draft_id is None:
            self._not_yet()
        elif gap := pane.gap():
            self._tell(tr("Not sent: {gap} is not filled in yet.", gap=gap))
        elif not pane.editor.text.strip():
            self._tell(tr("Write your message first."))
        elif self._is_meant(draft_id):
            if pane.subject.display and not pane.subject.value.strip():
                pane.subject.focus()
            self._result(session.replies.send(draft_id), draft_id)
        return True

    def _is_meant(self, draft_id: str) -> bool:
        """Whether it may go as it stands: what only asks for a canned reply is named first."""

        def act() -> Irrevocable | None:
            pane = self._pane
            return sending_outside(draft_id, pane.editor.text) if pane.draft_id == draft_id else None

        asked = act()
        return asked is None or self._presses.press(asked, act)

    def take_back(self) -> bool:
        """Take back the message that is held back; whether there was one, or was a moment ago."""
        session, pane = self.session, self._pane
        draft_id = select.held_message(self._screen.state) or pane.draft_id or ""
        if session is None or not draft_id:
            return False
        if not (select.held_back(self._screen.state, draft_id) or session.replies.just_went(draft_id)):
            return False
        self._result(session.replies.take_back(draft_id), draft_id)
        if not pane.is_open and select.held_back(self._screen.state, draft_id):
            self._screen.close_beside()
            if pane.open_again(draft_id, self._screen.view()):
                self._screen.open_right()
        return True

    @property
    def _pane(self) -> MessagePane:
        return self._screen.query_one(MessagePane)

    def _who_wrote(self) -> str:
        """The address of the message that stands in the notice."""
        view = self._screen.view()
        notice = notices.shown(view.state, view.now)
        message = view.state.received.get(notices.message_of(notice)) if notice is not None else None
        return message.sender.value if message is not None and not message.opts_out else ""
