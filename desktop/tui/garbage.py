"""When Python looks for garbage: never while the screen is starting, and later only among what came since.

A full search goes through every class, style and module there is and takes 60 to 110 ms, and it came about twice a
second: that is a ring or a key that stands still. What is alive once the desktop runs stays alive until its end, so
searching it again finds nothing. The rest must be searched, for a call leaves some 2 MB in circles: that takes about
10 ms, and is done between frames, when enough has come together.

On a supervisor's large floor thousands of records are replaced each second, and what is not from the start is soon
everything. Where a search takes long, what it leaves is not searched again until a minute later, when all is.
"""

import gc
import time
from typing import Final

SETTLED_SECONDS: Final = 3.0
"""After the start of the session: by then everything that is imported late has been, and the first snapshot is in."""

_THRESHOLDS: Final = (2_000, 10, 10)
_ENOUGH: Final = 2
"""After so many searches of what is young, which is some 40,000 objects more; Python itself waits for ten."""

_LONG: Final = 0.015
"""Seconds; see above."""
_ALL_EVERY: Final = 60.0

_searched_all_at = float("-inf")


def begin() -> None:
    """The first paint is done: search, but only among what comes from now on, and not now."""
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
    gc.enable()


def settle() -> None:
    """Search everything once, and then no more among what is left."""
    global _searched_all_at
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    _searched_all_at = time.perf_counter()


def search() -> None:
    """Search among everything that came since `settle`, if that is much; to be called once a second."""
    if gc.get_count()[2] < _ENOUGH:
        return
    began = time.perf_counter()
    gc.collect()
    if time.perf_counter() - began < _LONG:
        return
    if began - _searched_all_at > _ALL_EVERY:
        settle()
    else:
        gc.freeze()
