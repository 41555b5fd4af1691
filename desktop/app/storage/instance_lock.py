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

from desktop.app.storage.errors import store_error
from desktop.domain.text.sentence import Sentence

_POLL = 0.01


@dataclass(frozen=True)
class Holder:
    """The process that holds a profile.

    started: clock ticks after boot, 0 where the system does not tell. space: whose numbers pid is one of; containers
    have their own; empty where the system does not tell. may_stay: whether it is asked to leave by SIGUSR1, to which it
    may answer by staying; any other is told to by SIGTERM.
    """

    pid: int
    started: int
    host: str
    space: str = ""
    may_stay: bool = False


class InstanceHeld(Exception):
    """Another desktop holds the profile.

    holder: which, or None when it has not said (or died just now). asked: whether it was asked to leave and has not
    yet; it will as soon as it can, and the profile is free then. sentence: all this, for people.
    """

    def __init__(self, holder: Holder | None, *, asked: bool = False) -> None:
        if holder is None:
            self.sentence = Sentence("lock.asked_another" if asked else "lock.held_by_another")
        else:
            self.sentence = Sentence("lock.asked" if asked else "lock.held", pid=holder.pid, host=holder.host)
        super().__init__(str(self.sentence))
        self.holder = holder
        self.asked = asked


class InstanceLock:
    """The right to write a profile's store. The system takes it back when the process dies, however it dies."""

    def __init__(self, path: Path, *, may_stay: bool = False) -> None:
        """path: the lock file, beside the store; it is never deleted, for that would let two processes in.

        may_stay: whether this process takes SIGUSR1 as a request to leave, and stays where it cannot save its words.
        """
        self._may_stay = may_stay and hasattr(signal, "SIGUSR1")
        self._holder_file = path.with_name(path.name + ".holder")
        self._path = path
        self._lock = FileLock(path, mode=0o600, thread_local=False)

    def acquire(self) -> None:
        """Take the lock at once; nothing happens when we hold it.

        Raises InstanceHeld after at most half a second, spent finding out who has it; StoreError where nobody can have
        it, for the folder or the file cannot be made or locked.
        """
        if self._lock.is_locked:
            return
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise store_error(error, self._path.parent) from error
        deadline = time.monotonic() + 0.5
        while True:
            try:
                self._lock.acquire(timeout=0)
            except Timeout:
                # The winner writes who it is just after it has won.
                if (holder := self.holder()) is not None or time.monotonic() > deadline:
                    raise InstanceHeld(holder) from None
                time.sleep(_POLL)
            except OSError as error:
                raise store_error(error, self._path) from error
            else:
                self._say_who()
                return

    def release(self) -> None:
        """Give the lock back; nothing happens when it is not held."""
        if self._lock.is_locked:
            with suppress(OSError):  # a folder that cannot be written any more; who we were is found to be gone
                self._holder_file.unlink(missing_ok=True)
            self._lock.release()

    def holder(self) -> Holder | None:
        """Who says to hold the lock, if that process is still the one it says."""
        try:
            said = json.loads(self._holder_file.read_text(encoding="ascii"))
            who = int(said["pid"]), int(said["started"]), str(said["host"]), str(said.get("space", ""))
            holder = Holder(*who, said.get("may_stay") is True)
        except (OSError, ValueError, TypeError, LookupError, AttributeError):
            return None
        return holder if not _is_here(holder) or _is_alive(holder) else None

    def take_over(self, timeout_seconds: float = 5.0) -> None:
        """Ask the holder to flush and leave, and take the lock when it has. Never kills.

        One that can answer by staying (SIGUSR1) does so while it has words that it cannot save; others get SIGTERM.

        A holder that is stopped is woken, or it could neither hear nor leave. Who comes in while we wait is not asked:
        of two that take over at once one stays.

        Raises InstanceHeld when it is on another machine, can't be asked, or has not left within timeout_seconds;
        StoreError as acquire.
        """
        deadline = time.monotonic() + timeout_seconds
        asked: Holder | None = None
        while True:
            try:
                self.acquire()
            except InstanceHeld as held:
                if asked is None and held.holder is not None:
                    if not _ask_to_leave(held.holder):
                        raise
                    asked = held.holder
                elif asked is not None and held.holder not in (None, asked):
                    raise
                elif asked is not None and _is_stopped(asked.pid):
                    _tell(asked, signal.SIGCONT)  # stopped by its terminal, which it may not use just now
                if time.monotonic() > deadline:
                    raise InstanceHeld(asked or held.holder, asked=asked is not None) from None
                time.sleep(_POLL)
            else:
                return

    def _say_who(self) -> None:
        me = Holder(os.getpid(), _started(os.getpid()), socket.gethostname(), _space(), self._may_stay)
        draft = self._holder_file.with_name(f"{self._holder_file.name}.{me.pid}")
        with suppress(OSError):  # on a full disk the lock holds all the same; only its name is missing
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                json.dump(asdict(me), file)
            draft.replace(self._holder_file)


def _started(pid: int) -> int:
    """When a process started, in clock ticks after boot; with the pid it names one process. 0: not known."""
    try:
        return int(_stat(pid)[19])
    except (ValueError, IndexError):
        return 0


def _is_stopped(pid: int) -> bool:
    """Whether a process is stopped (Ctrl+Z, SIGSTOP, a terminal it may not write to); False where nobody tells."""
    return _stat(pid)[:1] == ["T"]


def _stat(pid: int) -> list[str]:
    """The fields of a process from its state on (see proc(5)); none where the system does not tell."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def _space() -> str:
    """Whose process numbers ours are; empty where the system does not tell."""
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""


def _is_here(holder: Holder) -> bool:
    """Whether the holder's number means the same process to us as to it."""
    same = not holder.space or not (ours := _space()) or holder.space == ours
    return holder.host == socket.gethostname() and same


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
    """Ask, and wake the holder if it is stopped; False when that may not be sent, or might reach another."""
    if not _is_here(holder) or holder.pid == os.getpid():
        return False
    # A stopped process gets to know of the first when the second wakes it.
    request = signal.SIGUSR1 if holder.may_stay and hasattr(signal, "SIGUSR1") else signal.SIGTERM
    return _tell(holder, request) and (not _is_stopped(holder.pid) or _tell(holder, signal.SIGCONT))


def _tell(holder: Holder, number: signal.Signals) -> bool:
    """Send a signal to the holder and to nobody else; True too when it has gone, False when it may not be sent."""
    try:
        if not hasattr(os, "pidfd_open"):
            if not _is_alive(holder):
                return True
            os.kill(holder.pid, number)
            return True
        # The descriptor stays with this process even if its number is given to another meanwhile.
        process = os.pidfd_open(holder.pid)
        try:
            if _is_alive(holder):
                signal.pidfd_send_signal(process, number)
        finally:
            os.close(process)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return True
