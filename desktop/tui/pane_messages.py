"""What the panes say, and who does it: each message of a pane is one call of the session or of the desk's actions."""

from typing import TYPE_CHECKING

from textual import on
from textual.widgets import Input

from desktop.domain.news.notices import DONE
from desktop.tui.agent.actions import DeskActions
from desktop.tui.agent.follow_up_editor import FollowUpEditor
from desktop.tui.agent.panes.copy_list import CopyList
from desktop.tui.agent.panes.expert_finder import ExpertFinder
from desktop.tui.agent.panes.help_field import HelpField
from desktop.tui.agent.panes.keypad import Keypad
from desktop.tui.agent.panes.note import NotePane
from desktop.tui.agent.panes.records import RecordsPane
from desktop.tui.agent.panes.search import SearchPane
from desktop.tui.agent.panes.state_menu import StateMenu
from desktop.tui.agent.panes.work import WorkPane
from desktop.tui.agent.panes.wrap_up import WrapUpPane
from desktop.tui.agent.screen import AgentScreen
from desktop.tui.keys.keys import shown
from desktop.tui.terminal.base_app import TerminalApp
from desktop.tui.widgets.table import LineTable

if TYPE_CHECKING:
    from desktop.app.session import Session


BEGINNING = 33
"""Characters of a discarded text that its notice repeats."""


class PaneMessages(TerminalApp):
    """The part of the app that hears the panes."""

    session: "Session | None"
    desk: DeskActions
    desk_screen: AgentScreen

    def tell(self, text: str, subject: str = "") -> None:
        """Show a sentence to the agent: about a subject, or about the contact before them."""
        if self.session is not None:
            self.session.store.notice(text, subject=subject or self.desk_screen.selected or "")
        else:
            self.notify(text)

    def note_edited(self, interaction_id: str, text: str) -> None:
        """Keep what was typed into the note of a contact."""
        if self.session is not None:
            self.session.notes.edit(interaction_id, text)

    @on(NotePane.Refused)
    @on(WrapUpPane.Refused)
    @on(ExpertFinder.Refused)
    def _refused(self, event: NotePane.Refused | WrapUpPane.Refused | ExpertFinder.Refused) -> None:
        self.tell(event.why)

    @on(NotePane.Closed)
    def _typed_into_closed_note(self) -> None:
        outbox, back = shown("outbox"), shown("back")
        self.tell(f"Not taken: this note is closed and in the outbox. {outbox} opens it, {back} leaves the note.")

    @on(FollowUpEditor.CardHidden)
    def _card_hidden(self, event: FollowUpEditor.CardHidden) -> None:
        if event.in_message:
            self.tell(f"{event.what}. A message to the customer carries none.", DONE)
        else:
            self.tell(f"{event.what}. {shown('not_a_card')}: it is no card.", DONE)

    @on(FollowUpEditor.Discarded)
    def _follow_up_discarded(self, event: FollowUpEditor.Discarded) -> None:
        key = shown("text" if event.kind == "sms" else event.kind)
        self.tell(f"Discarded: “{_beginning(event.text)}”. {key} brings it back.", DONE)

    @on(ExpertFinder.Looking)
    def _experts_on_screen(self, event: ExpertFinder.Looking) -> None:
        event.stop()
        if self.session is not None:
            self.session.on_screen.look(event.person_ids)

    @on(ExpertFinder.Picked)
    def _expert_picked(self, event: ExpertFinder.Picked) -> None:
        self.desk.picked_expert(event.how, event.person_id, event.text)

    @on(StateMenu.Chosen)
    def _state_chosen(self, event: StateMenu.Chosen) -> None:
        self.desk.chosen_state(event.availability, event.reason, after_current=event.after_current)

    @on(SearchPane.Asked)
    def _search_asked(self, event: SearchPane.Asked) -> None:
        self.desk.searched(event.text)

    @on(SearchPane.Picked)
    def _customer_picked(self, event: SearchPane.Picked) -> None:
        self.desk.picked_customer(event.customer_id)

    @on(SearchPane.CreateWanted)
    def _customer_named(self, event: SearchPane.CreateWanted) -> None:
        self.desk.create_customer(event.name)

    @on(RecordsPane.Toggled)
    def _record_toggled(self, event: RecordsPane.Toggled) -> None:
        self.desk.toggled_record(event.kind, event.record_id, event.ids, link=event.link)

    @on(CopyList.Chosen)
    def _copy_chosen(self, event: CopyList.Chosen) -> None:
        self.desk_screen.close_top()
        self.desk.copied(event.what, event.text)

    @on(HelpField.Said)
    def _said_to_supervisors(self, event: HelpField.Said) -> None:
        self.desk_screen.close_top()
        self.desk.said(event.kind, event.subject, event.text)

    @on(Keypad.Typed)
    def _tones_typed(self, event: Keypad.Typed) -> None:
        self.desk.send_tones(event.digits)

    @on(LineTable.Chosen, "#work")
    def _work_chosen(self, event: LineTable.Chosen) -> None:
        self.desk_screen.select(event.key)
        self.desk_screen.focus_note()

    @on(LineTable.Highlighted, "#work")
    def _work_highlighted(self, event: LineTable.Highlighted) -> None:
        work = self.desk_screen.query_one(WorkPane)
        if work.has_focus and work.cursor_key == event.key:  # else it has moved on since
            self.desk_screen.select(event.key)

    @on(Input.Submitted, "#tones")
    def _tones_done(self) -> None:
        self.desk_screen.close_top()


def _beginning(text: str) -> str:
    """So much of a text that its writer knows it again."""
    text = " ".join(text.split())
    return text if len(text) <= BEGINNING else f"{text[: BEGINNING - 1].rstrip()}…"
