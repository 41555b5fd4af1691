"""Twilio's traps: what its contact centre does that ours would not, tried against the mock in its dialect."""

import asyncio
import base64
import contextlib
import hashlib
import json
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from desktop.backends.twilio import pushes
from desktop.backends.twilio.api import link
from desktop.backends.twilio.contact_center import TwilioContactCenter
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Availability, LegFailure, LegPhase, Phase
from desktop.domain.state.events import Event, Gap, InteractionChanged, QueueChanged
from desktop.domain.state.lifecycle import open_leg
from desktop.ports.base import Capability
from desktop.ports.errors import AuthFailed, Conflict, RateLimited, Rejected, Unavailable, Unsupported
from desktop.testing.contracts.base import until
from desktop.testing.fresh import new_key
from desktop.testing.watch import Watch
from mock_backends import launcher
from mock_backends.http.settings import Settings
from mock_backends.launcher import Running

from .twilio_rigs import CONTROL, TwilioContactCenterRig, options_of

WAIT = 10.0
INIT = json.dumps({"event_type": "init", "payload": {"channel_id": "WK1", "token_lifetime": 3_600_000}})


@pytest.fixture(scope="module")
def twilio_server() -> Iterator[Running]:
    with launcher.start("twilio", control=CONTROL, settings=Settings(autonomous=False)) as running:
        yield running


@pytest.fixture
async def rig(twilio_server: Running) -> AsyncIterator[TwilioContactCenterRig]:
    async with TwilioContactCenterRig(twilio_server) as rig:
        yield rig


@asynccontextmanager
async def _watched(backend: TwilioContactCenter) -> AsyncIterator[Watch]:
    watch = Watch(backend, None)
    try:
        await watch.begun(WAIT)
        yield watch
    finally:
        await watch.stop()


async def _told(watch: Watch, wanted: Callable[[Event], bool]) -> Event:
    async def look() -> Event | None:
        assert not watch.ended, repr(watch.error)
        found = watch.find(wanted)
        return found.event if found is not None else None

    return await until(look, WAIT, "the event")


async def _shown(backend: TwilioContactCenter, interaction_id: str = "") -> Interaction | None:
    event: Any = (await backend.snapshot()).event
    return next((one for one in event.interactions if interaction_id in ("", one.id)), None)


async def _ringing(backend: TwilioContactCenter, rig: TwilioContactCenterRig) -> Interaction:
    await backend.set_availability(Availability.AVAILABLE, reason="", after_current=False, key=new_key())
    await rig.call()

    async def offered() -> Interaction | None:
        return await _shown(backend)

    return await until(offered, WAIT, "an offer")


async def _talking(backend: TwilioContactCenter, rig: TwilioContactCenterRig) -> Interaction:
    call = await _ringing(backend, rig)
    return await backend.accept(call.id, key=new_key())


# -- offers


async def test_an_offer_that_went_while_we_looked_away_is_a_conflict(rig: TwilioContactCenterRig) -> None:
    """Twilio answers 400, as to nonsense; the adapter looks again and says what became of the offer."""
    async with rig.opened() as backend:
        offered = await _ringing(backend, rig)
        await rig.rescind(offered.id)
        with pytest.raises(Conflict, match="rescinded"):
            await backend.accept(offered.id, key=new_key())


async def test_declining_may_say_where_to_go(rig: TwilioContactCenterRig) -> None:
    """A reason that is an activity's name is the activity the worker is in afterwards."""
    async with rig.opened() as backend:
        offered = await _ringing(backend, rig)
        await backend.decline(offered.id, reason="lunch", key=new_key())
        me = (await backend.snapshot()).event.agents[0]
        assert (me.observed, me.reason, me.raw_state) == (Availability.NOT_READY, "Lunch", "Lunch")


async def test_a_deadline_comes_from_the_workflow_where_nobody_pushed_it(rig: TwilioContactCenterRig) -> None:
    """The REST API shows no time-out of a reservation, so the workflow's counts."""
    async with rig.opened() as backend:
        offered = await _ringing(backend, rig)
        assert offered.offer_deadline is not None
        assert 0 < offered.offer_deadline - offered.phase_since <= 120


# -- calls


async def test_a_blind_transfer_waits_until_somebody_is_there(rig: TwilioContactCenterRig) -> None:
    """Until the target picks up the customer is still ours, so nobody is ever stranded."""
    async with rig.opened() as backend, _watched(backend) as watch:
        call = await _talking(backend, rig)
        ringing = await backend.blind_transfer(call.id, rig.expert, key=new_key())
        assert (ringing.phase, ringing.held) == (Phase.ACTIVE, True)
        await rig.expert_answers()
        done = await _told(watch, lambda e: isinstance(e, InteractionChanged) and e.change.value.endswith("wrap_up"))
        assert isinstance(done, InteractionChanged)
        assert done.interaction.outcome is not None


async def test_a_blind_transfer_to_somebody_busy_brings_the_customer_back(rig: TwilioContactCenterRig) -> None:
    """Nobody is told by Twilio that a party is gone: the look at the conference sees it, and frees the customer."""
    await rig.expert_is_busy()
    async with rig.opened() as backend, _watched(backend):
        call = await _talking(backend, rig)
        await backend.blind_transfer(call.id, rig.expert, key=new_key())

        async def back() -> Interaction | None:
            now = await _shown(backend, call.id)
            return now if now is not None and open_leg(now) is None and not now.held else None

        now = await until(back, WAIT, "the customer back")
        assert now.phase is Phase.ACTIVE
        assert (now.legs[-1].phase, now.legs[-1].failure) == (LegPhase.FAILED, LegFailure.BUSY)


@pytest.mark.parametrize("target", ["queue:Billing", "tel:030123", "person:kim", "agent:WK" + "0" * 32, "nonsense"])
async def test_whom_twilio_cannot_ring_is_refused_and_the_customer_stays(
    rig: TwilioContactCenterRig, target: str
) -> None:
    options = options_of(rig.running, person_uri="")
    backend = TwilioContactCenter.create(options)
    try:
        await backend.open()
        call = await _talking(backend, rig)
        with pytest.raises(Rejected):
            await backend.blind_transfer(call.id, target, key=new_key())
        now = await _shown(backend, call.id)
        assert now is not None
        assert not now.held
    finally:
        await backend.close()


async def test_a_party_is_invited_once_for_a_key(rig: TwilioContactCenterRig) -> None:
    """The label of a participant holds the key, so that another instance knows it too."""
    async with rig.opened() as backend:
        call, key = await _talking(backend, rig), new_key()
        before = len(await rig.applied("POST", "/Participants.json"))
        await backend.consult(call.id, rig.expert, key=key)
        async with rig.opened() as restarted:
            again = await restarted.consult(call.id, rig.expert, key=key)
        assert len(again.legs) == 1
        assert len(await rig.applied("POST", "/Participants.json")) == before + 1


# -- wrap-up


async def test_a_wrap_up_is_written_into_the_task_once(rig: TwilioContactCenterRig) -> None:
    """Codes and the key stand in the attributes beside what a flow wrote there; the same key writes no second time."""
    async with rig.opened() as backend:
        call, key = await _talking(backend, rig), new_key()
        await backend.end(call.id, key=new_key())
        await backend.wrap_up(call.id, codes=["solved"], note_given=True, key=key)
        async with rig.opened() as restarted:
            await restarted.wrap_up(call.id, codes=["solved"], note_given=True, key=key)
    (written,) = await rig.applied("POST", f"/Tasks/{call.id}")
    attributes = json.loads(written["body"]["Attributes"])
    assert attributes["agent_desktop_wrap_up"] == {"codes": ["solved"], "note_given": True, "key": key}
    assert attributes["call_sid"].startswith("CA")


async def test_somebody_who_writes_in_between_is_not_overwritten(rig: TwilioContactCenterRig) -> None:
    """A version that is not the newest is refused (412); the adapter reads again and writes onto what is there now."""
    async with rig.opened() as backend:
        call = await _talking(backend, rig)
        await backend.end(call.id, key=new_key())
        rule = {"match": "POST /v1/Workspaces/*/Tasks/*", "effect": "status", "status": 412, "times": 1}
        await rig.sim("PUT", "faults", {"rules": [rule]})
        done = await backend.wrap_up(call.id, codes=[], note_given=False, key=new_key())
        assert done.phase is Phase.CLOSED
        assert len(await rig.applied("POST", f"/Tasks/{call.id}")) == 1


@pytest.mark.parametrize("codes", [["no-such-code"], ["solved", "later"], ["solved", "solved"]])
async def test_codes_that_do_not_fit_are_refused(rig: TwilioContactCenterRig, codes: list[str]) -> None:
    async with rig.opened() as backend:
        call = await _talking(backend, rig)
        await backend.end(call.id, key=new_key())
        with pytest.raises(Rejected):
            await backend.wrap_up(call.id, codes=codes, note_given=True, key=new_key())


# -- what Twilio does not have


async def test_what_is_not_offered_is_refused(rig: TwilioContactCenterRig) -> None:
    """Activities change at once; nobody can be written to on a call; without conferences there is no call control."""
    async with rig.opened() as backend:
        with pytest.raises(Unsupported):
            await backend.set_availability(Availability.NOT_READY, reason="", after_current=True, key=new_key())
        call = await _talking(backend, rig)
        with pytest.raises(Unsupported):
            await backend.send_message(call.id, "Hello", key=new_key())
        with pytest.raises(Rejected):
            await backend.set_availability(Availability.NOT_READY, reason="Siesta", after_current=False, key=new_key())
    plain = TwilioContactCenter.create(options_of(rig.running, accept="accept"))
    try:
        assert await plain.open() == {Capability.ATTACHMENTS, Capability.READ}
    finally:
        await plain.close()


# -- the worker channel


async def test_queues_are_looked_at_while_the_stream_is_open(rig: TwilioContactCenterRig) -> None:
    async with rig.opened() as backend:
        await backend.snapshot()
        async with _watched(backend) as watch:
            figures = await _told(watch, lambda event: isinstance(event, QueueChanged))
            assert isinstance(figures, QueueChanged)
            assert figures.queue.waiting == 0
            assert figures.queue.estimated_wait is None


async def test_a_token_is_renewed_before_it_ends(rig: TwilioContactCenterRig, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fresh channel is open before the old one is let go; the stream goes on, and says that it may have a gap."""
    monkeypatch.setattr(pushes, "RENEW_AT", 1e-4)
    async with rig.opened() as backend, _watched(backend) as watch:
        await _told(watch, lambda event: isinstance(event, Gap))
        call = await _ringing(backend, rig)
        await _told(watch, lambda event: isinstance(event, InteractionChanged) and event.interaction.id == call.id)


async def test_no_log_and_no_error_holds_the_token(
    rig: TwilioContactCenterRig, caplog: pytest.LogCaptureFixture
) -> None:
    """The token is a part of the channel's address, which libraries like to write down."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("websockets").setLevel(logging.DEBUG)
    async with rig.opened() as backend, _watched(backend):
        await backend.snapshot()
    assert "eyJ" not in caplog.text
    assert all(secret not in caplog.text for secret in rig.secrets)
    broken = TwilioContactCenter.create(options_of(rig.running, events_url="http://127.0.0.1:1/channel"))
    with pytest.raises(Unavailable) as lost:
        await anext(broken.events(None))
    told = f"{lost.value!r} {lost.value.detail} {lost.value.__cause__!r} {lost.value.__context__!r}"
    assert "eyJ" not in told


Serve = Callable[[ServerConnection], Awaitable[None]]


@asynccontextmanager
async def _channel(rig: TwilioContactCenterRig, serving: Serve, refusal: int = 0) -> AsyncIterator[TwilioContactCenter]:
    """A backend whose worker channel is ours, while everything else is the mock's."""

    def refuse(connection: ServerConnection, _request: Request) -> Response | None:
        return connection.respond(refusal, "no") if refusal else None

    async with serve(serving, "127.0.0.1", 0, process_request=refuse) as server:
        port = server.sockets[0].getsockname()[1]
        backend = TwilioContactCenter.create(options_of(rig.running, events_url=f"http://127.0.0.1:{port}/channel"))
        await backend.open()
        try:
            yield backend
        finally:
            await backend.close()


@pytest.mark.parametrize(
    "message",
    [
        "not json",
        "[]",
        '{"payload": {}}',
        '{"event_type": "reservation.created", "payload": null}',
        '{"event_type": "reservation.accepted", "payload": {"sid": "WR1", "reservation_status": "accepted"}}',
    ],
)
async def test_an_event_that_cannot_be_read_is_a_gap(rig: TwilioContactCenterRig, message: str) -> None:
    """One bad event must not end the channel: it would come again after every reconnection."""

    async def serving(connection: ServerConnection) -> None:
        for one in (INIT, " ", message):
            await connection.send(one)
        await connection.wait_closed()

    async with _channel(rig, serving) as backend, _watched(backend) as watch:
        await _told(watch, lambda event: isinstance(event, Gap))
        assert not watch.ended


async def test_an_event_of_an_unknown_kind_is_passed_over(rig: TwilioContactCenterRig) -> None:
    async def serving(connection: ServerConnection) -> None:
        for one in (INIT, '{"event_type": "worker.attributes.update", "payload": {}}', "not json"):
            await connection.send(one)
        await connection.wait_closed()

    async with _channel(rig, serving) as backend, _watched(backend) as watch:
        await _told(watch, lambda event: isinstance(event, Gap))
        assert len([one for one in watch.heard if isinstance(one.event, Gap)]) == 1


@pytest.mark.parametrize(
    ("status", "kind"), [(401, AuthFailed), (403, AuthFailed), (429, RateLimited), (503, Unavailable)]
)
async def test_a_channel_that_is_refused(rig: TwilioContactCenterRig, status: int, kind: type[Exception]) -> None:
    async def never(_connection: ServerConnection) -> None:
        raise AssertionError("it was refused")

    async with _channel(rig, never, refusal=status) as backend:
        with pytest.raises(kind):
            await anext(backend.events(None))


@pytest.mark.parametrize("code", [1000, 1001, 1008, 1013, 4001])
async def test_a_channel_that_is_closed_ends_the_stream(rig: TwilioContactCenterRig, code: int) -> None:
    """Whatever the code: the host connects anew, and that is with a fresh token."""

    async def serving(connection: ServerConnection) -> None:
        await connection.send(INIT)
        await connection.close(code)

    async with _channel(rig, serving) as backend:
        with pytest.raises(Unavailable) as lost:
            async for _ in backend.events(None):
                continue
        assert lost.value.detail == f"closed with {code}"


async def test_a_token_that_is_said_to_end_at_once_opens_no_channel_after_channel(rig: TwilioContactCenterRig) -> None:
    opened = 0

    async def serving(connection: ServerConnection) -> None:
        nonlocal opened
        opened += 1
        await connection.send(json.dumps({"event_type": "init", "payload": {"token_lifetime": 1}}))
        await connection.wait_closed()

    async with _channel(rig, serving) as backend:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                async for _ in backend.events(None):
                    continue
    assert opened == 1


async def test_an_event_without_end_ends_the_stream(rig: TwilioContactCenterRig) -> None:
    async def serving(connection: ServerConnection) -> None:
        await connection.send(INIT)
        with contextlib.suppress(OSError):
            await connection.send("x" * (link.LARGEST + 1))
            await connection.wait_closed()

    async with _channel(rig, serving) as backend:
        with pytest.raises(Unavailable):
            async for _ in backend.events(None):
                continue


async def test_a_channel_that_has_gone_silent_is_noticed(
    rig: TwilioContactCenterRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A peer that is gone without a word answers no ping; the stream ends rather than look alive."""
    monkeypatch.setattr(link, "PONG_WITHIN", 0.2)

    async def greet_and_fall_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = (await reader.readuntil(b"\r\n\r\n")).decode()
        found = re.search(r"Sec-WebSocket-Key: (\S+)", asked)
        assert found is not None
        proof = hashlib.sha1((found[1] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
        head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        writer.write(f"{head}Sec-WebSocket-Accept: {base64.b64encode(proof).decode()}\r\n\r\n".encode())
        writer.write(b"\x81" + bytes([len(INIT)]) + INIT.encode())
        await reader.read()
        writer.close()

    async with await asyncio.start_server(greet_and_fall_silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        backend = TwilioContactCenter.create(options_of(rig.running, events_url=f"http://127.0.0.1:{port}/c"))
        with pytest.raises(Unavailable) as lost:
            async for _ in backend.events(None):
                continue
        assert lost.value.detail == "no sign of life"
        await backend.close()
