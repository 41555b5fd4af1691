"""The agent's screen: its panes and where they stand, which interaction is selected, what is open."""

from collections.abc import Callable
from typing import Any, Protocol

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from desktop.domain import select
from desktop.domain.entities.channels import WRITTEN
from desktop.domain.entities.customer import Match
from desktop.domain.entities.model import Instant, Interaction
from desktop.domain.entities.news_item import News, NewsKind
from desktop.domain.entities.words import Phase
from desktop.domain.news.news import unseen
from desktop.domain.news.notices import STAYS
from desktop.domain.state.state import AppState
from desktop.tui.agent.composer import Composer
from desktop.tui.agent.draft_editor import is_written_to
from desktop.tui.agent.layout import LAYOUT, classes_for
from desktop.tui.agent.overlays.canned_list import CannedList
from desktop.tui.agent.overlays.copy_list import CopyList
from desktop.tui.agent.overlays.dial_field import DialField
from desktop.tui.agent.overlays.file_picker import FilePicker
from desktop.tui.agent.overlays.head_fields import HeadFields
from desktop.tui.agent.overlays.help_field import HelpField
from desktop.tui.agent.overlays.history_filter import HistoryFilter
from desktop.tui.agent.overlays.keypad import Keypad
from desktop.tui.agent.overlays.records import RecordsPane
from desktop.tui.agent.overlays.save_list import SaveList
from desktop.tui.agent.overlays.state_menu import StateMenu
from desktop.tui.agent.overlays.thread_search import ThreadSearch
from desktop.tui.agent.panes.conversation import ConversationPane
from desktop.tui.agent.panes.customer import CustomerPane
from desktop.tui.agent.panes.entry import EntryPane
from desktop.tui.agent.panes.expert_finder import ExpertFinder
from desktop.tui.agent.panes.footer import Footer
from desktop.tui.agent.panes.guide import Guide
from desktop.tui.agent.panes.header import Header
from desktop.tui.agent.panes.history import CasesPane, TimelinePane
from desktop.tui.agent.panes.message import MessagePane
from desktop.tui.agent.panes.note import NotePane
from desktop.tui.agent.panes.page import Page
from desktop.tui.agent.panes.queues import QueuesPane
from desktop.tui.agent.panes.reply import ReplyPane
from desktop.tui.agent.panes.reply_head import ReplyHeadPane
from desktop.tui.agent.panes.search import SearchPane
from desktop.tui.agent.panes.status_line import StatusLine
from desktop.tui.agent.panes.tabs import TABS, Tabs
from desktop.tui.agent.panes.work import WorkPane, on_desk
from desktop.tui.agent.panes.wrap_up import WrapUpPane
from desktop.tui.keys.work_numbers import WorkNumbers
from desktop.tui.pages.launcher import LaunchedPage
from desktop.tui.textual_patches.immediate_screen import ImmediateScreen
from desktop.tui.widgets.pane import Pane, View
from desktop.tui.widgets.safe_text import content
from desktop.tui.widgets.table import LineTable
from desktop.words.catalogue import tr

_IN_CONTACT = frozenset({NewsKind.CONTACT_LINE, NewsKind.EXPERT_GONE, NewsKind.HELP_ANSWERED})
"""What is to be seen in the contact itself."""


def _is_over(state: AppState, news: News) -> bool:
    """Whether an expert who is gone matters no more, for the customer is gone as well."""
    interaction = state.interactions.get(news.subject)
    return interaction is None or interaction.phase is not Phase.ACTIVE


class _Closable(Protocol):
    @property
    def is_open(self) -> bool: ...

    def close(self) -> None: ...


class AgentScreen(ImmediateScreen):
    """Draws views; what keys do is in `desk_actions.py` and `verbs/`."""

    def __init__(self, now: Callable[[], float], *, guide: bool = False) -> None:
        super().__init__()
        self._guide = guide
        self._now = now
        self._shown_at = now()  # what the clocks on the screen show
        self.state = AppState()
        self.selected: str | None = None
        self._wrapping: str | None = None
        self._rung: str | None = None
        self._opened_for: str | None = None  # whose finder, search or keypad is open
        self._left: str | None = None  # selected when it left with a note that was not handed over
        self._panes: tuple[Pane, ...] = ()
        self._on_top: tuple[_Closable, ...] = ()  # what can lie over the desk, in the order in which it is closed
        self._numbers = WorkNumbers()
        self._composer: Composer | None = None  # which field canned replies are on offer for
        self._wanted: tuple[str | None, str] = (None, "")  # of which contact, what is looked for in the timeline
        self.preview: Match | None = None
        """A customer who was searched for without a contact."""
        self._size_fitted = Size(0, 0)
        self._tab = TABS[0][0]
        self.typed_in_unseen: Widget | None = None
        """While the window is too small to show anything: the field that letters go into all the same."""

    def compose(self) -> ComposeResult:
        """Header, status line, three columns, guide, footer; menus and pages above all."""
        yield Header()
        yield StatusLine()
        yield Tabs()
        with Horizontal(id="desk"):
            with Vertical(id="left"):
                yield WorkPane()
                yield QueuesPane()
            with Container(id="main"):
                with Vertical(id="middle"):
                    yield ConversationPane()
                    yield ReplyHeadPane()
                    yield ReplyPane()
                    yield NotePane()
                    yield WrapUpPane()
                with Vertical(id="right"):
                    yield CustomerPane()
                    yield CasesPane()
                    yield TimelinePane()
                    yield EntryPane()
                    yield ExpertFinder()
                    yield SearchPane()
                    yield MessagePane()
            yield Page()
        yield Guide()
        yield Footer()
        yield Static(content(tr("Enlarge the window. Nothing is lost.")), id="too-small")
        yield StateMenu()
        yield Keypad()
        yield HelpField()
        yield DialField()
        yield RecordsPane()
        yield CopyList()
        yield HistoryFilter()
        yield FilePicker()
        yield HeadFields()
        yield SaveList()
        yield ThreadSearch()
        yield CannedList()

    def on_mount(self) -> None:
        """Begin in the work list, with whatever is known."""
        self._panes = tuple(node for node in self.query("*") if isinstance(node, Pane))
        self._on_top = (
            self.query_one(Page),
            self.query_one(StateMenu),
            self.query_one(Keypad),
            self.query_one(HelpField),
            self.query_one(DialField),
            self.query_one(RecordsPane),
            self.query_one(CopyList),
            self.query_one(FilePicker),
            self.query_one(HeadFields),
            self.query_one(SaveList),
            self.query_one(ThreadSearch),
            self.query_one(HistoryFilter),
            self.query_one(SearchPane),
            self.query_one(MessagePane),
            self.query_one(EntryPane),
            self.query_one(ExpertFinder),
        )
        self.query_one(Guide).set_class(self._guide, "open")
        status = self.query_one(StatusLine)
        footer = self.query_one(Footer)
        footer.panes, footer.told_above = self.query_one("#desk"), lambda: status.tells
        self.redraw()
        self.query_one(WorkPane).focus()

    def view(self) -> View:
        """What there is to see now, by the clock of the screen."""
        now = self._clock()
        return View(self.state, self.selected, now, preview=self.preview, numbers=self._numbers.of, wanted=self.wanted)

    @property
    def now(self) -> Instant:
        """The server's time, to its fraction."""
        return select.server_now(self.state, self._now())

    def _clock(self) -> Instant:
        """One time for all that is on the screen: it goes on once a second, so that no two clocks differ by one."""
        now = self.now
        return self._shown_at if 0.0 <= now - self._shown_at < 1.0 else now

    @property
    def wanted(self) -> str:
        """What is looked for in the timeline of the customer that is shown."""
        of, text = self._wanted
        return text if of == self.selected else ""

    def show(self, state: AppState) -> None:
        """Draw a new state, only where it changed."""
        self.state = state
        self._keep_selection()
        self._numbers.give(interaction.id for interaction in self.work())
        if self.selected is not None:
            self.preview = None  # whoever is on the line comes first
        before, self._shown_at = self._shown_at, self._clock()
        view = self.view()
        for pane in self._panes:
            pane.show(view)
        if before != self._shown_at:  # the timer is late: every clock goes on, or two of them would differ
            for pane in self._panes:
                pane.tick(view)
        self._follow_phase(view)

    def second(self) -> None:
        """Draw what moves with the clock."""
        self._shown_at = self.now
        view = self.view()
        for pane in self._panes:
            pane.tick(view)

    def redraw(self) -> None:
        """Draw again after something of the screen itself changed."""
        self.show(self.state)

    def select(self, interaction_id: str) -> None:
        """Turn to an interaction."""
        if interaction_id != self.selected:
            self.selected = interaction_id
            self.redraw()

    def work(self) -> tuple[Interaction, ...]:
        """My work as listed."""
        return on_desk(self.state)

    def news_in_sight(self, state: AppState) -> frozenset[str]:
        """What is new and stands before the agent's eyes: the contact that is shown, the chat or message that is open.

        What wants the agent now counts as seen only after it could be read for as long as a notice stays.
        """
        waiting = unseen(state)
        if not waiting or self.has_class("small") or self.query_one(Page).is_open:
            return frozenset()
        now = self.now
        finder, field = self.query_one(ExpertFinder), self.query_one(HelpField)
        contact = self.selected if self.query_one(ConversationPane).is_on_screen else None
        expert = finder.under_cursor if finder.is_open else None
        records = state.same_people.get(expert, (expert,)) if expert is not None else ()
        shown: list[News] = [one for one in waiting if one.subject == contact and one.kind in _IN_CONTACT]
        shown += [one for one in waiting if one.kind is NewsKind.EXPERT_LINE and one.subject in records]
        read = [one for one in waiting if one.kind is NewsKind.MESSAGE and one.count == 1 and field.shows(one.subject)]
        over = [one for one in waiting if one.kind is NewsKind.EXPERT_GONE and _is_over(state, one)]
        ready = (one for one in shown if not one.urgent or now - one.at >= STAYS)
        return frozenset(one.id for one in (*ready, *read, *over))

    def thread_in_sight(self) -> str | None:
        """The written contact whose newest message stands before the agent's eyes, if any."""
        if self.has_class("small") or self.query_one(Page).is_open:
            return None
        contact = self.view().state.interactions.get(self.selected or "")
        if contact is None or contact.channel not in WRITTEN:
            return None
        conversation = self.query_one(ConversationPane)
        return contact.id if conversation.is_on_screen and conversation.at_end else None

    @on(ThreadSearch.Wanted)
    def _wanted_in_thread(self, event: ThreadSearch.Wanted) -> None:
        event.stop()
        self.query_one(ThreadSearch).found(*self.query_one(ConversationPane).find(event.text, event.step))

    def numbered(self, number: int) -> Interaction | None:
        """The contact with this number in the work list."""
        return next((one for one in self.work() if self._numbers.of.get(one.id) == number), None)

    def close_top(self) -> bool:
        """Close what is open on top; says whether anything was."""
        for pane in self._on_top:
            if pane.is_open:
                had_focus = pane.has_focus if isinstance(pane, EntryPane | HistoryFilter) else True
                pane.close()
                self.query_one("#right").set_class(self.asking, "asking")
                if isinstance(pane, HistoryFilter):
                    self.find_in_timeline("")
                    self.query_one(TimelinePane).focus()
                elif isinstance(pane, EntryPane) and had_focus:
                    self.query_one(f"#{pane.came_from}").focus()
                elif had_focus:
                    self._focus_work_or_note()
                return True
        if self.wanted and self.query_one(TimelinePane).has_focus:
            self.find_in_timeline("")
            return True
        if self.preview is not None:
            self.preview = None
            return True
        return False

    def created(self, name: str) -> None:
        """There is a record of this name: close the field in which it still stands."""
        search = self.query_one(SearchPane)
        if search.new_name == name:
            had_focus = search.has_focus_within
            search.close()
            self.query_one("#right").set_class(self.asking, "asking")
            if had_focus:
                self._focus_work_or_note()

    @property
    def asking(self) -> bool:
        """Whether the right column shows something else than the customer: an expert, a search, a message, an entry."""
        panes = (
            self.query_one(ExpertFinder),
            self.query_one(SearchPane),
            self.query_one(EntryPane),
            self.query_one(MessagePane),
        )
        return any(pane.is_open for pane in panes)

    @on(LineTable.Chosen, "#timeline")
    @on(LineTable.Chosen, "#cases")
    def _entry_chosen(self, event: LineTable.Chosen) -> None:
        """Read it whole."""
        event.stop()
        self.uncover()
        self.query_one(SearchPane).close()
        self.query_one(ExpertFinder).close()
        self.query_one(EntryPane).open(event.table.id or "", event.key)
        self.open_right()

    @on(EntryPane.Turned)
    def _entry_turned(self, event: EntryPane.Turned) -> None:
        """Esc leads back to the row of what is read."""
        self.query_one(f"#{event.of}", LineTable).move_to(event.key)
        if event.of == "timeline":
            timeline = self.query_one(TimelinePane)
            timeline.call_later(timeline.look_for_end)  # what it says goes on past this screen only from its own loop

    def open_history_filter(self) -> None:
        """Look for something in the timeline."""
        self.close_beside()
        self.open_right()
        self.query_one(HistoryFilter).open(self.wanted, self.query_one(TimelinePane).region)
        self.call_after_refresh(self._place_overlays)

    def close_beside(self) -> None:
        """Close what may stand in the right column, since something else is to stand there."""
        for pane in (self.query_one(EntryPane), self.query_one(SearchPane), self.query_one(ExpertFinder)):
            pane.close()

    def find_in_timeline(self, text: str) -> None:
        """Show what has these words; "" for everything."""
        self._wanted = (self.selected, " ".join(text.split()))
        self.redraw()

    @on(HistoryFilter.Wanted)
    def _wanted_in_timeline(self, event: HistoryFilter.Wanted) -> None:
        self.find_in_timeline(event.text)
        if event.done:
            self.query_one(HistoryFilter).close()
            self.query_one(TimelinePane).focus()

    def _place_overlays(self) -> None:
        """What stands in or above a pane is where that is now."""
        if timeline := self.query_one(TimelinePane).region:
            self.query_one(HistoryFilter).place(timeline)
        if conversation := self.query_one(ConversationPane).region:
            self.query_one(ThreadSearch).place(conversation)
        if self._composer is not None and (composer := self._composer.region):
            self.query_one(CannedList).place(composer)

    def open_right(self) -> None:
        """Make room in the right column for what was just opened."""
        self.opened()
        if self.asking:  # the timeline gives way to what was opened
            self.query_one(HistoryFilter).close()
        self.query_one("#right").set_class(self.asking, "asking")
        self.show_tab("customer")
        self.redraw()

    def opened(self) -> None:
        """What was just opened is about the selected contact, and closes when the agent is not with it any more."""
        self._opened_for = self.selected

    def uncover(self) -> None:
        """Close what lies over the panes, since one of them is turned to."""
        self.query_one(Page).close()
        self.query_one(StateMenu).close()
        self.query_one(RecordsPane).close()
        self.query_one(CopyList).close()
        self.query_one(FilePicker).close()
        self.query_one(HeadFields).close()
        self.query_one(SaveList).close()
        self.query_one(ThreadSearch).close()
        self.query_one(MessagePane).close()

    @property
    def _writing(self) -> bool:
        fields = (self.query_one(NotePane), self.query_one(ReplyPane))
        typing = any(field.has_focus or self.typed_in_unseen is field for field in fields)
        return typing or self.query_one(WrapUpPane).has_focus_within

    def on_descendant_focus(self) -> None:
        """Other keys help where the agent is now."""
        self.query_one(Footer).redraw()

    def on_descendant_blur(self) -> None:
        """Likewise; and the agent may leave the note of a contact that is gone."""
        self.query_one(Footer).redraw()
        if self._left is not None:
            self.call_later(self.redraw)

    def _focus_work_or_note(self) -> None:
        page = self.query_one(Page)
        if page.is_open:
            page.focus()
            return
        finder = self.query_one(ExpertFinder)
        if finder.is_open:
            finder.focus_query()
            return
        interaction = self.view().interaction
        if interaction is not None and interaction.phase in (Phase.ACTIVE, Phase.WRAP_UP):
            self.focus_writing()
        else:
            self.query_one(WorkPane).focus()

    def _keep_selection(self) -> None:
        """Stay where the agent is; move on only when that contact is gone, and never off a note being written."""
        work = self.work()
        if self.selected is not None:
            if self.selected in self.state.unfinished:
                self._left = self.selected
            if any(interaction.id == self.selected for interaction in work):
                return
            if self.selected == self._left and self._writing:
                return
        self._left = None
        self.selected = work[0].id if work else None

    def _follow_phase(self, view: View) -> None:
        """Show the wrap-up when the contact has ended, without taking the keyboard."""
        interaction = view.interaction
        if interaction is not None and interaction.phase is Phase.OFFERED and interaction.id != self._rung:
            self._rung = interaction.id
            if not self.typing:
                self.show_tab("customer")  # on a narrow screen: the record is in sight before the answer
        elif interaction is None and self._rung is not None:
            self._rung = None
            if self.query_one(Tabs).current == "customer" and not self.typing:
                self.show_tab("contact")  # which says where the agent stands now
        written = is_written_to(view)
        middle = self.query_one("#middle")
        if middle.has_class("written") is not written:
            middle.set_class(written, "written")
            middle.remove_class("noting")
            if written and self.query_one(NotePane).has_focus:
                self._write_on(view)
        if self.query_one(ReplyPane).has_focus and not written and interaction is not None:
            self.focus_note()  # the contact is over: what was not sent stands there
        if any(pane.is_open for pane in self._on_top):
            self._close_what_is_of_another(view)
        wrap_up = self.query_one(WrapUpPane)
        if wrap_up.is_open and (wrap_up.opened_for != view.selected or interaction is None):
            lost = wrap_up.has_focus_within
            wrap_up.close()
            if any(page.is_open for page in self.query(LaunchedPage)):
                pass  # what lies over the panes keeps the keyboard
            elif interaction is None and view.selected is not None:
                self.query_one(NotePane).focus()  # where what was written for it is still to be seen
            elif lost or not self.typing:
                self._focus_work_or_note()
        wanted = interaction.id if interaction is not None and interaction.phase is Phase.WRAP_UP else None
        if wanted is not None and wanted != self._wrapping:
            wrap_up.open(focus=False)
            if not self.typing:
                self.show_tab("contact")
        self._wrapping = wanted
        self.set_class(wrap_up.is_open, "wrapping")

    def _write_on(self, view: View) -> None:
        """The reply has come beside the note with the keyboard: into it, unless the note was begun before accepting."""
        if view.selected == self._rung and self.query_one(NotePane).text:
            self.focus_note()
        else:
            self.focus_reply()

    def _close_what_is_of_another(self, view: View) -> None:
        finder, tones, search = self.query_one(ExpertFinder), self.query_one(Keypad), self.query_one(SearchPane)
        talking = view.interaction is not None and view.interaction.phase is Phase.ACTIVE
        stays = self._opened_for == view.selected
        lost = False
        records, copying, message = self.query_one(RecordsPane), self.query_one(CopyList), self.query_one(MessagePane)
        for pane, fits in (
            (finder, talking),
            (tones, talking),
            (search, True),
            (records, True),
            (copying, True),
            (self.query_one(FilePicker), is_written_to(view)),
            (self.query_one(HeadFields), is_written_to(view)),
            (self.query_one(SaveList), True),
            (self.query_one(ThreadSearch), True),
            (self.query_one(EntryPane), True),
            (self.query_one(HistoryFilter), True),
            (message, True),
        ):
            if pane is search and search.only_shows:
                continue  # it is about no contact
            if pane is message and message.has_focus_within:
                continue  # it is about a customer, whoever calls meanwhile, and closes when the agent turns to them
            if pane.is_open and not (stays and fits):
                lost = lost or pane.has_focus_within
                pane.close()
        self.query_one("#right").set_class(self.asking, "asking")
        if lost:
            self._focus_work_or_note()

    # Where panes stand, of which a narrow window shows one at a time; where letters go when nothing is in sight

    def show_tab(self, name: str) -> None:
        """On a narrow screen: show this tab."""
        self._tab = self.query_one(Tabs).current = name
        self._set_layout_classes()

    def next_tab(self) -> None:
        """On a narrow screen: the next one, with the focus in it."""
        names = [name for name, _ in TABS]
        self._turn_to_tab(names[(names.index(self.query_one(Tabs).current) + 1) % len(names)])

    def on_tabs_chosen(self, event: Tabs.Chosen) -> None:
        """The mouse asked for one."""
        self._turn_to_tab(event.name)

    def _turn_to_tab(self, name: str) -> None:
        self.show_tab(name)
        target: dict[str, type[Any]] = {"work": WorkPane, "contact": NotePane, "customer": TimelinePane}
        self.query_one(target[name]).focus()
        self.redraw()

    def focus_writing(self) -> None:
        """Go on with what is written in the selected contact: the reply to the customer, else the note."""
        if is_written_to(self.view()):
            self.focus_reply()
        else:
            self.focus_note()

    def focus_note(self) -> None:
        """Go on with the note, which takes the place of the reply where there is room for one of them."""
        self.show_tab("contact")
        self.query_one("#middle").add_class("noting")
        note = self.query_one(NotePane)
        if not note.read_only:
            note.focus()

    def focus_reply(self) -> None:
        """Go on with the reply."""
        self.show_tab("contact")
        self.query_one("#middle").remove_class("noting")
        reply = self.query_one(ReplyPane)
        if not reply.read_only:
            reply.focus()

    @on(ReplyPane.Scrolled)
    @on(WorkPane.Paged)
    def _conversation_paged(self, event: ReplyPane.Scrolled | WorkPane.Paged) -> None:
        self.query_one(ConversationPane).scroll_thread(event.pages)

    @on(Composer.Offered)
    def _canned_offered(self, event: Composer.Offered) -> None:
        self._composer = event.composer
        self.query_one(CannedList).offer(event.choice, event.composer.region)

    @on(CannedList.Picked)
    def _canned_picked(self, event: CannedList.Picked) -> None:
        if self._composer is not None:
            self._composer.insert_canned(event.at)

    @property
    def typing(self) -> bool:
        """Whether keys go into a field."""
        return isinstance(self.focused, Input | TextArea) and not getattr(self.focused, "read_only", False)

    def fit(self, size: Size) -> None:
        """Lay the panes out; called before the first paint, too."""
        self._size_fitted = size
        self._set_layout_classes()

    def on_resize(self, event: events.Resize) -> None:
        """Fit, and draw what depends on the width; a field hidden because there was no room gets its focus back."""
        was_small, field = self.has_class("small"), self.typed_in_unseen or self.focused
        self.fit(event.size)
        small = self.has_class("small")
        if small and not was_small:
            self.typed_in_unseen = field
        elif self.typed_in_unseen is not None and not small:
            self.call_after_refresh(self._go_on_in_sight)
        self.call_after_refresh(self._draw_anew)
        self.call_after_refresh(self._place_overlays)

    def _draw_anew(self) -> None:
        """Panes that have other neighbours now have other borders, and titles are drawn for theirs."""
        for pane in self._panes:
            pane.forget()
        self.redraw()

    def _go_on_in_sight(self) -> None:
        if self.typed_in_unseen is not None and not self.has_class("small"):
            self.set_focus(self.typed_in_unseen)
            self.typed_in_unseen = None

    def on_key(self, event: events.Key) -> None:
        """While nothing can be shown, and until the field has its focus back, what is typed goes where it went before.

        Letters there are words, not verbs.
        """
        field = self.typed_in_unseen
        if field is None and not self.has_class("small"):
            return
        event.stop()
        if isinstance(field, TextArea) and (event.is_printable or event.key == "enter"):
            field.insert("\n" if event.key == "enter" else event.character or "")
        elif isinstance(field, Input) and event.is_printable:
            field.insert_text_at_cursor(event.character or "")

    def _set_layout_classes(self) -> None:
        """The classes that say where the panes stand, all at once and only if they are others.

        Each change of a class of the screen styles every widget anew, which takes as long as painting all of them:
        with the ring, and on screens that show every pane, which tab is the current one must not cost that.
        """
        wanted = classes_for(self._size_fitted, self._tab)
        if wanted != self.classes & LAYOUT:
            self.classes = frozenset(self.classes - LAYOUT | wanted)
