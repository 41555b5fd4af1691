"""Signals heard in a thread of their own, whatever the main thread is stuck in."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any


class SignalWatch:
    """Calls a function for each signal that this process handles, at once and never in the main thread.

    Python runs its own handlers between two instructions of the main thread, and a loop's only when it comes round:
    neither happens in a program that hangs. The byte that tells this watch is written by the system's handler.
    """

    def __init__(self, heard: Callable[[int], None]) -> None:
        """A watch that is not begun.

        Args:
            heard: called with the signal's number, in the watch's thread, one signal after another.
        """
        self._heard = heard
        self._ends: tuple[int, int] | None = None
        self._before: dict[int, Any] = {}
        self._other = -1

    def begin(self, numbers: Sequence[int] = (), handler: Callable[..., None] | None = None) -> None:
        """Hear of signals from now on; to be called in the main thread.

        Args:
            numbers: signals to handle by `handler` instead of as they are handled now.
            handler: runs in the main thread, when that gets round to it.
        """
        if sys.platform == "win32":
            return
        reading, writing = self._ends = os.pipe()
        os.set_blocking(writing, False)
        for number in numbers:
            self._before[number] = signal.signal(number, handler)
            signal.siginterrupt(number, False)
        self._other = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        threading.Thread(target=self._listen, args=(reading,), name="signals", daemon=True).start()

    def end(self) -> None:
        """Leave the signals as they were before."""
        if self._ends is None:
            return
        signal.set_wakeup_fd(self._other)
        for number, before in self._before.items():
            signal.signal(number, before)
        self._before.clear()
        os.close(self._ends[1])  # the thread reads the end of it, and closes its own side
        self._ends = None

    def _listen(self, reading: int) -> None:
        with suppress(OSError):
            while heard := os.read(reading, 1):
                self._heard(heard[0])
        os.close(reading)
