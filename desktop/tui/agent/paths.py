"""Paths that fit what was typed so far. It reads folders: not for the loop."""

import contextlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from desktop.domain.text.folding import fold

MOST_READ = 5_000
MOST = 100


@dataclass(frozen=True, slots=True)
class PathEntry:
    """A file or a folder. `path` is what stands in the field when it is chosen."""

    path: str
    name: str
    is_folder: bool
    size: int = 0


def completions(typed: str) -> tuple[PathEntry, ...]:
    """What fits: folders first, then files, by name. Hidden ones only if a dot was typed."""
    typed = typed or "~/"
    folder, _, begun = typed.rpartition("/")
    shown = f"{folder}/" if "/" in typed else ""
    found: list[PathEntry] = []
    with contextlib.suppress(OSError, ValueError, RuntimeError):
        base = Path(shown or ".").expanduser()
        with os.scandir(base) as entries:
            for count, one in enumerate(entries):
                if count >= MOST_READ:
                    break
                if one.name.startswith(".") and not begun.startswith("."):
                    continue
                if fold(one.name).startswith(fold(begun)):
                    entry = _entry(shown, one)
                    found += [entry] if entry is not None else []
    found.sort(key=lambda one: (not one.is_folder, fold(one.name)))
    return tuple(found[:MOST])


def _entry(shown: str, one: "os.DirEntry[str]") -> PathEntry | None:
    with contextlib.suppress(OSError):
        about = one.stat()
        if stat.S_ISDIR(about.st_mode):
            return PathEntry(f"{shown}{one.name}/", one.name, is_folder=True)
        if stat.S_ISREG(about.st_mode):
            return PathEntry(f"{shown}{one.name}", one.name, is_folder=False, size=about.st_size)
    return None
