"""The desktop as a terminal program: one session, one screen, the keys of the table."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import SystemCommand
from textual.binding import BindingType
from textual.screen import Screen
from textual.widget import Widget

from desktop.app.store_errors import StoreError
from desktop.domain.events import Change, Envelope, InteractionChanged
from desktop.domain.own_events import PopChanged
from desktop.domain.words import Phase, PopAnswer
from desktop.tui import crash, garbage, pages
from desktop.tui.agent_screen import AgentScreen
from desktop.tui.desk_actions import DeskActions
from desktop.tui.desk_bindings import desk_bindings
from desktop.tui.floor_door import ON_FLOOR, FloorDoor
from desktop.tui.key_sequences import name_alt_keys
from desktop.tui.keys import BY_ID, remap
from desktop.tui.outbox_door import OutboxDoor
from desktop.tui.page_keys import PageKeys
from desktop.tui.panes.note import NotePane
from desktop.tui.panes.page import Page
from desktop.tui.panes.wrap_up import WrapUpPane
from desktop.tui.quality_door import QualityDoor, QualityWanted
from desktop.tui.report_door import ReportDoor, ReportsWanted

if TYPE_CHECKING:
    from desktop.app.session import Session
    from desktop.domain.state import AppState
    from desktop.tui.supervisor_screen import SupervisorScreen

log = logging.getLogger(__name__)

CARD_SECONDS = 0.015
"""How long a ring waits for the answer of the CRM, so that both are drawn as one."""


class DesktopApp(PageKeys):
    """Paints first, then starts the session in the background."""

    TITLE = "agent-desktop"
    CSS_PATH = "theme.tcss"
    BINDINGS: ClassVar[list[BindingType]] = desk_bindings()

    def __init__(
        self,
        build: Callable[[], Awaitable["Session"]],
        *,
        guide: bool = False,
        log_path: Path | None = None,
        clock: Callable[[], float] = time.time,
        keymap: dict[str, str] | None = None,
    ) -> None:
        """An app that is not running yet.

        Args:
            build: makes the session; called after the first paint.
            guide: whether the guide through the first call is shown.
            log_path: where a crash is written down.
            clock: the local clock, seconds since the Unix epoch.
            keymap: other keys for the names in the table of keys.

        Raises:
            ValueError: a key that the table does not know, or that stands for two verbs.
        """
        name_alt_keys()
        super().__init__(log_path=log_path)
        self._build = build
        self._tasks: set[asyncio.Task[None]] = set()
        self._offered: frozenset[str] = frozenset()
        self.session = None
        self.desk_screen = AgentScreen(clock, guide=guide)
        self.desk = DeskActions(
            self.desk_screen, spawn=self.spawn, later=self.set_timer, tell=self.tell, leave=self._leave_in_order
        )
        self.door = FloorDoor(self, self.desk_screen, clock, self.spawn, guide=guide)
        self.quality = QualityDoor(clock, self.spawn, self._tell_of_page)
        self.reports = ReportDoor(clock, self.spawn, self._tell_of_page)
        self.outbox = OutboxDoor(clock, self.spawn, self._tell_of_page)
        if keymap:
            self.set_keymap(remap(keymap))

    def get_default_screen(self) -> Screen[Any]:
        """The agent's screen, in the terminal's size from the start."""
        self.desk_screen.fit(self.size)
        return self.desk_screen

    @property
    def front(self) -> "AgentScreen | SupervisorScreen":
        """See the base class."""
        return self.door.front

    def on_ready(self) -> None:
        """The first paint is done; start."""
        self.desk_screen.query_one(NotePane).on_edit = self.note_edited
        garbage.begin()
        self.spawn(self._start())

    async def _start(self) -> None:
        session = await self._build()
        self.session = self.desk.session = self.door.session = session
        wrap_up = self.desk_screen.query_one(WrapUpPane)
        wrap_up.notes = session.notes
        session.notes.collect = self._tell_last_keys
        note = self.desk_screen.query_one(NotePane)
        session.notes.replaced, note.written = note.replace_note, session.notes.text
        note.cards = wrap_up.editor.cards = session.cards
        session.store.on_pending = self.request_frame
        session.store.give_way = self._give_way
        session.store.taps.insert(0, self._gather_card)  # before the one that asks: its answer may be there at once
        await session.start()
        self.request_frame()
        self.set_timer(garbage.SETTLED_SECONDS, garbage.settle)

    def _gather_card(self, envelope: Envelope) -> None:
        """Draw a ring and its card as one when the CRM answers at once: drawn twice, the card would come later."""
        match envelope.event:
            case InteractionChanged(change=Change.OFFERED):
                self.gather(CARD_SECONDS)
            case PopChanged(answer=answer) if answer is not PopAnswer.SEARCHING:
                self.gather(0.0)

    def on_frame(self) -> None:
        """Reduce what came in since the last frame, and draw it."""
        if self.session is not None:
            state = self.session.store.drain()
            self._ring(state)
            self.door.draw(state)
            self.quality.notice(state)
            self.outbox.notice(state)

    def on_second(self) -> None:
        """Let the clocks on screen go on."""
        self.door.second()
        self._search_garbage()

    async def _give_way(self) -> None:
        """Between two pieces of news: a look for garbage of the one before, and then whoever is at the keys."""
        self._search_garbage()
        await self.keys_first.give_way()

    def _search_garbage(self) -> None:
        if not self.keys_first.under_way:
            garbage.search(at_leisure=self.keys_first.rested(garbage.LEISURE_SECONDS))

    def field_for_letters(self) -> Widget | None:
        """See the base class; in a window too small to show anything, the field that was typed in before."""
        unseen = None if self.door.is_open else self.desk_screen.typed_in_unseen
        return unseen or super().field_for_letters()

    async def flush(self) -> None:
        """Put every word on disk."""
        if self.session is not None:
            self._tell_last_keys()
            await asyncio.gather(self.session.notes.flush(), self.session.supervisor.flush(), self.outbox.flush())

    def _tell_last_keys(self) -> None:
        """Have every field that belongs to a record say what stands in it, without waiting for its messages."""
        self.desk_screen.query_one(NotePane).tell()
        self.desk_screen.query_one(WrapUpPane).editor.tell()

    def _ring(self, state: "AppState") -> None:
        offered = frozenset(
            i.id for i in state.interactions.values() if i.phase is Phase.OFFERED and i.agent_id == state.me
        )
        if offered - self._offered:
            self.bell()
        self._offered = offered

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
                self._handle_exception(error if isinstance(error, Exception) else RuntimeError(str(error)))
            else:
                if not isinstance(error, StoreError):
                    crash.write_report(error, self.log_path, context="task")
                why = str(error) if isinstance(error, StoreError) else "There is a mistake in the program"
                self.session.store.notice(f"That could not be done. {why.rstrip('.')}. Your notes are safe.", "error")

    def _leave_in_order(self) -> None:
        async def close() -> None:
            if self.session is not None:
                await self.session.close()
            self.exit(0)

        self.spawn(close())

    # --- keys ------------------------------------------------------------------------------------------------------

    def action_desk(self, name: str) -> None:
        """Run the verb `name` of the table of keys."""
        if name not in ("end", "back"):
            self.desk.disarm()
        if name != "outbox":
            self.outbox.before(name)
        if name == "coaching":
            self.quality.turn(self.session, self.desk_screen, review=False)
            return
        self.quality.before(name)
        self.reports.before(name)
        if self.door.do(name):
            return
        if name == "palette":
            self.action_command_palette()
        elif name == "help":
            self._page("help", "Keys", pages.help_lines)
        elif name == "diagnostics":
            self._page("diagnostics", "Diagnostics", self._diagnostics)
        elif name == "outbox":
            if self.front.query_one(Page).is_open:
                self.front.close_top()
            self.outbox.turn(self.session, self.front)
        elif not (name == "retry" and self.outbox.send_all()):
            getattr(self.desk, name)()

    def _tell_of_page(self, text: str, severity: str) -> None:
        if self.session is not None:
            self.session.store.notice(text, severity)

    @on(QualityWanted)
    def _quality_wanted(self) -> None:
        self.quality.turn(self.session, self.front, review=True)
        self.front.redraw()  # other keys mean something now

    @on(ReportsWanted)
    def _reports_wanted(self, event: ReportsWanted) -> None:
        self.reports.turn(self.session, event.screen)
        self.front.redraw()

    def action_pick(self, number: int) -> None:
        """One of several customers, or one of my contacts."""
        self.desk.pick(number)

    def action_confirm_end(self) -> None:
        """Enter after one press of the end key."""
        self.desk.confirm_end()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enter is only taken while it would end the contact; picking while typing only where there is a choice."""
        if action == "confirm_end":
            return self.desk.ending and self.screen is self.desk_screen
        if action == "pick":
            return not self.door.is_open and not self.quality.is_open and not self.outbox.is_open
        pages_over = (self.quality, self.reports, self.outbox)
        if action == "desk" and any(door.hears(str(parameters[0])) for door in pages_over):
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
                    f"{key.label.capitalize()}  ({key.shown})", key.help, lambda name=key.action: self.action_desk(name)
                )
        yield from self.quality.commands(self.simulate_key)
        yield from self.outbox.commands(self.simulate_key)
        yield from self.door.commands()
        yield from (command for command in super().get_system_commands(screen) if command.title != "Quit")


def run_desktop(
    build: Callable[[], Awaitable["Session"]],
    *,
    guide: bool,
    log_path: Path,
    keymap: dict[str, str] | None = None,
    theme: str = "",
) -> int:
    """Run the desktop on this terminal to its end.

    Args:
        build: makes the session, not yet started; called after the first paint.
        guide: whether to show the guide through the first call.
        log_path: where a crash is written down.
        keymap: other keys, by the names in the table of keys.
        theme: dark, light or contrast; "" for dark, or contrast where colours are not wanted.

    Returns:
        The exit status: 0, 1 after a crash, 2 where no screen can be shown, 128 + n after signal n.

    Raises:
        ValueError: a key or a theme that there is not.
    """
    app = DesktopApp(build, guide=guide, log_path=log_path, keymap=keymap)
    if theme:
        app.choose_theme(theme)
    try:
        return app.run_to_exit()
    finally:
        garbage.end()
