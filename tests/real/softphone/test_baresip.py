"""The phone at a real Asterisk, with somebody else's phone on the other side."""

import asyncio
from pathlib import Path

import pytest

from desktop.domain.entities.phone import CallEnd, CallState, Registration
from desktop.ports.errors import AuthFailed, Conflict, NotFound, Rejected, Unavailable, Unsupported
from tests.real.softphone.exchange import AGENT, EXPERT, HUM, Exchange, Somebody, at_desk

NUMBER = "+442079460958"
LOUD, QUIET = 0.1, 0.01


async def test_registers_rings_talks_and_leaves(exchange: Exchange, somebody: Somebody) -> None:
    async with at_desk(exchange.options()) as desk:
        assert "agent1/sip:agent1@" in exchange.cli("pjsip show contacts")
        await somebody.dial(NUMBER)
        call = await desk.call(CallState.RINGING)
        assert call.number == NUMBER
        await desk.phone.answer(call.id)
        await desk.call(CallState.ACTIVE)
        await somebody.until(lambda now: now["states"] == ["established"], "the caller talks")
        await desk.phone.answer(call.id)  # already so
        await desk.phone.hang_up(call.id)
        ended = await desk.call(CallState.ENDED)
        assert ended.ended is CallEnd.HUNG_UP
        assert desk.states(call.id) == [CallState.RINGING, CallState.ACTIVE, CallState.ENDED]
        await somebody.until(lambda now: now["states"] == ["closed"], "the caller was let go")
        await desk.phone.hang_up(call.id)  # already so
        with pytest.raises(NotFound):
            await desk.phone.answer(call.id)
    assert "agent1/sip:agent1@" not in exchange.cli("pjsip show contacts")


async def test_the_call_has_the_id_the_server_knows_it_by(exchange: Exchange, somebody: Somebody) -> None:
    async with at_desk(exchange.options()) as desk:
        await somebody.dial()
        call = await desk.call(CallState.RINGING)
        channel = next(name for name in exchange.channels() if "agent1" in name)
        assert call.id == exchange.sip_call_id(channel)
        await desk.phone.reject(call.id)


async def test_a_call_is_held_once_and_comes_back(exchange: Exchange, somebody: Somebody) -> None:
    async with at_desk(exchange.options()) as desk:
        await somebody.dial()
        call = await desk.call(CallState.RINGING)
        with pytest.raises(Conflict):
            await desk.phone.hold(call.id, on=True)
        await desk.phone.answer(call.id)
        await desk.call(CallState.ACTIVE)
        for _ in range(2):
            await desk.phone.hold(call.id, on=True)
        await desk.call(CallState.HELD)
        with pytest.raises(Conflict):
            await desk.phone.dtmf(call.id, "1", key="k")
        await desk.phone.hold(call.id, on=False)
        await desk.until(lambda: desk.shows(call.id, CallState.ACTIVE), "the caller is back")
        assert desk.states(call.id)[1:] == [CallState.ACTIVE, CallState.HELD, CallState.ACTIVE]


async def test_rejecting_and_callers_who_give_up(exchange: Exchange, somebody: Somebody) -> None:
    async with at_desk(exchange.options()) as desk:
        await somebody.dial()
        first = await desk.call(CallState.RINGING)
        await desk.phone.reject(first.id)
        assert (await desk.call(CallState.ENDED)).ended is CallEnd.REJECTED
        await somebody.dial()
        second = await desk.call(CallState.RINGING)
        await somebody.hang_up()
        assert (await desk.call(CallState.ENDED, first.id)).ended is CallEnd.LEFT
        await somebody.dial()
        third = await desk.call(CallState.RINGING)
        await desk.phone.answer(third.id)
        await desk.call(CallState.ACTIVE)
        await somebody.hang_up()
        assert (await desk.call(CallState.ENDED, first.id, second.id)).ended is CallEnd.LEFT


async def test_tones_arrive_once_a_key(exchange: Exchange, somebody: Somebody) -> None:
    async with at_desk(exchange.options()) as desk:
        await somebody.dial()
        call = await desk.call(CallState.RINGING)
        await desk.phone.answer(call.id)
        await desk.call(CallState.ACTIVE)
        for wrong in ("", "12x", "1" * 17):
            with pytest.raises(Rejected):
                await desk.phone.dtmf(call.id, wrong, key="w")
        await desk.phone.dtmf(call.id, "1*#", key="a")
        await desk.phone.dtmf(call.id, "1*#", key="a")
        await desk.phone.dtmf(call.id, "d", key="b")
        await somebody.until(lambda now: now["tones"] == "1*#D", "the tones arrive")


async def test_two_calls_and_one_mouth(exchange: Exchange, somebody: Somebody) -> None:
    async with at_desk(exchange.options()) as desk:
        await somebody.dial("+442079460001")
        first = await desk.call(CallState.RINGING)
        await desk.phone.answer(first.id)
        await desk.call(CallState.ACTIVE)
        second = await desk.phone.dial(EXPERT, key="d")
        await desk.until(lambda: desk.shows(first.id, CallState.HELD), "the first is held")
        assert await desk.phone.dial(EXPERT, key="d") == second
        await desk.phone.hang_up(second)
        await desk.phone.hold(first.id, on=False)
        await desk.until(lambda: desk.shows(first.id, CallState.ACTIVE), "the first is back")


async def test_dialling(exchange: Exchange, somebody: Somebody) -> None:
    await somebody.picks_up()
    async with at_desk(exchange.options()) as desk:
        call_id = await desk.phone.dial(EXPERT, key="a")
        await desk.until(lambda: desk.shows(call_id, CallState.ACTIVE), "the expert answers")
        await desk.phone.hang_up(call_id)
        busy = await desk.phone.dial("1486", key="b")
        assert (await desk.call(CallState.ENDED, call_id)).ended is CallEnd.BUSY
        nobody = await desk.phone.dial("1777", key="c")
        ended = await desk.call(CallState.ENDED, call_id, busy)
        assert (ended.id, ended.ended) == (nobody, CallEnd.FAILED)
        for wrong in ("", "sip:a b@c", "1001\r\nX-Evil: 1", "1001;transport=tcp", "<sip:1@2>"):
            with pytest.raises(Rejected):
                await desk.phone.dial(wrong, key="w")


async def test_a_caller_is_handed_over_without_talking_first(exchange: Exchange, somebody: Somebody) -> None:
    await somebody.picks_up()
    async with at_desk(exchange.options()) as desk:
        await somebody.dial()
        call = await desk.call(CallState.RINGING)
        await desk.phone.answer(call.id)
        await desk.call(CallState.ACTIVE)
        with pytest.raises(Rejected):
            await desk.phone.transfer(call.id, "no such; place")
        await desk.phone.transfer(call.id, EXPERT)
        assert (await desk.call(CallState.ENDED)).ended is CallEnd.TRANSFERRED
        await somebody.until(lambda now: now["states"].count("established") == 2, "caller and expert talk")


async def test_a_caller_is_handed_over_after_talking_first(exchange: Exchange, somebody: Somebody) -> None:
    await somebody.picks_up()
    async with at_desk(exchange.options()) as desk:
        await somebody.dial()
        call = await desk.call(CallState.RINGING)
        await desk.phone.answer(call.id)
        await desk.call(CallState.ACTIVE)
        expert = await desk.phone.dial(EXPERT, key="e")
        await desk.until(lambda: desk.shows(expert, CallState.ACTIVE), "the expert answers")
        await desk.phone.transfer(call.id, f"call:{expert}")
        await desk.until(
            lambda: {c.ended for c in desk.calls.values()} == {CallEnd.TRANSFERRED}, "both are handed over"
        )
        await somebody.until(lambda now: now["states"].count("established") == 2, "caller and expert talk")


async def test_a_caller_who_vanishes_is_noticed(exchange: Exchange, somebody: Somebody) -> None:
    async with at_desk(exchange.options(silence_seconds="1")) as desk:
        await somebody.dial("1", to=f"{AGENT}")
        call = await desk.call(CallState.RINGING)
        await desk.phone.answer(call.id)
        await desk.call(CallState.ACTIVE)
        somebody.vanish()
        ended = await desk.call(CallState.ENDED)
        assert ended.ended is CallEnd.LOST, ended


async def test_muting_is_silence_on_the_other_side(exchange: Exchange, somebody: Somebody) -> None:
    """The microphone is a program that hums; what the far side hears of it is measured there."""
    sound = {"sound": "programs", "microphone": HUM, "speaker": "cat"}
    async with at_desk(exchange.options(**sound)) as desk:
        await somebody.dial()
        call = await desk.call(CallState.RINGING)
        await desk.phone.answer(call.id)
        await desk.call(CallState.ACTIVE)
        await somebody.until(lambda now: now["loudness"] > LOUD, "we are heard")
        await desk.phone.mute(call.id, on=True)
        await desk.until(lambda: desk.calls[call.id].muted, "muted shows")
        await somebody.until(lambda now: now["loudness"] < QUIET, "we are not heard")
        await desk.phone.mute(call.id, on=False)
        await somebody.until(lambda now: now["loudness"] > LOUD, "we are heard again")


async def test_a_phone_whose_sound_is_the_machines_does_not_claim_to_mute(
    exchange: Exchange, somebody: Somebody
) -> None:
    async with at_desk(exchange.options()) as desk:
        await somebody.dial()
        call = await desk.call(CallState.RINGING)
        assert call.muted is None
        with pytest.raises(Unsupported):
            await desk.phone.mute(call.id, on=True)


async def test_a_wrong_password_and_a_server_that_is_away(exchange: Exchange) -> None:
    with pytest.raises(AuthFailed) as refused:
        async with at_desk(exchange.options(password="wrong-one")):
            pass
    assert "wrong-one" not in f"{refused.value} {refused.value.detail}"
    with pytest.raises(Unavailable):
        async with at_desk(exchange.options(server="127.0.0.1:9", transport="tcp")):
            pass


async def test_over_tcp(exchange: Exchange, somebody: Somebody) -> None:
    async with at_desk(exchange.options("agent2", transport="tcp")) as desk:
        assert desk.told[0].event.registration.state is Registration.REGISTERED  # type: ignore[union-attr]
        assert "agent2/sip:agent2@" in exchange.cli("pjsip show contacts")


async def test_over_tls_only_a_server_that_can_prove_itself(exchange: Exchange) -> None:
    secure = {"server": f"127.0.0.1:{exchange.tls}", "transport": "tls"}
    async with at_desk(exchange.options("agent2", ca_file=str(exchange.certificate), **secure)) as desk:
        assert desk.told[0].event.registration.state is Registration.REGISTERED  # type: ignore[union-attr]
    with pytest.raises(Unavailable):
        async with at_desk(exchange.options("agent2", **secure)):
            pass


async def test_the_loop_goes_on_turning_while_the_phone_works(exchange: Exchange, somebody: Somebody) -> None:
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0.005)
            turns += 1

    async with at_desk(exchange.options()) as desk:
        await somebody.dial()
        call = await desk.call(CallState.RINGING)
        await desk.phone.answer(call.id)
        await desk.call(CallState.ACTIVE)
        turning = asyncio.ensure_future(turn())
        await desk.phone.dtmf(call.id, "12345", key="k")  # takes a second
        turning.cancel()
        await desk.phone.hang_up(call.id)
    assert turns > 20


@pytest.mark.parametrize(
    ("sound", "words"),
    [
        ({"microphone": "no-such-program-here"}, "no-such-program-here cannot be started"),
        ({"microphone": "true"}, "true ended: you are not heard."),
        ({"microphone": HUM, "speaker": "false"}, "false ended: you hear nothing."),
    ],
    ids=["missing", "silent", "deaf"],
)
async def test_a_sound_that_fails_is_told_and_the_call_goes_on(
    exchange: Exchange, somebody: Somebody, sound: dict[str, str], words: str
) -> None:
    async with at_desk(exchange.options(sound="programs", **sound)) as desk:
        await somebody.dial()
        call = await desk.call(CallState.RINGING)
        await desk.phone.answer(call.id)
        await desk.until(lambda: words in desk.calls[call.id].why, "it is told")
        assert desk.shows(call.id, CallState.ACTIVE)
        await somebody.until(lambda now: now["states"] == ["established"], "the call goes on")


async def test_a_server_on_this_machine_reaches_the_phone_without_further_ado(
    exchange: Exchange, somebody: Somebody
) -> None:
    async with at_desk(exchange.options(interface="")) as desk:
        await somebody.dial()
        await desk.call(CallState.RINGING)


@pytest.mark.skipif(Path("/proc/asound/cards").exists(), reason="this machine has a sound card")
async def test_a_machine_without_a_sound_card_says_so(exchange: Exchange, somebody: Somebody) -> None:
    async with at_desk(exchange.options(sound="alsa")) as desk:
        await somebody.dial()
        call = await desk.call(CallState.RINGING)
        await desk.phone.answer(call.id)
        await desk.until(lambda: "sound" in desk.calls[call.id].why, "it is told")
