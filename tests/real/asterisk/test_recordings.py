"""A real Asterisk's recordings: what is on the tape is what the desk is told."""

import pytest

from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Availability, Phase, Recording
from desktop.ports.base import Capability
from desktop.ports.errors import Conflict
from tests.real.asterisk.desk import Desk, options
from tests.real.asterisk.phones import Phone, Phones, until
from tests.real.servers.asterisk import Asterisk


async def _call(desk: Desk, phones: Phones, extension: str) -> tuple[Interaction, Phone, Phone]:
    """A call that talks, the customer's phone and the agent's."""
    await desk.become(Availability.AVAILABLE)
    caller, agent = await phones.get("customer"), await phones.get("agent1")
    await caller.dial(extension)
    call = await desk.talk(agent)
    await until(lambda: caller.talks, "the caller talks")
    return call, caller, agent


async def _over(desk: Desk, caller: Phone) -> Interaction:
    await caller.hang_up()
    done = await desk.reach(Phase.WRAP_UP)
    await desk.finish(done.id)
    return done


async def test_what_is_said_while_it_is_paused_is_not_on_the_tape(server: Asterisk, desk: Desk, phones: Phones) -> None:
    assert Capability.PAUSE_RECORDING in desk.offered
    call, caller, agent = await _call(desk, phones, "recorded")
    assert call.recording is Recording.ACTIVE  # it began before the call rang here
    tape = call.id.rpartition("-")[0]
    for on, wanted in ((True, Recording.PAUSED), (False, Recording.ACTIVE)):
        now = await desk.backend.pause_recording(call.id, on=on, key=desk.key())
        assert now.recording is wanted
        await desk.see(lambda one, wanted=wanted: one.recording is wanted, f"{wanted} is told")
        for speaker, listener in ((caller, agent), (agent, caller)):
            assert await speaker.is_recorded(server, tape, listener) is not on, f"{speaker.name}, paused: {on}"
    assert (await _over(desk, caller)).recording is Recording.NONE


async def test_a_pause_is_still_known_to_a_desk_that_connects_anew(
    server: Asterisk, desk: Desk, phones: Phones
) -> None:
    call, caller, _ = await _call(desk, phones, "recorded")
    await desk.backend.pause_recording(call.id, on=True, key=desk.key())
    async with Desk(options(server)) as anew:
        assert anew.only.recording is Recording.PAUSED
        assert (await anew.backend.pause_recording(call.id, on=False, key=anew.key())).recording is Recording.ACTIVE
    await desk.see(lambda one: one.recording is Recording.ACTIVE, "the other desk resumed it")
    await _over(desk, caller)


async def test_a_pause_lasts_through_a_consult(server: Asterisk, desk: Desk, phones: Phones) -> None:
    call, caller, _ = await _call(desk, phones, "recorded")
    expert = await phones.get("expert")
    await desk.backend.pause_recording(call.id, on=True, key=desk.key())
    await desk.backend.consult(call.id, "tel:1050", key=desk.key())
    await expert.answer()
    asked = await desk.see(lambda one: one.legs[-1].phase.value == "active", "the expert answers")
    assert asked.recording is Recording.PAUSED
    await desk.backend.cancel_leg(call.id, asked.legs[-1].id, key=desk.key())
    back = await desk.see(lambda one: not one.held, "the customer is back")
    assert back.recording is Recording.PAUSED
    await _over(desk, caller)


async def test_what_others_do_to_the_recording_is_told(server: Asterisk, desk: Desk, phones: Phones) -> None:
    call, caller, _ = await _call(desk, phones, "support")
    assert call.recording is Recording.NONE
    with pytest.raises(Conflict):
        await desk.backend.pause_recording(call.id, on=True, key=desk.key())
    channel = next(name for name in server.channels() if name.startswith("PJSIP/customer"))
    server.cli(f"mixmonitor start {channel} other.sln48")
    await desk.see(lambda one: one.recording is Recording.ACTIVE, "a recording began")
    server.cli(f"mixmonitor stop {channel}")
    await desk.see(lambda one: one.recording is Recording.NONE, "the recording ended")
    await _over(desk, caller)
