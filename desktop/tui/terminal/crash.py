"""The last resort: what is shown and what is written down when the program fails."""

import os
import platform
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from desktop.domain.text.redact import redact
from desktop.words.catalogue import tr

_FRAMES: Final = 40
_LOG_LIMIT: Final = 1_000_000
"""Bytes of a log after which the next entry starts it anew."""


def write_report(error: BaseException, path: Path, *, context: str = "crash") -> bool:
    """Append an error to the log: where it happened and what it said, without values of variables and without secrets.

    Args:
        error: what was raised, with its causes.
        path: the log; made with mode 0600, in a directory of mode 0700. A symbolic link is not followed.
        context: what the entry is called.

    Returns:
        Whether it could be written. Nothing is raised.
    """
    with suppress(Exception):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
        handle = os.open(path, flags, 0o600)
        with os.fdopen(handle, "ab") as file:
            if hasattr(os, "fchmod"):
                os.fchmod(handle, 0o600)
            if file.tell() > _LOG_LIMIT:
                file.truncate(0)
            file.write(report(error, context=context).encode("ascii", "backslashreplace"))
        return True
    return False


def report(error: BaseException, *, context: str = "crash") -> str:
    """The entry of the log for an error, several lines, secrets and control characters taken out."""
    when = datetime.now(UTC).isoformat(timespec="seconds")
    head = f"{when} {context} agent-desktop {_version()} python {platform.python_version()} {platform.system()}\n"
    summary = traceback.TracebackException.from_exception(error, limit=-_FRAMES, capture_locals=False, compact=True)
    body = redact("".join(summary.format()))
    return head + "".join(f"  {_escaped(text)}\n" for text in body.split("\n") if text) + "\n"


def sentence(path: Path, *, written: bool) -> str:
    """What the user is told after a crash."""
    file = _escaped(str(path))
    first = tr("agent-desktop had to stop because of an error in it. Notes and wrap-ups saved so far are safe.")
    if written:
        return f"{first}\n{tr('Start it again to go on. The details are in {file}', file=file)}"
    return f"{first}\n{tr('Start it again to go on. The details could not be written to {file}', file=file)}"


def _escaped(text: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _version() -> str:
    try:
        return version("agent-desktop")
    except PackageNotFoundError:
        return "unknown"
