"""A disk whose unsynced writes can be undone: starts the desktop so that each write to its store leaves its undoing.

    python -m tests.campaign.power_disk FOLDER --config … (as for agent-desktop)

SQLite's own calls to open, write, truncate and sync are listened in on. In FOLDER, one file beside each of the store's
holds what its writes since the last sync overwrote; `cut_power` makes of the files of a killed desktop those that are
found after the power came back. A sync lasts `CAMPAIGN_SYNC_SECONDS` longer.
"""

import contextlib
import ctypes
import os
import random
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SECTOR = 512
_HEAD = struct.Struct("<qqq")  # offset (or -1: truncated), size of the file before, bytes that follow
_FILES = 0x100 | 0x80000  # SQLITE_OPEN_MAIN_DB, SQLITE_OPEN_WAL
_FULL = 13  # SQLITE_FULL

_P, _I, _Q = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64
_TRANSFER = ctypes.CFUNCTYPE(_I, _P, _P, _I, _Q)
_TRUNCATE = ctypes.CFUNCTYPE(_I, _P, _Q)
_SYNC = ctypes.CFUNCTYPE(_I, _P, _I)
_SIZE = ctypes.CFUNCTYPE(_I, _P, ctypes.POINTER(_Q))
# The name as an address: SQLite keeps it for as long as the file is open.
_OPEN = ctypes.CFUNCTYPE(_I, _P, _P, _P, _I, ctypes.POINTER(_I))


class _Methods(ctypes.Structure):
    _fields_ = (
        ("iVersion", _I), ("xClose", _P), ("xRead", _TRANSFER), ("xWrite", _TRANSFER), ("xTruncate", _TRUNCATE),
        ("xSync", _SYNC), ("xFileSize", _SIZE), ("rest", _P * 12),
    )  # fmt: skip


class _Vfs(ctypes.Structure):
    _fields_ = (
        ("iVersion", _I), ("szOsFile", _I), ("mxPathname", _I), ("pNext", _P), ("zName", ctypes.c_char_p),
        ("pAppData", _P), ("xOpen", _OPEN),
    )  # fmt: skip


def _sqlite() -> ctypes.CDLL:
    import _sqlite3

    for line in Path("/proc/self/maps").read_text().splitlines():
        if "libsqlite3" in line:
            return ctypes.CDLL(line.split()[-1])
    return ctypes.CDLL(_sqlite3.__file__)


_kept: list[Any] = []  # what C still points to


def listen(folder: Path, sync_seconds: float = 0.0) -> None:
    """From now on every write to a SQLite file of this process leaves its undoing in a folder."""
    library = _sqlite()
    library.sqlite3_initialize()
    library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
    vfs = library.sqlite3_vfs_find(None).contents
    opened = _OPEN(ctypes.cast(vfs.xOpen, _P).value or 0)

    def open_file(which: int, name: int | None, file: int, flags: int, out: Any) -> int:
        code = opened(which, name, file, flags, out)
        if code == 0 and name and flags & _FILES:
            _watch(file, folder / Path(os.fsdecode(ctypes.string_at(name))).name, sync_seconds)
        return code

    hook = _OPEN(open_file)
    _kept.extend((library, opened, hook))
    vfs.xOpen = hook


def _watch(file: int, log: Path, sync_seconds: float) -> None:
    pointer = ctypes.cast(file, ctypes.POINTER(ctypes.POINTER(_Methods)))
    original = pointer.contents.contents
    methods = _Methods.from_buffer_copy(original)
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def remember(which: int, offset: int, wanted: int, at: int) -> bool:
        size = _Q()
        original.xFileSize(which, ctypes.byref(size))
        length = max(0, min(wanted, size.value - at))
        old = ctypes.create_string_buffer(length)
        if length:
            original.xRead(which, ctypes.addressof(old), length, at)
        record, before = _HEAD.pack(offset, size.value, length) + old.raw, os.fstat(handle).st_size
        try:
            if os.write(handle, record) == len(record):
                return True
            os.ftruncate(handle, before)
        except OSError:
            pass
        return False

    def write(which: int, data: int, amount: int, at: int) -> int:
        # A full disk is full for the undoing too.
        return int(original.xWrite(which, data, amount, at)) if remember(which, at, amount, at) else _FULL

    def truncate(which: int, size: int) -> int:
        return int(original.xTruncate(which, size)) if remember(which, -1, 1 << 60, size) else _FULL

    def sync(which: int, flags: int) -> int:
        if sync_seconds:
            time.sleep(sync_seconds)
        code = int(original.xSync(which, flags))
        if code == 0:
            os.ftruncate(handle, 0)
        return code

    # What the log says of an earlier connection to the same file stays true.
    methods.xWrite, methods.xTruncate, methods.xSync = _TRANSFER(write), _TRUNCATE(truncate), _SYNC(sync)
    _kept.extend((methods, original))
    pointer[0] = ctypes.pointer(methods)


def cut_power(store: Path, undo: Path, rng: random.Random) -> int:
    """Take back what a killed desktop had not synced: all of it, or some sectors.

    Args:
        store: the folder with the SQLite files.
        undo: the folder given to the desktop; emptied.
        rng: what is lost.

    Returns:
        How many writes were not synced.
    """
    found = 0
    lose_all = rng.random() < 0.5
    for log in undo.iterdir():
        file = store / log.name
        records = _records(log.read_bytes())
        log.unlink()
        if not records or not file.exists():
            continue
        found += len(records)
        written = file.read_bytes()
        safe = bytearray(written)
        for offset, size, old in reversed(records):
            at = size - len(old) if offset < 0 else offset
            safe[at : at + len(old)] = old
            del safe[size:]
        if not lose_all:
            for offset, size, old in records:
                _keep(safe, written, offset, size, len(old), rng)
        file.write_bytes(safe)
    for shared in store.glob("*-shm"):
        shared.unlink()  # it lived in memory
    return found


def _keep(safe: bytearray, written: bytes, offset: int, size: int, old: int, rng: random.Random) -> None:
    """Let some sectors of a write reach the platters after all."""
    fate = rng.random()
    if offset < 0 or fate < 0.3:
        return
    end = min(len(written), max(offset + old, offset + 4120 if offset >= size else offset + old))
    at = offset
    while at < end:
        stop = min(end, at // SECTOR * SECTOR + SECTOR)
        if fate > 0.6 or rng.random() < 0.5:
            if len(safe) < stop:
                safe.extend(bytes(stop - len(safe)))
            safe[at:stop] = written[at:stop]
        at = stop


def _records(data: bytes) -> list[tuple[int, int, bytes]]:
    found, at = [], 0
    while at + _HEAD.size <= len(data):
        offset, size, length = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        if at + length > len(data):
            break  # killed before the write itself
        found.append((offset, size, data[at : at + length]))
        at += length
    return found


if __name__ == "__main__":
    listen(Path(sys.argv[1]), float(os.environ.get("CAMPAIGN_SYNC_SECONDS", "0")))
    from desktop.cli import main

    start: Callable[[list[str]], int] = main
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(start(sys.argv[2:]))
