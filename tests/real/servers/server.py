"""What every real server of these tests has in common: a scratch folder, free loopback ports, a clean end."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

import platformdirs
from filelock import FileLock

DEADLINE = 60.0
CACHE = "AGENT_DESKTOP_REAL_CACHE"


class CannotStart(Exception):
    """The server cannot be had on this machine: `reason`, and the command that would mend it as `remedy`."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason} To run these tests: {remedy}")
        self.reason = reason
        self.remedy = remedy


def program(name: str, package: str, *places: str) -> str:
    """The path of a program that a Debian package brings.

    Raises:
        CannotStart: it is not installed.
    """
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/bin", *places]))
    if found is None:
        raise CannotStart(f"{name} is not installed.", f"apt-get install -y --no-install-recommends {package}")
    return found


def cache_folder() -> Path:
    """Where what takes long to make is kept for later runs: the folder that `AGENT_DESKTOP_REAL_CACHE` names.

    Else this user's cache folder; of root one that others can read, since some servers give up their rights.
    """
    own = Path("/var/cache") if os.geteuid() == 0 else platformdirs.user_cache_path()
    return Path(os.environ.get(CACHE) or own / "agent-desktop-real")


@contextlib.contextmanager
def making(name: str) -> Iterator[Path]:
    """The cache folder, for one process at a time that would make `name` in it: others wait and find it made."""
    cache = cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(cache / f"{name}.lock"):
        yield cache


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A loopback port that nobody uses now."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A process of somebody else's program, alone in a folder of its own. Use as a context manager."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="agent-desktop-real-"))
        self.folder.chmod(0o755)  # some servers give up their rights and must still read it
        self._processes: list[subprocess.Popen[bytes]] = []
        self._guard: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Make it usable. Raises CannotStart when this machine lacks what it needs."""
        raise NotImplementedError

    def stop(self) -> None:
        """End every process, the youngest first, and take the folder away."""
        for process in reversed(self._processes):
            self.end(process)
        if self._guard is not None:
            self._guard.communicate()  # nothing is left for it to do but the folder
        shutil.rmtree(self.folder, ignore_errors=True)

    def spawn(
        self, words: Sequence[str], *, env: Mapping[str, str] | None = None, user: str | None = None, log: str = "log"
    ) -> subprocess.Popen[bytes]:
        """Start a process in a group of its own; what it prints goes to the file `log` of the folder.

        It ends when this program does, however that ends.
        """
        self._tell_guard("")
        with (self.folder / log).open("ab") as out:
            process = subprocess.Popen(
                list(words),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env=None if env is None else {**os.environ, **env},
                user=user,
                start_new_session=True,
            )
        self._processes.append(process)
        self._tell_guard(f"+{process.pid}\n")
        return process

    def end(self, process: subprocess.Popen[bytes], *, hard: bool = False) -> None:
        """End one process and all it started; `hard` gives it no chance to say goodbye."""
        for sign, seconds in ((signal.SIGKILL if hard else signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0)):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, sign)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(seconds)
                break
        if process in self._processes:
            self._processes.remove(process)
            self._tell_guard(f"-{process.pid}\n")

    def _tell_guard(self, line: str) -> None:
        if self._guard is None:
            words = [sys.executable, "-I", "-S", str(Path(__file__).with_name("guard.py")), str(self.folder)]
            self._guard = subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True)
        assert self._guard.stdin is not None
        with contextlib.suppress(
            BrokenPipeError
        ):  # somebody killed it; the tests go on, and end their servers themselves
            self._guard.stdin.write(line.encode())
            self._guard.stdin.flush()

    def wait_until(self, ready: Callable[[], bool], what: str, *, seconds: float = DEADLINE) -> None:
        """Poll until `ready`.

        Raises:
            RuntimeError: it took too long or a process ended; carries the end of the logs.
        """
        until = time.monotonic() + seconds
        while not ready():
            dead = [process for process in self._processes if process.poll() is not None]
            if dead or time.monotonic() > until:
                logs = "\n".join(
                    f"--- {path.name}\n" + path.read_text(errors="replace")[-3000:]
                    for path in sorted(self.folder.glob("*log*"))
                    if path.is_file()
                )
                raise RuntimeError(f"{what}: {'a process ended' if dead else 'took too long'}\n{logs}")
            time.sleep(0.02)

    def listening(self, port: int) -> bool:
        """Whether somebody accepts connections on a loopback port."""
        with socket.socket() as probe:
            probe.settimeout(0.5)
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
