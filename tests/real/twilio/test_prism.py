"""The vendor's own specification judges both sides: what the adapters ask, and what the mock's Twilio face answers."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from desktop.backends.twilio.contact_center import TwilioContactCenter
from desktop.backends.twilio.messaging import TwilioMessaging
from desktop.domain.entities.model import Interaction, OutgoingFile, Reply
from desktop.domain.entities.words import Availability, DeliveryState, LegPhase, Outcome, Phase
from desktop.domain.state.events import MessageReceived
from desktop.domain.state.lifecycle import open_leg
from desktop.ports.errors import Conflict, NotFound
from desktop.testing.contracts.base import until
from desktop.testing.fresh import new_key
from mock_backends.launcher import Running
from tests.backends.scripted_server import answer, scripted
from tests.backends.twilio_rigs import QUEUE, TwilioContactCenterRig, TwilioMessagingRig
from tests.real.conftest import started
from tests.real.servers.prism import Prism
from tests.real.servers.server import free_port
from tests.real.twilio.judged import SPECS, Judged

WAIT = 10.0
FILE = OutgoingFile("form.txt", "text/plain", b"to be filled in")


@pytest.fixture
async def center(judged: Judged) -> AsyncIterator[TwilioContactCenter]:
    backend = TwilioContactCenter.create(judged.options)
    try:
        await backend.open()
        yield backend
    finally:
        await backend.close()


@pytest.fixture
async def rig(twilio_server: Running) -> AsyncIterator[TwilioContactCenterRig]:
    async with TwilioContactCenterRig(twilio_server) as rig:
        yield rig


async def _shown(center: TwilioContactCenter, interaction_id: str = "") -> Interaction | None:
    event: Any = (await center.snapshot()).event
    return next((one for one in event.interactions if interaction_id in ("", one.id)), None)


async def _ringing(center: TwilioContactCenter, rig: TwilioContactCenterRig) -> Interaction:
    await center.set_availability(Availability.AVAILABLE, reason="", after_current=False, key=new_key())
    await rig.call()

    async def offered() -> Interaction | None:
        return await _shown(center)

    return await until(offered, WAIT, "an offer")


async def _with_expert(center: TwilioContactCenter, rig: TwilioContactCenterRig, call: Interaction) -> str:
    await center.consult(call.id, rig.expert, key=new_key())
    await rig.expert_answers()

    async def there() -> str | None:
        now = await _shown(center, call.id)
        leg = open_leg(now) if now is not None else None
        return leg.id if leg is not None and leg.phase is LegPhase.ACTIVE else None

    return await until(there, WAIT, "the expert")


async def test_a_whole_call_breaks_no_rule(
    judged: Judged, center: TwilioContactCenter, rig: TwilioContactCenterRig
) -> None:
    """Offer, accept, hold, mute, consult, swap, conference, warm transfer, wrap-up: all within the specification."""
    call = await _ringing(center, rig)
    assert call.queue == QUEUE
    assert call.offer_deadline is not None
    assert (await center.accept(call.id, key=new_key())).phase is Phase.ACTIVE
    for on in (True, False):
        assert (await center.hold(call.id, on=on, key=new_key())).held is on
        assert (await center.mute(call.id, on=on, key=new_key())).muted is on
    leg = await _with_expert(center, rig, call)
    await center.swap(call.id, leg, key=new_key())
    await center.conference(call.id, leg, key=new_key())
    done = await center.complete_transfer(call.id, leg, key=new_key())
    assert done.phase is Phase.WRAP_UP
    assert (await center.wrap_up(call.id, codes=["solved"], note_given=True, key=new_key())).phase is Phase.CLOSED
    assert judged.complaints() == []


async def test_a_decline_and_a_cancelled_consultation_break_no_rule(
    judged: Judged, center: TwilioContactCenter, rig: TwilioContactCenterRig
) -> None:
    """Declining with an activity to go to, a leg called off, and the end of a call."""
    declined = await _ringing(center, rig)
    await center.decline(declined.id, reason="Break", key=new_key())
    await rig.hang_up(declined.id)
    call = await _ringing(center, rig)
    await center.accept(call.id, key=new_key())
    leg = await _with_expert(center, rig, call)
    assert not (await center.cancel_leg(call.id, leg, key=new_key())).held
    after_a_restart = TwilioContactCenter.create(judged.options)
    try:
        assert (await after_a_restart.end(call.id, key=new_key())).phase is Phase.WRAP_UP
        await after_a_restart.wrap_up(call.id, codes=[], note_given=False, key=new_key())
    finally:
        await after_a_restart.close()
    assert judged.complaints() == []


async def test_what_is_too_late_breaks_no_rule(
    judged: Judged, center: TwilioContactCenter, rig: TwilioContactCenterRig
) -> None:
    """Accepting an offer that has gone is refused by the server, not by the specification."""
    call = await _ringing(center, rig)
    await rig.hang_up(call.id)
    with pytest.raises((Conflict, NotFound)):
        await center.accept(call.id, key=new_key())
    assert judged.complaints() == []


async def test_a_conference_that_the_task_does_not_name_is_found_by_its_own_name(
    judged: Judged, center: TwilioContactCenter, rig: TwilioContactCenterRig
) -> None:
    """Somebody's flow has written over the task's attributes: holding still works, within the specification."""
    call = await _ringing(center, rig)
    await center.accept(call.id, key=new_key())
    options = judged.options
    path = f"/v1/Workspaces/{options['workspace_sid']}/Tasks/{call.id}"
    async with httpx.AsyncClient(
        base_url=options["taskrouter_url"], auth=(options["key_sid"], options["api_secret"]), trust_env=False
    ) as flow:
        kept = json.loads((await flow.get(path)).json()["attributes"])["call_sid"]
        assert (await flow.post(path, data={"Attributes": json.dumps({"call_sid": kept})})).status_code == 200
    after_a_restart = TwilioContactCenter.create(options)
    try:
        assert (await after_a_restart.hold(call.id, on=True, key=new_key())).held
        assert (await after_a_restart.mute(call.id, on=True, key=new_key())).muted
    finally:
        await after_a_restart.close()
    assert judged.complaints() == []


async def test_a_whole_chat_breaks_no_rule(judged: Judged, rig: TwilioContactCenterRig) -> None:
    """Offer, accept, join, webhook, reply with a file, read, close, wrap-up: all within the specification."""
    place = f"127.0.0.1:{free_port()}"
    hears = {"listen": place, "public_url": f"http://{place}", "auth_token": "0" * 32}
    center = TwilioContactCenter.create({**judged.options, **hears})
    try:
        await center.open()
        await center.set_availability(Availability.AVAILABLE, reason="", after_current=False, key=new_key())
        await rig.write("Grüße, is anybody there?", "chat")

        async def offered() -> Interaction | None:
            return await _shown(center)

        chat = await until(offered, WAIT, "an offer")
        assert (await center.accept(chat.id, key=new_key())).phase is Phase.ACTIVE
        await center.send_reply(chat.id, Reply("Yes: ≤ 20 €", files=(FILE,)), key=new_key())
        await center.mark_read(chat.id, chat.messages[0].id, key=new_key())
        assert (await center.end(chat.id, key=new_key())).phase is Phase.WRAP_UP
        await center.wrap_up(chat.id, codes=["solved"], note_given=False, key=new_key())
    finally:
        await center.close()
    assert judged.complaints() == []


async def test_messages_break_no_rule(judged: Judged, twilio_server: Running) -> None:
    """Sending, asking what became of it, and listing what came in."""
    async with TwilioMessagingRig(twilio_server) as rig:
        backend = TwilioMessaging.create(judged.options)
        try:
            await backend.open()
            receipt = await backend.send(rig.message(new_key(), "Grüße, ≤ 20 €"))
            await rig.deliver(receipt.id)
            assert (await backend.status(receipt.id)).state is DeliveryState.DELIVERED
            await rig.customer_writes("Please call me.")
            async with asyncio.timeout(WAIT):
                async for envelope in backend.events(None):
                    if isinstance(envelope.event, MessageReceived):
                        break
        finally:
            await backend.close()
    assert judged.complaints() == []


async def test_a_supervisor_breaks_no_rule(
    judged: Judged, center: TwilioContactCenter, rig: TwilioContactCenterRig
) -> None:
    """Sums, everybody's work, who waits, another's activity, a priority and a cancellation."""
    boss = TwilioContactCenter.create(judged.supervisor)
    try:
        await boss.open()
        await center.set_availability(Availability.NOT_READY, reason="", after_current=False, key=new_key())
        await rig.call()

        async def waiting() -> str | None:
            found = await boss.waiting(QUEUE)
            return found[0].id if found else None

        task = await until(waiting, WAIT, "somebody waits")
        assert (await boss.set_priority(task, 7, why="in a hurry", key=new_key())).priority == 7
        picture: Any = (await boss.snapshot()).event
        counts = next(one.counts for one in picture.queues if one.name == QUEUE)
        assert counts is not None and counts.offered and counts.answered_within is not None
        await boss.set_agent_availability(
            center.desk.worker, Availability.OFFLINE, reason="", why="gone home", key=new_key()
        )
        assert (await boss.interaction(task)).phase is Phase.QUEUED
        assert (await boss.withdraw(task, why="not for us", key=new_key())).outcome is Outcome.WITHDRAWN
    finally:
        await boss.close()
    assert judged.complaints() == []


def test_every_call_of_the_adapters_was_judged(judged: Judged) -> None:
    """Runs last: no call of theirs went past the judges, and none of the documents' calls is there for nothing."""
    for prism in judged.judges:
        document = json.loads(prism.document.read_text(encoding="utf-8"))
        asked = {path.split("?")[0] for _, path in prism.asked()}
        never = [template for template in document["paths"] if not any(_fits(template, path) for path in asked)]
        assert never == [], f"not judged, so not needed: {never}"


def _fits(template: str, path: str) -> bool:
    wanted, given = template.split("/"), path.split("/")
    return len(wanted) == len(given) and all(
        one == two or (one.startswith("{") and two.endswith(one.partition("}")[2]))
        for one, two in zip(wanted, given, strict=True)
    )


async def test_the_judge_judges_requests(judged: Judged) -> None:
    """A word that Twilio does not know is refused before it reaches the face."""
    options = judged.options
    path = f"/v1/Workspaces/{options['workspace_sid']}/Workers/{options['worker_sid']}/Reservations/WR{'0' * 32}"
    async with httpx.AsyncClient(base_url=options["taskrouter_url"], trust_env=False) as client:
        refused = await client.post(
            path, data={"ReservationStatus": "snoozed"}, auth=(options["key_sid"], options["api_secret"])
        )
    assert refused.status_code == 422


async def test_the_judge_judges_answers(judged: Judged) -> None:
    """An answer with a wrong type and a bad SID never reaches whoever asked."""
    options = judged.options
    worker = {"sid": "nope", "available": "yes"}
    async with scripted(answer(200, json.dumps(worker).encode(), Content_Type="application/json")) as server:
        with started(Prism(SPECS / "twilio_taskrouter_v1.json", server.url)) as prism:
            path = f"/v1/Workspaces/{options['workspace_sid']}/Workers/{options['worker_sid']}"
            async with httpx.AsyncClient(base_url=prism.url, trust_env=False) as client:
                refused = await client.get(path, auth=(options["key_sid"], options["api_secret"]))
    assert refused.status_code == 500
    assert "available" in refused.text
