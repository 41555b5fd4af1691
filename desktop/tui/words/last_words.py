"""What the program says on the terminal once its screen is gone."""

import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from desktop.app.notes.unsaved_text import Unsaved, left_over, rescue
from desktop.domain.entities.words import Phase
from desktop.domain.select import mine
from desktop.domain.state.state import AppState
from desktop.tui.widgets.safe_text import safe


def rescued(unsaved: Sequence[Unsaved], beside_log: Path) -> str:
    """Put words that the disk refused into a text file, and say where; without such a place, say the words.

    Args:
        unsaved: the words.
        beside_log: the folder to use where neither the home folder nor the one for temporary files will do.
    """
    path = rescue(unsaved, _folders(beside_log), time.time())
    if path is not None:
        return f"What you wrote could not be saved in the profile. It is in this file: {safe(str(path))}\n"
    words = "".join(f"== {one.about}\n{one.text}\n" for one in unsaved)
    return f"What you wrote could not be saved anywhere. This is all of it:\n{safe(words, newlines=True)}\n"


def not_copied_yet(beside_log: Path) -> str:
    """Where words are that an earlier run put into text files; "" when there are none. Looks into folders."""
    files = left_over(_folders(beside_log))
    if not files:
        return ""
    named = ", ".join(safe(_short(path)) for path in files)
    has, them = ("has", "it") if len(files) == 1 else ("have", "them")
    return f"{named} {has} words of an earlier run that could not be saved. Copy what you need, then delete {them}."


def _short(path: Path) -> str:
    with suppress(RuntimeError, ValueError):
        return f"~/{path.relative_to(Path.home())}"
    return str(path)


def _folders(beside_log: Path) -> list[Path]:
    folders = [Path(tempfile.gettempdir()), beside_log]
    with suppress(RuntimeError):  # nobody's home
        folders.insert(0, Path.home())
    return list(dict.fromkeys(folders))


def left_waiting(state: AppState, *, throwaway: bool) -> str:
    """What is not finished, in one line; "" when everything is.

    Args:
        throwaway: whether it goes with the program, as in the demo, and waits for nobody.
    """
    phases = [interaction.phase for interaction in mine(state)]
    talking = sum(phase in (Phase.CONNECTING, Phase.ACTIVE) for phase in phases)
    counts = (
        (talking, "open contact", "open contacts"),
        (phases.count(Phase.WRAP_UP), "unfinished wrap-up", "unfinished wrap-ups"),
        (state.outbox.waiting + state.outbox.parked, "record in the outbox", "records in the outbox"),
    )
    parts = [f"{number} {one if number == 1 else several}" for number, one, several in counts if number]
    if not parts:
        return ""
    if throwaway:
        return f"Left: {', '.join(parts)}. This was the demo: none of it is kept for the next start.\n"
    return f"Left waiting for you: {', '.join(parts)}.\n"
