"""Synchronous clients on threads: deadlines, places, cancellation, and calls that never return."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextvars import ContextVar

import pytest

from desktop.ports.errors import OutcomeUnknown, Unavailable
from desktop.ports.threads import Threads
from desktop.words.catalogue import in_words

SOON = 0.05


@pytest.fixture
async def never() -> AsyncIterator[Callable[[], str]]:
    """A call that does not return before the test is over."""
    over = threading.Event()

    def call() -> str:
        over.wait(60)
        return "at last"

    yield call
    over.set()


async def test_an_answer_comes_from_another_thread_with_the_callers_context() -> None:
    threads = Threads("phone book")
    word: ContextVar[str] = ContextVar("word")
    word.set("hello")

    def call(more: str) -> tuple[str, bool]:
        return word.get() + more, threading.current_thread() is threading.main_thread()

    assert await threads.read(call, " there") == ("hello there", False)
    assert await threads.change(call, "") == ("hello", False)


@pytest.mark.parametrize("error", [ValueError("odd"), StopIteration(), SystemExit(3)])
async def test_what_the_client_raises_comes_out(error: BaseException) -> None:
    def call() -> None:
        raise error

    with pytest.raises((type(error), RuntimeError)) as raised:  # a coroutine may not raise StopIteration
        await Threads("phone book").read(call)
    assert error in (raised.value, raised.value.__cause__)


async def test_a_look_up_without_an_answer_is_unavailable(never: Callable[[], str]) -> None:
    with pytest.raises(Unavailable) as raised:
        await Threads("phone book").read(never, seconds=SOON)
    assert in_words(raised.value.sentence) == "The phone book did not answer in time."


async def test_a_change_without_an_answer_is_unknown(never: Callable[[], str]) -> None:
    with pytest.raises(OutcomeUnknown):
        await Threads("phone book").change(never, seconds=SOON)


async def test_a_change_that_was_never_begun_is_unavailable(never: Callable[[], str]) -> None:
    threads, done = Threads("phone book", most=1), threading.Event()
    with pytest.raises(Unavailable):
        await threads.read(never, seconds=SOON)
    with pytest.raises(Unavailable) as refused:
        await threads.change(done.set, seconds=SOON)
    assert not done.is_set()
    assert "every thread was busy" in refused.value.detail


async def test_a_call_that_never_returns_costs_one_thread(never: Callable[[], str]) -> None:
    threads = Threads("phone book", most=2)
    with pytest.raises(Unavailable):
        await threads.read(never, seconds=SOON)
    assert [await threads.read(lambda number=number: number) for number in range(20)] == list(range(20))


async def test_one_place_is_one_call_at_a_time() -> None:
    threads, at_once, most = Threads("phone book", most=1), 0, 0
    lock = threading.Lock()

    def call() -> None:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        with lock:
            at_once -= 1

    await asyncio.gather(*(threads.read(call) for _ in range(20)))
    assert most == 1


async def test_a_cancelled_call_ends_at_once_and_gives_its_place_back_when_it_returns() -> None:
    threads, begun, over = Threads("phone book", most=1), threading.Event(), threading.Event()

    def call() -> None:
        begun.set()
        over.wait(60)

    task = asyncio.ensure_future(threads.read(call))
    await asyncio.to_thread(begun.wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    over.set()
    assert await threads.read(lambda: "free again") == "free again"


async def test_one_that_waits_for_a_place_can_be_cancelled(never: Callable[[], str]) -> None:
    threads = Threads("phone book", most=1)
    first = asyncio.ensure_future(threads.read(never))
    second = asyncio.ensure_future(threads.read(never))
    await asyncio.sleep(0)
    second.cancel()
    first.cancel()
    for task in (first, second):
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_after_close_nothing_is_begun() -> None:
    threads = Threads("phone book")
    threads.close()
    threads.close()
    with pytest.raises(Unavailable, match="closed"):
        await threads.change(lambda: None)


def test_a_call_that_never_returns_does_not_keep_the_program_from_ending() -> None:
    program = """
import asyncio, time
from desktop.ports.threads import Threads
from desktop.ports.errors import Unavailable

async def main():
    try:
        await Threads("phone book").read(time.sleep, 600, seconds=0.05)
    except Unavailable:
        print("gave up")

asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "gave up\n"), done.stderr
