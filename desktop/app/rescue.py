"""Words that the disk refused to the end, put into a text file that the agent can reach."""

import os
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Unsaved:
    """Words that are in memory only. about: whose they are, for people; text: all of them; problem: why, or ""."""

    about: str
    text: str
    problem: str = ""


def rescue(words: Sequence[Unsaved], folders: Iterable[Path], now: float) -> Path | None:
    """Write words into a new file (0600) in the first folder that takes them.

    Args:
        words: what is written, in this order.
        folders: where it may lie, the best place first.
        now: seconds since the Unix epoch, for the file's name.

    Returns:
        The file; None when no folder takes it. Nothing is raised.
    """
    body = "\n".join(f"== {one.about}\n{one.text}\n" for one in words).encode("utf-8", "backslashreplace")
    name = f"agent-desktop-unsaved-{time.strftime('%Y%m%d-%H%M%S', time.localtime(now))}-{os.getpid()}.txt"
    for folder in folders:
        path = folder / name
        with suppress(OSError, ValueError):
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(body)
                    file.flush()
                    os.fsync(file.fileno())
            except OSError:
                path.unlink(missing_ok=True)
                raise
            return path
    return None
