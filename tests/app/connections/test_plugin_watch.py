"""A plug-in that keeps the loop for itself is named, in the log while nothing is drawn and in the diagnostics after."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.app.connections.backends import Backends
from desktop.app.session import Session
from desktop.app.storage.local_store import LocalStore
from desktop.domain.entities.customer import Match
from desktop.domain.entities.model import Address
from desktop.ports.base import API
from desktop.tui.pages.pages import diagnostics_lines
from tests.app.app_fakes import FakeContactCenter, FakeCrm, VirtualTime, until

LONGEST = 20.0


class Released(logging.Handler):
    """Lets the blocked plug-in go on once the log says something of it."""

    def __init__(self) -> None:
        super().__init__()
        self.event = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.event.set()


@pytest.fixture
def told() -> Iterator[Released]:
    handler = Released()
    log = logging.getLogger("desktop.app.connections.plugin_watch")
    log.addHandler(handler)
    yield handler
    log.removeHandler(handler)


class Blocking(FakeCrm):
    """Asks its server without letting go of the loop."""

    released: threading.Event

    async def find(self, address: Address, *, limit: int = 10) -> Sequence[Match]:
        assert self.released.wait(LONGEST), "nobody noticed"
        return await super().find(address, limit=limit)


@pytest.fixture
async def session(tmp_path: Path) -> AsyncIterator[Session]:
    time = VirtualTime()

    async def open_local() -> LocalStore:
        return await LocalStore.open(tmp_path / "p.db", clock=time.timing.clock)

    backends = Backends(FakeContactCenter(time.timing), {"crm:shop": Blocking(), "crm:files": FakeCrm()})
    made = Session("p", backends, open_local, timing=time.timing)
    yield made
    await made.close()


def diagnostics(session: Session) -> str:
    lines = diagnostics_lines(session.store.drain(), 0.0, log_path=Path("log"), versions=())
    return "\n".join(one.plain for one in lines)


async def test_a_plugin_that_blocks_is_named(
    session: Session, told: Released, caplog: pytest.LogCaptureFixture
) -> None:
    crm = session.plugins._backends["crm:shop"]
    assert isinstance(crm, Blocking)
    crm.released = told.event
    session.plugins.begin()
    await crm.find(Address("phone", "+442079460958"))
    await until(lambda: "kept the desktop from drawing" in diagnostics(session))
    while_it_lasted, afterwards = (one.getMessage() for one in caplog.records if one.name.endswith("plugin_watch"))
    assert while_it_lasted.startswith(
        "crm:shop (fake) keeps the event loop for itself; innermost first: threading.wait"
    )
    assert "test_plugin_watch.find (line " in afterwards
    assert "The CRM (shop) plug-in 'fake' kept the desktop from drawing for 0." in diagnostics(session)


async def test_the_desktops_own_work_accuses_no_plugin(
    session: Session, told: Released, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "desktop.app.connections.plugin_watch")
    session.plugins.begin()
    asyncio.get_running_loop().call_soon(told.event.wait, LONGEST)  # no module of a plug-in is on the stack
    await until(lambda: len(caplog.records) >= 2)
    assert "the desktop keeps the event loop" in caplog.text
    assert "kept the desktop" not in diagnostics(session)


async def test_a_loop_that_turns_is_left_in_peace(session: Session, told: Released) -> None:
    session.plugins.begin()
    for _ in range(100):
        await asyncio.sleep(0.001)
    assert not told.event.is_set()


async def test_a_plugin_of_the_release_before_is_named(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Blocking, "manifest", replace(FakeCrm.manifest, api=API - 1))
    session.plugins.begin()
    assert f"was written for plug-in API {API - 1}. This desktop has {API}" in diagnostics(session)


def test_an_end_without_a_beginning(session: Session) -> None:
    session.plugins.end()
    session.plugins.end()
