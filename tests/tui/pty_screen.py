"""A real terminal for tests: runs a command in a pty, keeps every byte it wrote, and shows what a person would see.

    with PtyScreen([sys.executable, "-m", "desktop"], rows=40, cols=120) as screen:
        screen.wait_for("Available")          # until the text is on the screen, or a TimeoutError that shows the screen
        screen.press("f2", "tab")             # keys by name
        screen.send("hello")                  # or as the bytes a terminal would send
        screen.kill(signal.SIGTERM)
        assert screen.wait_exit() == 143      # as a shell sees it: 128 + n after a signal
        assert screen.not_restored() == []

Nothing here sleeps: a thread reads, and waiting is for new bytes. What was written is parsed only when it is asked for.
"""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyte

from desktop.tui.keys.two_presses import READING_SECONDS

KEYS = {
    "enter": "\r", "tab": "\t", "shift+tab": "\x1b[Z", "escape": "\x1b", "backspace": "\x7f", "space": " ",
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F",
    "pageup": "\x1b[5~", "pagedown": "\x1b[6~", "insert": "\x1b[2~", "delete": "\x1b[3~",
    "f1": "\x1bOP", "f2": "\x1bOQ", "f3": "\x1bOR", "f4": "\x1bOS", "f5": "\x1b[15~", "f6": "\x1b[17~",
    "f7": "\x1b[18~", "f8": "\x1b[19~", "f9": "\x1b[20~", "f10": "\x1b[21~", "f11": "\x1b[23~", "f12": "\x1b[24~",
    "ctrl+enter": "\x1b[13;5u", "alt+enter": "\x1b\r",
    "ctrl+up": "\x1b[1;5A", "ctrl+down": "\x1b[1;5B", "ctrl+right": "\x1b[1;5C", "ctrl+left": "\x1b[1;5D",
    "shift+up": "\x1b[1;2A", "shift+down": "\x1b[1;2B",
}  # fmt: skip

_PAINTING_SECONDS = 0.3
"""What is on the terminal may be there a moment before its program counts it as painted."""
_MODE = re.compile(rb"\x1b\[\?([\d;]+)([hl])")
_LEAVE = b"\x1b[?1049l"
# Sequences of the keyboard protocol of kitty, which pyte would print.
_UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[[<>=][\d;]*[A-Za-z]|\x1b\[\?[\d;]*\$p")
_UNFINISHED = re.compile(rb"\x1b(?:\[[^@-~]*)?\Z")


def key_bytes(key: str) -> bytes:
    """The bytes an xterm sends for a key such as `f2`, `ctrl+p`, `alt+x`, `enter` or `a`."""
    if key in KEYS:
        return KEYS[key].encode()
    if key.startswith("ctrl+") and len(key) == 6:
        return bytes([ord(key[5].upper()) & 0x1F])
    if key == "alt+slash":
        return b"\x1b/"
    if key.startswith("alt+") and len(key) == 5:
        return b"\x1b" + key[4].encode()
    if len(key) == 1:
        return key.encode()
    raise KeyError(f"no such key: {key}")


class PtyScreen:
    """A command running on a terminal of its own."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        rows: int = 24,
        cols: int = 80,
        env: Mapping[str, str | None] | None = None,
        cwd: Path | None = None,
        claims: tuple[int, int] | None = None,
    ) -> None:
        """Start the command.

        Args:
            argv: the program and its arguments.
            rows: height of the terminal in lines.
            cols: its width in cells.
            env: what to change in the environment; None takes a variable away. TERM is xterm-256color.
            cwd: where it runs.
            claims: the lines and cells that the terminal says it has, where it lies.
        """
        self.rows, self.cols = rows, cols
        self.chunks: list[tuple[float, bytes]] = []
        """What was written and when it was read, in seconds of `time.monotonic`."""
        self._parsed = 0
        self._held = b""
        self._changed = threading.Condition()
        self._closed = False
        self._screen = pyte.Screen(cols, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._master, self._slave = pty.openpty()
        self._set_size(*(claims or (rows, cols)))
        self._attributes = termios.tcgetattr(self._slave)
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONUTF8": "1"}
        for name in ("NO_COLOR", "COLUMNS", "LINES"):  # the two sizes would win over the terminal's own
            environment.pop(name, None)
        for name, value in (env or {}).items():
            if value is None:
                environment.pop(name, None)
            else:
                environment[name] = value
        # A session leader without a terminal gets the one it opens first. exec, so that the pid is the program's.
        shell = ["/bin/sh", "-c", 'exec "$@" <"$0" >"$0" 2>&1', os.ttyname(self._slave), *argv]
        self.process = subprocess.Popen(
            shell, env=environment, cwd=cwd, start_new_session=True, stdin=subprocess.DEVNULL
        )
        self._reader = threading.Thread(target=self._read, name="pty-reader", daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The program's process id."""
        return self.process.pid

    @property
    def raw(self) -> bytes:
        """Every byte the program wrote so far."""
        return b"".join(data for _, data in list(self.chunks))

    @property
    def after_screen(self) -> str:
        """What was written after the full screen was left, escape sequences included."""
        return self.raw.rpartition(_LEAVE)[2].decode("utf-8", "replace")

    def text(self) -> str:
        """What is on the screen now, one line for each line, without spaces at the ends."""
        return "\n".join(self.lines())

    def lines(self) -> list[str]:
        """The lines of the screen, `rows` of them."""
        self._parse()
        # Not pyte's own display: it fails where half of a wide character was drawn over.
        buffer = self._screen.buffer
        return ["".join(buffer[y][x].data for x in range(self.cols)).rstrip() for y in range(self.rows)]

    def cell(self, row: int, col: int) -> Any:
        """The pyte cell (data, fg, bg, bold, reverse, …) at a place, from 0."""
        self._parse()
        return self._screen.buffer[row][col]

    def find(self, text: str) -> tuple[int, int]:
        """Row and column (from 0, columns in characters) where a text stands first.

        Raises:
            ValueError: it is not on the screen.
        """
        for row, line in enumerate(self.lines()):
            if (col := line.find(text)) >= 0:
                return row, col
        raise ValueError(f"{text!r} is not on the screen:\n{self.text()}")

    def send(self, keys: str | bytes) -> None:
        """Type text, or send bytes as they are."""
        data = keys.encode() if isinstance(keys, str) else keys
        while data:
            select.select([], [self._master], [], 5)
            data = data[os.write(self._master, data[:1024]) :]

    def press(self, *keys: str) -> None:
        """Press keys by name, in order; see `key_bytes`."""
        for key in keys:
            self.send(key_bytes(key))

    def press_again(self, key: str) -> None:
        """Press a key for the second time, as soon as whoever read what it asks would: earlier it does not count."""
        for _ in range(3):  # painted late, or taken back by what was heard meanwhile, it is asked once more
            self.wait_for(" again: ")
            self._let_pass(READING_SECONDS + _PAINTING_SECONDS)
            is_asked = " again: " in self.text()
            self.press(key)
            if not is_asked:
                continue
            with contextlib.suppress(TimeoutError):
                self._wait(lambda: self.process.poll() is not None or " again: " not in self.text(), 1, key)
                return

    def _let_pass(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        self._wait(lambda: time.monotonic() >= end, seconds + 15, f"{seconds} s to pass")

    def press_twice(self, key: str) -> None:
        """Press a key that asks, and again to do what it asks."""
        self.press(key)
        self.press_again(key)

    def paste(self, text: str) -> None:
        """Paste text the way a terminal does in bracketed mode."""
        self.send(f"\x1b[200~{text}\x1b[201~")

    def click(self, row: int, col: int, *, times: int = 1) -> None:
        """Press and release the left button at a cell, from 0."""
        self.send(f"\x1b[<0;{col + 1};{row + 1}M\x1b[<0;{col + 1};{row + 1}m" * times)

    def wait_for(self, text: str | re.Pattern[str] | Callable[[str], bool], deadline: float = 15) -> str:
        """Wait until a text, a pattern or a condition is true of the screen.

        Args:
            text: what must be on the screen; a callable gets the screen's text.
            deadline: seconds.

        Returns:
            The screen's text.

        Raises:
            TimeoutError: it did not come, or the program ended; says what is on the screen.
        """
        if isinstance(text, str):
            wanted: Callable[[str], bool] = lambda seen: text in seen  # noqa: E731
        elif isinstance(text, re.Pattern):
            wanted = lambda seen: text.search(seen) is not None  # noqa: E731
        else:
            wanted = text
        return self._wait(lambda: wanted(self.text()), deadline, repr(text))

    def wait_gone(self, text: str, deadline: float = 15) -> str:
        """Wait until a text is no longer on the screen."""
        return self._wait(lambda: text not in self.text(), deadline, f"no {text!r}")

    def wait_raw(self, data: bytes, deadline: float = 15, *, start: int = 0) -> None:
        """Wait until bytes were written, from offset `start` of `raw` on."""
        self._wait(lambda: data in self.raw[start:], deadline, repr(data))

    def wait_quiet(self, seconds: float = 0.3, deadline: float = 15) -> str:
        """Wait until nothing was written for some time; says what the screen shows then."""
        end = time.monotonic() + deadline
        with self._changed:
            while self._changed.wait(seconds):
                if self._closed or time.monotonic() > end:
                    break
        return self.text()

    def wait_exit(self, deadline: float = 15) -> int:
        """Wait for the end.

        Returns:
            The exit status as a shell has it: 128 + n where signal n ended it.

        Raises:
            TimeoutError: it still runs.
        """
        try:
            status = self.process.wait(deadline)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"still running:\n{self.text()}") from None
        self._drain()
        return status if status >= 0 else 128 - status

    def resize(self, rows: int, cols: int) -> None:
        """Make the terminal another size; the kernel tells the program."""
        self._parse()
        self.rows, self.cols = rows, cols
        self._set_size(rows, cols)
        self._screen.resize(max(1, rows), max(1, cols))

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send the program a signal."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def hang_up(self) -> None:
        """Take the terminal away, as a closed window or a lost connection does."""
        self._closed = True
        self._reader.join(5)
        for handle in (self._slave, self._master):
            os.close(handle)
        self._master = self._slave = -1

    def not_restored(self) -> list[str]:
        """What is not as it was before the program started, in words; empty when all is."""
        modes: dict[int, bool] = {}
        for numbers, letter in _MODE.findall(self.raw):
            for number in numbers.split(b";"):
                modes[int(number)] = letter == b"h"
        names = {
            1049: "alternate screen", 1000: "mouse", 1002: "mouse drag", 1003: "mouse motion", 1006: "mouse format",
            2004: "bracketed paste", 1004: "focus reports",
        }  # fmt: skip
        wrong = [f"{name} still on" for number, name in names.items() if modes.get(number)]
        if modes.get(25) is False:
            wrong.append("cursor still hidden")
        if self.raw.count(b"\x1b[22;2t") != self.raw.count(b"\x1b[23;2t"):
            wrong.append("window title not given back")
        if self._slave >= 0 and termios.tcgetattr(self._slave)[:4] != self._attributes[:4]:
            wrong.append("line discipline changed")
        return wrong

    def close(self) -> None:
        """End the program if it still runs, and free the terminal."""
        if self.process.poll() is None:
            self.kill(signal.SIGKILL)
        self.process.wait(10)
        self._closed = True
        self._reader.join(5)
        for handle in (self._slave, self._master):
            if handle >= 0:
                os.close(handle)
        self._master = self._slave = -1

    def _read(self) -> None:
        while not self._closed:
            if not select.select([self._master], [], [], 0.05)[0]:
                continue
            try:
                data = os.read(self._master, 65536)
            except OSError:
                break
            with self._changed:
                self.chunks.append((time.monotonic(), data))
                self._changed.notify_all()

    def _drain(self) -> None:
        """Wait until the thread has read what the kernel still holds."""
        self._wait(lambda: not select.select([self._master], [], [], 0)[0], 5, "the last bytes", exited=True)

    def _parse(self) -> None:
        new = self.chunks[self._parsed :]
        self._parsed += len(new)
        data = self._held + b"".join(chunk for _, chunk in new)
        if unfinished := _UNFINISHED.search(data):
            data, self._held = data[: unfinished.start()], data[unfinished.start() :]
        else:
            self._held = b""
        self._stream.feed(_UNKNOWN_TO_PYTE.sub(b"", data))

    def _wait(self, condition: Callable[[], bool], deadline: float, what: str, *, exited: bool = False) -> str:
        end = time.monotonic() + deadline
        while True:
            seen = len(self.chunks)
            # Asked before the condition, so that what it wrote last is looked at.
            ended = not exited and self.process.poll() is not None
            if ended:
                self._drain()
            if condition():
                return self.text()
            if ended or time.monotonic() > end:
                state = f"ended with {self.process.returncode}" if ended else f"not in {deadline} s"
                raise TimeoutError(f"waited for {what}: {state}; on the screen:\n{self.text()}")
            with self._changed:
                if len(self.chunks) == seen:
                    self._changed.wait(min(0.1, max(0.0, end - time.monotonic())))

    def write_over(self, data: bytes) -> None:
        """Write to the terminal as another program does that shares it."""
        os.write(self._slave, data)

    def claim(self, rows: int, cols: int) -> None:
        """Have the terminal say that it is of another size than the screen that is looked at here."""
        self._set_size(rows, cols)
        self.kill(signal.SIGWINCH)

    def _set_size(self, rows: int, cols: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
