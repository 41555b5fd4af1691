"""A desktop that starts, takes the profile or says who has it, and leaves on SIGTERM as a desktop does."""

import os
import signal
import time
from multiprocessing.connection import Connection
from pathlib import Path

from desktop.app.storage.instance_lock import InstanceHeld, InstanceLock


def contend(path: str, go_at: float, told: Connection, stubborn: bool = False, take_over: bool = False) -> None:
    """Sends ("won", own pid) and holds the lock until told to stop, or ("lost", the holder's pid)."""
    stop: list[int] = []
    signal.signal(signal.SIGTERM, signal.SIG_IGN if stubborn else lambda *_: stop.append(1))
    lock = InstanceLock(Path(path))
    while time.monotonic() < go_at:
        pass
    try:
        if take_over:
            lock.take_over(timeout_seconds=20.0)
        else:
            lock.acquire()
    except InstanceHeld as held:
        told.send(("lost", held.holder.pid if held.holder else None))
        told.poll(30)
        return
    told.send(("won", os.getpid()))
    while not stop and not told.poll(0.005):
        pass
    lock.release()
    told.send(("left", os.getpid()))
