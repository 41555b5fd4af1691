"""The desktop as a terminal program: one session, one screen, the keys of the table."""

import asyncio
import gc
import logging
import os
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from desktop.app.storage.errors import StoreError
from desktop.domain.entities.news_item import NewsKind
from desktop.domain.entities.words import PopAnswer
from desktop.domain.news.notices import DONE
from desktop.domain.state.events import Change, Envelope, InteractionChanged
from desktop.domain.state.own_events import PopChanged
from desktop.domain.text.sentence import verbatim
from desktop.tui.agent.desk_actions import DeskActions
from desktop.tui.agent.draft_editor import DraftEditor
from desktop.tui.agent.follow_up_editor import FollowUpEditor
from desktop.tui.agent.found import Hit
from desktop.tui.agent.offer_row import OfferRow
from desktop.tui.agent.offer_text import calls_to_answer
from desktop.tui.agent.overlays.copy_list import CopyList
from desktop.tui.agent.overlays.dial_field import DialField
from desktop.tui.agent.overlays.file_picker import FilePicker
from desktop.tui.agent.overlays.head_fields import HeadFields
from desktop.tui.agent.overlays.help_field import HelpField
from desktop.tui.agent.overlays.keypad import Keypad
from desktop.tui.agent.overlays.records import RecordsPane
from desktop.tui.agent.overlays.save_list import SaveList
from desktop.tui.agent.overlays.state_menu import StateMenu
from desktop.tui.agent.panes.expert_finder import ExpertFinder
from desktop.tui.agent.panes.footer import Footer
from desktop.tui.agent.panes.history import TimelinePane
from desktop.tui.agent.panes.message import MessagePane
from desktop.tui.agent.panes.note import NotePane
from desktop.tui.agent.panes.page import Page
from desktop.tui.agent.panes.queues import QueuesPane
from desktop.tui.agent.panes.reply import ReplyPane
from desktop.tui.agent.panes.search import SearchPane
from desktop.tui.agent.panes.work import WorkPane
from desktop.tui.agent.panes.wrap_up import WrapUpPane
from desktop.tui.agent.screen import AgentScreen
from desktop.tui.agent.verbs.base import DeskContext
from desktop.tui.keys.key import ALT_SIGNS, SIGNS, is_typed, named
from desktop.tui.keys.keys import BY_ID, KEYS, PICK, remap, shown
from desktop.tui.keys.two_presses import Irrevocable, TwoPresses
from desktop.tui.outbox.launcher import OutboxLauncher
from desktop.tui.pages import pages
from desktop.tui.palette import DeskProvider
from desktop.tui.quality.launcher import QualityLauncher, QualityWanted
from desktop.tui.settings.launcher import SettingsLauncher
from desktop.tui.supervisor.launcher import ON_FLOOR, FloorLauncher
from desktop.tui.supervisor.report_launcher import ReportLauncher, ReportsWanted
from desktop.tui.terminal import crash
from desktop.tui.terminal.base_app import TerminalApp
from desktop.tui.terminal.news_bell import NewsBell, Wanted
from desktop.tui.terminal.offer_bell import OfferBell
from desktop.tui.terminal.theme_files import ThemeFiles
from desktop.tui.textual_patches.key_sequences import name_alt_keys
from desktop.tui.widgets.key_hint import pressed_at
from desktop.tui.widgets.page_text import Line
from desktop.tui.widgets.pane import Pane, View
from desktop.tui.widgets.table import LineTable
from desktop.tui.words import news as news_words
from desktop.tui.words.last_words import left_waiting, not_copied_yet, rescued
from desktop.words import catalogue, language
from desktop.words.catalogue import in_words, tr

if TYPE_CHECKING:
    from desktop.app.notes.unsaved_text import Unsaved
    from desktop.app.session import Session
    from desktop.config.profile import OwnValues
    from desktop.tui.settings.settings import Settings
    from desktop.tui.supervisor.screen import SupervisorScreen

log = logging.getLogger(__name__)

SETTLED_SECONDS = 3.0
"""After the first paint: by then most of what is imported late has been, and the first snapshot is in."""
GARBAGE_THRESHOLD = 5_000
"""So many more objects and Python looks for garbage. With its own 700 a large floor spends a sixth of its time on that;
with 50,000 a search takes long, and more is hoarded."""
CARD_SECONDS = 0.015
"""How long a ring waits for the answer of the CRM, so that both are drawn as one."""

KEEP_SECONDS = 2.0
CLOSE_SECONDS = 10.0
"""How long leaving waits for the disk and the backends, before it asks and after."""

BEGINNING = 33
"""Characters of a discarded text that its notice repeats."""

ON_THE_LINE = frozenset({"hold", "mute", "expert", "transfer", "end", "tones"})
"""What an agent does to a call whose parties they know: who is gone is no news to them any more."""


def _bindings() -> list[BindingType]:
    """Keys of every verb, and of picking one of several, as Textual wants them."""
    bindings: list[BindingType] = []
    for key in KEYS:
        does = f"desk('{key.action}')"
        if key.anywhere:
            bindings.append(Binding(",".join(key.anywhere), does, key.label, show=False, priority=True, id=key.id))
        if key.letters:
            bindings.append(Binding(",".join(key.letters), does, key.label, show=False, id=f"{key.id}.letter"))
    bindings += [Binding(key, f"pick({n})", show=False, priority=True) for n, key in enumerate(PICK, start=1)]
    bindings += [Binding(str(n), f"pick({n})", show=False) for n in range(1, 10)]
    return bindings


class DesktopApp(TerminalApp):
    """Paints first, then starts the session in the background."""

    TITLE = "agent-desktop"
    CSS_PATH = "theme.tcss"
    BINDINGS: ClassVar[list[BindingType]] = _bindings()
    COMMANDS = TerminalApp.COMMANDS | {DeskProvider}

    def __init__(
        self,
        build: Callable[[], Awaitable["Session"]],
        *,
        guide: bool = False,
        log_path: Path | None = None,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        keymap: dict[str, str] | None = None,
        calls: Wanted | None = None,
        throwaway: bool = False,
        floor_first: bool = False,
    ) -> None:
        """An app that is not running yet.

        Args:
            build: makes the session; called after the first paint.
            guide: whether the guide through the first call is shown.
            log_path: where a crash is written down.
            clock: the local clock, seconds since the Unix epoch.
            monotonic: a clock that counts seconds and never goes back, for the time between two keys.
            keymap: other keys for the names in the table of keys.
            calls: for which news to ring and to ask for a notification, and what around the screen shows an offer.
            throwaway: whether what is kept goes when the program is left, as in the demo.
            floor_first: whether whoever signs in is taken for a supervisor, and sees the floor before the desk.

        Raises:
            ValueError: a key that the table does not know, or that stands for two verbs.
        """
        name_alt_keys({name: SIGNS[name] for name in ALT_SIGNS})
        super().__init__(log_path=log_path, monotonic=monotonic)
        self._build = build
        self._tasks: set[asyncio.Task[None]] = set()
        self._put_aside: str | None = None
        self._throwaway = throwaway
        self._bell = NewsBell(self.bell, self.write_raw, calls or Wanted())
        self._offers = OfferBell(self.bell, self.write_raw, calls or Wanted())
        self.session: Session | None = None
        self.desk_screen = AgentScreen(clock, guide=guide)
        self._prompting: Footer | None = None
        self.presses = TwoPresses(self._prompt, self.set_timer, monotonic)
        self.desk = DeskActions(
            DeskContext(
                self.desk_screen,
                spawn=self.spawn,
                tell=self.tell,
                leave=self._leave_in_order,
                presses=self.presses,
                wants_field=self.wants_field,
                keep=self._keep,
                offers=OfferRow(monotonic),
                throwaway=throwaway,
            )
        )
        self.desk.finding.run = self.action_desk
        self.door = FloorLauncher(
            *(self, self.desk_screen, clock, self.spawn, self.presses, self.wants_field),
            guide=guide,
            expected=floor_first,
        )
        self.quality = QualityLauncher(clock, self.spawn, self._tell_of_page, self.presses, self.wants_field)
        self.reports = ReportLauncher(clock, self.spawn, self._tell_of_page, self.presses, self.wants_field)
        self.outbox = OutboxLauncher(clock, self.spawn, self._tell_of_page, self.presses, self.wants_field)
        self.settings = SettingsLauncher(clock, self.spawn, self._tell_of_page, self.presses, self.wants_field)
        if keymap:
            self.set_keymap(remap(keymap))

    def get_default_screen(self) -> Screen[Any]:
        """The agent's screen, in the terminal's size from the start."""
        self.desk_screen.fit(self.size)
        return self.desk_screen

    @property
    def front(self) -> "AgentScreen | SupervisorScreen":
        """The screen that is in front, whatever lies over it."""
        return self.door.front

    def on_ready(self) -> None:
        """The first paint is done; start."""
        self.desk_screen.query_one(NotePane).on_edit = self.note_edited
        self.desk_screen.query_one(ReplyPane).on_edit = self.reply_edited
        self.set_timer(SETTLED_SECONDS, _collect_garbage)
        self.spawn(self._start())

    async def _start(self) -> None:
        session = await self._build()
        self.session = self.desk.context.session = self.door.session = session
        self.desk.own_state.signing_in()
        wrap_up = self.desk_screen.query_one(WrapUpPane)
        wrap_up.notes = session.notes
        session.notes.collect = self._tell_last_keys
        note = self.desk_screen.query_one(NotePane)
        reply = self.desk_screen.query_one(ReplyPane)
        session.notes.replaced, session.notes.note_closed = note.replace_words, note.close_note
        session.notes.reply_replaced = self._reply_replaced
        message = self.desk_screen.query_one(MessagePane)
        message.messages, message.written = session.customer_messages, session.notes.text
        note.written = reply.written = message.editor.written = session.notes.text
        reply.canned = message.editor.canned = lambda: session.canned.replies
        note.cards = reply.cards = message.editor.cards = wrap_up.editor.cards = session.cards
        session.store.on_pending = self.request_frame
        session.store.give_way = self.input_priority.give_way
        session.canned.begin()
        if not self.is_headless:
            session.plugins.begin()
        session.store.taps.insert(0, self._gather_card)  # before the one that asks: its answer may be there at once
        await session.start()
        self.request_frame()
        if not (self._throwaway or self.is_headless) and (
            words := await asyncio.to_thread(not_copied_yet, self.log_path.parent)
        ):
            session.store.notice(verbatim(words), "error", subject="rescued words")

    def _reply_replaced(self, draft_id: str, text: str) -> None:
        self.desk_screen.query_one(ReplyPane).replace_words(draft_id, text)
        self.desk_screen.query_one(MessagePane).reload(draft_id, text)

    def _gather_card(self, envelope: Envelope) -> None:
        """Draw a ring and its card as one when the CRM answers at once: drawn twice, the card would come later."""
        match envelope.event:
            case InteractionChanged(change=Change.OFFERED):
                self.gather(CARD_SECONDS)
            case PopChanged(pop=pop) if pop.answer is not PopAnswer.SEARCHING:
                self.gather(0.0)

    def on_frame(self) -> None:
        """Reduce what came in since the last frame, and draw it."""
        if self.session is not None:
            state = self.session.store.drain()
            offers = calls_to_answer(state)
            if offers:
                self.settings.rings()
            self._offers.hear(offers)
            self.door.draw(state)
            self.quality.notice(state)
            self.outbox.notice(state)
            self._look_at_news()
            self._see_thread()
            self.desk.contact.look_at_offer()
            self.presses.look()

    def on_unmount(self) -> None:
        """Leave the window's title and its place in the taskbar as they were."""
        self._offers.close()

    def on_second(self) -> None:
        """Let the clocks on screen go on."""
        self.door.second()
        self._look_at_news()
        self._see_thread()

    def field_for_letters(self) -> Widget | None:
        """See the base class; in a window too small to show anything, the field that was typed in before."""
        unseen = None if self.door.is_open else self.desk_screen.typed_in_unseen
        return unseen or super().field_for_letters()

    async def flush(self) -> None:
        """Put every word on disk."""
        if self.session is not None:
            self._tell_last_keys()
            await asyncio.gather(self.session.notes.flush(), self.session.supervisor.flush(), self.outbox.flush())

    async def _keep(self) -> "tuple[Unsaved, ...]":
        """Try to put every word on disk, for a moment; what is not there then."""
        await asyncio.wait([asyncio.gather(self.flush(), return_exceptions=True)], timeout=KEEP_SECONDS)
        return self._unsaved()

    def _unsaved(self) -> "tuple[Unsaved, ...]":
        return (*self.session.unsaved(), *self.outbox.unsaved()) if self.session is not None else ()

    def stays(self) -> bool:
        """See the base class: words that are in memory only keep this desktop here."""
        unsaved = self._unsaved()
        if unsaved and self.session is not None:
            about, problem = in_words(unsaved[0].about), in_words(unsaved[0].problem).rstrip(".")
            told = (
                tr(
                    "Another desktop wanted to take over. This one stays: the {text} is not saved ({why}).",
                    text=about,
                    why=problem,
                )
                if problem
                else tr("Another desktop wanted to take over. This one stays: the {text} is not saved.", text=about)
            )
            self.session.store.notice(verbatim(told), "error")
        return bool(unsaved)

    def last_words(self) -> str:
        """See the base class: where the words are that could not be saved, and what waits."""
        if self.session is None:
            return ""
        said = ""
        unsaved = self._unsaved()
        if unsaved and self._put_aside is None:
            self._put_aside = rescued(unsaved, self.log_path.parent)
        if unsaved and self._put_aside is not None:
            said = self._put_aside
        return said + left_waiting(self.session.store.state, throwaway=self._throwaway)

    def _tell_last_keys(self) -> None:
        """Have every field that belongs to a record say what stands in it, without waiting for its messages."""
        self.desk_screen.query_one(NotePane).tell()
        self.desk_screen.query_one(ReplyPane).tell()
        self.desk_screen.query_one(MessagePane).tell()
        self.desk_screen.query_one(WrapUpPane).editor.tell()

    def _look_at_news(self) -> None:
        """Call the agent to what is new, but for what they have before their eyes."""
        if self.session is None:
            return
        state = self.session.store.state
        covered = self.screen is not self.desk_screen or self.quality.is_open or self.reports.is_open
        in_sight = frozenset() if covered or self.outbox.is_open else self.desk_screen.news_in_sight(state)
        self._bell.hear(state.news, in_sight)
        self.session.news.seen(in_sight)

    def _see_thread(self) -> None:
        """What the customer wrote counts as read once it really stood on the screen, and not under another page."""
        covered = self.screen is not self.desk_screen or self.quality.is_open or self.reports.is_open
        if self.session is None or covered or self.outbox.is_open or self.settings.is_open or not self.app_focus:
            return
        seen = self.desk_screen.thread_in_sight()
        if seen is not None:
            self.session.threads.see(seen)

    def tell(self, text: str, subject: str = "") -> None:
        """Show a sentence to the agent: about a subject, or about the contact before them."""
        if self.session is not None:
            self.session.store.notice(verbatim(text), subject=subject or self.desk_screen.selected or "")
        else:
            self.notify(text)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run beside the screen; what it raises is told and logged, and fatal only before there is a session."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("background work failed: %s", type(error).__name__)
            if self.session is None:
                self.fail(error if isinstance(error, Exception) else RuntimeError(str(error)))
            else:
                if not isinstance(error, StoreError):
                    crash.write_report(error, self.log_path, context="task")
                why = in_words(error.sentence).rstrip(".") if isinstance(error, StoreError) else tr("Program error")
                not_done = verbatim(tr("That could not be done. {why}.", why=why))
                self.session.store.notice(not_done + self.session.safety, "error")

    def _leave_in_order(self) -> None:
        async def close() -> None:
            if self.session is not None:
                # A disk that hangs must not keep anybody here; what it did not take is put aside.
                last = asyncio.gather(self._save_and_close(self.session), return_exceptions=True)
                await asyncio.wait([last], timeout=CLOSE_SECONDS)
            self.exit(0)

        self.spawn(close())

    async def _save_and_close(self, session: "Session") -> None:
        await asyncio.gather(self.flush(), return_exceptions=True)
        await session.close()

    # --- what cannot be undone, and letters without a place -----------------------------------------------------

    def _prompt(self, act: Irrevocable | None, too_soon: bool) -> bool:
        """Show what one more press does, or no more; False where the window is too small to read it."""
        if self._prompting is not None and self._prompting.is_attached:
            self._prompting.ask("")
        self._prompting = None
        front = self.front
        if act is not None and not front.has_class("small"):
            self._prompting = front.query_one(Footer)
            self._prompting.ask(act.prompt(too_soon=too_soon), act.key)
            self._prompting.call_after_refresh(self.presses.painted, act)
        self.outbox.prompted()
        return self._prompting is not None

    def before_key(self, event: events.Event, typed: bool, after_lost: bool) -> bool:
        """See the base class; esc that takes back what was asked, or makes letters verbs again, does nothing else.

        A quick esc and a letter arrives as alt and the letter: on the outbox page that is no verb of the desk below.
        """
        armed = self.presses.armed is not None
        name = event.key if isinstance(event, events.Key) else ""
        self.presses.key(name, typed=typed, waited=time.monotonic() - event.time)
        return self.outbox.takes_alt(name) or ((armed or after_lost) and name in BY_ID["back"].letters)

    def letters_lost(self) -> None:
        """See the base class."""
        self.tell(tr("No field is open for typing: what you type goes nowhere. {back:key} for keys."))

    def clicked(self, key: str) -> None:
        """See the base class; a click takes back what was asked, unless it presses the key that was asked for."""
        super().clicked(key)
        armed = self.presses.armed
        if armed is not None and named(key) not in armed.pressed:
            self.presses.disarm()

    async def on_click(self, event: events.Click) -> None:
        """Press the key that is printed there."""
        key = named(pressed_at(self.screen, event.screen_x, event.screen_y))
        if not key:
            return
        event.stop()
        if is_typed(key) and self.field_for_letters() is not None:
            await self._press_beside_field(key)
        else:
            self.post_message(events.Key(key, " " if key == "space" else SIGNS.get(key)))

    async def _press_beside_field(self, key: str) -> None:
        """A letter was clicked while another field has the keyboard: its verb on the desk, and no text."""
        pages = (self.quality, self.reports, self.outbox, self.settings)
        verb = next((one.action for one in BY_ID.values() if key in one.letters), None)
        if self.screen is not self.desk_screen or any(page.is_open for page in pages):
            self.bell()
        elif key.isdigit():
            self.action_pick(int(key))
        elif verb is not None:
            await self.run_action(f"desk('{verb}')")

    # --- keys ------------------------------------------------------------------------------------------------------

    def action_desk(self, name: str) -> None:
        """Run the verb `name` of the table of keys."""
        if name == "repaint":
            self.screen.refresh()
            return
        if name in ON_THE_LINE and self.session is not None:
            self.session.news.seen((f"{NewsKind.EXPERT_GONE}:{self.desk_screen.selected}",))
        if name != "outbox":
            self.outbox.before(name)
        if name == "coaching":
            self.quality.toggle(self.session, self.desk_screen, review=False)
            return
        self.quality.before(name)
        self.reports.before(name)
        if name == "settings":
            if self.front.query_one(Page).is_open:
                self.front.close_top()
            self.settings.toggle(self.session, self.front)
            self.front.redraw()
            return
        self.settings.before(name)
        if self.door.do(name):
            return
        if name == "palette":
            self.action_command_palette()
        elif name == "help":
            self._page("help", tr("Keys"), lambda view: pages.help_lines())
        elif name == "diagnostics":
            self._page("diagnostics", tr("Diagnostics"), self._diagnostics, counts=True)
        elif name == "my_day":
            self._my_day()
        elif name == "news":
            self._page("news", tr("What is new"), self._news)
        elif name == "outbox":
            if self.front.query_one(Page).is_open:
                self.front.close_top()
            self.outbox.toggle(self.session, self.front)
        elif not (name == "retry" and self.outbox.send_all()):
            self.desk.do(name)

    def take(self, hit: Hit) -> None:
        """Do what is natural for what the palette found; a page over the desk closes as for the key of the search."""
        for page in (self.outbox, self.quality, self.reports, self.settings):
            page.before("search")
        self.desk.finding.picked(hit)

    def use_settings(self, make: "Callable[[], Settings]") -> None:
        """Have a page of settings, whose changes are seen at once where they can be."""

        def made() -> "Settings":
            settings = make()
            settings.put_in_force = self._put_in_force
            return settings

        self.settings.make = made

    def _put_in_force(self, live: "OwnValues") -> None:
        self.set_keymap(remap({verb: key.value for verb, key in live.keys.items()}))
        wanted = Wanted(*(live.values[name].value for name in ("ring", "notify", "window")))
        self._bell.wanted = wanted
        self._offers.want(wanted)
        self._speak(live.values["language"].value)
        self.choose_theme(live.theme.value or ("contrast" if self.no_color else "dark"))
        self._draw_anew()

    @staticmethod
    def _speak(chosen: str) -> None:
        known = chosen in language.LANGUAGES
        catalogue.use(chosen if known else language.of_environment(os.environ))

    def _draw_anew(self) -> None:
        """Have every pane say what it says in the words and with the keys in force now."""
        for screen in self.screen_stack:
            for widget in screen.walk_children():
                if isinstance(widget, Pane):
                    widget.forget()
                widget.refresh()
        self.front.redraw()

    # --- what the panes say: each message is one call of the session or of the desk's actions -----------------------

    def note_edited(self, interaction_id: str, text: str) -> None:
        """Keep what was typed into the note of a contact."""
        if self.session is not None:
            self.session.notes.edit(interaction_id, text)

    def reply_edited(self, interaction_id: str, text: str) -> None:
        """Keep what was typed to the customer of a contact."""
        if self.session is not None:
            self.session.notes.edit(interaction_id, reply=text)
            self.session.replies.begun(interaction_id)
            self.session.threads.typed(interaction_id, text)

    @on(DraftEditor.Refused)
    @on(WrapUpPane.Refused)
    @on(ExpertFinder.Refused)
    def _refused(self, event: DraftEditor.Refused | WrapUpPane.Refused | ExpertFinder.Refused) -> None:
        self.tell(event.why)

    @on(DraftEditor.Closed)
    def _typed_into_closed_note(self) -> None:
        self.tell(
            tr("Not taken: this note is closed and in the outbox. {outbox:key} opens it, {back:key} leaves the note.")
        )

    @on(FollowUpEditor.CardHidden)
    def _card_hidden(self, event: FollowUpEditor.CardHidden) -> None:
        if event.in_message:
            self.tell(tr("{what}. A message to the customer carries none.", what=event.what), DONE)
        else:
            self.tell(tr("{what}. {not_a_card:key}: it is no card.", what=event.what), DONE)

    @on(FollowUpEditor.Discarded)
    def _follow_up_discarded(self, event: FollowUpEditor.Discarded) -> None:
        key = shown("text" if event.kind == "sms" else event.kind)
        self.tell(tr("Discarded: “{text}”. {key} brings it back.", text=_beginning(event.text), key=key), DONE)

    @on(ExpertFinder.Looking)
    def _experts_on_screen(self, event: ExpertFinder.Looking) -> None:
        event.stop()
        if self.session is not None:
            self.session.on_screen.look(event.person_ids)

    @on(ExpertFinder.Picked)
    def _expert_picked(self, event: ExpertFinder.Picked) -> None:
        self.desk.expert.picked_expert(event.how, event.person_id, event.text)

    @on(StateMenu.Chosen)
    def _state_chosen(self, event: StateMenu.Chosen) -> None:
        self.desk.own_state.chosen_state(event.availability, event.reason, after_current=event.after_current)

    @on(SearchPane.Typed)
    def _search_typed(self, event: SearchPane.Typed) -> None:
        self.desk.finding.typed(event.text, now=event.now)

    @on(SearchPane.StillAsked)
    def _search_waits(self) -> None:
        self.tell(tr("The CRM is still being asked. The arrow keys choose something else."))

    @on(SearchPane.Picked)
    def _hit_picked(self, event: SearchPane.Picked) -> None:
        self.desk.finding.picked(event.hit)

    @on(SearchPane.CreateWanted)
    def _customer_named(self, event: SearchPane.CreateWanted) -> None:
        self.desk.customer.create_customer(event.name)

    @on(TimelinePane.EndReached)
    def _end_of_timeline_reached(self) -> None:
        self.desk.customer.read_on()

    @on(RecordsPane.Toggled)
    def _record_toggled(self, event: RecordsPane.Toggled) -> None:
        self.desk.customer.toggled_record(event.kind, event.record_id, event.ids, link=event.link)

    @on(CopyList.Chosen)
    def _copy_chosen(self, event: CopyList.Chosen) -> None:
        self.desk_screen.close_top()
        self.desk.customer.copied(event.what, event.text)

    @on(FilePicker.Picked)
    def _file_picked(self, event: FilePicker.Picked) -> None:
        self.desk.writing.picked_file(event.interaction_id, event.path)

    @on(HeadFields.Changed)
    def _head_changed(self, event: HeadFields.Changed) -> None:
        self.desk.writing.changed_head(event.interaction_id, event.head)

    @on(HeadFields.Wrong)
    def _head_wrong(self, event: HeadFields.Wrong) -> None:
        self.tell(tr("{text} is no e-mail address.", text=event.text))

    @on(HeadFields.Done)
    def _head_done(self) -> None:
        self.desk_screen.close_top()

    @on(SaveList.Chosen)
    def _file_to_save(self, event: SaveList.Chosen) -> None:
        self.desk.writing.chosen_to_save(event.interaction_id, event.message_id, event.attachment_id)

    @on(HelpField.Said)
    def _said_to_supervisors(self, event: HelpField.Said) -> None:
        self.desk_screen.close_top()
        self.desk.supervisors.said(event.kind, event.subject, event.text)

    @on(DialField.Dialled)
    def _number_dialled(self, event: DialField.Dialled) -> None:
        self.desk.contact.dialled(event.number)

    @on(Keypad.Typed)
    def _tones_typed(self, event: Keypad.Typed) -> None:
        self.desk.contact.send_tones(event.digits)

    @on(LineTable.Chosen, "#work")
    def _work_chosen(self, event: LineTable.Chosen) -> None:
        self.desk_screen.select(event.key)
        self.desk_screen.focus_writing()

    @on(LineTable.Chosen, "#queues")
    def _waiting_chosen(self) -> None:
        if (waiting := self.desk_screen.query_one(QueuesPane).pullable) is not None:
            self.desk.contact.pull(waiting)

    @on(LineTable.Highlighted, "#queues")
    def _queue_highlighted(self) -> None:
        self.desk_screen.query_one(QueuesPane).on_resize()

    @on(LineTable.Highlighted, "#work")
    def _work_highlighted(self, event: LineTable.Highlighted) -> None:
        work = self.desk_screen.query_one(WorkPane)
        if work.has_focus and work.cursor_key == event.key:  # else it has moved on since
            self.desk_screen.select(event.key)

    @on(Input.Submitted, "#tones")
    def _tones_done(self) -> None:
        self.desk_screen.close_top()

    # --- pages over the screen in front ------------------------------------------------------------------------------

    def _page(self, topic: str, heading: str, lines: Callable[[View], Sequence[Line]], *, counts: bool = False) -> None:
        """Open a page, or close it; `counts`: it has times that go on, and is said anew each second."""
        page = self.front.query_one(Page)
        if page.is_open and page.topic == topic:
            self.front.close_top()
        else:
            page.open(topic, heading, lines(self.front.view()), lines if counts else None)

    def _my_day(self) -> None:
        from desktop.tui.pages.my_day import MyDay

        page = self.front.query_one(Page)
        day = MyDay(self.session, self.spawn, lambda: page.draw(self.front.view()))
        self._page("my_day", tr("My day"), day.lines, counts=True)

    def _news(self, view: View) -> Sequence[Line]:
        """All that is new; what was read is not new any more."""
        lines = news_words.page_lines(view.state, view.now)
        if self.session is not None:
            self.session.news.seen(view.state.news)
        return lines

    def _diagnostics(self, view: View) -> Sequence[Line]:
        names = ("agent-desktop", "textual", "httpx", "pydantic")
        versions = [f"{name} {version(name)}" for name in names]
        return pages.diagnostics_lines(view.state, view.now, log_path=self.log_path, versions=versions)

    def _tell_of_page(self, text: str, severity: str, subject: str = "") -> None:
        if self.session is not None:
            self.session.store.notice(verbatim(text), severity, subject)

    @on(QualityWanted)
    def _quality_wanted(self) -> None:
        self.quality.toggle(self.session, self.front, review=True)
        self.front.redraw()  # other keys mean something now

    @on(ReportsWanted)
    def _reports_wanted(self, event: ReportsWanted) -> None:
        self.reports.toggle(self.session, event.screen)
        self.front.redraw()

    def action_help_quit(self) -> None:
        """See the base class."""
        self.tell(tr("{quit:key} leaves."))

    def action_pick(self, number: int) -> None:
        """One of several customers, or one of my contacts."""
        self.desk.customer.pick(number)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Picking is for the desk; pages have keys of their own."""
        if action == "pick":
            return not (self.door.is_open or self.quality.is_open or self.outbox.is_open or self.settings.is_open)
        if action == "desk" and self.settings.is_capturing:
            return False
        if action == "desk" and parameters[0] == "repaint":
            return True
        pages_over = (self.quality, self.reports, self.outbox, self.settings)
        if action == "desk" and any(door.handles(str(parameters[0])) for door in pages_over):
            return False
        if action == "desk" and self.screen is not self.front:
            return parameters[0] in ("accept", "decline", "palette")
        if action == "desk" and self.door.is_open:
            return parameters[0] in ON_FLOOR
        return super().check_action(action, parameters)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Everything the keys can do, by name, and the themes."""
        for key in BY_ID.values():
            if key.action not in ("palette", "back") and (key.action in ON_FLOOR or not self.door.is_open):
                yield SystemCommand(
                    f"{key.title}  ({key.shown})", key.help, lambda name=key.action: self.action_desk(name)
                )
        yield from self.quality.commands(self.simulate_key)
        yield from self.outbox.commands(self.simulate_key)
        yield from self.settings.commands(self.simulate_key)
        yield from self.door.commands()
        yield from (command for command in super().get_system_commands(screen) if command.title != tr("Quit"))


def _beginning(text: str) -> str:
    """So much of a text that its writer knows it again."""
    text = " ".join(text.split())
    return text if len(text) <= BEGINNING else f"{text[: BEGINNING - 1].rstrip()}…"


def _collect_garbage() -> None:
    """Have Python look for garbage from now on, but not among what a start has made, which stays to the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_THRESHOLD)
    gc.enable()


def run_desktop(
    build: Callable[[], Awaitable["Session"]],
    *,
    guide: bool,
    log_path: Path,
    keymap: dict[str, str] | None = None,
    theme: str = "",
    themes: Path | None = None,
    calls: Wanted | None = None,
    throwaway: bool = False,
    settings: "Callable[[], Settings] | None" = None,
    floor_first: bool = False,
) -> int:
    """Run the desktop on this terminal to its end.

    Args:
        build: makes the session, not yet started; called after the first paint.
        guide: whether to show the guide through the first call.
        log_path: where a crash is written down.
        keymap: other keys, by the names in the table of keys.
        theme: dark, light, contrast or one of `themes`; "" for dark, or contrast where colours are not wanted.
        themes: the folder of looks of one's own.
        calls: for which news to ring, and to ask for a notification.
        throwaway: whether what is kept goes when the program is left, as in the demo.
        settings: makes what the page of settings shows and changes.
        floor_first: whether whoever signs in is taken for a supervisor, and sees the floor before the desk.

    Returns:
        The exit status: 0, 1 after a crash, 2 where no screen can be shown, 128 + n after signal n.

    Raises:
        ValueError: a key or a theme that there is not.
    """
    app = DesktopApp(
        build,
        guide=guide,
        log_path=log_path,
        keymap=keymap,
        calls=calls,
        throwaway=throwaway,
        floor_first=floor_first,
    )
    app.theme_files = ThemeFiles(themes)
    if settings is not None:
        app.use_settings(settings)
    if theme:
        app.choose_theme(theme)
    return app.run_to_exit()
