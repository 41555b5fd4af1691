"""Runs a store on a disk that misbehaves and tells as JSON how it went. Its own process, for limits are per process."""

import asyncio
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from desktop.app.storage.errors import StoreError
from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.recovery.reserve_file import SIZE
from desktop.app.storage.tables.drafts import Draft


def draft(number: int) -> Draft:
    return Draft(f"i{number}", "c1", "word " * 1_000, (), (), 1, 0.0)


async def save_until_refused(store: LocalStore) -> tuple[int, str]:
    """How many drafts were kept, and the class of the error that ended it."""
    number = len(await store.drafts())
    while True:
        try:
            await store.save_draft(draft(number))
        except StoreError as error:
            return number, type(error).__name__
        number += 1


async def save_again(store: LocalStore) -> int:
    """Keep what the disk refused; answers how many drafts that were."""
    pending = list(store.unsaved.values())
    for each in pending:
        await store.save_draft(each)
    return len(pending)


async def size_limit(path: Path) -> dict[str, Any]:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    store = await LocalStore.open(path)
    resource.setrlimit(resource.RLIMIT_FSIZE, (SIZE, resource.RLIM_INFINITY))
    acknowledged, error = await save_until_refused(store)
    unsaved, before = list(store.unsaved), len(await store.drafts())
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    saved_later = await save_again(store)
    await store.close()
    store = await LocalStore.open(path)
    after = len(await store.drafts())
    await store.close()
    return {
        "acknowledged": acknowledged,
        "error": error,
        "before": before,
        "unsaved": unsaved,
        "saved_later": saved_later,
        "after": after,
    }


async def tiny_disk(folder: Path) -> dict[str, Any]:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(folder)], check=True)
    path = folder / "profile" / "store.db"
    store = await LocalStore.open(path)
    had_ballast = (await store.check()).has_ballast
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1024))
        except OSError:
            pass
    await store.save_draft(draft(0))
    has_ballast = (await store.check()).has_ballast
    acknowledged, error = await save_until_refused(store)
    after = len(await store.drafts())
    filler.unlink()
    ballast_again = (await store.check()).has_ballast
    saved_again = await save_again(store) == 1
    await store.close()
    return {
        "had_ballast": had_ballast,
        "saved_on_a_full_disk": acknowledged >= 1,
        "has_ballast": has_ballast,
        "error": error,
        "acknowledged": acknowledged,
        "after": after,
        "ballast_again": ballast_again,
        "saved_again": saved_again,
    }


async def read_only() -> dict[str, Any]:
    """As a user whom permissions bind, which root is not."""
    folder = Path(tempfile.mkdtemp())
    try:
        if os.geteuid() == 0:
            nobody = 65534
            os.chown(folder, nobody, nobody)
            import sqlite_utils  # noqa: F401 - while its files can still be read

            os.setgid(nobody)
            os.setuid(nobody)
        path = folder / "profile" / "store.db"
        store = await LocalStore.open(path)
        await store.save_draft(draft(1))
        reader = await LocalStore.open(path, read_only=True)
        path.chmod(0o400)
        await store.close()
        path.parent.chmod(0o500)
        told: dict[str, Any] = {
            "open_new": await error_of(path.with_name("new.db")),
            "open_old": await error_of(path),
            "read": [kept.interaction_id for kept in await reader.drafts()],
        }
        await reader.close()
        path.parent.chmod(0o700)
        return told
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def error_of(path: Path) -> str:
    try:
        await LocalStore.open(path)
    except StoreError as error:
        return type(error).__name__
    return "opened"


if __name__ == "__main__":
    verb, *arguments = sys.argv[1:]
    if verb == "size-limit":
        result = asyncio.run(size_limit(Path(arguments[0])))
    elif verb == "tiny-disk":
        result = asyncio.run(tiny_disk(Path(arguments[0])))
    else:
        result = asyncio.run(read_only())
    print(json.dumps(result))
