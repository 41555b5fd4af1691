"""The app without a domain: safe text, one clock, an end in good order whatever ends it."""

import asyncio
import contextvars
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, Final

import platformdirs
from textual import events
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.driver import Driver
from textual.filter import LineFilter
from textual.geometry import Size
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, TextArea

from desktop.tui.terminal import crash
from desktop.tui.terminal import ending as terminal
from desktop.tui.terminal.believable_size import believable
from desktop.tui.terminal.frame_pace import FramePace
from desktop.tui.terminal.input_priority import LOOK_SECONDS, InputPriority
from desktop.tui.terminal.line_filter import ControlFilter
from desktop.tui.terminal.theme_files import ThemeFiles, ThemeWatch
from desktop.tui.terminal.themes import CONTRAST, DARK, THEMES
from desktop.tui.terminal.typed_keys import TypedKeys
from desktop.tui.textual_patches.crash_handling import GuardedApp
from desktop.tui.textual_patches.raw_output import write_raw
from desktop.tui.textual_patches.rule_cache import RuleCache
from desktop.tui.widgets import css
from desktop.tui.widgets.key_hint import pressed_at
from desktop.tui.widgets.safe_text import safe
from desktop.words.catalogue import tr
from desktop.words.marks import mark

_SWITCH_SECONDS: Final = 0.001
THEME_SECONDS: Final = 0.5
"""How long the threads that read keys and write the screen wait at most for one that computes; Python's own 5 ms come
several times with each key, for such a thread gives the interpreter away with every call of the system."""


_THEME_WORDS: Final = {"dark": mark("dark"), "light": mark("light"), "contrast": mark("contrast")}
"""The looks by the names that settings and commands have for them."""


class TerminalApp(GuardedApp, inherit_bindings=False):
    """What every screen of the program stands on.

    A subclass overrides `on_frame`, `on_second` and `flush`, and says `request_frame()` when something new is to be
    drawn: the first frame runs at once, more follow at most 60 times a second and less often the more they cost, and
    none runs when nothing is new.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "help_quit", show=False, system=True)]
    ENABLE_COMMAND_PALETTE = True
    # A second click on a toast, or on anything else just removed, crashes Textual 8.2.8 where text can be selected
    # with the mouse across widgets. Fields have a selection of their own, and terminals select with shift.
    ALLOW_SELECT = False

    _control_filter: ClassVar[LineFilter] = ControlFilter()

    def __init__(self, *, log_path: Path | None = None, monotonic: Callable[[], float] = time.monotonic) -> None:
        """An app that is not running yet.

        Args:
            log_path: where a crash is written down; in the user's log directory by default.
            monotonic: a clock that counts seconds and never goes back, for pauses between keys.
        """
        if os.environ.get("NO_COLOR") == "":
            del os.environ["NO_COLOR"]  # by its convention empty means unset, which Textual overlooks
        self.log_path = log_path or platformdirs.user_log_path("agent-desktop") / "crash.log"
        self._last_flush: asyncio.Task[None] | None = None
        self._frame_wanted = False
        self._in_frame = False
        self._pace = FramePace()
        self._gather_until = float("-inf")
        self._coming_frame: asyncio.TimerHandle | None = None
        self._frame_context: contextvars.Context | None = None
        super().__init__()
        self.stylesheet = RuleCache(variables=self.get_css_variables())
        self.input_priority = InputPriority()
        self._typed = TypedKeys(
            self,
            super().on_event,
            self.field_for_letters,
            self.input_priority,
            before=self.before_key,
            lost=self.letters_lost,
            clock=monotonic,
        )
        self._typing: asyncio.Task[None] | None = None
        self._theming: asyncio.Task[None] | None = None
        self.theme_files = ThemeFiles()
        """Where looks come from."""
        for theme in THEMES:
            self.register_theme(theme)
        # Without colour the differences in brightness have to carry further.
        self.theme = CONTRAST.name if self.no_color else DARK.name

    def on_frame(self) -> None:
        """Draw what is new. Runs inside one batch update; the place to hand new rows to tables."""

    def on_second(self) -> None:
        """Draw what counts time; once a second, without layout."""

    async def flush(self) -> None:
        """Save what is not saved, within 0.25 s; called when a signal or an error ends the program."""

    def stays(self) -> bool:
        """Whether the program cannot leave for another one that asks it to; asked after a flush. It tells why."""
        return False

    def last_words(self) -> str:
        """Put aside what could not be saved, and answer lines for the terminal, each with its end; "" for none.

        It is called once or more when the program ends, however it ends, and perhaps from another thread.
        """
        return ""

    def field_for_letters(self) -> Widget | None:
        """The field that letters go into now; None where they are verbs."""
        return self.focused if isinstance(self.focused, Input | TextArea) else None

    def before_key(self, event: events.Event, typed: bool, after_lost: bool) -> bool:
        """A key or paste is about to be applied, `typed` into a field; True where that was all it meant.

        `after_lost`: whether it is the first one after letters that went nowhere.
        """
        return False

    def letters_lost(self) -> None:
        """Letters go nowhere from now on: their field did not open, or went away."""

    def wants_field(self, leads: str = "") -> None:
        """Say that a field was asked for: until one has the keyboard, what is typed is no verb.

        Args:
            leads: the digits that a refusal names as the way there; pressed next, they are verbs all the same.
        """
        self._typed.want_field(leads)

    def clicked(self, key: str) -> None:
        """A button of the mouse was pressed: what is typed from now on belongs to what was clicked.

        Args:
            key: what the click will press, as it is printed; "" where no key is printed there.
        """
        self._typed.release()

    def request_frame(self) -> None:
        """Say that something is to be drawn; cheap, and to be called from the app's own thread."""
        if not self._frame_wanted:
            self._frame_wanted = True
            self._schedule_frame()

    def painted(self, seconds: float, *, all_of_it: bool) -> None:
        """A screen was painted, or a part of what there is to paint, which took so long."""
        if self._pace.painted(seconds, all_of_it=all_of_it) and self._coming_frame is not None:
            self._coming_frame.cancel()
            self._schedule_frame()

    def gather(self, seconds: float) -> None:
        """Begin no frame for so long, so that what comes meanwhile is drawn with what is here; 0 ends that."""
        self._gather_until = asyncio.get_running_loop().time() + seconds
        if self._coming_frame is not None:
            self._coming_frame.cancel()
            self._schedule_frame()

    def run_to_exit(self, **options: Any) -> int:
        """Run to the end on this terminal.

        Args:
            options: as for `App.run`, for example `mouse=False`.

        Returns:
            The exit status: 0, 1 after a crash, 128 + n after signal n.

        Raises:
            SystemExit: with status 2, before anything was drawn, where no screen can be shown.
        """
        terminal.require_screen()
        self.run(**options)
        if words := self.last_words():
            with suppress(OSError, ValueError):  # the terminal may be gone
                sys.stderr.write(words)
                sys.stderr.flush()
        return self.return_code or 0

    async def run_async(self, *, headless: bool = False, **options: Any) -> int | None:
        """See `App.run_async`; signals are taken care of while it runs."""
        signals = terminal.Signals(self.flush, self._leave, stays=self.stays, last_words=self.last_words)
        if not headless:
            sys.setswitchinterval(_SWITCH_SECONDS)
            signals.install()
            asyncio.get_running_loop().set_exception_handler(self._note_loop_error)
        try:
            return await super().run_async(headless=headless, **options)
        finally:
            for task in (self._typing, self._theming):
                if task is not None:
                    task.cancel()
            if self._last_flush is not None:
                with suppress(Exception):
                    async with asyncio.timeout(terminal.FLUSH_SECONDS):
                        await self._last_flush
            signals.remove()

    @property
    def size(self) -> Size:
        """See the base class; before the driver says it, it is read from the terminal or the environment."""
        return Size(*believable(*super().size))

    def get_driver_class(self) -> type[Driver]:
        """See the base class."""
        return terminal.sturdy(super().get_driver_class())

    def get_line_filters(self) -> Sequence[LineFilter]:
        """See the base class; the control filter is last, so that nothing is added after it."""
        return [*super().get_line_filters(), self._control_filter]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own colour names, for the moments in which a theme of Textual is in use."""
        return {
            name: DARK.variables[name] for name in ("ok", "warn", "bad", "muted", "rule", "cursor", "cursor-blurred")
        }

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What the palette offers beside the commands of the domain; a subclass adds its own."""
        for name in self.theme_files.names():
            word = tr(_THEME_WORDS[name]) if name in _THEME_WORDS else name
            yield SystemCommand(
                tr("Theme: {name}", name=word),
                tr("Use the {name} colours", name=word),
                lambda to=name: self.choose_theme(to),
            )
        yield SystemCommand(tr("Quit"), tr("Leave the program"), self.action_quit)

    def action_command_palette(self) -> None:
        """See the base class; its field speaks the language in force."""
        if self.use_command_palette and not isinstance(self.screen, CommandPalette):
            self.push_screen(CommandPalette(placeholder=tr("Search for commands…"), id="--command-palette"))

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """See the base class; never markup, whatever is asked for, since a message may quote a customer."""
        text = safe(message, newlines=True)
        super().notify(text, title=safe(title), severity=severity, timeout=timeout, markup=False)

    def write_raw(self, text: str) -> None:
        """Hand bytes to the terminal as they are; nothing where there is none."""
        write_raw(self, text)

    def action_help_quit(self) -> None:
        """Tell how to leave: ctrl+c is pressed by habit, and must not end a call."""
        keys = [key for key, bound in self.active_bindings.items() if bound.binding.action in ("quit", "app.quit")]
        self.notify(
            tr("Press {key} to leave.", key=keys[0]) if keys else tr("Press {palette:key} and type quit to leave.")
        )

    def on_mount(self) -> None:
        """Start the clock."""
        self._frame_context = contextvars.copy_context()
        self._typing = asyncio.create_task(self._apply_typed())
        self.set_interval(1.0, self._second)
        self._follow_theme()
        if self.debug:
            css.watch(self)
        if self._frame_wanted:
            self._schedule_frame()

    async def on_event(self, event: events.Event) -> None:
        """See the base class; keys and pastes go through a line of their own."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self._typed.add(event)
        elif isinstance(event, events.Resize) and event.size != (most := Size(*believable(*event.size))):
            await super().on_event(events.Resize(most, most))
        else:
            if isinstance(event, events.MouseDown) and not event.is_forwarded:
                self.clicked(pressed_at(self.screen, event.screen_x, event.screen_y))
            await super().on_event(event)

    async def _apply_typed(self) -> None:
        while True:
            try:
                await self._typed.run()
            except Exception as error:
                self.fail(error)

    def _leave(self, status: int) -> None:
        self.exit(return_code=status)

    def choose_theme(self, name: str) -> None:
        """Take a look by its short name.

        Raises:
            ValueError: there is no such look, or its file cannot be used.
        """
        theme = self.theme_files.theme(name)
        self.register_theme(theme)
        self.theme = theme.name
        self._follow_theme()

    async def _watch_theme_file(self) -> None:
        """A look of one's own is seen as soon as its file is written; one that cannot be used is told, and kept out."""
        watch = ThemeWatch(self.theme_files)
        while True:
            anew = await asyncio.to_thread(watch.look, self.theme.removeprefix("desk-"))
            if anew is not None:
                try:
                    self.register_theme(await asyncio.to_thread(anew))
                    self.mutate_reactive(TerminalApp.theme)
                except ValueError as wrong:
                    self.notify(str(wrong), severity="error")
            await asyncio.sleep(THEME_SECONDS)

    def _follow_theme(self) -> None:
        """A bundled look never changes, and looking for it would cost an idle desktop something each second."""
        if self._theming is None and self.is_running and self.theme not in {theme.name for theme in THEMES}:
            self._theming = asyncio.create_task(self._watch_theme_file())

    def _second(self) -> None:
        if not self.is_running:
            return  # panes are being taken apart
        if self.input_priority.under_way:
            self.set_timer(LOOK_SECONDS, self._second)
            return
        with self.batch_update():
            self.on_second()

    def _schedule_frame(self) -> None:
        if self._frame_context is None or self._in_frame:
            return
        loop = asyncio.get_running_loop()
        at = max(loop.time(), self._pace.next_at, self._gather_until)
        self._coming_frame = loop.call_at(at, self._frame, context=self._frame_context)

    def _frame(self) -> None:
        self._coming_frame = None
        if not self.is_running:
            return
        if self.input_priority.under_way:
            self._pace.next_at = asyncio.get_running_loop().time() + LOOK_SECONDS
            self._schedule_frame()
            return
        began = asyncio.get_running_loop().time()
        try:
            with self.batch_update():
                self._frame_wanted, self._in_frame = False, True
                self.on_frame()
        except Exception as error:
            self.fail(error)
        finally:
            self._in_frame = False
            self._pace.ended(began, asyncio.get_running_loop().time())
        if self._frame_wanted:
            self._schedule_frame()

    def crashed(self, error: Exception) -> str:
        """See the base class: the work is flushed, and the error written down."""
        self._last_flush = asyncio.get_running_loop().create_task(self.flush())
        written = crash.write_report(error, self.log_path)
        return crash.sentence(self.log_path, written=written)

    def _note_loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception") or RuntimeError(str(context.get("message", "")))
        crash.write_report(error, self.log_path, context="task")
