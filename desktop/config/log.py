"""The log of a running desktop: rotated by size, readable by its user only, without what must not be written down."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final, TextIO

from desktop.domain.text.redact import redact_personal

LEVELS: Final = ("error", "warning", "info", "debug")
"""How much is written, from least to most."""

_BYTES: Final = 1_000_000
_OLDER: Final = 3
_PROGRAM: Final = "desktop"


def log_files(path: Path) -> list[Path]:
    """The log and the older ones that it was rotated into, whether or not they are there."""
    return [path, *(path.with_name(f"{path.name}.{number}") for number in range(1, _OLDER + 1))]


@contextmanager
def logging_to(path: Path, level: str) -> Iterator[None]:
    """Write what the program and its plug-ins log to a file for as long as the block lasts.

    Tokens, card numbers, telephone numbers and e-mail addresses are blanked. Where the file cannot be written nothing
    is, and the block runs all the same.

    Args:
        path: the log; three older ones of at most 1 MB stand beside it as `path.1` … `path.3`.
        level: one of `LEVELS`.
    """
    log = logging.getLogger(_PROGRAM)
    handler: logging.Handler
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler = _PrivateFile(path, maxBytes=_BYTES, backupCount=_OLDER, encoding="utf-8", errors="backslashreplace")
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(_Redacted("%(asctime)s %(levelname)s %(name)s %(message)s"))
    before = log.level, log.propagate
    log.setLevel(level.upper())
    log.propagate = False  # on the terminal it would be written over the screen
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)
        handler.close()
        log.level, log.propagate = before


class _PrivateFile(RotatingFileHandler):
    def _open(self) -> TextIO:  # type: ignore[override]
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
        descriptor = os.open(self.baseFilename, flags, 0o600)
        if hasattr(os, "fchmod"):
            os.fchmod(descriptor, 0o600)
        return os.fdopen(descriptor, "a", encoding=self.encoding, errors=self.errors)

    def handleError(self, record: logging.LogRecord) -> None:
        """A full disk costs the line and nothing else: what logging would print goes over the screen."""


class _Redacted(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """The whole entry, errors included, on lines of which each but the first is indented."""
        lines = redact_personal(super().format(record)).split("\n")
        return "\n  ".join("".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in line) for line in lines)
