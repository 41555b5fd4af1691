"""Texts through a real Kannel while parts of it, or the desktop, go away."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from desktop.backends.kannel.contact_center import KannelContactCenter
from desktop.backends.kannel.settings import settings
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import DeliveryState, Phase
from desktop.ports.errors import Rejected, Unavailable
from desktop.testing import fresh
from desktop.testing.contracts.base import until
from desktop.testing.fault_proxy import FaultProxy, Mode
from desktop.testing.fresh import new_key
from tests.real.servers.kannel import Kannel
from tests.real.sms.desktop_process import SPEED, DesktopProcess
from tests.real.sms.phones import Phones
from tests.real.sms.rig import options
from tests.real.sms.work import PATIENCE, opened, seen, shown, taken


@pytest.fixture
async def phones(kannel: Kannel) -> AsyncIterator[Phones]:
    async with Phones().connected(kannel) as made:
        yield made


@asynccontextmanager
async def bad_line(kannel: Kannel) -> AsyncIterator[FaultProxy]:
    """A proxy before the gateway."""
    host, _, port = kannel.url.removeprefix("http://").partition(":")
    async with FaultProxy(host, int(port)) as proxy:
        yield proxy


def said(contact: Interaction) -> list[tuple[str, str]]:
    return [(one.author, one.text) for one in contact.messages]


async def heard(condition: Callable[[], object], what: str) -> None:
    async def look() -> bool | None:
        return bool(condition()) or None

    await until(look, PATIENCE, what)


@pytest.mark.parametrize("fate", [Mode.HANG, Mode.LOSE_ANSWER])
async def test_a_desktop_is_killed_between_a_text_and_its_answer(
    kannel: Kannel, phones: Phones, tmp_path: Path, fate: Mode
) -> None:
    """Before Kannel had the answer, or after it; the next life of the desktop knows the text, and never sends twice."""
    customer, folder, begin = fresh.number(), tmp_path / "sms", time.time()
    async with bad_line(kannel) as proxy:
        known = options(kannel, folder, url=proxy.url)
        desktop = DesktopProcess([json.dumps(known), str(begin), str(SPEED), "asks"])
        await desktop.start()
        try:
            await heard(lambda: desktop.count("ready"), "the desktop")
            await phones.send(customer, "Where is my parcel?")
            answer = (customer, "answer to Where is my parcel?")
            await heard(lambda: desktop.count("sends"), "the answer on its way")
            before = proxy.connections
            await proxy.set(fate)
            await desktop.let_send()
            await heard(lambda: proxy.connections > before, "the answer on its way")
            if fate is Mode.LOSE_ANSWER:
                await heard(lambda: answer in phones.got, "the answer on the phone")
        finally:
            await desktop.kill()
        await proxy.set(Mode.PASS)
    clock = partial(_fast, begin)
    desk = KannelContactCenter(settings(options(kannel, folder)), clock=clock)
    await desk.open()
    try:
        wanted = DeliveryState.UNKNOWN if fate is Mode.HANG else DeliveryState.DELIVERED
        now = await seen(
            desk, lambda one: any(line.delivery is wanted for line in one.messages), f"the answer, {wanted.value}"
        )
        assert said(now)[0] == ("customer", "Where is my parcel?")
        assert [one.author for one in now.messages].count("customer") == 1
        key = f"answer {now.messages[0].id}"
        if fate is Mode.HANG:
            await heard(lambda: clock() - now.messages[1].at > 70, "the end of the doubt")
            with pytest.raises(Rejected, match="not known"):
                await desk.send_message(now.id, answer[1], key=key)
            await desk.send_message(now.id, "Once more: today.", key=new_key())
            await heard(lambda: (customer, "Once more: today.") in phones.got, "the new text")
            assert answer not in phones.got
        else:
            await desk.send_message(now.id, answer[1], key=key)
            assert phones.got.count(answer) == 1
    finally:
        await desk.close()


async def test_without_a_gateway_nothing_is_sent_and_nothing_lost(kannel: Kannel, tmp_path: Path) -> None:
    customer, key = fresh.number(), new_key()
    async with opened(kannel, tmp_path / "sms") as desk:
        async with Phones().connected(kannel) as phones:
            await phones.send(customer, "Hello?")
            contact = await taken(desk)
        await asyncio.to_thread(kannel.lose_bearerbox)
        for _ in range(2):
            with pytest.raises(Unavailable):
                await desk.send_message(contact.id, "Here we are.", key=key)
        with pytest.raises(Unavailable):
            await shown(desk)
        await asyncio.to_thread(kannel.come_back)
        assert said(await seen(desk, lambda one: one.id == contact.id, "the contact")) == [("customer", "Hello?")]
        async with Phones().connected(kannel) as phones:
            for _ in range(2):
                await desk.send_message(contact.id, "Here we are.", key=key)
            await heard(lambda: (customer, "Here we are.") in phones.got, "the answer")
            assert phones.got.count((customer, "Here we are.")) == 1


async def test_a_report_that_comes_when_the_contact_is_over_is_kept(kannel: Kannel, tmp_path: Path) -> None:
    customer = fresh.number()
    async with opened(kannel, tmp_path / "sms") as desk:
        async with Phones().connected(kannel) as phones:
            await phones.send(customer, "Hello?")
            contact = await taken(desk)
        kannel.end(kannel.phones)  # no network: Kannel keeps the answer
        await desk.send_message(contact.id, "Hello.", key=new_key())
        now = await seen(desk, lambda one: len(one.messages) == 2, "the answer")
        assert now.messages[1].delivery is DeliveryState.QUEUED
        await desk.end(contact.id, key=new_key())
        await desk.wrap_up(contact.id, codes=["order"], note_given=False, key=new_key())
        async with Phones().connected(kannel) as phones:
            await heard(lambda: (customer, "Hello.") in phones.got, "the answer on the phone")
            await phones.send(customer, "Thank you!")
            again = await seen(
                desk,
                lambda one: one.phase is Phase.OFFERED and one.messages[1].delivery is DeliveryState.DELIVERED,
                "the next contact, with the report",
            )
    assert again.id != contact.id
    assert said(again) == [("customer", "Hello?"), ("agent", "Hello."), ("customer", "Thank you!")]


async def test_texts_in_every_alphabet_go_both_ways(kannel: Kannel, phones: Phones, tmp_path: Path) -> None:
    texts = ["grüße & = %d #", "\x1b[31m[/]", "line\none", "'); DROP TABLE texts; --"]
    answers = ["größer @ 100%d %%41 &x=1 <b>", "日本🎉 \x1b[31m", "€" * 100]
    customer = fresh.number()
    async with opened(kannel, tmp_path / "sms") as desk:
        await phones.send(customer, texts[0])
        contact = await taken(desk)
        for number, text in enumerate(texts[1:], 2):
            await phones.send(customer, text)
            contact = await seen(desk, lambda one, number=number: len(one.messages) == number, text)
        assert [one.text for one in contact.messages] == texts
        for answer in answers[:2]:
            await desk.send_message(contact.id, answer, key=new_key())
            await heard(lambda answer=answer: (customer, answer) in phones.got, answer)
        await desk.send_message(contact.id, answers[2], key=new_key())
        now = await seen(desk, lambda one: one.messages[-1].delivery is DeliveryState.DELIVERED, "the long one")
        assert now.messages[-1].text == answers[2]


def _fast(begin: float) -> float:
    return begin + (time.time() - begin) * SPEED
