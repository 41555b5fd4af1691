"""One desktop per profile, whoever starts when and however it dies (R14)."""

import json
import multiprocessing
import multiprocessing.connection
import os
import shutil
import signal
import socket
import time
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from desktop.app.storage.errors import StoreError
from desktop.app.storage.instance_lock import InstanceHeld, InstanceLock
from tests.app.storage.lock_contender import contend

DEADLINE = 20.0


def start(
    path: Path, go_at: float = 0.0, stubborn: bool = False, take_over: bool = False
) -> tuple[BaseProcess, Connection]:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["tests.app.storage.lock_contender", "tests.app.storage.kill_victim", "sqlite_utils"]
    )
    ours, theirs = context.Pipe()
    process = context.Process(target=contend, args=(str(path), go_at, theirs, stubborn, take_over))
    process.start()
    theirs.close()
    return process, ours


def told(connection: Connection) -> tuple[str, int]:
    assert connection.poll(DEADLINE)
    answer: tuple[str, int] = connection.recv()
    return answer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "profile" / "store.lock"


def test_of_eight_that_start_at_once_one_wins_and_the_others_know_which(path: Path, full: bool) -> None:
    for _ in range(20 if full else 5):
        go_at = time.monotonic() + 0.15
        contenders = [start(path, go_at) for _ in range(8)]
        answers = [told(connection) for _, connection in contenders]
        winners = [pid for word, pid in answers if word == "won"]
        assert len(winners) == 1
        assert {pid for word, pid in answers if word == "lost"} == set(winners)
        for _, connection in contenders:
            connection.send("stop")
        for process, _ in contenders:
            process.join(DEADLINE)


def test_a_killed_holder_leaves_the_profile_free(path: Path, full: bool) -> None:
    for _ in range(50 if full else 12):
        process, connection = start(path)
        assert told(connection) == ("won", process.pid)
        process.kill()
        process.join(DEADLINE)
        lock = InstanceLock(path)
        assert lock.holder() is None
        lock.acquire()
        lock.release()


def test_a_released_lock_is_free_and_releasing_twice_does_nothing(path: Path) -> None:
    first, second = InstanceLock(path), InstanceLock(path)
    first.acquire()
    with pytest.raises(InstanceHeld, match=str(os.getpid())):
        second.acquire()
    first.release()
    first.release()
    second.acquire()
    second.release()


def test_taking_over_asks_the_holder_to_leave_and_waits_until_it_has(path: Path) -> None:
    process, connection = start(path)
    assert told(connection)[0] == "won"
    lock = InstanceLock(path)
    lock.take_over(timeout_seconds=DEADLINE)
    assert told(connection) == ("left", process.pid)
    process.join(DEADLINE)
    assert process.exitcode == 0
    lock.release()


def test_a_holder_that_stays_is_not_killed(path: Path) -> None:
    process, connection = start(path, stubborn=True)
    assert told(connection)[0] == "won"
    with pytest.raises(InstanceHeld) as held:
        InstanceLock(path).take_over(timeout_seconds=0.2)
    assert held.value.holder is not None
    assert held.value.holder.pid == process.pid
    assert process.is_alive()
    connection.send("stop")
    process.join(DEADLINE)


def stopped(process: BaseProcess) -> None:
    """Stop a process, and come back when it is."""
    assert process.pid is not None
    os.kill(process.pid, signal.SIGSTOP)
    stat = Path(f"/proc/{process.pid}/stat")
    deadline = time.monotonic() + DEADLINE
    while stat.read_text().rpartition(")")[2].split()[0] != "T":
        assert time.monotonic() < deadline


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs to see the state of a process")


@needs_proc
def test_a_stopped_holder_is_woken_so_that_it_can_leave(path: Path) -> None:
    process, connection = start(path)
    assert told(connection)[0] == "won"
    stopped(process)
    lock = InstanceLock(path)
    lock.take_over(timeout_seconds=DEADLINE)
    assert told(connection) == ("left", process.pid)
    process.join(DEADLINE)
    assert process.exitcode == 0
    lock.release()


@needs_proc
def test_a_stopped_holder_that_stays_is_not_killed(path: Path) -> None:
    process, connection = start(path, stubborn=True)
    assert told(connection)[0] == "won"
    stopped(process)
    with pytest.raises(InstanceHeld) as held:
        InstanceLock(path).take_over(timeout_seconds=0.2)
    assert held.value.asked
    assert process.is_alive()
    connection.send("stop")
    assert told(connection)[0] == "left", "it was woken"
    process.join(DEADLINE)


def test_a_holder_that_leaves_after_we_gave_up_leaves_the_profile_free(path: Path) -> None:
    """It hangs in its last write for longer than we wait: both sentences say that it will leave."""
    process, connection = start(path, stubborn=True)
    assert told(connection)[0] == "won"
    lock = InstanceLock(path)
    with pytest.raises(InstanceHeld, match=rf"lock.asked\(pid={process.pid}"):
        lock.take_over(timeout_seconds=0.1)
    connection.send("stop")
    assert told(connection)[0] == "left"
    lock.take_over(timeout_seconds=DEADLINE)
    assert lock.holder() is not None
    lock.release()
    process.join(DEADLINE)


def test_nobody_was_asked_who_cannot_be(path: Path) -> None:
    lock = InstanceLock(path)
    lock.acquire()
    with pytest.raises(InstanceHeld) as held:
        InstanceLock(path).take_over(timeout_seconds=0.05)
    assert not held.value.asked, "that is this very process"
    lock.release()


def test_of_those_that_take_over_at_once_one_stays(path: Path, full: bool) -> None:
    """Who asks the first holder asks nobody after it; who came later still may."""
    for _ in range(20 if full else 4):
        holder, connection = start(path)
        assert told(connection)[0] == "won"
        go_at = time.monotonic() + 0.15
        takers = [start(path, go_at, take_over=True) for _ in range(3)]
        assert told(connection) == ("left", holder.pid)
        answers = {process.pid: told(one)[0] for process, one in takers}
        alive = [process for process, one in takers if answers[process.pid] == "won"]
        while len(alive) > 1:  # one that won is on its way out, asked by one that came after it had won
            assert multiprocessing.connection.wait([process.sentinel for process in alive], DEADLINE)
            alive = [process for process in alive if process.is_alive()]
        (winner,) = alive
        now = InstanceLock(path).holder()
        assert now is not None
        assert now.pid == winner.pid
        for process, one in takers:
            if process is winner or answers[process.pid] == "lost":
                one.send("stop")
            process.join(DEADLINE)
            assert process.exitcode == 0


@pytest.mark.parametrize("claim", ["other host", "other container", "reused pid", "nonsense"])
def test_nobody_is_signalled_on_a_mere_claim(path: Path, claim: str) -> None:
    """Something else holds the lock, and the note of who it is does not fit this bystander."""
    bystander, connection = start(path.with_name("other.lock"))
    assert told(connection)[0] == "won"
    written = json.loads(path.with_name("other.lock.holder").read_text())
    assert written["pid"] == bystander.pid
    if claim == "other host":
        written["host"] = socket.gethostname() + "-other"
    elif claim == "other container":
        written["space"] = "pid:[1]"
    else:
        written["started"] += 1
    holder = InstanceLock(path)
    holder.acquire()
    note = path.with_name("store.lock.holder")
    note.write_text("{" if claim == "nonsense" else json.dumps(written))
    with pytest.raises(InstanceHeld):
        InstanceLock(path).take_over(timeout_seconds=0.05)
    holder.release()
    assert bystander.is_alive()
    connection.send("stop")
    assert told(connection)[0] == "left"
    bystander.join(DEADLINE)


def test_a_lock_that_is_held_is_taken_once(path: Path) -> None:
    lock = InstanceLock(path)
    lock.acquire()
    lock.acquire()
    lock.release()
    other = InstanceLock(path)
    other.acquire()
    other.release()


def test_where_nothing_can_be_written_it_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder" / "store.lock").mkdir(parents=True)
    for path, why in (
        (tmp_path / "file" / "store.lock", "store.no_folder"),
        (tmp_path / "folder" / "store.lock", "Is a directory"),
        (Path("/proc/agent-desktop/store.lock"), "No such file"),
    ):
        for take in (InstanceLock(path).acquire, InstanceLock(path).take_over):
            with pytest.raises(StoreError, match=why):
                take()


def test_a_folder_that_is_gone_does_not_keep_anybody_from_leaving(path: Path) -> None:
    lock = InstanceLock(path)
    lock.acquire()
    shutil.rmtree(path.parent)
    path.parent.write_text("now a file")
    lock.release()
