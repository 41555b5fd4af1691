"""One desktop per profile: a lock on a file, and a way to ask the one that holds it to leave."""

import json
import os
import signal
import socket
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

_POLL = 0.01


@dataclass(frozen=True)
class Holder:
    """The process that holds a profile. started: clock ticks after boot, 0 where the system does not tell."""

    pid: int
    started: int
    host: str


class InstanceHeld(Exception):
    """Another desktop holds the profile. holder: which, or None when it has not said (or died just now)."""

    def __init__(self, holder: Holder | None) -> None:
        who = f"process {holder.pid} on {holder.host}" if holder else "another process"
        super().__init__(f"This profile is already open in {who}")
        self.holder = holder


class InstanceLock:
    """The right to write a profile's store. The system takes it back when the process dies, however it dies."""

    def __init__(self, path: Path) -> None:
        """path: the lock file, beside the store; it is never deleted, for that would let two processes in."""
        self._holder_file = path.with_name(path.name + ".holder")
        self._path = path
        self._lock = FileLock(path, mode=0o600, thread_local=False)

    def acquire(self) -> None:
        """Take the lock at once. Raises InstanceHeld after at most half a second, spent finding out who has it."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        deadline = time.monotonic() + 0.5
        while True:
            try:
                self._lock.acquire(timeout=0)
            except Timeout:
                # The winner writes who it is just after it has won.
                if (holder := self.holder()) is not None or time.monotonic() > deadline:
                    raise InstanceHeld(holder) from None
                time.sleep(_POLL)
            else:
                self._say_who()
                return

    def release(self) -> None:
        """Give the lock back; nothing happens when it is not held."""
        if self._lock.is_locked:
            self._holder_file.unlink(missing_ok=True)
            self._lock.release()

    def holder(self) -> Holder | None:
        """Who says to hold the lock, if that process is still the one it says."""
        try:
            said = json.loads(self._holder_file.read_text(encoding="ascii"))
            holder = Holder(int(said["pid"]), int(said["started"]), str(said["host"]))
        except (OSError, ValueError, TypeError, LookupError):
            return None
        return holder if holder.host != socket.gethostname() or _is_alive(holder) else None

    def take_over(self, timeout_seconds: float = 5.0) -> None:
        """Ask the holder to flush and leave (SIGTERM), and take the lock when it has. Never kills.

        Raises InstanceHeld when it is on another machine, can't be asked, or has not left within timeout_seconds.
        """
        deadline = time.monotonic() + timeout_seconds
        asked: Holder | None = None
        while True:
            try:
                self.acquire()
            except InstanceHeld as held:
                if held.holder is not None and held.holder != asked:
                    if not _ask_to_leave(held.holder):
                        raise
                    asked = held.holder
                if time.monotonic() > deadline:
                    raise
                time.sleep(_POLL)
            else:
                return

    def _say_who(self) -> None:
        me = Holder(os.getpid(), _started(os.getpid()), socket.gethostname())
        draft = self._holder_file.with_name(f"{self._holder_file.name}.{me.pid}")
        with suppress(OSError):  # on a full disk the lock holds all the same; only its name is missing
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                json.dump(asdict(me), file)
            draft.replace(self._holder_file)


def _started(pid: int) -> int:
    """When a process started, in clock ticks after boot; with the pid it names one process. 0: not known."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        return int(fields[19])
    except (OSError, ValueError, IndexError):
        return 0


def _is_alive(holder: Holder) -> bool:
    if holder.pid <= 1 or _started(holder.pid) != holder.started:
        return False
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _ask_to_leave(holder: Holder) -> bool:
    """Send SIGTERM if it is certain whom it reaches; False when it is not, or may not be sent."""
    if holder.host != socket.gethostname() or holder.pid == os.getpid():
        return False
    try:
        if not hasattr(os, "pidfd_open"):
            if not _is_alive(holder):
                return True
            os.kill(holder.pid, signal.SIGTERM)
            return True
        # The descriptor stays with this process even if its number is given to another meanwhile.
        process = os.pidfd_open(holder.pid)
        try:
            if _is_alive(holder):
                signal.pidfd_send_signal(process, signal.SIGTERM)
        finally:
            os.close(process)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return True
