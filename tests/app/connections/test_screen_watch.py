"""Directories hear whose presence is on screen, once it has settled."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from desktop.app.connections.backend_calls import BackendCalls
from desktop.app.connections.screen_watch import ScreenWatch
from desktop.ports.errors import Unavailable
from tests.app.app_fakes import FakePresence, VirtualTime


class Watched(FakePresence):
    """Remembers what it was told; may refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[str, ...]] = []
        self.refuses = False
        self.hangs = False

    async def watch(self, person_ids: object) -> None:
        if self.hangs:
            await asyncio.Event().wait()
        if self.refuses:
            raise Unavailable("not now")
        self.heard.append(tuple(person_ids))  # type: ignore[call-overload]


@pytest.fixture
async def place() -> AsyncIterator[tuple[ScreenWatch, Watched, Watched, VirtualTime]]:
    time, one, other = VirtualTime(), Watched(), Watched()
    watch = ScreenWatch(BackendCalls(time.timing, lambda _: None), {"presence:a": one, "presence:b": other})
    running = asyncio.ensure_future(watch.run())
    yield watch, one, other, time
    running.cancel()


async def test_typing_tells_the_directories_once(place: tuple[ScreenWatch, Watched, Watched, VirtualTime]) -> None:
    watch, one, other, time = place
    for ids in (("p1", "p2", "p3"), ("p1", "p2"), ("p2",)):
        watch.look(ids)
    await time.advance(1)
    assert one.heard == other.heard == [("p2",)]
    watch.look(["p2"])
    await time.advance(1)
    assert one.heard == [("p2",)], "nothing changed: nobody is told again"
    watch.look(())
    await time.advance(1)
    assert one.heard == [("p2",), ()]


async def test_one_that_could_not_be_told_is_told_with_the_next_look(
    place: tuple[ScreenWatch, Watched, Watched, VirtualTime],
) -> None:
    watch, one, other, time = place
    one.refuses = True
    watch.look(["p1"])
    await time.advance(1)
    assert (one.heard, other.heard) == ([], [("p1",)])
    one.refuses = False
    watch.look(["p1"])
    await time.advance(1)
    assert one.heard == [("p1",)]


async def test_one_that_hangs_keeps_nobody_from_hearing(
    place: tuple[ScreenWatch, Watched, Watched, VirtualTime],
) -> None:
    watch, one, other, time = place
    one.hangs = True
    watch.look(["p1"])
    await time.advance(1)
    assert other.heard == [("p1",)]
