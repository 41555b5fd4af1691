"""When Python looks for garbage: never while the screen is starting, and later only among what came since.

A full search goes through every class, style and module there is and takes 60 to 110 ms, and it came about twice a
second: that is a ring or a key that stands still. What is alive once the desktop runs stays alive until its end, so
searching it again finds nothing; among the rest a full search once a minute is enough, and takes about 10 ms.
"""

import gc
from typing import Final

SETTLED_SECONDS: Final = 3.0
"""After the start of the session: by then everything that is imported late has been, and the first snapshot is in."""

FULL_SEARCH_SECONDS: Final = 60.0
_NEW, _YOUNG, _NEVER_BY_COUNT = 2_000, 10, 1_000_000


def begin() -> None:
    """The first paint is done: search, but only among what comes from now on, and not now."""
    gc.freeze()
    gc.set_threshold(_NEW, _YOUNG, _NEVER_BY_COUNT)
    gc.enable()


def settle() -> None:
    """Search once, and then no more among what is left."""
    gc.collect()
    gc.freeze()


def search() -> None:
    """Search among everything that came since `settle`; to be called every `FULL_SEARCH_SECONDS`."""
    gc.collect()
