"""Which patches are off: `AGENT_DESKTOP_PLAIN=compositor,driver`, or `all`."""

import os
import sys
from typing import Final

VARIABLE: Final = "AGENT_DESKTOP_PLAIN"

PATCHES: Final = ("compositor", "crash", "driver", "keys", "lines", "rules", "screen", "titles")
"""Each is named in the file that holds it."""


def plain_ones(text: str) -> frozenset[str]:
    """The patches that the variable's text turns off.

    Raises:
        SystemExit: with status 2, after a sentence on standard error, where there is no such patch.
    """
    wanted = {name for part in text.split(",") if (name := part.strip())}
    if unknown := sorted(wanted - {*PATCHES, "all"}):
        sys.stderr.write(f"{VARIABLE}: there is no {unknown[0]!r}. There are: {', '.join(PATCHES)}, all.\n")
        raise SystemExit(2)
    return frozenset(PATCHES if "all" in wanted else wanted)


_plain = plain_ones(os.environ.get(VARIABLE, ""))


def is_plain(patch: str) -> bool:
    """Whether Textual does this by itself."""
    return patch in _plain
