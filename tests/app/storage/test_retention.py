"""What was kept for long enough goes by itself: after the start and every hour, and unsent words never."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from desktop.app.connections.backends import Backends
from desktop.app.session import Session
from desktop.app.storage.erasure import DAY, Purged
from desktop.app.storage.errors import StoreError
from desktop.app.storage.local_file import LocalFile
from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.retention import EVERY, RetentionWatch
from desktop.app.storage.tables.drafts import Draft
from desktop.app.storage.tables.outbox_rows import new_row, outbox_key
from desktop.app.store import Store
from desktop.domain.text.sentence import verbatim
from tests.app.app_fakes import VirtualTime, spin, told, until


async def nothing() -> None:
    """Nothing to restore."""


@asynccontextmanager
async def watched(time_: VirtualTime, open_local: Callable[[], Any]) -> AsyncIterator[LocalFile]:
    """A watch that runs for a file that is not taken up yet."""
    file = LocalFile(open_local, nothing, Store(), time_.timing)
    watch = asyncio.ensure_future(RetentionWatch(time_.timing, file).run())
    yield file
    watch.cancel()
    await file.close()


async def cards(store: LocalStore) -> list[str]:
    return [found.customer_id for found in await store.cached_by_key("k")]


async def test_it_purges_after_the_start_and_then_every_hour(tmp_path: Path) -> None:
    time_ = VirtualTime()
    purges: list[float] = []

    class Counting(LocalStore):
        async def purge(self, now: float) -> Purged:
            purged = await super().purge(now)
            purges.append(now)
            return purged

    async def open_local() -> LocalStore:
        return await Counting.open(tmp_path / "p.db", clock=time_.timing.clock)

    async with watched(time_, open_local) as file:
        await time_.advance(3 * EVERY)
        assert purges == []  # the file is not there yet
        assert await file.restore()
        await until(lambda: len(purges) == 1)
        store = file.opened()
        await store.cache_customer("old", "{}", time_.wall - DAY + EVERY / 2, "mock", ["k"])
        await store.cache_customer("new", "{}", time_.wall, "mock", ["k"])
        await time_.advance(EVERY - 1)
        assert len(purges) == 1
        assert set(await cards(store)) == {"old", "new"}
        await time_.advance(1)
        await until(lambda: len(purges) == 2)
        assert await cards(store) == ["new"]
        for count in (3, 4, 5):
            await spin()
            await time_.advance(EVERY)
            await until(lambda count=count: len(purges) == count)


@pytest.mark.parametrize("failure", [StoreError(verbatim("the disk is away")), RuntimeError("a canary")], ids=str)
async def test_a_failure_is_logged_and_the_next_hour_tries_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, failure: Exception
) -> None:
    time_ = VirtualTime()
    failures = [failure]

    class Failing(LocalStore):
        async def purge(self, now: float) -> Purged:
            if failures:
                raise failures.pop()
            return await super().purge(now)

    async def open_local() -> LocalStore:
        return await Failing.open(tmp_path / "p.db", clock=time_.timing.clock)

    session = Session("p", Backends(), open_local, timing=time_.timing)
    with caplog.at_level(logging.WARNING):
        await session.start()
        await until(lambda: not failures and caplog.records)
    assert told(session.store) == []
    assert "could not be deleted" in caplog.text
    assert "canary" not in caplog.text
    await session.close()

    failures.append(failure)
    async with watched(time_, open_local) as file:
        await file.restore()
        await file.opened().cache_customer("old", "{}", time_.wall - 2 * DAY, "mock", ["k"])
        await until(lambda: not failures)
        await spin()
        assert await cards(file.opened()) == ["old"]
        await time_.advance(EVERY, disk=True)
        assert await cards(file.opened()) == []


async def test_a_start_deletes_what_is_old_and_no_unsent_word(tmp_path: Path) -> None:
    time_ = VirtualTime()

    async def open_local() -> LocalStore:
        return await LocalStore.open(tmp_path / "p.db", clock=time_.timing.clock)

    store = await open_local()
    await store.save_draft(Draft("unsent", "c1", "nobody else has this", (), (), 1, 0.0))
    made = [
        new_row(outbox_key("p", name, "wrap_up", 1), "wrap_up", name, "crm:mock", {}, created_at=time_.wall)
        for name in ("sent", "waiting", "parked")
    ]
    await store.enqueue(made, drop_draft=None)
    await store.mark_delivered(made[0].key, "r")
    await store.park(made[2].key, verbatim("refused"))
    await store.cache_customer("old", "{}", time_.wall, "mock", ["k"])
    await store.close()

    time_.wall += 400 * DAY
    session = Session("p", Backends(), open_local, timing=time_.timing)
    await session.start()
    async with asyncio.timeout(5):
        while await cards(session.local):
            await asyncio.sleep(0)
    kept = await session.local.outbox(include_delivered=True)
    assert {row.interaction_id for row in kept} == {"waiting", "parked"}
    assert [draft.note for draft in await session.local.drafts()] == ["nobody else has this"]
    await session.close()
