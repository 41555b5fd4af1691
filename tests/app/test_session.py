"""The session: starts whatever fails, notices sleep, follows calls, ends without loss."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.app.connections.backends import Backends
from desktop.app.session import Session
from desktop.app.storage.errors import StoreAbsent, StoreError
from desktop.app.storage.local_store import LocalStore
from desktop.domain.entities.model import Leg
from desktop.domain.entities.person import ChatLine
from desktop.domain.entities.words import Availability, Channel, Health, LegKind, LegPhase, Phase, PresenceState, Verb
from desktop.domain.state.events import Change, ChatReceived, PresenceChanged
from desktop.domain.text.sentence import verbatim
from desktop.ports.errors import AuthFailed, Unavailable
from tests.app.app_fakes import (
    ME,
    FakeContactCenter,
    FakeCrm,
    FakeMessaging,
    FakePresence,
    VirtualTime,
    interaction,
    spin,
    told,
    until,
)


class Desk:
    def __init__(self, path: Path) -> None:
        self.time = VirtualTime()
        self.server = FakeContactCenter(self.time.timing)
        self.crm, self.presence, self.messaging = FakeCrm(), FakePresence(), FakeMessaging()
        self.refusals: list[StoreError] = []
        self.path = path
        self.opened = 0
        self.session = Session(
            "p",
            Backends(self.server, self.crm, self.presence, self.messaging),
            self._open,
            timing=self.time.timing,
        )
        self.store = self.session.store

    async def _open(self) -> LocalStore:
        self.opened += 1
        if self.refusals:
            raise self.refusals.pop()
        return await LocalStore.open(self.path, clock=self.time.timing.clock)

    @property
    def state(self) -> Any:
        return self.store.drain()

    def health(self, source: str) -> Health:
        return self.state.health[source].health


@pytest.fixture
async def d(tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(tmp_path / "p.db")
    yield made
    await made.session.close()


async def test_everything_comes_up(d: Desk) -> None:
    with pytest.raises(StoreAbsent):
        assert d.session.local
    assert d.opened == 0
    await d.session.start()
    assert await d.session.first_look(5.0)
    assert {source: d.health(source) for source in d.state.health} == dict.fromkeys(
        ("contact_center", "crm", "presence", "messaging"), Health.LIVE
    )
    assert d.state.me == ME
    assert "hold" in d.state.capabilities["contact_center"]
    assert d.session.local is not None


@pytest.mark.parametrize("source", ["contact_center", "crm", "presence", "messaging"])
@pytest.mark.parametrize("failure", [Unavailable("down"), AuthFailed("401"), ImportError("bug"), "hang"], ids=str)
async def test_one_backend_that_fails_stops_no_other(d: Desk, source: str, failure: Any) -> None:
    backends = {"contact_center": d.server, "crm": d.crm, "presence": d.presence, "messaging": d.messaging}
    backends[source].script.then("open", failure)
    starting = asyncio.ensure_future(d.session.start())
    await until(lambda: sum(each.script.count("open") for each in backends.values()) == 4)
    await d.time.advance(10.1, disk=True)
    await starting
    for other in backends.keys() - {source}:
        assert d.health(other) is Health.LIVE
    await d.time.run_until(lambda: d.health(source) is Health.LIVE, disk=True)
    assert backends[source].script.count("open") == 2


async def test_a_profile_without_backends_starts_too(tmp_path: Path) -> None:
    session = Session("p", Backends(), lambda: LocalStore.open(tmp_path / "p.db"))
    await session.start()
    assert (await session.commands.set_availability(Availability.AVAILABLE)).error == "Unsupported"
    assert (await session.commands.chat("p1", "hello")).error == "Unsupported"
    await session.close()
    await session.close()


async def test_drafts_are_there_before_any_backend_answers(d: Desk) -> None:
    await d.session.start()
    d.server.happen(interaction(1, phase=Phase.ACTIVE))
    await spin(disk=True)
    d.session.notes.edit("i1", "where was I")
    await d.session.close()
    later = Desk(d.path)
    for backend in (later.server, later.crm, later.presence, later.messaging):
        backend.script.always("open", "hang")
    starting = asyncio.ensure_future(later.session.start())
    await until(lambda: "i1" in later.state.drafts, seconds=8.0)  # below what a backend is waited for
    assert later.state.drafts["i1"].note == "where was I"
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    await later.session.close()


async def test_typing_before_the_disk_is_there_is_kept_and_saved_later(d: Desk) -> None:
    d.refusals = [StoreError(verbatim("locked")), StoreError(verbatim("locked"))]
    d.server.happen(interaction(1, phase=Phase.ACTIVE))
    await d.session.start()
    assert any("cannot be saved" in text for text in told(d.store))
    d.session.notes.edit("i1", "kept in memory")
    await d.time.advance(1, disk=True)
    assert d.state.drafts["i1"].problem
    await d.time.run_until(lambda: d.state.drafts["i1"].saved_at is not None, disk=True)
    assert (await d.session.local.draft("i1")).note == "kept in memory"


async def test_after_sleep_nothing_is_believed_and_nobody_made_available(d: Desk) -> None:
    await d.session.start()
    await d.session.first_look(5.0)
    snapshots = d.server.script.count("snapshot")
    d.server.agent = replace(d.server.agent, version=9, observed=Availability.NOT_READY)
    d.time.wall += 3600
    await d.time.run_until(lambda: d.server.script.count("snapshot") > snapshots, disk=True)
    await d.time.run_until(lambda: any("slept" in text for text in told(d.store)), disk=True)
    await d.time.run_until(lambda: d.state.agents[ME].observed is Availability.NOT_READY, disk=True)
    assert d.server.script.count("set_availability") == 0
    assert d.session.commands.own_state.must_prove
    assert (await d.session.commands.set_availability(Availability.AVAILABLE)).ok


async def test_own_presence_follows_the_calls(d: Desk) -> None:
    await d.session.start()
    await d.session.first_look(5.0)
    d.server.happen(interaction(1), Change.OFFERED)
    await spin(disk=True)
    assert d.presence.said == []
    d.server.happen(interaction(1, phase=Phase.ACTIVE))
    d.presence.script.then("set_own", Unavailable("down"))
    await d.time.run_until(lambda: d.presence.said != [], disk=True)
    assert d.presence.said == [(PresenceState.BUSY, "on a call")]
    d.server.happen(interaction(1, phase=Phase.WRAP_UP))
    await until(lambda: len(d.presence.said) == 2)
    assert d.presence.said[1] == (PresenceState.AVAILABLE, "")
    d.server.happen(interaction(2, channel=Channel.CHAT, phase=Phase.ACTIVE))
    await spin(disk=True)
    assert len(d.presence.said) == 2


async def test_a_presence_set_by_hand_meanwhile_is_left_alone(d: Desk) -> None:
    await d.session.start()
    d.server.happen(interaction(1, phase=Phase.ACTIVE))
    await until(lambda: d.presence.said)
    await spin()
    by_hand = replace(d.presence.own, version=50, state=PresenceState.DO_NOT_DISTURB)
    d.store.publish(PresenceChanged(by_hand), "presence")
    d.server.happen(interaction(1, phase=Phase.WRAP_UP))
    await spin(disk=True)
    assert len(d.presence.said) == 1


async def test_who_helped_is_counted_and_kept(d: Desk) -> None:
    await d.session.start()
    d.server.happen(interaction(1, phase=Phase.ACTIVE))
    await until(lambda: "i1" in d.state.interactions)
    for _ in range(3):
        assert (await d.session.commands.do(Verb.CONSULT, "i1", target="person:p1")).ok
    leg = Leg("l1", LegKind.CONSULT, LegPhase.ACTIVE, "person:p1", "Grace", d.time.wall)
    d.server.happen(interaction(1, phase=Phase.ACTIVE, legs=(leg,)))
    d.server.happen(interaction(1, phase=Phase.ACTIVE, legs=(leg,), muted=True))
    await spin(disk=True)
    assert (d.state.past_help["p1"].asked, d.state.past_help["p1"].helped) == (3, 1)
    assert (await d.session.commands.chat("p1", "and this?")).ok
    assert (await d.session.commands.chat("p1", "please")).ok
    for _ in range(2):
        d.store.publish(ChatReceived(ChatLine("x", "p1", d.time.wall, False, "yes")), "presence")
    await spin(disk=True)
    assert (d.state.past_help["p1"].asked, d.state.past_help["p1"].helped) == (4, 2)
    await d.session.close()
    later = Desk(d.path)
    await later.session.start()
    assert later.state.past_help["p1"].helped == 2
    await later.session.close()


async def test_retry_reaches_for_what_could_not_be_reached(d: Desk) -> None:
    d.crm.script.then("open", Unavailable("down"), Unavailable("down"))
    await d.session.start()
    assert d.health("crm") is Health.DOWN
    for _ in range(2):
        await spin(disk=True)
        d.session.retry()
    await until(lambda: d.health("crm") is Health.LIVE)
    assert d.crm.script.count("open") == 3


async def test_close_is_quick_even_when_a_backend_hangs_in_it(d: Desk) -> None:
    await d.session.start()
    d.crm.script.always("close", "hang")
    closing = asyncio.ensure_future(d.session.close())
    await spin(disk=True)
    await d.time.advance(0.5, disk=True)
    await until(closing.done)
    assert d.server.script.count("close") == 1
    d.crm.script.always("close", None)


def test_importing_the_session_brings_nothing_slow() -> None:
    code = (
        "import sys, desktop.app.session;"
        "print([name for name in ('textual', 'httpx', 'phonenumbers', 'sqlite_utils', 'pydantic', 'desktop.backends')"
        " if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
