"""What the program says on the terminal once its screen is gone."""

import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from desktop.app.conversations.saved_files import short
from desktop.app.notes.unsaved_text import Unsaved, left_over, rescue
from desktop.domain.entities.words import Phase
from desktop.domain.select import mine
from desktop.domain.state.state import AppState
from desktop.tui.widgets.safe_text import safe
from desktop.words.catalogue import in_words, ntr, tr


def rescued(unsaved: Sequence[Unsaved], beside_log: Path) -> str:
    """Put words that the disk refused into a text file, and say where; without such a place, say the words.

    Args:
        unsaved: the words.
        beside_log: the folder to use where neither the home folder nor the one for temporary files will do.
    """
    words = [_all_of(one) for one in unsaved]
    path = rescue("\n".join(words), _folders(beside_log), time.time())
    if path is not None:
        told = tr("What you wrote could not be saved in the profile. It is in this file: {file}", file=safe(str(path)))
        return f"{told}\n"
    told = tr("What you wrote could not be saved anywhere. This is all of it:")
    return f"{told}\n{safe(''.join(words), newlines=True)}\n"


def _all_of(one: Unsaved) -> str:
    lines = [in_words(one.about), one.text, *map(in_words, one.chosen)]
    return "== {}\n".format("\n".join(filter(None, lines)))


def not_copied_yet(beside_log: Path) -> str:
    """Where words are that an earlier run put into text files; "" when there are none. Looks into folders."""
    files = left_over(_folders(beside_log))
    if not files:
        return ""
    named = ", ".join(safe(short(path)) for path in files)
    return ntr(
        "{files} has words of an earlier run that could not be saved. Copy what you need, then delete it.",
        "{files} have words of an earlier run that could not be saved. Copy what you need, then delete them.",
        len(files),
        files=named,
    )


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
    wrapping, records = phases.count(Phase.WRAP_UP), state.outbox.waiting + state.outbox.parked
    counts = (
        (talking, ntr("{n} open contact", "{n} open contacts", talking)),
        (wrapping, ntr("{n} unfinished wrap-up", "{n} unfinished wrap-ups", wrapping)),
        (records, ntr("{n} record in the outbox", "{n} records in the outbox", records)),
    )
    parts = tuple(words for number, words in counts if number)
    if not parts:
        return ""
    if throwaway:
        told = tr("Left: {parts}. This was the demo: none of it is kept for the next start.", parts=parts)
    else:
        told = tr("Left waiting for you: {parts}.", parts=parts)
    return f"{told}\n"
