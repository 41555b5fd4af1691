"""One desktop per profile, whoever starts when and however it dies (R14)."""

import json
import multiprocessing
import os
import socket
import time
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from lock_contender import contend

from desktop.app.instance_lock import InstanceHeld, InstanceLock

DEADLINE = 20.0


def start(path: Path, go_at: float = 0.0, stubborn: bool = False) -> tuple[BaseProcess, Connection]:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["lock_contender", "kill_victim", "sqlite_utils"])
    ours, theirs = context.Pipe()
    process = context.Process(target=contend, args=(str(path), go_at, theirs, stubborn))
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


@pytest.mark.parametrize("claim", ["other host", "reused pid", "nonsense"])
def test_nobody_is_signalled_on_a_mere_claim(path: Path, claim: str) -> None:
    """Something else holds the lock, and the note of who it is does not fit this bystander."""
    bystander, connection = start(path.with_name("other.lock"))
    assert told(connection)[0] == "won"
    written = json.loads(path.with_name("other.lock.holder").read_text())
    assert written["pid"] == bystander.pid
    if claim == "other host":
        written["host"] = socket.gethostname() + "-other"
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
