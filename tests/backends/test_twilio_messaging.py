"""What Twilio's Messages do not promise: keys, callbacks, and that a customer still wants to hear from us."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from email.utils import formatdate

import pytest

from desktop.backends.twilio.messaging import LOOKS, TwilioMessaging, inbound_of, sent_of
from desktop.domain.entities.customer import Consent
from desktop.domain.entities.model import Address
from desktop.domain.entities.words import Channel, DeliveryState
from desktop.domain.state.events import MessagingSnapshot
from desktop.ports.errors import NotFound, OutcomeUnknown, ProtocolError, Rejected
from desktop.ports.messaging import OutgoingMessage
from desktop.testing import fresh
from desktop.testing.fresh import new_key
from desktop.testing.rig import Fault
from mock_backends import launcher
from mock_backends.http.settings import Settings
from mock_backends.launcher import Running

from .scripted_server import Asked, answer, scripted
from .twilio_rigs import CONTROL, TwilioMessagingRig, options_of

SID = "SM" + "0123456789abcdef" * 2
TO = "+442079460958"
ONCE = OutgoingMessage("k-1", Channel.SMS, TO, "Once", Consent("sms", True))
LONE = {"account_sid": "AC" + "0" * 32, "key_sid": "SK" + "0" * 32, "api_secret": "s", "from_number": "+15005550006"}


@pytest.fixture(scope="module")
def twilio_server() -> Iterator[Running]:
    with launcher.start("twilio", control=CONTROL, settings=Settings(autonomous=False)) as running:
        yield running


@pytest.fixture
async def rig(twilio_server: Running) -> AsyncIterator[TwilioMessagingRig]:
    async with TwilioMessagingRig(twilio_server) as rig:
        yield rig


async def test_a_message_whose_answer_got_lost_is_found_and_not_sent_again(rig: TwilioMessagingRig) -> None:
    """Twilio keeps no keys: asked again under the same one, the adapter looks whether the message is there."""
    message = rig.message(new_key(), fresh.text("Lost?"))
    async with rig.opened() as backend:
        await rig.fault(Fault.ANSWER_LOST)
        with pytest.raises(OutcomeUnknown):
            await backend.send(message)
        await rig.heal()
        found = await backend.send(message)
        assert (await backend.send(message)).id == found.id
    assert await rig.sent(message.text) == 1


@pytest.mark.parametrize("lost", ["a gateway's 502", "nobody waits any more", "an answer that is none"])
async def test_a_message_that_may_have_gone_out_is_looked_for_first(lost: str) -> None:
    listed: list[dict[str, object]] = []
    taken = asyncio.Event()

    async def script(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if asked.method == "POST":
            now = formatdate(time.time())
            listed.append({"sid": SID, "body": "Once", "direction": "outbound-api", "date_created": now, "to": TO})
            taken.set()
            if lost == "nobody waits any more":
                await asyncio.Event().wait()
            status = 201 if lost == "an answer that is none" else 502
            await answer(status, b'{"sid": 1}')(asked, writer)
        elif asked.path.partition("?")[0].endswith("/Messages.json"):
            await answer(200, json.dumps({"messages": listed}).encode())(asked, writer)
        else:
            await answer(200, json.dumps(listed[0]).encode())(asked, writer)

    async with scripted(script) as server:
        backend = TwilioMessaging.create(LONE | {"api_url": server.url})
        sending = asyncio.ensure_future(backend.send(ONCE))
        await taken.wait()
        if lost == "nobody waits any more":
            sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        assert (await backend.send(ONCE)).id == SID
        await backend.close()
    assert [one.method for one in server.asked].count("POST") == 1


async def test_carriers_that_never_report_do_not_make_a_round_longer() -> None:
    made: list[str] = []

    async def script(asked: Asked, writer: asyncio.StreamWriter) -> None:
        path = asked.path.partition("?")[0]
        if asked.method == "POST":
            made.append(f"SM{len(made):032x}")
        sid = made[-1] if asked.method == "POST" else path.rpartition("/")[2].removesuffix(".json")
        one = {"sid": sid, "status": "sent", "date_created": formatdate(time.time())}
        listed = asked.method == "GET" and path.endswith("/Messages.json")
        await answer(200, json.dumps({"messages": []} if listed else one).encode())(asked, writer)

    async with scripted(script) as server:
        backend = TwilioMessaging.create(LONE | {"api_url": server.url})
        for number in range(3 * LOOKS):
            await backend.send(replace(ONCE, key=f"k-{number}"))
        asked: list[set[str]] = []
        for _ in range(3):
            server.asked.clear()
            shown = (await backend.snapshot()).event
            assert isinstance(shown, MessagingSnapshot)
            assert {one.id for one in shown.sent} == set(made)
            asked.append({one.path for one in server.asked if "/Messages/" in one.path})
        await backend.close()
    assert [len(one) for one in asked] == [LOOKS] * 3
    assert len(set.union(*asked)) == len(made), "each has its turn"


async def test_a_message_that_never_arrived_is_sent_under_the_same_key(rig: TwilioMessagingRig) -> None:
    """The same doubt, and this time Twilio had not taken it."""
    message = rig.message(new_key(), fresh.text("Gone?"))
    async with rig.opened() as backend:
        await rig.fault(Fault.DROPPED)
        with pytest.raises(OutcomeUnknown):
            await backend.send(message)
        await rig.heal()
        await backend.send(message)
    assert await rig.sent(message.text) == 1


async def test_the_same_words_to_the_same_customer_are_two_messages(rig: TwilioMessagingRig) -> None:
    """Another key is another message, also while the outcome of the first is in doubt."""
    first = rig.message(new_key(), fresh.text("Hello."))
    second = replace(first, key=new_key())
    async with rig.opened() as backend:
        sent = await backend.send(second)
        await rig.fault(Fault.DROPPED)
        with pytest.raises(OutcomeUnknown):
            await backend.send(first)
        await rig.heal()
        assert (await backend.send(first)).id != sent.id
    assert await rig.sent(first.text) == 2


async def test_who_opted_out_is_not_written_to(rig: TwilioMessagingRig) -> None:
    """Twilio refuses with a number of its own (21610); the agent is told what it means, and nothing is retried."""
    async with rig.opened() as backend:
        with pytest.raises(Rejected, match="opted out"):
            await backend.send(replace(rig.message(new_key(), "Hello."), to="+15005550007"))


@pytest.mark.parametrize(
    ("to", "text"),
    [("030123", "Hello."), ("+49 30 123", "Hello."), ("", "Hello."), ("x", "x"), (None, " "), (None, "x" * 1601)],
)
async def test_what_cannot_go_out_does_not(rig: TwilioMessagingRig, to: str | None, text: str) -> None:
    message = rig.message(new_key(), text)
    async with rig.opened() as backend:
        with pytest.raises(Rejected):
            await backend.send(message if to is None else replace(message, to=to))
    assert await rig.sent(text) == 0


async def test_an_id_of_another_sender_is_not_asked_for(rig: TwilioMessagingRig) -> None:
    async with rig.opened() as backend:
        asked = len(rig.proxy.requests)
        for strange in ("kannel-17", "../Calls", "", "SM1", "AC" + "0" * 32):
            with pytest.raises(NotFound):
                await backend.status(strange)
        assert len(rig.proxy.requests) == asked


@pytest.mark.parametrize("number", ["", "Acme", "030123", "MG1"])
def test_a_number_of_ours_is_needed(twilio_server: Running, number: str) -> None:
    with pytest.raises(Rejected):
        TwilioMessaging.create(options_of(twilio_server, from_number=number))


@pytest.mark.parametrize("raw", [None, [], {}, {"sid": "SM1"}, {"sid": 5}])
def test_a_record_without_a_sid_is_no_message(raw: object) -> None:
    with pytest.raises(ProtocolError):
        sent_of(raw, 0.0)
    with pytest.raises(ProtocolError):
        inbound_of(raw, 0.0)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("queued", DeliveryState.QUEUED),
        ("sending", DeliveryState.QUEUED),
        ("sent", DeliveryState.SENT),
        ("partially_delivered", DeliveryState.SENT),
        ("delivered", DeliveryState.DELIVERED),
        ("read", DeliveryState.DELIVERED),
        ("undelivered", DeliveryState.FAILED),
        ("failed", DeliveryState.FAILED),
        ("a word of tomorrow", DeliveryState.QUEUED),
    ],
)
def test_every_status_has_its_state(status: str, state: DeliveryState) -> None:
    assert sent_of({"sid": SID, "status": status}, 0.0).state is state


def test_a_failure_says_why_in_few_words() -> None:
    sent = sent_of({"sid": SID, "status": "undelivered", "error_code": 30003, "error_message": "x" * 5000}, 0.0)
    assert len(sent.detail) <= 200


def test_what_came_is_bounded_and_dated() -> None:
    raw = {"sid": SID, "from": "+442079460958", "body": "y" * 10_000, "date_sent": "Tue, 14 Nov 2023 22:13:20 +0000"}
    found = inbound_of(raw, 0.0)
    assert (found.sender, found.at) == (Address("phone", "+442079460958"), 1_700_000_000.0)
    assert len(found.text) <= 3200
    assert inbound_of({"sid": SID}, 7.0).sender.withheld
