"""A disk that forgets what was not synced when the power goes: a SQLite VFS that knows which bytes are safe.

Files live where they are told to; beside each, the image the platters would hold is kept in memory, with the
writes that came after the last sync. A cut keeps a random part of those, torn at sectors.
"""

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

SECTOR = 512


class PowerCut(Exception):
    """The power went in the middle of a write or a sync."""


@dataclass
class Image:
    """What is safe of one file, and what is not yet. A write is (offset, bytes); a truncation (size, None)."""

    safe: bytes = b""
    exists: bool = False
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)

    def synced(self) -> None:
        self.safe = applied(self.safe, self.pending)
        self.pending = []
        self.exists = True


class PowerCutDisk(apsw.VFS):
    """A VFS over the system's own, under a name of its own. Cuts the power at the given operation."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.images: dict[str, Image] = {}
        self.left: int | None = None
        self.is_dead = False
        super().__init__(name, base="")

    def cut_after(self, operations: int) -> None:
        self.left = operations

    def tick(self) -> None:
        if self.is_dead:
            raise PowerCut
        if self.left is not None:
            self.left -= 1
            if self.left <= 0:
                self.is_dead = True
                raise PowerCut

    def xOpen(self, name: Any, flags: Any) -> "PowerCutFile":
        return PowerCutFile(self, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        self.tick()
        super().xDelete(filename, syncdir)
        self.images.pop(filename, None)

    def survivors(self, rng: random.Random, *, lose_all: bool) -> dict[str, bytes]:
        """By path, the files found after the power came back."""
        found = {}
        for path, image in self.images.items():
            if image.exists or (not lose_all and rng.random() < 0.5):
                kept = [] if lose_all else [part for change in image.pending for part in torn(change, rng)]
                found[path] = applied(image.safe, kept)
        return found


class PowerCutFile(apsw.VFSFile):
    def __init__(self, disk: PowerCutDisk, name: Any, flags: Any) -> None:
        self.disk = disk
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        super().__init__("", name, flags)
        self.image = disk.images.setdefault(str(path), Image()) if path else Image()

    def xWrite(self, data: bytes, offset: int) -> None:
        self.disk.tick()
        super().xWrite(data, offset)
        self.image.pending.append((offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:
        self.disk.tick()
        super().xTruncate(newsize)
        self.image.pending.append((newsize, None))

    def xSync(self, flags: int) -> None:
        self.disk.tick()
        self.image.synced()


def applied(safe: bytes, changes: list[tuple[int, bytes | None]]) -> bytes:
    image = bytearray(safe)
    for offset, data in changes:
        size = offset if data is None else offset + len(data)
        if data is None:
            del image[size:]
        if len(image) < size:
            image.extend(bytes(size - len(image)))
        if data is not None:
            image[offset:size] = data
    return bytes(image)


def torn(change: tuple[int, bytes | None], rng: random.Random) -> list[tuple[int, bytes | None]]:
    """The part of a change that reached the platters: none, all, or some sectors."""
    offset, data = change
    fate = rng.random()
    if fate < 0.4:
        return [change]
    if fate < 0.7 or data is None:
        return []
    parts: list[tuple[int, bytes | None]] = []
    start = 0
    while start < len(data):
        end = min(len(data), (offset + start) // SECTOR * SECTOR + SECTOR - offset)
        if rng.random() < 0.5:
            parts.append((offset + start, data[start:end]))
        start = end
    return parts


def write_survivors(survivors: dict[str, bytes], folder: Path) -> None:
    folder.mkdir()
    for path, content in survivors.items():
        (folder / Path(path).name).write_bytes(content)
