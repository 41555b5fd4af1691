"""What the program asks of a terminal, and what it does when the terminal misbehaves or goes away."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from time import sleep
from typing import Any, Final, TextIO

from textual.driver import Driver

from desktop.app.signal_watch import SignalWatch
from desktop.words.catalogue import tr

EXIT_USAGE: Final = 2
FLUSH_SECONDS: Final = 0.25
"""How long the work may be flushed after a signal."""

REQUEST_SECONDS: Final = 2.0
"""How long it may be flushed when another desktop asks for the profile."""

_LAST_SECONDS: Final = 0.48
"""When the process ends whatever happens, counted from the signal."""

_ENDING: Final = () if sys.platform == "win32" else (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)

# Keyboard protocol, paste, focus, mouse, wrapping, alternate screen and cursor as they are in a shell.
_RESTORE: Final = (
    b"\x1b[<u\x1b[?2004l\x1b[?1004l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?7h\x1b[?1049l\x1b[?25h"
)

_COMMAND: Final = "agent-desktop queues"
"""What works without a screen."""


def refusal(environ: Mapping[str, str], *, input_tty: bool, output_tty: bool, error_tty: bool) -> str | None:
    """Say why the full screen cannot be shown here.

    Args:
        environ: the environment, of which TERM is looked at.
        input_tty: whether keys come from a terminal.
        output_tty: whether standard output is one.
        error_tty: whether standard error is one; the screen is drawn there.

    Returns:
        One sentence for the user, or None where the screen can be shown.
    """
    if not input_tty:
        return tr(
            "The full screen needs a terminal to read keys from; use a JSON command instead, such as {command}.",
            command=_COMMAND,
        )
    if not (output_tty and error_tty):
        return tr(
            "The full screen needs a terminal to draw on, and output goes elsewhere;"
            " use a JSON command instead, such as {command}.",
            command=_COMMAND,
        )
    if environ.get("TERM", "") in ("", "dumb", "unknown"):
        return tr(
            "This terminal (TERM={term}) cannot show a full screen; use a JSON command instead, such as {command}.",
            term=repr(environ.get("TERM", "")),
            command=_COMMAND,
        )
    return None


def require_screen() -> None:
    """Go on only where the full screen can be shown; not a byte of it has been written yet.

    Raises:
        SystemExit: with status 2, after one sentence on standard error.
    """
    reason = refusal(
        os.environ, input_tty=_is_tty(sys.stdin), output_tty=_is_tty(sys.stdout), error_tty=_is_tty(sys.stderr)
    )
    if reason is not None:
        sys.stderr.write(f"{reason}\n")
        raise SystemExit(EXIT_USAGE)


def _is_tty(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # it is closed
        return False


class Signals:
    """Ends the program in order when it is told to end: flush, restore the terminal, exit within half a second."""

    def __init__(
        self,
        flush: Callable[[], Awaitable[None]],
        leave: Callable[[int], None],
        *,
        stays: Callable[[], bool] = lambda: False,
        last_words: Callable[[], str] = lambda: "",
    ) -> None:
        """Nothing is installed yet.

        Args:
            flush: saves what is not saved; is given 0.25 s.
            leave: leaves the program with this exit status (128 + the signal's number), restoring the terminal.
            stays: asked, after a flush, when another desktop wants to take over: whether this one cannot leave.
            last_words: puts aside what could not be saved, and answers what is to be said on the terminal; it is
                called from another thread where the loop does not come to its end.
        """
        self._flush = flush
        self._leave = leave
        self._stays = stays
        self._last_words = last_words
        self._task: asyncio.Task[None] | None = None
        self._watch = SignalWatch(self._heard)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._request: asyncio.Task[None] | None = None
        self._handlers: dict[signal.Signals, Any] = {}
        self._attributes: list[Any] | None = None

    def install(self) -> None:
        """Take SIGTERM, SIGHUP and SIGINT, and ignore SIGQUIT, in the running loop; on Windows nothing is done."""
        if sys.platform == "win32":
            return
        import termios

        with suppress(termios.error):
            self._attributes = termios.tcgetattr(0)
        self._loop = asyncio.get_running_loop()
        self._watch.begin(_ENDING, _go_on_to_the_end)
        signal.signal(signal.SIGUSR1, self._hold_on)
        signal.siginterrupt(signal.SIGUSR1, False)
        # Handled rather than ignored: what is ignored would be ignored by every child as well.
        signal.signal(signal.SIGQUIT, _nothing)

    def remove(self) -> None:
        """Give the signals back."""
        if self._loop is not None:
            self._watch.end()
            for number in (signal.SIGUSR1, signal.SIGQUIT):
                signal.signal(number, signal.SIG_DFL)

    def _heard(self, number: int) -> None:
        # In the watch's own thread: neither a loop that is busy nor a terminal that is gone and blocks its writer for
        # ever can keep the process.
        if self._loop is None:
            return
        if number == signal.SIGUSR1:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._request_to_leave)
        if number not in _ENDING:
            return
        with suppress(RuntimeError):  # the loop is closed already
            self._loop.call_soon_threadsafe(self._ask, number)
        sleep(_LAST_SECONDS)
        _end(128 + number, self._attributes, self._last_words)

    def _ask(self, number: int) -> None:
        if self._task is None:
            _go_on_to_the_end()
            self._task = asyncio.get_running_loop().create_task(self._flush_and_leave(128 + number))

    async def _flush_and_leave(self, status: int) -> None:
        # A flush that fails or hangs must not keep the terminal from being restored.
        with suppress(Exception):
            async with asyncio.timeout(FLUSH_SECONDS):
                await self._flush()
        with suppress(Exception):
            self._last_words()
        self._leave(status)

    # Another desktop wants to take over

    def _hold_on(self, *_: object) -> None:
        """As before an end, but this one may go on: then everything is as it was."""
        if not self._handlers:
            self._handlers = {number: signal.getsignal(number) for number in _STOPPING}
            _go_on_to_the_end()

    def _request_to_leave(self) -> None:
        if self._task is None and (self._request is None or self._request.done()):
            self._hold_on()
            self._request = asyncio.get_running_loop().create_task(self._leave_unless_it_stays())

    async def _leave_unless_it_stays(self) -> None:
        with suppress(Exception):
            async with asyncio.timeout(REQUEST_SECONDS):
                await self._flush()
        if not self._stays():
            os.kill(os.getpid(), signal.SIGTERM)
            return
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._handlers = {}


_STOPPING: Final = () if sys.platform == "win32" else (signal.SIGTTOU, signal.SIGTTIN, signal.SIGCONT, signal.SIGTSTP)
"""What stops a process in the background of its terminal, and wakes it."""


def _go_on_to_the_end(*_: object) -> None:
    """Let nothing stop this process any more: it was stopped, perhaps, and woken only so that it can leave.

    In the background of its terminal a process is stopped when it touches the terminal's settings. When it is woken,
    the driver would do that first of all, and be stopped before anything is flushed.
    """
    if sys.platform == "win32":
        return
    for number in (signal.SIGTTOU, signal.SIGTTIN):
        signal.signal(number, signal.SIG_IGN)
    for number in (signal.SIGCONT, signal.SIGTSTP):
        signal.signal(number, _nothing)  # not ignored: Python tells of a signal that came while it became so


def _nothing(*_: object) -> None:
    pass


def _end(status: int, attributes: list[Any] | None, last_words: Callable[[], str]) -> None:
    words = ""
    try:
        with suppress(Exception):
            words = last_words()
        if sys.platform != "win32":
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})  # or the settings below stop us
        # A terminal that takes nothing must not hold the process, nor keep its settings from being put back.
        os.set_blocking(2, False)
        with suppress(OSError):
            os.write(2, _RESTORE)
        _set_terminal(attributes)
        encoding = getattr(sys.__stderr__, "encoding", None) or "ascii"
        with suppress(OSError):
            os.write(2, words.encode(encoding, "backslashreplace"))
    finally:
        with suppress(Exception):
            _set_terminal(attributes)  # once more: the driver may have set its own meanwhile, on its thread
        os._exit(status)


def _set_terminal(attributes: list[Any] | None) -> None:
    if attributes is not None and sys.platform != "win32":
        import termios

        with suppress(termios.error):
            termios.tcsetattr(0, termios.TCSANOW, attributes)


def sturdy(driver: type[Driver]) -> type[Driver]:
    """Harden the driver for Linux and macOS against what a terminal may send; any other driver comes back as it is."""
    if sys.platform == "win32":
        return driver
    from textual.drivers.linux_driver import LinuxDriver

    if driver is not LinuxDriver:
        return driver
    from desktop.tui.terminal.terminal_driver import TerminalDriver

    return TerminalDriver
