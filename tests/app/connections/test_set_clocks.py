"""Whoever's clock is set, and by whatever: who was not heard for a minute never looks as if they had been."""

import pytest

from desktop.app.connections.server_clock import IN_A_ROW, ClockSkew
from desktop.domain.entities.words import Health
from desktop.domain.select import server_now
from desktop.ports.errors import Unavailable
from tests.app.connections.test_event_feed import Rig, running

FIVE_MINUTES = 300.0


def age(rig: Rig) -> float:
    """Seconds since the contact centre was heard, as a screen says it."""
    state = rig.store.drain()
    heard = state.health["contact_center"].last_heard
    assert heard is not None
    return server_now(state, rig.time.wall) - heard


def die(rig: Rig) -> None:
    """The server is heard no more."""
    rig.server.heartbeats = False
    for call in ("events", "snapshot"):
        rig.server.script.always(call, Unavailable("gone"))


async def dead_for(rig: Rig, seconds: float) -> None:
    """Nothing is heard for so long, and the screen says so."""
    before = age(rig)
    die(rig)
    await rig.time.advance(seconds)
    assert rig.health is not Health.LIVE
    assert age(rig) == pytest.approx(before + seconds, abs=0.5)


@pytest.mark.parametrize("set_by", [-FIVE_MINUTES, FIVE_MINUTES])
async def test_a_server_whose_clock_was_set_and_that_died_looks_dead(set_by: float) -> None:
    rig = Rig()
    async with running(rig):
        await rig.time.advance(61)
        rig.server.server_ahead += set_by
        for _ in range(61):
            await rig.time.advance(1)
            assert -0.1 <= age(rig) < 5 * IN_A_ROW + 6, "until it is sure, it may look older, never younger"
        assert age(rig) < 6
        assert server_now(rig.store.drain(), rig.time.wall) == pytest.approx(rig.server.server_now(), abs=0.1)
        await dead_for(rig, 90)


async def test_another_server_with_a_clock_behind_is_believed_as_soon_as_it_is_known() -> None:
    rig = Rig()
    async with running(rig):
        await rig.time.advance(61)
        rig.server.server_ahead -= FIVE_MINUTES
        rig.server.restart_server()
        rig.feed.restart()
        await rig.time.advance(20)
        assert server_now(rig.store.drain(), rig.time.wall) == pytest.approx(rig.server.server_now(), abs=0.1)
        assert -0.1 <= age(rig) < 6
        await dead_for(rig, 90)


async def test_our_clock_set_back_while_nobody_answers_makes_nothing_fresh() -> None:
    rig = Rig()
    async with running(rig):
        await rig.time.advance(61)
        await dead_for(rig, 60)
        before = age(rig)
        rig.time.wall -= FIVE_MINUTES
        rig.server.server_ahead += FIVE_MINUTES  # it is the same server, with the same clock
        rig.feed.restart(heal=True)
        await rig.time.advance(30)
        assert age(rig) == pytest.approx(before + 30, abs=0.5)


async def test_a_machine_that_slept_knows_how_old_everything_is_when_it_wakes() -> None:
    rig = Rig()
    async with running(rig):
        await rig.time.advance(61)
        before = age(rig)
        die(rig)
        rig.time.wall += 120  # the clock that never jumps stood still
        rig.feed.restart(heal=True)
        assert age(rig) == pytest.approx(before + 120, abs=0.5)


def test_what_lay_in_a_buffer_while_the_machine_slept_does_not_turn_the_time_back() -> None:
    skew = ClockSkew()
    assert skew.read(100.0, 50.0, 10.0) == 50.0
    assert skew.read(101.0, 51.0 + 3_600, 11.0) == 50.0, "sent before, read after an hour's sleep"
    skew.reset()
    assert skew.read(102.0 + 3_600, 52.0 + 3_600, 12.0) == 50.0


def test_a_few_readings_that_were_long_under_way_are_no_clock_set_back() -> None:
    skew = ClockSkew()
    for second in range(IN_A_ROW + 1):
        assert skew.read(100.0 + second, 50.0 + second, 10.0 + second) == 50.0
    for second in range(4, 3 + IN_A_ROW):
        assert skew.read(100.0 + second - 40.0, 50.0 + second, 10.0 + second) == 50.0
    assert skew.read(108.0 - 40.0, 58.0, 18.0) == 10.0, "one more, and it is"


def test_a_server_clock_that_is_set_back_is_followed_at_the_third_reading() -> None:
    skew, began = ClockSkew(), 1_800_000_000.0
    for second in range(20):
        skew.read(began + second, began + second, float(second))
    told = [skew.read(began + second - 3600.0, began + second, float(second)) for second in range(20, 26)]
    assert told == [0.0, 0.0, -3600.0, -3600.0, -3600.0, -3600.0]
