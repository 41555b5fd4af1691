"""The adapters against the real mock servers, in a process of their own."""

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, asynccontextmanager
from typing import Any, TypeVar

import httpx
import pytest

from desktop.backends.mock.contact_center import MockContactCenter
from desktop.backends.mock.crm import MockCrm
from desktop.backends.mock.messaging import MockMessaging
from desktop.backends.mock.presence import MockPresence
from desktop.domain.entities.customer import Consent, FollowUp, WrapUpRecord
from desktop.domain.entities.model import Address, Interaction
from desktop.domain.entities.words import Availability, Channel, DeliveryState, LegPhase, Phase, PresenceState
from desktop.domain.state.events import (
    AgentChanged,
    Change,
    ChatReceived,
    ContactCenterSnapshot,
    DeliveryChanged,
    Envelope,
    Gap,
    Heartbeat,
    InteractionChanged,
    MessageReceived,
    MessagingSnapshot,
    PresenceChanged,
    PresenceSnapshot,
)
from desktop.ports.base import Backend
from desktop.ports.errors import AuthFailed, BackendError, Conflict, NotFound, OutcomeUnknown, Rejected, Unavailable
from desktop.ports.messaging import OutgoingMessage
from mock_backends import launcher
from mock_backends.http.settings import Settings
from mock_backends.launcher import Running

CONTROL = "control-token-of-this-test"
B = TypeVar("B", bound=Backend)
T = TypeVar("T")


@pytest.fixture(scope="module")
def servers() -> Iterator[Running]:
    settings = Settings(rate_per_minute=1e6, burst=1e6, heartbeat=0.2, autonomous=False)
    with launcher.start(control=CONTROL, settings=settings) as running:
        yield running


def control(running: Running, server: str, method: str, path: str, body: object) -> Any:
    """Use the control plane."""
    url = f"{running.urls[server]}/_sim/{path}"
    reply = httpx.request(method, url, json=body, headers={"Authorization": f"Bearer {CONTROL}"}, trust_env=False)
    reply.raise_for_status()
    return reply.json() if reply.content else None


def step(running: Running, **what: object) -> None:
    """Make something happen."""
    control(running, "contact_center", "POST", "step", what)


@asynccontextmanager
async def opened(running: Running, kind: type[B], who: str = "maya") -> AsyncIterator[B]:
    """An open backend of one principal."""
    backend = kind.create({"url": running.urls[kind.manifest.kind.value], "token": running.tokens[who]})
    try:
        await backend.open()
        yield backend
    finally:
        await backend.close()


def key() -> str:
    return str(uuid.uuid4())


async def until(ask: Callable[[], Awaitable[T | None]], seconds: float = 10) -> T:
    """Ask again until there is an answer."""
    async with asyncio.timeout(seconds):
        while True:
            if (found := await ask()) is not None:
                return found
            await asyncio.sleep(0.02)


async def snapshot(backend: MockContactCenter) -> ContactCenterSnapshot:
    event = (await backend.snapshot()).event
    assert isinstance(event, ContactCenterSnapshot)
    return event


async def offered(running: Running, backend: MockContactCenter) -> Interaction:
    """A call that rings."""
    me = next(one for one in (await snapshot(backend)).agents if one.id == "maya")
    await backend.set_availability(Availability.AVAILABLE, reason="", after_current=False, key=key())
    step(running, do="call", **{"from": "+442079460958"}, queue=me.queues[0], subject="refund")

    async def look() -> Interaction | None:
        found = (await snapshot(backend)).interactions
        return next((one for one in found if one.phase is Phase.OFFERED), None)

    return await until(look)


async def finish(backend: MockContactCenter) -> None:
    """Leave nothing behind for the next test."""
    await backend.set_availability(Availability.NOT_READY, reason="break", after_current=False, key=key())
    for one in (await snapshot(backend)).interactions:
        if one.phase is Phase.OFFERED:
            await backend.decline(one.id, reason="x", key=key())
            continue
        if one.phase is not Phase.WRAP_UP:
            await backend.end(one.id, key=key())
        codes = [code.id for code in await backend.wrap_up_codes() if not code.queues or one.queue in code.queues]
        await backend.wrap_up(one.id, codes=codes[:1], note_given=True, key=key())


async def test_a_whole_call_with_an_expert(servers: Running) -> None:
    async with opened(servers, MockContactCenter) as center:
        ringing = await offered(servers, center)
        accept = key()
        active = await center.accept(ringing.id, key=accept)
        assert active.phase in {Phase.CONNECTING, Phase.ACTIVE}
        assert (await center.accept(ringing.id, key=accept)).id == ringing.id  # the same key: the same answer

        async def connected() -> Interaction | None:
            one = next(one for one in (await snapshot(center)).interactions if one.id == ringing.id)
            return one if one.phase is Phase.ACTIVE else None

        await until(connected)
        assert (await center.hold(ringing.id, on=True, key=key())).held
        assert not (await center.hold(ringing.id, on=False, key=key())).held
        assert (await center.mute(ringing.id, on=True, key=key())).muted
        assert not (await center.mute(ringing.id, on=False, key=key())).muted
        await center.dtmf(ringing.id, "1#", key=key())
        people = await _people(servers)
        consulting = await center.consult(ringing.id, f"person:{people[0]}", key=key())
        leg = consulting.legs[-1]
        assert consulting.held

        async def talks() -> bool | None:
            one = next(one for one in (await snapshot(center)).interactions if one.id == ringing.id)
            if one.legs[-1].phase is not LegPhase.ACTIVE:
                step(servers, do="expert_answers")
                return None
            return True

        await until(talks)
        await center.swap(ringing.id, leg.id, key=key())
        await center.conference(ringing.id, leg.id, key=key())
        ended = await center.end(ringing.id, key=key())
        assert ended.phase is Phase.WRAP_UP
        longer = await center.extend_wrap_up(ringing.id, key=key())
        assert longer.extensions_used == 1
        with pytest.raises(Rejected):
            await center.wrap_up(ringing.id, codes=["no such code"], note_given=True, key=key())
        callback = await center.callback(
            ringing.id, queue=ringing.queue, address=ringing.customer, at=time.time() + 3600, note="n", key=key()
        )
        assert callback
        await finish(center)
        assert (await snapshot(center)).interactions == ()


async def _people(servers: Running) -> list[str]:
    async with opened(servers, MockPresence) as directory:
        return [one.id for one in await directory.people()]


async def test_the_stream_has_no_holes_and_resumes(servers: Running) -> None:
    async with opened(servers, MockContactCenter) as center:
        before = await center.snapshot()
        assert before.seq is not None
        ringing = await offered(servers, center)
        await center.accept(ringing.id, key=key())
        await finish(center)
        seen: list[Envelope] = []
        async with asyncio.timeout(10), aclosing(center.events((before.epoch, before.seq))) as stream:  # type: ignore[type-var]
            async for one in stream:
                if isinstance(one.event, Heartbeat):
                    if seen and seen[-1].seq == one.event.head:
                        break
                    continue
                seen.append(one)
        assert [one.seq for one in seen] == list(range(before.seq + 1, before.seq + 1 + len(seen)))
        assert {one.epoch for one in seen} == {before.epoch}
        mine = [one.event for one in seen if isinstance(one.event, InteractionChanged)]
        changes = [one.change for one in mine if one.interaction.id == ringing.id]
        assert {Change.OFFERED, Change.WRAP_UP, Change.CLOSED} <= set(changes)
        versions = [one.interaction.version for one in mine if one.interaction.id == ringing.id]
        assert versions == sorted(versions)
        assert any(isinstance(one.event, AgentChanged) for one in seen)


async def test_a_stream_that_cannot_resume_says_so(servers: Running) -> None:
    async with opened(servers, MockContactCenter) as center:
        async with asyncio.timeout(10), aclosing(center.events(("another-epoch", 3))) as stream:  # type: ignore[type-var]
            first = next(
                one for one in [await anext(stream), await anext(stream)] if not isinstance(one.event, Heartbeat)
            )
        assert isinstance(first.event, Gap)


async def test_decline_conflict_and_what_is_not_ours(servers: Running) -> None:
    async with opened(servers, MockContactCenter) as center, opened(servers, MockContactCenter, "sam") as other:
        ringing = await offered(servers, center)
        with pytest.raises(NotFound):
            await other.accept(ringing.id, key=key())
        await center.decline(ringing.id, reason="busy", key=key())
        with pytest.raises((Conflict, NotFound)):
            await center.accept(ringing.id, key=key())
        agent = await center.set_availability(Availability.NOT_READY, reason="lunch", after_current=False, key=key())
        assert agent.observed is Availability.NOT_READY
        same = key()
        await center.set_availability(Availability.NOT_READY, reason="lunch", after_current=False, key=same)
        with pytest.raises(Rejected):
            await center.set_availability(Availability.NOT_READY, reason="break", after_current=False, key=same)
        await center.cancel_next(key=key())
        await finish(center)


async def test_a_long_timeline_is_read_page_by_page(servers: Running) -> None:
    """Each entry once, newest first, with all that was said and the case it belongs to."""
    async with opened(servers, MockCrm) as crm:
        pages = [await crm.timeline("C-4102", limit=50)]
        while len(pages[-1]) == 50:
            pages.append(await crm.timeline("C-4102", limit=50, before=pages[-1][-1].at))
        entries = [entry for page in pages for entry in page]
        assert len(entries) == len({entry.id for entry in entries}) >= 150
        assert [entry.at for entry in entries] == sorted((entry.at for entry in entries), reverse=True)
        assert all(entry.detail for entry in entries)
        (mail, *_) = await crm.timeline("C-4471")
        assert (mail.case_id, mail.detail.splitlines()[-1]) == ("8812", "Priya Natarajan")
        assert [one.id for one in await crm.purchases("C-4471")][:1] == ["20311"]


async def test_the_crm_end_to_end(servers: Running) -> None:
    async with opened(servers, MockCrm) as crm:
        number = f"+4420794{int(time.time() * 1000) % 100000:05d}"
        made = await crm.create_customer("Zoë O'Brien ‮", [Address("phone", number)], key=key())
        (match,) = [one for one in await crm.find(Address("phone", number)) if one.customer.id == made.id]
        assert match.verified
        assert (await crm.customer(made.id)).name == made.name
        assert any(one.customer.id == made.id for one in await crm.search("Zoë O'Brien"))
        for hostile in ("", '"', "' OR 1=1 --", "\x00", "*" * 300, "a AND", "😀"):
            with contextlib.suppress(Rejected):  # refused in words is safe too
                await crm.search(hostile)
        case = await crm.create_case(made.id, "Broken", priority="high", text="It broke", key=key())
        assert case.id in {one.id for one in await crm.cases(made.id)}
        assert await crm.purchases(made.id) == ()
        after = await crm.set_consent(made.id, "sms", granted=True, source="call", key=key())
        assert next(one for one in after.consents if one.topic == "sms").granted is True
        await crm.link("i-1", made.id, reason="only match", key=key())
        await crm.unlink("i-1", key=key())
        now = time.time()
        record = WrapUpRecord(
            *(key(), "i-1", made.id, "maya", "voice", "Billing", now - 60, now, ("solved",), "Café ☕ note"),
            follow_ups=(FollowUp("task", "ring back", now + 60),),
        )
        activity = await crm.log_wrap_up(record)
        assert await crm.log_wrap_up(record) == activity
        assert sum("Café ☕ note" in one.summary + one.detail for one in await crm.timeline(made.id)) == 1
        with pytest.raises(NotFound):
            await crm.customer("no-such")


async def test_the_directory_end_to_end(servers: Running) -> None:
    async with opened(servers, MockPresence) as directory:
        before = await directory.snapshot()
        assert isinstance(before.event, PresenceSnapshot)
        assert before.seq is not None
        assert len(before.event.people) > 100
        skilled = next(one for one in before.event.people if one.skills)
        skill = next(iter(skilled.skills))
        assert skilled.id in {one.id for one in await directory.people(skill=skill)}
        assert skilled.id in {one.id for one in await directory.people(skilled.name)}
        step(servers, do="presence", person=skilled.id, state="do_not_disturb", activity="focus")
        step(servers, do="chat", principal="maya", person=skilled.id, text="hello \x1b[2J")
        line = await directory.chat(skilled.id, "are you free?", key=key())
        assert line.mine
        own = await directory.set_own(PresenceState.BUSY, activity="on a call", key=key())
        assert own.state is PresenceState.BUSY
        seen: list[Envelope] = []
        async with asyncio.timeout(10), aclosing(directory.events((before.epoch, before.seq))) as stream:  # type: ignore[type-var]
            async for one in stream:
                seen.append(one)
                lines = [e.event.line for e in seen if isinstance(e.event, ChatReceived)]
                states = [e.event.presence for e in seen if isinstance(e.event, PresenceChanged)]
                if any(not one.mine for one in lines) and any(p.person_id == skilled.id for p in states):
                    break
        assert next(p for p in states if p.person_id == skilled.id).state is PresenceState.DO_NOT_DISTURB


async def test_messages_end_to_end(servers: Running) -> None:
    async with opened(servers, MockMessaging) as sender:
        message = OutgoingMessage(key(), Channel.SMS, "+442079460958", "hello", Consent("sms", True, source="call"))
        receipt = await sender.send(message)
        assert (await sender.send(message)).id == receipt.id
        assert (await sender.status(receipt.id)).id == receipt.id
        with pytest.raises(NotFound):
            await sender.status("no-such")


async def test_the_sender_tells_what_became_of_messages_and_what_customers_write(servers: Running) -> None:
    async with opened(servers, MockMessaging) as sender:
        before = await sender.snapshot()
        message = OutgoingMessage(key(), Channel.SMS, "+442079460958", "hello", Consent("sms", True, source="call"))
        receipt = await sender.send(message)
        step(servers, do="inbound_message", **{"from": "+442079460111", "text": "where is it?"})
        seen: list[Envelope] = []
        assert before.seq is not None
        async with asyncio.timeout(10), aclosing(sender.events((before.epoch, before.seq))) as stream:  # type: ignore[type-var]
            async for one in stream:
                seen.append(one)
                sent = [e.event.message for e in seen if isinstance(e.event, DeliveryChanged)]
                received = [e.event.message for e in seen if isinstance(e.event, MessageReceived)]
                if received and any(it.id == receipt.id and it.state is DeliveryState.DELIVERED for it in sent):
                    break
        after = (await sender.snapshot()).event
        assert isinstance(after, MessagingSnapshot)
        for known in (received, after.received):
            assert [(it.sender.value, it.text) for it in known][-1:] == [("+442079460111", "where is it?")]
        assert [(it.to, it.text, it.state) for it in after.sent if it.id == receipt.id] == [
            ("+442079460958", "hello", DeliveryState.DELIVERED)
        ]


async def test_a_bad_token_is_found_when_opening(servers: Running) -> None:
    for kind in (MockContactCenter, MockCrm, MockPresence, MockMessaging):
        backend = kind.create({"url": servers.urls[kind.manifest.kind.value], "token": "wrong"})
        with pytest.raises(AuthFailed):
            await backend.open()
        await backend.close()


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        ({"effect": "status", "status": 503}, Unavailable),
        ({"effect": "apply_then_fail"}, BackendError),
        ({"effect": "drop_body"}, OutcomeUnknown),
        ({"effect": "garbage"}, BackendError),
        ({"effect": "refuse"}, BackendError),
    ],
)
async def test_faults_of_the_server_keep_the_write_exactly_once(
    servers: Running, effect: dict[str, object], expected: type[BackendError]
) -> None:
    now = time.time()
    record = WrapUpRecord(key(), "i-2", None, "maya", "voice", "Billing", now - 60, now, ("solved",), "once")
    async with opened(servers, MockCrm) as crm:
        control(servers, "crm", "PUT", "faults", {"rules": [{"match": "PUT /v1/wrap-ups/*", "times": 1} | effect]})
        with pytest.raises(expected):
            await crm.log_wrap_up(record)
        control(servers, "crm", "PUT", "faults", {"rules": []})
        await crm.log_wrap_up(record)
        await crm.log_wrap_up(record)
    written = [one for one in control(servers, "crm", "GET", "record", None)["record"] if record.key in one["path"]]
    assert len(written) == 1
