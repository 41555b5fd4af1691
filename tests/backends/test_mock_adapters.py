"""What the adapters make of a stream and of answers that a well-behaved mock server would never send."""

import json
from contextlib import aclosing
from typing import Any

import pytest

from desktop.backends.mock.contact_center import MockContactCenter
from desktop.backends.mock.crm import MockCrm
from desktop.backends.mock.messaging import MockMessaging
from desktop.backends.mock.presence import MockPresence
from desktop.domain.entities.customer import Consent, WrapUpRecord
from desktop.domain.entities.model import Address
from desktop.domain.entities.words import Channel, PresenceState
from desktop.domain.state.events import ChatReceived, Envelope, Gap, Heartbeat, InteractionChanged, PresenceChanged
from desktop.ports.base import Backend
from desktop.ports.errors import AuthFailed, ProtocolError, Rejected
from desktop.ports.messaging import OutgoingMessage

from .scripted_server import Asked, Script, answer, scripted
from .test_wire_reading import INTERACTION

RECORD = WrapUpRecord("k-1", "i-1", "c-1", "maya", "voice", "Billing", 1.0, 2.0, ("solved",), "note")


def _stream(*events: tuple[str, str, object]) -> Script:
    lines = "".join(
        f"{f'id: {number}' if number else ': no number'}\nevent: {kind}\ndata: {json.dumps(data)}\n\n"
        for number, kind, data in events
    ).encode()

    async def script(asked: Asked, writer: Any) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n" + lines)
        await writer.drain()
        writer.close()
        raise ConnectionError

    return script


async def _all(kind: type[MockContactCenter] | type[MockPresence], script: Script) -> list[Envelope]:
    async with scripted(script) as server:
        backend = kind.create({"url": server.url, "token": "t"})
        async with aclosing(backend.events(("e", 1))) as stream:  # type: ignore[type-var]
            found = [envelope async for envelope in stream]
        await backend.close()
        assert server.asked[0].headers["last-event-id"] == "e:1"
        return found


async def test_a_stream_keeps_its_numbers_and_one_bad_event_is_a_gap() -> None:
    good = {"at": 9, "reason": "x", "interaction": INTERACTION}
    found = await _all(
        MockContactCenter,
        _stream(
            ("", "heartbeat", {"server_time": 8.5, "head": 2}),
            ("e:2", "interaction.updated", good),
            ("e:3", "interaction.updated", {"at": 9, "interaction": {"id": "i"}}),
            ("e:4", "interaction.sung", {"at": 9}),
            ("e:5", "agent.changed", "nonsense"),
            ("no number", "interaction.updated", good),
            ("", "reset", {"server_time": 10, "head": 7}),
            ("e:8", "interaction.closed", good),
        ),
    )
    assert [type(one.event) for one in found] == [Heartbeat, InteractionChanged, *[Gap] * 5, InteractionChanged]
    assert [(one.epoch, one.seq) for one in found if isinstance(one.event, InteractionChanged)] == [("e", 2), ("e", 8)]
    assert all(one.seq is None for one in found if isinstance(one.event, Gap | Heartbeat))
    assert {one.source for one in found} == {"contact_center"}


async def test_the_directory_names_itself_as_the_source() -> None:
    presence = {"person_id": "p", "version": 1, "state": "do_not_disturb", "observed_at": 3}
    line = {"id": "l", "person_id": "p", "at": 4, "mine": False, "text": "hi"}
    found = await _all(
        MockPresence,
        _stream(
            ("e:2", "presence.changed", {"at": 3, "presence": presence}), ("e:3", "chat.line", {"at": 4, "line": line})
        ),
    )
    first, second = (one.event for one in found)
    assert isinstance(first, PresenceChanged)
    assert (first.presence.state, first.presence.source) == (PresenceState.DO_NOT_DISTURB, "presence")
    assert isinstance(second, ChatReceived)


async def _crm(script: Script) -> Any:
    async with scripted(script) as server:
        crm = MockCrm.create({"url": server.url, "token": "t"})
        try:
            return await crm.log_wrap_up(RECORD), server.asked
        finally:
            await crm.close()


async def test_a_receipt_counts_only_for_our_own_key() -> None:
    activity, asked = await _crm(answer(200, b'{"key": "k-1", "activity_id": "a-9"}'))
    assert activity == "a-9"
    assert (asked[0].method, asked[0].path) == ("PUT", "/v1/wrap-ups/k-1")
    sent = json.loads(asked[0].body)
    assert sent["codes"] == ["solved"]
    assert not {"agent_name", "code_labels"} & sent.keys()  # the service refuses what it does not know
    for body in (
        b'{"key": "k-2", "activity_id": "a-9"}',
        b'{"activity_id": "a-9"}',
        b"<html>welcome</html>",
        b"{}",
        b"",
    ):
        with pytest.raises(ProtocolError):
            await _crm(answer(200, body))


async def test_a_crm_that_ignores_the_filter_is_found_out() -> None:
    results = [
        {"customer": {"id": i, "name": i, "addresses": [{"kind": "phone", "value": number}]}, "matched_on": "phone"}
        | {"reason": "same number"}
        for i, number in (("right", "+442079460958"), ("wrong", "+442079460000"))
    ]
    async with scripted(answer(200, json.dumps({"results": results}).encode())) as server:
        crm = MockCrm.create({"url": server.url, "token": "t"})
        matches = await crm.find(Address("phone", "+442079460958"))
        assert await crm.find(Address("phone", "", withheld=True)) == ()
        with pytest.raises(Rejected):
            await crm.find(Address("smoke", "x"))
        await crm.close()
        assert [one.path for one in server.asked] == ["/v1/customers?phone=%2B442079460958&limit=10"]
    assert [(one.customer.id, one.verified) for one in matches] == [("right", True), ("wrong", False)]
    assert matches[0].customer.source == "crm"
    assert matches[0].customer.fetched_at


async def test_nothing_is_sent_without_consent() -> None:
    async with scripted(answer(200, b"{}")) as server:
        sender = MockMessaging.create({"url": server.url, "token": "t"})
        for consent in (None, Consent("sms", None), Consent("sms", False)):
            with pytest.raises(Rejected):
                await sender.send(OutgoingMessage("k", Channel.SMS, "+441", "hello", consent))
        await sender.close()
        assert server.asked == []


@pytest.mark.parametrize("kind", [MockContactCenter, MockCrm, MockPresence, MockMessaging])
async def test_opening_says_whether_the_token_is_good(kind: type[Backend]) -> None:
    async def script(asked: Asked, writer: Any) -> None:
        healthy = asked.path == "/v1/health"
        await answer(200, b'{"status": "ok"}')(asked, writer) if healthy else await answer(401, b"")(asked, writer)

    async with scripted(script) as server:
        backend = kind.create({"url": server.url, "token": "bad"})
        with pytest.raises(AuthFailed):
            await backend.open()
        await backend.close()
        await backend.close()
