"""What the program asks of a terminal, and what it does when the terminal misbehaves or goes away."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from threading import Timer
from typing import Any, Final, TextIO

from textual.driver import Driver

EXIT_USAGE: Final = 2
FLUSH_SECONDS: Final = 0.25
"""How long the work may be flushed after a signal."""

_LAST_SECONDS: Final = 0.48
"""When the process ends whatever happens, counted from the signal."""

# Keyboard protocol, paste, focus, mouse, wrapping, alternate screen and cursor as they are in a shell.
_RESTORE: Final = (
    b"\x1b[<u\x1b[?2004l\x1b[?1004l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?7h\x1b[?1049l\x1b[?25h"
)

_PLAIN: Final = "use a JSON command instead, such as agent-desktop queues."


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
        return f"The full screen needs a terminal to read keys from; {_PLAIN}"
    if not (output_tty and error_tty):
        return f"The full screen needs a terminal to draw on, and output goes elsewhere; {_PLAIN}"
    if environ.get("TERM", "") in ("", "dumb", "unknown"):
        return f"This terminal (TERM={environ.get('TERM', '')!r}) cannot show a full screen; {_PLAIN}"
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

    def __init__(self, flush: Callable[[], Awaitable[None]], leave: Callable[[int], None]) -> None:
        """Nothing is installed yet.

        Args:
            flush: saves what is not saved; is given 0.25 s.
            leave: leaves the program with this exit status (128 + the signal's number), restoring the terminal.
        """
        self._flush = flush
        self._leave = leave
        self._task: asyncio.Task[None] | None = None
        self._installed: list[signal.Signals] = []
        self._attributes: list[Any] | None = None

    def install(self) -> None:
        """Take SIGTERM, SIGHUP and SIGINT, and ignore SIGQUIT, in the running loop; on Windows nothing is done."""
        if sys.platform == "win32":
            return
        import termios

        with suppress(termios.error):
            self._attributes = termios.tcgetattr(0)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            loop.add_signal_handler(number, self._ask, number)
            # The loop hears of a signal by its wake-up, whatever stands here; this comes before the loop's turn.
            signal.signal(number, _go_on_to_the_end)
            signal.siginterrupt(number, False)
        # Handled rather than ignored: what is ignored would be ignored by every child as well.
        loop.add_signal_handler(signal.SIGQUIT, lambda: None)
        self._installed = [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT]

    def remove(self) -> None:
        """Give the signals back."""
        loop = asyncio.get_running_loop()
        for number in self._installed:
            loop.remove_signal_handler(number)
        self._installed = []

    def _ask(self, number: signal.Signals) -> None:
        if self._task is not None:
            return
        _go_on_to_the_end()
        # A terminal that is gone blocks its writer for ever, so this clock runs outside the loop.
        last = Timer(_LAST_SECONDS, _end, (128 + number, self._attributes))
        last.daemon = True
        last.start()
        self._task = asyncio.get_running_loop().create_task(self._flush_and_leave(128 + number))

    async def _flush_and_leave(self, status: int) -> None:
        # A flush that fails or hangs must not keep the terminal from being restored.
        with suppress(Exception):
            async with asyncio.timeout(FLUSH_SECONDS):
                await self._flush()
        self._leave(status)


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


def _end(status: int, attributes: list[Any] | None) -> None:
    try:
        if sys.platform != "win32":
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})  # or the settings below stop us
        # A terminal that takes nothing must not hold the process.
        os.set_blocking(2, False)
        os.write(2, _RESTORE)
        if attributes is not None and sys.platform != "win32":
            import termios

            termios.tcsetattr(0, termios.TCSANOW, attributes)
    finally:
        os._exit(status)


def sturdy(driver: type[Driver]) -> type[Driver]:
    """Harden the driver for Linux and macOS against what a terminal may send; any other driver comes back as it is."""
    if sys.platform == "win32":
        return driver
    from textual.drivers.linux_driver import LinuxDriver

    if driver is not LinuxDriver:
        return driver
    from desktop.tui.sturdy_driver import SturdyDriver

    return SturdyDriver
