"""Experts, conferences and transfers on a real Asterisk. Whatever fails, the customer is back with the agent."""

import asyncio

import pytest

from desktop.domain.entities.model import Interaction, Leg
from desktop.domain.entities.words import Availability, LegFailure, LegKind, LegPhase, Outcome, Phase
from desktop.ports.errors import Conflict, Rejected
from tests.real.asterisk.desk import Desk
from tests.real.asterisk.phones import Phone, Phones, until
from tests.real.servers.asterisk import Asterisk


async def _call(desk: Desk, phones: Phones) -> tuple[Interaction, Phone, Phone]:
    """A call that talks, the customer's phone and the expert's."""
    await desk.become(Availability.AVAILABLE)
    caller, phone, expert = await phones.get("customer"), await phones.get("agent1"), await phones.get("expert")
    await caller.dial("support")
    call = await desk.talk(phone)
    await until(lambda: caller.talks, "the caller talks")  # their phone may hear of it later than the desk
    return call, caller, expert


def _leg(interaction: Interaction) -> Leg:
    return interaction.legs[-1]


async def _over(desk: Desk, caller: Phone) -> None:
    await caller.hang_up()
    await desk.finish((await desk.reach(Phase.WRAP_UP)).id)


async def test_consult_swap_conference_and_the_expert_leaves(desk: Desk, phones: Phones) -> None:
    call, caller, expert = await _call(desk, phones)
    key = desk.key()
    asked = await desk.backend.consult(call.id, "tel:1050", key=key)
    assert (_leg(asked).phase, _leg(asked).kind) == (LegPhase.RINGING, LegKind.CONSULT)
    again = await desk.backend.consult(call.id, "tel:1050", key=key)
    assert len(again.legs) == 1  # the same key is the same call
    with pytest.raises(Conflict):
        await desk.backend.consult(call.id, "tel:1050", key=desk.key())
    await desk.see(lambda one: one.held, "the customer is held")
    await expert.answer()
    talking = await desk.see(lambda one: _leg(one).phase is LegPhase.ACTIVE, "the expert answers")
    await desk.backend.dtmf(call.id, "7", key=desk.key())
    await until(lambda: expert.digits == "7", "the expert hears the tone")
    assert caller.digits == ""
    leg_id = _leg(talking).id
    assert not (await desk.backend.swap(call.id, leg_id, key=desk.key())).held
    assert (await desk.backend.swap(call.id, leg_id, key=desk.key())).held
    joined = await desk.backend.conference(call.id, leg_id, key=desk.key())
    assert _leg(joined).kind is LegKind.CONFERENCE and not joined.held
    await until(lambda: len(caller.talks) == len(expert.talks) == 1, "all three talk")
    await expert.hang_up()
    back = await desk.see(lambda one: _leg(one).phase is LegPhase.COMPLETED, "the expert left")
    assert not back.held and back.phase is Phase.ACTIVE
    await _over(desk, caller)


async def test_dropping_the_expert_from_a_conference(desk: Desk, phones: Phones) -> None:
    call, caller, expert = await _call(desk, phones)
    asked = await desk.backend.consult(call.id, "tel:1050", key=desk.key())
    await expert.answer()
    await desk.see(lambda one: _leg(one).phase is LegPhase.ACTIVE, "the expert answers")
    await desk.backend.conference(call.id, _leg(asked).id, key=desk.key())
    alone = await desk.backend.cancel_leg(call.id, _leg(asked).id, key=desk.key())
    assert _leg(alone).phase is LegPhase.CANCELLED and alone.phase is Phase.ACTIVE
    await until(lambda: not expert.talks, "the expert's phone is free")
    assert caller.talks
    await _over(desk, caller)


@pytest.mark.parametrize("answered", [False, True], ids=["ringing", "talking"])
async def test_cancelling_a_consult_brings_the_customer_back(desk: Desk, phones: Phones, answered: bool) -> None:
    call, caller, expert = await _call(desk, phones)
    asked = await desk.backend.consult(call.id, "tel:1050", key=desk.key())
    if answered:
        await expert.answer()
        await desk.see(lambda one: _leg(one).phase is LegPhase.ACTIVE, "the expert answers")
    back = await desk.backend.cancel_leg(call.id, _leg(asked).id, key=desk.key())
    assert _leg(back).phase is LegPhase.CANCELLED
    await desk.see(lambda one: not one.held, "the customer is back")
    with pytest.raises(Conflict):
        await desk.backend.cancel_leg(call.id, _leg(asked).id, key=desk.key())
    await _over(desk, caller)


@pytest.mark.parametrize(
    ("extension", "failure"), [("1486", LegFailure.BUSY), ("1404", LegFailure.UNREACHABLE)], ids=["busy", "no phone"]
)
async def test_a_consult_that_fails_says_why(desk: Desk, phones: Phones, extension: str, failure: LegFailure) -> None:
    call, caller, _ = await _call(desk, phones)
    await desk.backend.consult(call.id, f"tel:{extension}", key=desk.key())
    failed = await desk.see(lambda one: _leg(one).phase is LegPhase.FAILED, "the leg fails")
    assert _leg(failed).failure is failure
    # By itself the server leaves the agent with the tone of a dialplan that plays one, for ten seconds and more.
    await until(lambda: not desk.only.held, "the customer is back", seconds=5.0)
    await _over(desk, caller)


async def test_a_blind_transfer_to_somebody_busy_loses_nobody(desk: Desk, phones: Phones) -> None:
    call, caller, _ = await _call(desk, phones)
    await desk.backend.blind_transfer(call.id, "tel:1486", key=desk.key())
    failed = await desk.see(lambda one: _leg(one).phase is LegPhase.FAILED and not one.held, "the customer is back")
    assert _leg(failed).failure is LegFailure.BUSY and caller.talks
    await _over(desk, caller)


async def test_an_expert_who_rejects_or_leaves(desk: Desk, phones: Phones) -> None:
    call, caller, expert = await _call(desk, phones)
    await desk.backend.consult(call.id, "tel:1050", key=desk.key())
    await (await expert.ringing()).reject()
    failed = await desk.see(lambda one: _leg(one).phase is LegPhase.FAILED, "rejected")
    assert _leg(failed).failure is LegFailure.BUSY
    await desk.see(lambda one: not one.held, "the customer is back")
    await desk.backend.consult(call.id, "tel:1050", key=desk.key())
    await expert.answer()
    await desk.see(lambda one: _leg(one).phase is LegPhase.ACTIVE, "the expert answers")
    await expert.hang_up()
    await desk.see(lambda one: _leg(one).phase is LegPhase.COMPLETED and not one.held, "the customer is back")
    await _over(desk, caller)


@pytest.mark.parametrize("joined", [False, True], ids=["consult", "conference"])
async def test_warm_transfer(desk: Desk, phones: Phones, joined: bool) -> None:
    call, caller, expert = await _call(desk, phones)
    asked = await desk.backend.consult(call.id, "agent:PJSIP/1050", key=desk.key())
    with pytest.raises(Conflict):
        await desk.backend.complete_transfer(call.id, _leg(asked).id, key=desk.key())
    await expert.answer()
    await desk.see(lambda one: _leg(one).phase is LegPhase.ACTIVE, "the expert answers")
    if joined:
        await desk.backend.conference(call.id, _leg(asked).id, key=desk.key())
    done = await desk.backend.complete_transfer(call.id, _leg(asked).id, key=desk.key())
    assert done.phase is Phase.WRAP_UP and _leg(done).phase is LegPhase.COMPLETED
    assert done.outcome is Outcome.TRANSFERRED
    await asyncio.sleep(0.6)  # longer than the server takes to splice the two calls
    assert caller.talks and expert.talks
    await desk.finish(call.id)
    await caller.hang_up()


async def test_blind_transfer_to_a_person_and_to_a_queue(desk: Desk, phones: Phones, server: Asterisk) -> None:
    call, caller, expert = await _call(desk, phones)
    done = await desk.backend.blind_transfer(call.id, "tel:1050", key=desk.key())
    assert (_leg(done).kind, _leg(done).phase) == (LegKind.TRANSFER, LegPhase.RINGING)
    await expert.answer()
    await desk.see(lambda one: one.outcome is Outcome.TRANSFERRED, "the customer is handed over")
    assert caller.talks and expert.talks
    await caller.hang_up()
    await desk.finish(call.id)
    call, caller, expert = await _call(desk, phones)
    await desk.backend.blind_transfer(call.id, "queue:billing", key=desk.key())
    await until(lambda: "1. PJSIP/customer" in server.cli("queue show billing"), "the customer waits in the queue")
    await caller.hang_up()
    await desk.finish(call.id)


@pytest.mark.parametrize(
    "target",
    ["tel:9999", "queue:NO", "person:jane", "tel:", "tel:1,2", "tel:1050\r\nAction: Hangup", "queue:a,b)", "mars:1"],
)
async def test_nobody_is_sent_where_nobody_is(desk: Desk, phones: Phones, target: str) -> None:
    call, caller, _ = await _call(desk, phones)
    with pytest.raises(Rejected):
        await desk.backend.blind_transfer(call.id, target, key=desk.key())
    with pytest.raises(Rejected):
        await desk.backend.consult(call.id, target, key=desk.key())
    assert caller.talks and desk.only.phase is Phase.ACTIVE and not desk.only.legs
    await _over(desk, caller)


async def test_ending_a_call_with_an_expert_on_the_line_joins_nobody(desk: Desk, phones: Phones) -> None:
    call, caller, expert = await _call(desk, phones)
    await desk.backend.consult(call.id, "tel:1050", key=desk.key())
    await expert.answer()
    await desk.see(lambda one: _leg(one).phase is LegPhase.ACTIVE, "the expert answers")
    assert (await desk.backend.end(call.id, key=desk.key())).phase is Phase.WRAP_UP
    await until(lambda: not caller.talks and not expert.talks, "nobody is left on the line")
    await desk.finish(call.id)
