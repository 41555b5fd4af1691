"""Notices that the event loop stands still, and whose code it stands in: nothing is drawn meanwhile."""

import asyncio
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from types import FrameType

LIMIT = 0.25
"""Seconds that one piece of work may keep the loop for itself."""

_LOOKS = 5
"""How often the watch looks within that time."""
_LONGEST_STACK = 12


@dataclass(frozen=True, slots=True)
class Stall:
    """The loop stood still. `owner` is whose module was at work ("" for the desktop itself), `where` its line.

    `seconds` is how long it has been so, at least; `over` whether the loop turns again.
    """

    owner: str
    where: str
    stack: tuple[str, ...]
    seconds: float
    over: bool


class LoopWatch:
    """A thread that has the loop turn, and looks at its stack when it does not.

    Time is counted in the thread's own looks, so that a machine that sleeps or starves the whole program accuses
    nobody.
    """

    def __init__(self, told: Callable[[Stall], None], owners: Mapping[str, str], *, limit: float = LIMIT) -> None:
        """A watch that is not begun.

        Args:
            told: hears of a stall twice: while it lasts, on the watch's own thread, and on the loop once it is over.
            owners: by the name of a module, or of the package around it, whose it is.
            limit: how long the loop may stand still, in seconds.
        """
        self._told = told
        self._owners = dict(owners)
        self._period = limit / _LOOKS
        self._stop = threading.Event()
        self._turned = True
        self._stall: Stall | None = None
        self._lock = threading.Lock()  # of what both threads change: the stall, and whether the loop turned

    def begin(self) -> None:
        """Watch the running loop, which is this thread's."""
        loop, thread = asyncio.get_running_loop(), threading.get_ident()
        threading.Thread(target=self._watch, args=(loop, thread), name="loop watch", daemon=True).start()

    def end(self) -> None:
        """Watch no more. May be called twice, and before `begin`."""
        self._stop.set()

    def _watch(self, loop: asyncio.AbstractEventLoop, thread: int) -> None:
        looks = 0
        while not self._stop.wait(self._period):
            looks += 1
            if self._turned:
                looks, self._turned = 0, False
                with suppress(RuntimeError):  # the loop is closed
                    loop.call_soon_threadsafe(self._turn)
            elif looks >= _LOOKS:
                self._stands(thread, looks * self._period, first=looks == _LOOKS)

    def _stands(self, thread: int, seconds: float, *, first: bool) -> None:
        seen = self._seen(thread, seconds) if first else None
        with self._lock:
            if self._turned:
                return
            if seen is not None:
                self._stall = seen
            elif self._stall is not None:
                self._stall = replace(self._stall, seconds=seconds)
        if seen is not None:
            self._told(seen)

    def _turn(self) -> None:
        with self._lock:
            stall, self._stall = self._stall, None
            self._turned = True
        if stall is not None:
            self._told(replace(stall, over=True))

    def _seen(self, thread: int, seconds: float) -> Stall:
        """What the loop's thread is at."""
        frames = list(_outwards(sys._current_frames().get(thread)))
        stack = tuple(map(_place, frames[:_LONGEST_STACK]))
        for frame in frames:
            if owner := self._owner(str(frame.f_globals.get("__name__", ""))):
                return Stall(owner, _place(frame), stack, seconds, over=False)
        return Stall("", stack[0] if stack else "", stack, seconds, over=False)

    def _owner(self, module: str) -> str:
        while module:
            if module in self._owners:
                return self._owners[module]
            module = module.rpartition(".")[0]
        return ""


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _place(frame: FrameType) -> str:
    """Module, function and line; no values."""
    return f"{frame.f_globals.get('__name__', '?')}.{frame.f_code.co_name} (line {frame.f_lineno})"
