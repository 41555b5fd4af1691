"""When Python looks for garbage: never while the screen is starting, and later in pieces between frames and keys.

A full search goes through every class, style and module there is and takes 60 to 110 ms, and it came about twice a
second: that is a ring or a key that stands still. What is alive once the desktop runs stays alive until its end, so
searching it again finds nothing. The rest must be searched, for a call leaves some 2 MB in circles.

On a supervisor's large floor thousands of records are replaced each second, and a search among what came within a
second takes 40 ms, which a key waits for. There each piece that was searched is left alone afterwards, at once, so that
no search has more to look at than one piece; all is searched again after a minute, when nobody is typing.
"""

import gc
import sys
import time
from typing import Final

SETTLED_SECONDS: Final = 3.0
"""After the start of the session: by then everything that is imported late has been, and the first snapshot is in."""

LEISURE_SECONDS: Final = 2.0
"""So long after the last key nobody would notice a search of everything."""

_BY_ITSELF: Final = (50_000, 10, 10)
"""Python's own thresholds, for a moment in which nobody asks."""

_PIECE: Final = 2_000
"""So many new objects are searched in one go, in 2 to 4 ms."""

_ENOUGH: Final = 20
"""After so many pieces they are searched together, which finds circles that were still in use when each was."""

_LONG: Final = 0.015
"""Seconds; when that takes longer, the floor is large. See above."""
_ALL_EVERY: Final = 60.0

_COUNTS_AT_THE_END: Final = "duckdb"
"""A library that prints, at the end of the program, what of it was left alone."""

_searched_all_at = float("-inf")
_leaves_alone = False


def begin() -> None:
    """The first paint is done: search, but only among what comes from now on, and not now."""
    global _leaves_alone
    gc.freeze()
    gc.set_threshold(*_BY_ITSELF)
    gc.enable()
    _leaves_alone = False


def settle() -> None:
    """Search everything once, and then no more among what is left."""
    global _searched_all_at, _leaves_alone
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    _searched_all_at = time.perf_counter()
    _leaves_alone = False


def search(*, at_leisure: bool) -> None:
    """Search among what is new, if that is much; to be called between frames, and once a second at least.

    Args:
        at_leisure: whether nobody would notice a search of everything now.
    """
    global _leaves_alone
    young, pieces, _ = gc.get_count()
    if _leaves_alone and at_leisure and time.perf_counter() - _searched_all_at > _ALL_EVERY:
        settle()
    elif young < _PIECE:
        return
    elif _leaves_alone:
        gc.collect(0)
        gc.freeze()
    elif pieces < _ENOUGH:
        gc.collect(0)
    else:
        began = time.perf_counter()
        gc.collect()
        if time.perf_counter() - began >= _LONG:
            gc.freeze()
            _leaves_alone = True


def end() -> None:
    """The screen is gone. What is left alone is not taken apart at the end, which is 0.2 s that nobody waits for.

    Only a library that counts then is, where it was needed: it would print of leaks over the user's terminal.
    """
    if _COUNTS_AT_THE_END in sys.modules:
        gc.unfreeze()
