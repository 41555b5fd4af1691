"""SMS through a real Kannel: sent, reported, received, and what happens when parts of it go away."""

import asyncio
import logging
import socket
import time
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from desktop.app.session import Backends, Session
from desktop.app.storage.local_store import LocalStore
from desktop.backends.kannel.messaging import KannelMessaging
from desktop.domain.entities.customer import Consent
from desktop.domain.entities.message import InboundMessage
from desktop.domain.entities.words import Channel, DeliveryState
from desktop.domain.state.events import DeliveryChanged, Event, Heartbeat, MessageReceived
from desktop.ports.base import Capability
from desktop.ports.errors import AuthFailed, Rejected, Unavailable
from desktop.ports.messaging import OutgoingMessage
from desktop.testing.contracts.messaging import MessagingContract
from desktop.testing.http_rig import HttpRig
from desktop.testing.rigs import MessagingRig
from desktop.words.catalogue import in_words
from tests.real.conftest import started
from tests.real.servers.kannel import PASSWORD, SECRET, USER, Kannel

NUMBER = "+493012345678"


@pytest.fixture(scope="module")
def kannel() -> Iterator[Kannel]:
    with started(Kannel()) as server:
        yield server


def options(kannel: Kannel, **changes: str) -> dict[str, str]:
    known = {"url": kannel.url, "username": USER, "password": PASSWORD, "listen": kannel.listen, "secret": SECRET}
    return known | {"inbound": "true"} | changes


class Desk:
    """An adapter whose events are taken as the host takes them."""

    def __init__(self, sender: KannelMessaging) -> None:
        self.sender = sender
        self.seen: list[Event] = []

    async def read(self) -> None:
        async with aclosing(self.sender.events(None)) as stream:  # type: ignore[type-var]
            async for envelope in stream:
                self.seen.append(envelope.event)

    def states(self, key: str) -> list[DeliveryState]:
        changes = [event.message for event in self.seen if isinstance(event, DeliveryChanged)]
        return [message.state for message in changes if message.id == key]

    @property
    def received(self) -> list[InboundMessage]:
        return [event.message for event in self.seen if isinstance(event, MessageReceived)]


@asynccontextmanager
async def desk(kannel: Kannel, **changes: str) -> AsyncIterator[Desk]:
    sender = KannelMessaging.create(options(kannel, **changes))
    made = Desk(sender)
    await sender.open()
    reading = asyncio.ensure_future(made.read())
    try:
        yield made
    finally:
        reading.cancel()
        await sender.close()


def sms(key: str, text: str, to: str = NUMBER) -> OutgoingMessage:
    return OutgoingMessage(key, Channel.SMS, to, text, Consent("sms", True, 1.0, "call"))


async def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        await asyncio.sleep(0.02)


async def test_texts_go_out_in_their_alphabet_and_each_is_reported_delivered(kannel: Kannel) -> None:
    texts = {
        "plain": ("hello @ 100%d %%41 &x=1 <b>[red]", "text hello @ 100%d %%41 &x=1 <b>[red]"),
        "umlauts": ("grüße €", "text grüße €"),
        "kanji key/ü": ("日本🎉", "ucs-2 e%E5g%2C%D8%3C%DF%89"),
    }
    async with desk(kannel) as d:
        for key, (text, _) in texts.items():
            receipt = await d.sender.send(sms(key, text))
            assert receipt.id == key
        for key in texts:
            await until(lambda key=key: DeliveryState.DELIVERED in d.states(key))
            assert (await d.sender.status(key)).state is DeliveryState.DELIVERED
        for _, printed in texts.values():
            assert f"1500 {NUMBER} {printed}" in kannel.reached_phones()
        for number in range(20):
            await d.sender.send(sms(f"n-{number}", f"report {number}"))
        await until(lambda: all(DeliveryState.DELIVERED in d.states(f"n-{number}") for number in range(20)))
        assert sum("report " in one for one in kannel.reached_phones()) == 20


async def test_the_same_key_goes_out_once_and_a_long_text_is_split_not_cut(kannel: Kannel) -> None:
    async with desk(kannel) as d:
        message = sms("once", "only once")
        await asyncio.gather(*(d.sender.send(message) for _ in range(5)))
        await d.sender.send(sms("long", "0123456789" * 40))
        await until(lambda: DeliveryState.DELIVERED in d.states("long"))
        assert sum("only once" in one for one in kannel.reached_phones()) == 1
        parts = [one.rpartition(" ")[2] for one in kannel.reached_phones() if "0123456789" in one]
        assert "".join(parts) == "0123456789" * 40
        with pytest.raises(Rejected, match="4 messages; at most 3"):
            await d.sender.send(sms("too long", "x" * 460))


async def test_customers_sms_arrive_in_every_alphabet(kannel: Kannel) -> None:
    async with desk(kannel) as d:
        for sender, kind, words, shown, number in (
            ("+4915112345678", "data", "gr%c3%bc%c3%9fe+%26+%3d%00", "grüße & =\0", "+4915112345678"),
            ("4915112345678", "ucs2", "%65%e5%67%2c%d8%3c%df%89", "日本🎉", "+4915112345678"),
            ("12345", "data", "STOP", "STOP", "12345"),
            ("+4915112345678", "data", "%1b%5b31m%5b%2f%5d", "\x1b[31m[/]", "+4915112345678"),
        ):
            before = len(d.received)
            kannel.write_to_us(f"{sender} 1500 {kind} {words}")
            await until(lambda before=before: len(d.received) > before)
            assert (d.received[-1].text, d.received[-1].sender.value) == (shown, number)
        assert [one.opts_out for one in d.received] == [False, False, True, False]
        assert len({one.id for one in d.received}) == 4


async def test_an_sms_that_comes_while_the_desktop_is_away_comes_when_it_is_back(kannel: Kannel) -> None:
    kannel.write_to_us("+4915112345678 1500 data are+you+there")
    async with desk(kannel) as d:  # Kannel tries again: its http-request-retry is set
        await until(lambda: [one.text for one in d.received] == ["are you there"])


async def test_without_phones_it_waits_in_kannel_and_without_bearerbox_it_was_not_sent(kannel: Kannel) -> None:
    async with desk(kannel) as d:
        kannel.end(kannel.phones)
        assert (await d.sender.send(sms("later", "later"))).state is DeliveryState.QUEUED
        kannel.phones = kannel.connect_phones()
        await until(lambda: DeliveryState.DELIVERED in d.states("later"))

        kannel.lose_bearerbox()
        with pytest.raises(Unavailable):
            await d.sender.send(sms("retried", "retried"))
        with pytest.raises(Unavailable):
            await d.sender.snapshot()
        kannel.come_back()
        await d.sender.send(sms("retried", "retried"))
        await until(lambda: DeliveryState.DELIVERED in d.states("retried"))
        assert sum("retried" in one for one in kannel.reached_phones()) == 1


async def test_a_wrong_password_is_told_at_the_door_and_stands_nowhere(
    kannel: Kannel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sender = KannelMessaging.create(options(kannel, password="wrong-and-secret"))
    for call in (sender.open, lambda: sender.send(sms("k", "x"))):
        with pytest.raises(AuthFailed) as failed:
            await call()
        assert "wrong-and-secret" not in "".join(traceback.format_exception(failed.value)) + failed.value.detail
    await sender.close()
    assert "wrong-and-secret" not in caplog.text


async def test_what_is_not_set_up_is_not_offered(kannel: Kannel) -> None:
    for changes, offered in (
        ({"listen": "", "inbound": "true"}, set()),
        ({"inbound": "false"}, {Capability.DELIVERY_EVENTS}),
        ({}, {Capability.DELIVERY_EVENTS, Capability.INBOUND}),
    ):
        sender = KannelMessaging.create(options(kannel, **changes))
        assert await sender.open() == offered
        await sender.close()


async def test_one_port_serves_several_gateways_that_have_secrets_of_their_own(kannel: Kannel) -> None:
    async with desk(kannel) as d:
        for changes, refused in (({}, True), ({"secret": "another-secret-0123456789"}, False)):
            second = KannelMessaging.create(options(kannel, **changes))
            if refused:
                with pytest.raises(Rejected, match="same secret"):
                    await second.open()
            else:
                await second.open()
            await second.close()
        await d.sender.send(sms("still", "still heard"))
        await until(lambda: DeliveryState.DELIVERED in d.states("still"))


async def test_a_port_that_another_program_has_is_told(kannel: Kannel) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        sender = KannelMessaging.create(options(kannel, listen=f"127.0.0.1:{other.getsockname()[1]}"))
        with pytest.raises(Unavailable, match="port"):
            await sender.open()
        await sender.close()


async def test_a_quiet_stream_gives_signs_of_life(kannel: Kannel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.backends.kannel.messaging.BEAT", 0.05)
    async with desk(kannel) as d:
        await until(lambda: sum(isinstance(event, Heartbeat) for event in d.seen) >= 2)


async def test_the_agent_sees_a_customers_sms_and_it_is_still_there_after_a_restart(
    kannel: Kannel, tmp_path: Path
) -> None:
    async def session() -> Session:
        made = Session("p", Backends(messaging=KannelMessaging.create(options(kannel))), opened)
        await made.start()
        return made

    async def opened() -> LocalStore:
        return await LocalStore.open(tmp_path / "p.db")

    first = await session()
    kannel.write_to_us("+4915112345678 1500 data where+is+my+parcel%3f")
    await until(lambda: first.store.drain().received)
    assert any("where is my parcel?" in in_words(notice.text) for notice in first.store.drain().notices)
    await first.close()
    again = await session()
    assert [one.text for one in again.store.drain().received.values()] == ["where is my parcel?"]
    await again.close()


class KannelRig(HttpRig[KannelMessaging], MessagingRig):
    """smsbox behind the kit's fault proxy; the phones take everything and say so at once."""

    label = "real"
    secrets = (PASSWORD, SECRET)
    polls = True  # Kannel calls us: there is no stream that could be dropped
    forgets_keys = "Kannel keeps no keys: what was asked for before a restart of the desktop is not known to it"

    def __init__(self, kannel: Kannel) -> None:
        self._kannel = kannel
        self.server_url = kannel.url

    def make(self) -> KannelMessaging:
        return KannelMessaging.create(options(self._kannel, url=self.proxy.url))

    def message(self, key: str, text: str) -> OutgoingMessage:
        return sms(key, text)

    async def sent(self, text: str) -> int:
        return self._kannel.texts().count(text)

    async def recipients(self, text: str) -> list[str]:
        return [f"+{to.lstrip('+')}" for to, words in self._kannel.messages() if words == text]

    async def deliver(self, message_id: str) -> None:
        """The phones have it by now."""

    async def customer_writes(self, text: str) -> None:
        self._kannel.write_to_us(f"+4915112345678 1500 data {quote(text, safe='')}")


class TestKannel(MessagingContract):
    """All of it, but for what Kannel cannot be asked."""

    reads_ask = False

    @pytest.fixture
    async def rig(self, kannel: Kannel) -> AsyncIterator[KannelRig]:
        async with KannelRig(kannel) as made:
            yield made
