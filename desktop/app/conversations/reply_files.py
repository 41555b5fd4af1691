"""Files to send with a reply: looked at when they are chosen, and read when they go. All of it blocks."""

import hashlib
import mimetypes
import os
import stat
from collections.abc import Sequence
from pathlib import Path

from desktop.domain.entities.model import OutgoingFile
from desktop.domain.entities.wrap_up_record import ReplyFile
from desktop.domain.text.file_names import safe_name
from desktop.domain.text.sentence import Sentence

LARGEST = 5 * 1024 * 1024
"""Bytes of all files of one reply together."""
MOST = 10
UNKNOWN_TYPE = "application/octet-stream"


class FileRefused(Exception):
    """A file cannot go; `sentence` says why."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.id)
        self.sentence = sentence


def look_at(path: str, known: Sequence[ReplyFile] = ()) -> ReplyFile:
    """A file as it is now, to go with those that were chosen before.

    Raises:
        FileRefused: it is not there, no file, empty, or too much with the others.
    """
    try:
        whole = str(Path(path).expanduser().absolute())
        whole.encode()  # what is on disk can be read again
    except (RuntimeError, ValueError):  # nobody's home, or no text
        raise FileRefused(Sentence("reply_file.gone", name=safe_name(path))) from None
    if len(known) >= MOST:
        raise FileRefused(Sentence("reply_file.too_many", most=MOST))
    content = _read(whole, LARGEST - sum(one.size for one in known))
    name = safe_name(Path(whole).name)
    kind = mimetypes.guess_type(name)[0] or UNKNOWN_TYPE
    return ReplyFile(whole, name, kind, len(content), hashlib.sha256(content).hexdigest())


def contents(files: Sequence[ReplyFile]) -> tuple[OutgoingFile, ...]:
    """What goes out, and only if it is still what was chosen.

    Raises:
        FileRefused: one is not there any more, or is another one now.
    """
    read = []
    for one in files:
        content = _read(one.path, LARGEST)
        if hashlib.sha256(content).hexdigest() != one.sha256:
            raise FileRefused(Sentence("reply_file.changed", name=one.name))
        read.append(OutgoingFile(one.name, one.media_type, content))
    return tuple(read)


def _read(path: str, room: int) -> bytes:
    name = safe_name(Path(path).name)
    try:
        # Without waiting: a pipe or a device has no end, and no beginning either.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise FileRefused(Sentence("reply_file.no_file", name=name))
        with os.fdopen(descriptor, "rb") as file:
            content = file.read(max(0, room) + 1)
    except FileNotFoundError:
        raise FileRefused(Sentence("reply_file.gone", name=name)) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise FileRefused(Sentence("reply_file.unreadable", name=name, why=why)) from None
    if len(content) > max(0, room):
        raise FileRefused(Sentence("reply_file.too_large", name=name, most=LARGEST // (1024 * 1024)))
    if not content:
        raise FileRefused(Sentence("reply_file.empty", name=name))
    return content
