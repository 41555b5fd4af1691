"""Files that only this user can read."""

import os
import stat
from pathlib import Path

from desktop.app.storage.errors import StoreReadOnly
from desktop.domain.text.sentence import Sentence


def make_private(path: Path) -> None:
    """Make the folder (0700) and the file (0600) if they are not there; take others' rights to the file away.

    Raises OSError or StoreReadOnly.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        found = os.fstat(descriptor)
        if found.st_uid != os.geteuid():
            raise StoreReadOnly(Sentence("store.of_another_user", path=str(path)))
        if stat.S_IMODE(found.st_mode) & 0o077:
            os.fchmod(descriptor, 0o600)
    finally:
        # Safe although closing drops POSIX locks: this process has no connection to the file yet.
        os.close(descriptor)
