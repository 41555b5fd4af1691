"""Files that customers sent, saved on this machine when that is asked for: whole or not at all, and never run."""

import asyncio
import contextlib
import errno
import os
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

from desktop.domain.text.file_names import numbered, safe_name
from desktop.domain.text.sentence import Sentence
from desktop.ports.errors import Rejected, Unavailable

LARGEST = 32 * 1024 * 1024
SILENCE = 15.0
_MOST_ALIKE = 1_000


async def save(pieces: AsyncIterator[bytes], name: str, folder: Path) -> Path:
    """Save what comes in under a safe name in the folder, which is made private. Nothing there is written over.

    Raises:
        Rejected: it is larger than `LARGEST`, or cannot be written; nothing is left of it.
        Unavailable: nothing came for `SILENCE` seconds.
        BackendError: whatever the contact centre raised.
    """
    unfinished = folder / f".{uuid.uuid4().hex}.part"
    try:
        descriptor = await asyncio.to_thread(_begin, unfinished)
        try:
            await _take(pieces, descriptor)
            await asyncio.to_thread(os.fsync, descriptor)
        finally:
            os.close(descriptor)
        return await asyncio.to_thread(_put, unfinished, folder, safe_name(name))
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise Rejected(Sentence("saved_file.unwritable", folder=str(folder), why=why)) from error
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)


async def _take(pieces: AsyncIterator[bytes], descriptor: int) -> None:
    size, each = 0, aiter(pieces)
    while True:
        try:
            async with asyncio.timeout(SILENCE):
                piece = await anext(each)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise Unavailable(Sentence("saved_file.silent")) from None
        size += len(piece)
        if size > LARGEST:
            raise Rejected(Sentence("saved_file.too_large", most=LARGEST // (1024 * 1024)))
        await asyncio.to_thread(_write, descriptor, piece)


def _begin(path: Path) -> int:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.parent.stat().st_uid == os.geteuid():
        path.parent.chmod(0o700)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0), 0o600)


def _write(descriptor: int, piece: bytes) -> None:
    left = memoryview(piece)
    while left:
        left = left[os.write(descriptor, left) :]


def _put(unfinished: Path, folder: Path, name: str) -> Path:
    """Give it its name, or the next one that is free: a link takes no other file's place."""
    for number in range(1, _MOST_ALIKE):
        path = folder / numbered(name, number)
        try:
            os.link(unfinished, path, follow_symlinks=False)
        except FileExistsError:
            continue
        _sync(folder)
        return path
    raise OSError(errno.EEXIST, os.strerror(errno.EEXIST))


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def short(path: Path) -> str:
    """A path as people write it: from the home folder on, where it is in there."""
    with contextlib.suppress(RuntimeError, ValueError):
        return f"~/{path.relative_to(Path.home())}"
    return str(path)
