"""A supervisor at Twilio: sums of queues against the engine's own, everybody's work, and what is done to it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from desktop.backends.twilio.api.account import desk_of
from desktop.backends.twilio.api.statistics import counts_of, midnight_before
from desktop.backends.twilio.contact_center import TwilioContactCenter
from desktop.domain.entities.model import Agent, QueueStats
from desktop.domain.entities.words import Availability, Outcome, Phase, Role
from desktop.domain.state.events import ContactCenterSnapshot
from desktop.domain.state.floor_events import FloorChanged
from desktop.ports.base import Capability
from desktop.ports.errors import Conflict, NotFound, Rejected, Unsupported
from desktop.testing.contracts.base import until
from desktop.testing.fresh import new_key
from mock_backends import launcher
from mock_backends.http.settings import Settings
from mock_backends.launcher import Running
from tests.backends.twilio_rigs import CONTROL, QUEUE, SUPERVISOR, TwilioContactCenterRig, options_of

WAIT = 10.0
WHY = "to help"


@pytest.fixture(scope="module")
def twilio_server() -> Iterator[Running]:
    with launcher.start("twilio", control=CONTROL, settings=Settings(autonomous=False)) as running:
        yield running


@pytest.fixture
async def rig(twilio_server: Running) -> AsyncIterator[TwilioContactCenterRig]:
    async with TwilioContactCenterRig(twilio_server) as rig:
        await rig.sim("POST", "reset")
        yield rig


@pytest.fixture
async def boss(rig: TwilioContactCenterRig) -> AsyncIterator[TwilioContactCenter]:
    backend: Any = rig.make_supervisor()
    assert await backend.open() >= {Capability.SUPERVISE, Capability.PRIORITY, Capability.WITHDRAW}
    yield backend
    await backend.close()


@pytest.fixture
async def agent(rig: TwilioContactCenterRig) -> AsyncIterator[TwilioContactCenter]:
    backend: TwilioContactCenter = rig.make()
    await backend.open()
    yield backend
    await backend.close()


async def _picture(center: TwilioContactCenter) -> ContactCenterSnapshot:
    event = (await center.snapshot()).event
    assert isinstance(event, ContactCenterSnapshot)
    return event


async def _queue(center: TwilioContactCenter) -> QueueStats:
    return next(one for one in (await _picture(center)).queues if one.name == QUEUE)


async def _agent(center: TwilioContactCenter, sid: str) -> Agent:
    return next(one for one in (await _picture(center)).agents if one.id == sid)


async def _waiting(boss: TwilioContactCenter, rig: TwilioContactCenterRig, number: str) -> str:
    await rig.call(number)

    async def there() -> str | None:
        found = [one.id for one in await boss.waiting(QUEUE) if one.customer.value == number]
        return found[0] if found else None

    return await until(there, WAIT, "they wait")


async def test_the_sums_of_a_queue(
    boss: TwilioContactCenter, agent: TwilioContactCenter, rig: TwilioContactCenterRig
) -> None:
    """Entered, accepted, declined, given up, withdrawn: what the test did is what Twilio's sums say."""
    lost = await _waiting(boss, rig, "+442079460001")
    await rig.hang_up(lost)
    drawn = await _waiting(boss, rig, "+442079460002")
    await boss.withdraw(drawn, why=WHY, key=new_key())
    await agent.set_availability(Availability.AVAILABLE, reason="", after_current=False, key=new_key())
    await rig.call("+442079460003")

    async def offered() -> str | None:
        shown = [one.id for one in (await _picture(agent)).interactions if one.phase is Phase.OFFERED]
        return shown[0] if shown else None

    first = await until(offered, WAIT, "an offer")
    await agent.decline(first, reason="Break", key=new_key())
    await agent.set_availability(Availability.AVAILABLE, reason="", after_current=False, key=new_key())
    again = await until(offered, WAIT, "the offer again")
    await agent.accept(again, key=new_key())
    await agent.end(again, key=new_key())
    await agent.wrap_up(again, codes=[], note_given=False, key=new_key())
    fresh: Any = rig.make_supervisor()  # the sums are asked for less often than the rest
    try:
        await fresh.open()
        counts = (await _queue(fresh)).counts
    finally:
        await fresh.close()
    assert counts is not None
    assert (counts.offered, counts.answered, counts.abandoned) == (3, 1, 2)
    assert (counts.declined, counts.missed, counts.wrapped_up, counts.flow_outs) == (1, 0, 1, 0)
    assert (counts.threshold, counts.answered_within, counts.abandoned_within) == (20.0, 1, 2)
    assert (counts.short_abandon_seconds, counts.short_abandons) == (5.0, 2)
    assert counts.handled is None and counts.talk_seconds is None  # which Twilio does not count
    assert counts.since <= counts.until and counts.since == midnight_before(counts.until, "")


async def test_everybodys_work_is_seen_and_told(
    boss: TwilioContactCenter, agent: TwilioContactCenter, rig: TwilioContactCenterRig
) -> None:
    me = agent.desk.worker
    stream = boss.events(None)
    told: dict[str, Agent] = {}

    async def read() -> None:
        async for envelope in stream:
            if isinstance(envelope.event, FloorChanged):
                told.update({one.id: one for one in envelope.event.agents})

    reading = asyncio.ensure_future(read())
    assert (await _agent(boss, me)).work == ()
    assert next(one for one in (await _picture(boss)).agents if one.id == boss.desk.worker).role is Role.SUPERVISOR
    await agent.set_availability(Availability.AVAILABLE, reason="", after_current=False, key=new_key())
    await rig.call("+442079460010")

    async def works(phase: Phase) -> str | None:
        found = told.get(me)
        return found.work[0].interaction_id if found is not None and [o.phase for o in found.work] == [phase] else None

    task = await until(lambda: works(Phase.OFFERED), WAIT, "the offer is told")
    assert not (await _picture(boss)).interactions  # nothing but one's own
    await agent.accept(task, key=new_key())
    assert await until(lambda: works(Phase.ACTIVE), WAIT, "the conversation is told") == task
    one = await boss.interaction(task)
    assert (one.phase, one.agent_id, one.queue) == (Phase.ACTIVE, me, QUEUE)
    with pytest.raises(Conflict):
        await boss.withdraw(task, why=WHY, key=new_key())  # while somebody talks Twilio cancels nothing
    await rig.hang_up(task)
    await until(lambda: works(Phase.WRAP_UP), WAIT, "the wrap-up is told")
    reading.cancel()
    await asyncio.wait({reading})


async def test_priorities_begin_at_nothing(boss: TwilioContactCenter, rig: TwilioContactCenterRig) -> None:
    first = await _waiting(boss, rig, "+442079460020")
    second = await _waiting(boss, rig, "+442079460021")
    key = new_key()
    for _ in range(2):
        assert (await boss.set_priority(second, 10, why=WHY, key=key)).priority == 10
    assert [one.id for one in await boss.waiting(QUEUE)] == [second, first]
    assert [one.id for one in await boss.waiting(QUEUE, limit=1)] == [second]
    for wrong in (-1, 1001):
        with pytest.raises(Rejected):
            await boss.set_priority(second, wrong, why=WHY, key=new_key())
    for why in ("", " ", "x" * 301):
        with pytest.raises(Rejected):
            await boss.withdraw(first, why=why, key=new_key())
    key = new_key()
    for _ in range(2):
        gone = await boss.withdraw(first, why="wrong number", key=key)
        assert (gone.phase, gone.outcome) == (Phase.CLOSED, Outcome.WITHDRAWN)
    assert (await boss.interaction(first)).raw_state == "canceled"
    for unknown in ("WT" + "0" * 32, "../x"):
        with pytest.raises(NotFound):
            await boss.interaction(unknown)
    with pytest.raises(NotFound):
        await boss.waiting("no-such-queue")


async def test_who_is_no_supervisor_is_offered_nothing_and_refused_by_the_server(
    agent: TwilioContactCenter, rig: TwilioContactCenterRig
) -> None:
    with pytest.raises(Unsupported):
        await agent.waiting(QUEUE)
    liar: Any = TwilioContactCenter.create(rig.options(role="supervisor"))  # an agent's key under a changed profile
    boss: Any = rig.make_supervisor()
    try:
        await liar.open()
        with pytest.raises(NotFound):
            await liar.set_agent_availability(boss.desk.worker, Availability.OFFLINE, reason="", why=WHY, key=new_key())
    finally:
        await liar.close()
        await boss.close()


async def test_nobody_of_another_team_is_touched(boss: TwilioContactCenter, rig: TwilioContactCenterRig) -> None:
    others: Any = options_of(rig.running, who="grace")
    with pytest.raises(NotFound):
        await boss.set_agent_availability(others["worker_sid"], Availability.OFFLINE, reason="", why=WHY, key=new_key())


@pytest.mark.parametrize("body", [None, [], {}, {"start_time": "x", "end_time": "y"}])
def test_sums_of_no_time_are_none(body: object) -> None:
    assert counts_of(body, 20, 5) is None


def test_nonsense_in_sums_is_unknown() -> None:
    hostile = {
        "start_time": "2026-11-21T00:00:00Z",
        "end_time": "2026-11-21T10:00:00Z",
        "tasks_entered": -1,
        "reservations_accepted": True,
        "tasks_canceled": "7",
        "split_by_wait_time": {"20": {"below": []}, "5": None},
        "wait_duration_until_accepted": {"total": float("nan"), "max": "x"},
        "wait_duration_until_canceled": {"total": 12, "max": 7},
    }
    counts = counts_of(hostile, 20, 5)
    assert counts is not None
    assert (counts.offered, counts.answered, counts.abandoned, counts.answered_within) == (None,) * 4
    assert (counts.wait_seconds, counts.abandon_seconds, counts.longest_wait) == (None, 12.0, 7.0)


def test_the_midnight_of_a_zone() -> None:
    assert midnight_before(1_761_440_400.0, "Europe/Berlin") == 1_761_429_600.0  # 26 October 2025 03:00, clocks go back
    assert midnight_before(1_761_440_400.0, "") == 1_761_436_800.0


@pytest.mark.parametrize(
    ("name", "value"),
    [("role", "king"), ("zone", "Mars/Olympus"), ("service_level_seconds", "x"), ("short_abandon_seconds", "-1")],
)
def test_options_that_make_no_sense(twilio_server: Running, name: str, value: str) -> None:
    with pytest.raises(Rejected):
        desk_of(options_of(twilio_server, who=SUPERVISOR, **{name: value}))
