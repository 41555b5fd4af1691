"""Reads the records of a SQLite file that SQLite itself will not read any more, page by page.

See https://www.sqlite.org/fileformat2.html. Nothing here knows of a table: a record is its values in the order of the
columns. Whatever does not fit is passed over.
"""

import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass

_TABLE_LEAF, _INDEX_LEAF, _INDEX_INTERIOR = 0x0D, 0x0A, 0x02
_HEADER = 100  # bytes before the b-tree on the first page
_SIZES = frozenset(1 << power for power in range(9, 17))
_USUAL_SIZE = 4096
_INTEGER_BYTES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
_LONGEST = 64 * 1024 * 1024  # bytes of one record

Value = int | float | str | bytes | None


@dataclass(frozen=True, slots=True)
class Record:
    """One row as it lies on a page. rowid: None where the table has none."""

    rowid: int | None
    values: tuple[Value, ...]


def records(file: bytes, log: bytes = b"") -> Iterator[Record]:
    """Every record that can be read, of the newest version of each page.

    Args:
        file: the database.
        log: its write-ahead log, of which what was committed counts.
    """
    size = _page_size(file, log)
    pages = {number + 1: file[number * size : (number + 1) * size] for number in range(len(file) // size)}
    pages.update(_committed(log, size))
    for number, page in pages.items():
        yield from _Page(page, number, pages).records()


def _page_size(file: bytes, log: bytes) -> int:
    found = int.from_bytes(file[16:18], "big")
    logged = int.from_bytes(log[8:12], "big")
    return next((one for one in (65536 if found == 1 else found, logged) if one in _SIZES), _USUAL_SIZE)


def log_is_cut(log: bytes) -> bool:
    """Whether a write-ahead log holds a whole transaction that was damaged, which SQLite takes for the log's end.

    A frame that is not what was written ends the log: that is how a torn transaction is left out. But one whose last
    frame is there was written to its end, and what it holds may have been shown as saved.
    """
    damaged = False
    for whole, _, intact, _ in _frames(log, _page_size(b"", log)):
        damaged = damaged or not intact
        if damaged and whole:
            return True
    return False


def _committed(log: bytes, size: int) -> dict[int, bytes]:
    """The pages of a write-ahead log up to its last whole transaction, without frames that were damaged."""
    done: dict[int, bytes] = {}
    open_: dict[int, bytes] = {}
    for whole, number, intact, page in _frames(log, size):
        if intact:
            open_[number] = page
        if whole:
            done.update(open_)
            open_.clear()
    return done


def _frames(log: bytes, size: int) -> Iterator[tuple[bool, int, bool, bytes]]:
    """Each frame of a log: whether it ends a transaction, of which page it is, whether it is intact, and the page.

    What stands between frames of this log and is none counts as one that is damaged, and so does a lost beginning.
    """
    if len(log) < 32 + 24 + size:
        return
    magic, _, _, _, *salts = struct.unpack(">6I", log[:24])
    order = ">" if magic & 1 else "<"
    sums: tuple[int, int] | None = _checksum(log[:24], (0, 0), order)
    if magic >> 1 != 0x377F0682 >> 1 or sums != struct.unpack(">2I", log[24:32]):
        salts, sums = list(struct.unpack(">2I", log[40:48])), None
        order = "<" if sys.byteorder == "little" else ">"
    for at in range(32, len(log) - 24 - size + 1, 24 + size):
        number, whole, *rest = struct.unpack(">6I", log[at : at + 24])
        if rest[:2] != salts:
            sums = None  # damaged; or left over from before the log was begun anew, and then no other follows
            continue
        page = log[at + 24 : at + 24 + size]
        if sums is None:
            yield True, 0, False, b""
            intact = True  # as far as can be known: its rows prove themselves
        else:
            intact = tuple(rest[2:]) == _checksum(page, _checksum(log[at : at + 8], sums, order), order)
        yield bool(whole), number, intact, page
        sums = (rest[2], rest[3])  # the frame after a damaged one goes on from what was written


def _checksum(data: bytes, sums: tuple[int, int], order: str) -> tuple[int, int]:
    first, second = sums
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & 0xFFFFFFFF
        second = (second + odd + first) & 0xFFFFFFFF
    return first, second


class _Page:
    """One page, and the others where a long record goes on."""

    def __init__(self, data: bytes, number: int, pages: dict[int, bytes]) -> None:
        self._data = data
        self._start = _HEADER if number == 1 else 0
        self._pages = pages

    def records(self) -> Iterator[Record]:
        """The records of a leaf, or of an index."""
        data, start = self._data, self._start
        kind = data[start]
        if kind not in (_TABLE_LEAF, _INDEX_LEAF, _INDEX_INTERIOR):
            return
        array = start + (12 if kind == _INDEX_INTERIOR else 8)
        for number in range(int.from_bytes(data[start + 3 : start + 5], "big")):
            at = array + 2 * number
            cell = int.from_bytes(data[at : at + 2], "big")
            try:
                yield self._cell(kind, cell)
            except (ValueError, IndexError, KeyError, struct.error):
                continue

    def _cell(self, kind: int, at: int) -> Record:
        usable = len(self._data)
        if kind == _INDEX_INTERIOR:
            at += 4
        length, at = _varint(self._data, at)
        rowid: int | None = None
        most = (usable - 12) * 64 // 255 - 23
        if kind == _TABLE_LEAF:
            rowid, at = _varint(self._data, at)
            rowid -= (rowid >> 63) << 64
            most = usable - 35
        if length > _LONGEST:
            raise ValueError("too long")
        return Record(rowid, _decoded(self._payload(at, length, most)))

    def _payload(self, at: int, length: int, most: int) -> bytes:
        if length <= most:
            payload = self._data[at : at + length]
            if len(payload) != length:
                raise ValueError("cut off")
            return payload
        usable = len(self._data)
        least = (usable - 12) * 32 // 255 - 23
        here = least + (length - least) % (usable - 4)
        here = here if here <= most else least
        parts = [self._data[at : at + here]]
        following = int.from_bytes(self._data[at + here : at + here + 4], "big")
        left = length - here
        while left > 0:
            page = self._pages[following]
            parts.append(page[4 : 4 + min(left, usable - 4)])
            following = int.from_bytes(page[:4], "big")
            left -= usable - 4
        return b"".join(parts)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place in range(8):
        byte = data[at + place]
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            return value, at + place + 1
    return value << 8 | data[at + 8], at + 9


def _decoded(payload: bytes) -> tuple[Value, ...]:
    end, at = _varint(payload, 0)
    body = end
    values: list[Value] = []
    while at < end:
        kind, at = _varint(payload, at)
        value, body = _value(payload, kind, body)
        values.append(value)
    if at != end or body != len(payload):
        raise ValueError("the lengths do not fit")
    return tuple(values)


def _value(payload: bytes, kind: int, at: int) -> tuple[Value, int]:
    if kind == 0:
        return None, at
    if kind in (8, 9):
        return kind - 8, at
    length = _INTEGER_BYTES.get(kind) or (8 if kind == 7 else (kind - 12) // 2)
    found = payload[at : at + length]
    if kind in (10, 11) or len(found) != length:
        raise ValueError("no such value")
    if kind in _INTEGER_BYTES:
        return int.from_bytes(found, "big", signed=True), at + length
    if kind == 7:
        return struct.unpack(">d", found)[0], at + length
    return (found.decode("utf-8", "surrogateescape") if kind % 2 else found), at + length
