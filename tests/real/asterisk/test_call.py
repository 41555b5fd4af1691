"""A whole call on a real Asterisk, verb by verb, with the least rights that the README names."""

import pytest

from desktop.domain.entities.words import Availability, OfferEnd, Outcome, Phase
from desktop.domain.state.events import Change
from desktop.ports.base import Capability
from desktop.ports.errors import NotFound, Rejected, Unsupported
from tests.real.asterisk.desk import Desk, options
from tests.real.asterisk.phones import Phones, until
from tests.real.servers.asterisk import Asterisk


async def test_signing_in_and_out_and_every_reason(desk: Desk) -> None:
    assert desk.agent.observed is Availability.OFFLINE
    agent = await desk.become(Availability.AVAILABLE)
    assert (agent.observed, agent.queues) == (Availability.AVAILABLE, ("support",))
    agent = await desk.become(Availability.NOT_READY, "lunch")
    assert (agent.observed, agent.reason) == (Availability.NOT_READY, "lunch")
    await until(lambda: desk.agent.reason == "lunch", "the pause is told")
    agent = await desk.become(Availability.AVAILABLE)
    assert (agent.observed, agent.reason) == (Availability.AVAILABLE, "")
    with pytest.raises(Rejected):
        await desk.become(Availability.NOT_READY, "no such reason")
    agent = await desk.become(Availability.OFFLINE)
    assert agent.observed is Availability.OFFLINE
    agent = await desk.become(Availability.NOT_READY, "break")
    assert agent.observed is Availability.NOT_READY


async def test_a_call_from_ring_to_wrap_up(desk: Desk, phones: Phones, server: Asterisk) -> None:
    await desk.become(Availability.AVAILABLE)
    caller, phone = await phones.get("customer"), await phones.get("agent1")
    await caller.dial("support")
    offer = await desk.offer()
    ringing = await phone.ringing()
    assert offer.phone_call == ringing.call_id  # the phone and the contact centre speak of the same call
    assert (offer.queue, offer.customer.value, offer.customer_name) == ("support", "1005", "Customer")
    assert dict(offer.attributes) == {"CASE": "4711", "LANGUAGE_WISH": "en"}
    assert offer.offer_deadline is not None and 13 < offer.offer_deadline - offer.phase_since < 16
    with pytest.raises(Rejected, match="Answer at your phone"):
        await desk.backend.accept(offer.id, key=desk.key())
    call = await desk.talk(phone)
    assert call.id == offer.id and call.answered_at is not None
    assert (await desk.backend.accept(offer.id, key=desk.key())).phase is Phase.ACTIVE  # what is so is done
    await phone.hold(on=True)
    assert (await desk.see(lambda one: one.held, "held")).held_since is not None
    await phone.hold(on=False)
    await desk.see(lambda one: not one.held, "resumed")
    muted = await desk.backend.mute(call.id, on=True, key=desk.key())
    assert muted.muted
    assert not (await desk.backend.mute(call.id, on=False, key=desk.key())).muted
    await desk.backend.dtmf(call.id, "42#", key=desk.key())
    await until(lambda: caller.digits == "42#", "the customer hears the tones")
    key = desk.key()
    ended = await desk.backend.end(call.id, key=key)
    assert ended.phase is Phase.WRAP_UP
    assert (await desk.backend.end(call.id, key=key)).phase is Phase.WRAP_UP  # the same key is the same call
    await desk.see(lambda one: one.wrap_up_deadline is not None, "the wrap-up has a deadline")
    await until(lambda: "paused:wrap-up" in server.cli("queue show support"), "the server pauses the agent")
    assert desk.agent.observed is Availability.AVAILABLE  # wrap-up is no choice of the agent's
    closed = await desk.backend.wrap_up(call.id, codes=("solved",), note_given=True, key=desk.key())
    assert (closed.phase, closed.outcome) == (Phase.CLOSED, Outcome.HANDLED)
    assert "paused" not in server.cli("queue show support")
    with pytest.raises(NotFound):
        await desk.backend.end(call.id, key=desk.key())
    log = (server.folder / "var" / "log" / "queue_log").read_text()
    assert "WRAPUP|solved" in log


async def test_the_agent_is_after_wrap_up_what_they_were_before(desk: Desk, phones: Phones) -> None:
    await desk.become(Availability.AVAILABLE)
    caller, phone = await phones.get("customer"), await phones.get("agent1")
    await caller.dial("support")
    call = await desk.talk(phone)
    agent = await desk.become(Availability.NOT_READY, "lunch", after_current=True)
    assert (agent.observed, agent.next, agent.next_reason) == (
        Availability.AVAILABLE,
        Availability.NOT_READY,
        "lunch",
    )
    assert (await desk.backend.cancel_next(key=desk.key())).next is None
    await desk.become(Availability.NOT_READY, "lunch", after_current=True)
    await caller.hang_up()
    assert (await desk.reach(Phase.WRAP_UP)).id == call.id
    assert desk.reasons(Change.WRAP_UP) == ["customer_left"]
    await desk.finish(call.id)
    await until(lambda: (desk.agent.observed, desk.agent.reason) == (Availability.NOT_READY, "lunch"), "lunch")


async def test_a_wrap_up_ends_by_itself_and_can_be_given_more_time(server: Asterisk, phones: Phones) -> None:
    async with Desk(options(server, wrap_up_seconds="1")) as desk:
        phone, caller = await phones.get("agent1"), await phones.get("customer")
        await desk.become(Availability.AVAILABLE)
        await caller.dial("support")
        call = await desk.talk(phone)
        await caller.hang_up()
        await desk.reach(Phase.WRAP_UP)
        await until(lambda: not desk.interactions, "the wrap-up ends")
        assert desk.reasons(Change.CLOSED) == ["timeout"]
        await until(lambda: "paused" not in server.cli("queue show support"), "the agent is available again")
        with pytest.raises(NotFound):
            await desk.backend.extend_wrap_up(call.id, key=desk.key())
        await desk.become(Availability.OFFLINE)


async def test_a_missed_call_makes_not_ready(server: Asterisk, phones: Phones) -> None:
    async with Desk(options(server, queues="hasty")) as desk:
        await desk.become(Availability.AVAILABLE)
        await phones.get("agent1")
        caller = await phones.get("customer")
        await caller.dial("hasty")
        await desk.offer()
        await until(lambda: desk.reasons(Change.OFFER_ENDED), "the offer ends")
        assert desk.reasons(Change.OFFER_ENDED) == [OfferEnd.MISSED]
        await until(lambda: (desk.agent.observed, desk.agent.reason) == (Availability.NOT_READY, "missed"), "missed")
        assert desk.agent.missed == 1 and not desk.interactions
        await caller.hang_up()
        await desk.become(Availability.OFFLINE)


async def test_declining_here_and_at_the_phone_and_a_caller_who_gives_up(desk: Desk, phones: Phones) -> None:
    await desk.become(Availability.AVAILABLE)
    caller, phone = await phones.get("customer"), await phones.get("agent1")
    await caller.dial("support")
    offer = await desk.offer()
    await desk.backend.decline(offer.id, reason="", key=desk.key())
    await until(lambda: desk.reasons(Change.OFFER_ENDED) == ["declined"], "declined here")
    with pytest.raises(NotFound):
        await desk.backend.accept(offer.id, key=desk.key())
    again = await desk.offer()  # the queue tries once more, which is another offer
    assert again.id != offer.id
    await (await phone.ringing()).reject()
    await until(lambda: desk.reasons(Change.OFFER_ENDED) == ["declined"] * 2, "declined at the phone")
    await desk.offer()
    await caller.hang_up()
    await until(lambda: desk.reasons(Change.OFFER_ENDED)[-1] == "abandoned", "the caller gives up")
    assert not desk.interactions and desk.agent.observed is Availability.AVAILABLE


async def test_an_offer_that_another_takes_is_rescinded(desk: Desk, server: Asterisk, phones: Phones) -> None:
    await phones.get("agent2")
    server.cli("queue add member PJSIP/agent2 to everyone")
    async with Desk(options(server, queues="everyone")) as one:
        await one.become(Availability.AVAILABLE)
        caller, other = await phones.get("customer"), await phones.get("agent2")
        await caller.dial("everyone")
        await one.offer()
        await other.answer()
        await until(lambda: one.reasons(Change.OFFER_ENDED) == ["rescinded"], "rescinded")
        await caller.hang_up()
        await one.become(Availability.OFFLINE)
    server.cli("queue remove member PJSIP/agent2 from everyone")


async def test_what_is_not_offered_is_refused(desk: Desk) -> None:
    assert Capability.CALLBACK not in desk.offered and Capability.HOLD not in desk.offered
    with pytest.raises(Unsupported):
        await desk.backend.hold("x", on=True, key="k")
    with pytest.raises(Unsupported):
        await desk.backend.send_message("x", "text", key="k")
    with pytest.raises(NotFound):
        await desk.backend.mute("no such call", on=True, key="k")
    with pytest.raises(Rejected):
        await desk.backend.dtmf("x", "5\r\nAction: Hangup", key="k")
