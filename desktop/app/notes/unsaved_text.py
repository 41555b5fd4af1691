"""Words that the disk refused to the end, put into a text file that the agent can reach."""

import os
import stat
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from desktop.domain.text.sentence import NOTHING, Sentence

_NAME = "agent-desktop-unsaved-"


@dataclass(frozen=True)
class Unsaved:
    """Words that are in memory only. about: whose they are; text: as they were typed; problem: why, where it is known.

    chosen: what was chosen or planned beside them.
    """

    about: Sentence
    text: str
    problem: Sentence = NOTHING
    chosen: tuple[Sentence, ...] = ()


def rescue(words: str, folders: Iterable[Path], now: float) -> Path | None:
    """Write words into a new file (0600) in the first folder that takes them.

    Args:
        words: what is written.
        folders: where it may lie, the best place first.
        now: seconds since the Unix epoch, for the file's name.

    Returns:
        The file; None when no folder takes it. Nothing is raised.
    """
    body = words.encode("utf-8", "backslashreplace")
    name = f"{_NAME}{time.strftime('%Y%m%d-%H%M%S', time.localtime(now))}-{os.getpid()}.txt"
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


def left_over(folders: Iterable[Path]) -> tuple[Path, ...]:
    """The files of earlier runs that are still there, oldest first; others' files of such a name are none.

    Args:
        folders: where `rescue` puts them.
    """
    found = []
    me = os.getuid() if sys.platform != "win32" else 0  # where every file's owner is 0
    for folder in folders:
        with suppress(OSError):
            for path in folder.glob(f"{_NAME}*.txt"):
                about = path.lstat()
                if stat.S_ISREG(about.st_mode) and about.st_uid == me:
                    found.append((about.st_mtime, path))
    return tuple(path for _, path in sorted(found))
