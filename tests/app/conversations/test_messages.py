"""Messages outside an interaction: shown, kept before the sender may forget them, there again after a restart."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.app.connections.backends import Backends
from desktop.app.session import Session
from desktop.app.storage.errors import StoreFull
from desktop.app.storage.local_store import LocalStore
from desktop.domain.entities.customer import Consent, FollowUp
from desktop.domain.entities.message import InboundMessage, SentMessage
from desktop.domain.entities.model import Address
from desktop.domain.entities.words import Channel, DeliveryState, Health, Phase
from desktop.domain.state.events import DeliveryChanged, Envelope, MessageReceived, MessagingSnapshot
from desktop.domain.text.sentence import verbatim
from desktop.ports.base import Capability, Kind, Manifest
from desktop.ports.messaging import EVENTS
from tests.app.app_fakes import (
    FakeContactCenter,
    FakeCrm,
    FakeMessaging,
    VirtualTime,
    customer,
    interaction,
    match,
    told,
    until,
)

NUMBER = "+493012345678"


class ReportingSender(FakeMessaging):
    """A far side that forgets a message once it was acknowledged, as an SMS gateway does."""

    manifest = Manifest(Kind.MESSAGING, "fake", 1, "Fake", EVENTS)

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[Any] = []
        self.acknowledged: list[Any] = []
        self.news = asyncio.Event()
        self.offers: frozenset[Capability] = EVENTS
        self.known: tuple[InboundMessage, ...] = ()

    async def open(self) -> frozenset[Capability]:
        await super().open()
        return self.offers

    def happen(self, event: Any) -> None:
        self.waiting.append(event)
        self.news.set()

    async def snapshot(self) -> Envelope:
        return Envelope("messaging", MessagingSnapshot((), self.known), 1.0)

    async def events(self, after: tuple[str, int] | None) -> AsyncIterator[Envelope]:
        while True:
            while self.waiting:
                yield Envelope("messaging", self.waiting[0], 1.0)
                self.acknowledged.append(self.waiting.pop(0))
            self.news.clear()
            await self.news.wait()


class Desk:
    def __init__(self, path: Path, sender: ReportingSender) -> None:
        self.time = VirtualTime()
        self.path, self.sender, self.crm = path, sender, FakeCrm()
        self.server = FakeContactCenter(self.time.timing)
        self.session = Session("p", Backends(self.server, self.crm, None, sender), self._open, timing=self.time.timing)

    async def _open(self) -> LocalStore:
        return await LocalStore.open(self.path, clock=self.time.timing.clock)

    @property
    def state(self) -> Any:
        return self.session.store.drain()


@pytest.fixture
async def d(tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(tmp_path / "p.db", ReportingSender())
    await made.session.start()
    yield made
    await made.session.close()


def text(words: str, key: str = "in1") -> MessageReceived:
    return MessageReceived(InboundMessage(key, 1_800_000_100.0, Channel.SMS, Address("phone", NUMBER), words))


async def test_a_message_is_told_kept_and_there_after_a_restart(d: Desk) -> None:
    d.sender.happen(text("where is my parcel?"))
    await until(lambda: d.sender.acknowledged)
    assert any("where is my parcel?" in one and NUMBER in one for one in told(d.session.store))
    await d.session.close()
    later = Desk(d.path, ReportingSender())
    await later.session.start()
    assert [one.text for one in later.state.received.values()] == ["where is my parcel?"]
    later.sender.happen(text("where is my parcel?"))  # a far side that tells it twice
    await until(lambda: later.sender.acknowledged)
    assert told(later.session.store) == []
    await later.session.close()


async def test_what_cannot_be_kept_is_shown_but_not_acknowledged(d: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: Any) -> None:
        raise StoreFull(verbatim("No room left"))

    with monkeypatch.context() as patch:
        patch.setattr(LocalStore, "keep_message", refuse)
        d.sender.happen(text("hello"))
        await until(lambda: d.state.received)
        await until(lambda: d.state.health["messaging"].health is not Health.LIVE)
        assert d.sender.acknowledged == []
    await d.time.run_until(lambda: bool(d.sender.acknowledged), disk=True)
    assert [one.text for one in await d.session.local.messages()] == ["hello"]
    assert sum("hello" in one for one in told(d.session.store)) == 1


@pytest.mark.parametrize(("count", "notices"), [(2, 2), (5, 1)])
async def test_what_came_while_nobody_was_here_is_kept_and_told(tmp_path: Path, count: int, notices: int) -> None:
    sender = ReportingSender()
    sender.known = tuple(text(f"message {number}", f"in{number}").message for number in range(count))
    d = Desk(tmp_path / "p.db", sender)
    await d.session.start()
    await until(lambda: d.state.health["messaging"].health is Health.LIVE)
    assert len(await d.session.local.messages()) == len(d.state.received) == count
    assert len([one for one in told(d.session.store) if "alt+o shows" in one]) == notices
    await d.session.close()


async def test_what_became_of_a_message_is_known_and_a_failure_is_told_once(d: Desk) -> None:
    for _ in range(2):
        d.sender.happen(
            DeliveryChanged(SentMessage("m1", 2.0, DeliveryState.FAILED, Channel.SMS, NUMBER, "x", "no such number"))
        )
    await until(lambda: len(d.sender.acknowledged) == 2)
    assert d.state.sent["m1"].detail == "no such number"
    assert sum("not delivered: no such number" in one for one in told(d.session.store)) == 1


async def test_a_sender_that_is_not_set_up_to_report_is_live_without_a_stream(tmp_path: Path) -> None:
    sender = ReportingSender()
    sender.offers = frozenset()
    d = Desk(tmp_path / "p.db", sender)
    await d.session.start()
    assert d.state.health["messaging"].health is Health.LIVE
    assert "messaging" not in d.session.feeds
    await d.session.close()


@pytest.mark.parametrize(("stops", "consented"), [(False, True), (True, False)])
async def test_after_stop_nothing_goes_out_under_an_older_yes(d: Desk, stops: bool, consented: bool) -> None:
    yes = replace(customer(), consents=(Consent("sms", True, 1.0),))
    d.crm.matches = [replace(match(), customer=yes)]
    d.server.happen(interaction(phase=Phase.WRAP_UP))
    await until(lambda: "i1" in d.state.pops and d.state.pops["i1"].chosen)
    if stops:
        d.sender.happen(text("Stop"))
        await until(lambda: d.sender.acknowledged)
        assert any("opted out" in one for one in told(d.session.store))
    done = await d.session.wrap_ups.finish("i1", codes=("sold",), note="n", follow_ups=(FollowUp("sms", "thanks"),))
    assert done.ok, done
    await until(lambda: d.sender.sent)
    assert (d.sender.sent[0].consent is not None) is consented
    if consented:
        await until(lambda: d.state.sent)
        (known,) = d.state.sent.values()
        assert (known.to, known.text, known.state) == (NUMBER, "thanks", DeliveryState.QUEUED)
