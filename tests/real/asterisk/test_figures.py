"""The figures of a queue on a real Asterisk, against what the test itself did and saw on its telephones."""

import asyncio
from dataclasses import replace

import pytest

from desktop.domain.counts import Counts
from desktop.domain.words import Availability, Phase
from tests.real.asterisk.desk import Desk, options
from tests.real.asterisk.phones import Phones, until
from tests.real.asterisk.robots import answering, callers
from tests.real.servers.asterisk import SPARE_AGENTS, Asterisk

SUPER = "PJSIP/super"
QUEUES = "support,billing,hasty"


def _counts(boss: Desk, queue: str) -> Counts:
    counts = boss.queues[queue].counts
    assert counts is not None
    return counts


def _boss(server: Asterisk, **changes: str) -> Desk:
    return Desk(options(server, SUPER, role="supervisor", **({"queues": QUEUES} | changes)))


class Watch:
    """What the test did, by its own clock: it can only be a little later than the server."""

    def __init__(self) -> None:
        self._began = 0.0
        self.seconds = 0.0

    def begin(self) -> None:
        self._began = asyncio.get_running_loop().time()

    def end(self) -> None:
        self.seconds += asyncio.get_running_loop().time() - self._began


async def test_a_queues_day(server: Asterisk, phones: Phones, desk: Desk) -> None:
    """Answered, given up, moved, withdrawn, missed and declined, each another number of times."""
    caller, agent = await phones.get("customer"), await phones.get("agent1")
    waits, talks, holds, lost = Watch(), Watch(), Watch(), Watch()
    async with _boss(server) as boss:
        before = (await boss.backend.snapshot()).at
        for _ in range(3):  # given up
            lost.begin()
            await caller.dial("support")
            await until(lambda: boss.queues["support"].waiting == 1, "they wait")
            await asyncio.sleep(0.3)
            await caller.hang_up()
            lost.end()
            await until(lambda: boss.queues["support"].waiting == 0, "they are gone")
        for act in ("move", "withdraw"):
            await caller.dial("support")
            await until(lambda: boss.queues["support"].head, "they wait")
            one = boss.queues["support"].head[0].interaction_id
            if act == "move":
                await boss.backend.move(one, "billing", why="x", key=boss.key())
                await caller.hang_up()
            else:
                await boss.backend.withdraw(one, why="x", key=boss.key())
            await until(lambda: not server.channels() and not boss.queues["support"].waiting, "it is over")
        await desk.become(Availability.AVAILABLE)
        for number in range(2):  # answered; the first one after it was declined once
            await caller.dial("support")
            waits.begin()
            if number == 0:
                await (await agent.ringing()).reject()
                await until(lambda: not agent.rings, "declined")
            call = await desk.talk(agent)
            waits.end()
            talks.begin()
            await until(lambda: caller.talks, "the caller talks")
            if number == 1:
                await asyncio.sleep(0.5)  # the server tells the phone who calls, which ends a hold of the first moment
                await agent.talks[-1].hold()
                await desk.see(lambda one: one.held, "held")
                holds.begin()
                await asyncio.sleep(0.5)
                await agent.talks[-1].resume()
                await desk.see(lambda one: not one.held, "resumed")
                holds.end()
            await asyncio.sleep(0.4)
            await caller.hang_up()
            talks.end()
            await desk.reach(Phase.WRAP_UP)
            await asyncio.sleep(0.3)
            await desk.finish(call.id)
        await until(lambda: _counts(boss, "support").wrapped_up == 2, "everything is told")
        counts = _counts(boss, "support")
        assert (counts.offered, counts.answered, counts.abandoned, counts.flow_outs) == (7, 2, 3, 2)
        assert counts.callbacks == 0 and counts.offered == 2 + 3 + 2 + 0
        assert (counts.missed, counts.declined, counts.handled) == (0, 1, 2)
        assert (counts.threshold, counts.answered_within, counts.abandoned_within) == (20.0, 2, 3)
        assert (counts.short_abandon_seconds, counts.short_abandons) == (5.0, 3)
        assert before <= counts.since + 0.5 and counts.since <= before
        _near(counts.wait_seconds, waits.seconds, 0.5)
        _near(counts.abandon_seconds, lost.seconds, 0.5)
        _near(counts.hold_seconds, holds.seconds, 0.3)
        _near(counts.talk_seconds, talks.seconds - holds.seconds, 0.5)
        assert counts.wrap_up_seconds is not None and 0.5 < counts.wrap_up_seconds < 3.0
        assert counts.longest_wait is not None and counts.longest_wait <= waits.seconds
        assert (_counts(boss, "billing").offered, _counts(boss, "billing").abandoned) == (1, 1)
        today = boss.agents[desk.me].today
        assert today is not None and (today.handled, today.missed, today.declined) == (2, 0, 1)
        # What the server itself says is kept apart: it takes the moved and the withdrawn for given up.
        shown = await asyncio.to_thread(server.cli, "queue show support")
        assert "C:2, A:5" in shown, shown
        assert await boss.look() and _counts(boss, "support").offered == 7  # a snapshot says the same
        assert boss.gaps == 0


def _near(figure: float | None, ours: float, slack: float) -> None:
    """The test sees and does everything a little later than the server."""
    assert figure is not None and abs(figure - ours) <= slack, (figure, ours)


async def test_a_missed_offer_is_one(server: Asterisk, phones: Phones, desk: Desk) -> None:
    async with _boss(server) as boss, Desk(options(server, queues="hasty")) as other:
        await other.become(Availability.AVAILABLE)
        caller = await phones.get("customer")
        await caller.dial("hasty")
        await until(lambda: _counts(boss, "hasty").missed == 1, "it rings out")
        await until(lambda: (boss.agents[desk.me].today or _none()).missed == 1, "it is the agent's")
        assert boss.agents[desk.me].missed == 1
        await caller.hang_up()
        await until(lambda: _counts(boss, "hasty").abandoned == 1, "given up")
        counts = _counts(boss, "hasty")
        assert (counts.offered, counts.answered, counts.declined, counts.handled) == (1, 0, 0, 0)
        await other.become(Availability.OFFLINE)


def _none() -> object:
    raise AssertionError("nothing is known of the agent's day")


async def test_the_times_of_people(server: Asterisk, phones: Phones, desk: Desk) -> None:
    async with _boss(server) as boss:
        idle, pause = Watch(), Watch()
        await desk.become(Availability.AVAILABLE)
        idle.begin()
        await asyncio.sleep(0.8)
        idle.end()
        await desk.become(Availability.NOT_READY, "break")
        pause.begin()
        await asyncio.sleep(0.5)
        pause.end()
        await boss.look()
        staff = _counts(boss, "support").staff
        assert staff is not None
        _near(staff.idle, idle.seconds, 0.2)
        _near(staff.signed_in, idle.seconds + pause.seconds, 0.3)
        assert (staff.engaged, staff.load) == (0.0, 0.0)
        await desk.become(Availability.AVAILABLE)
        talk = Watch()
        caller = await phones.get("customer")
        await caller.dial("support")
        call = await desk.talk(await phones.get("agent1"))
        talk.begin()
        await until(lambda: caller.talks, "the caller talks")
        await asyncio.sleep(0.6)
        await caller.hang_up()
        await desk.reach(Phase.WRAP_UP)
        await asyncio.sleep(0.4)
        await desk.finish(call.id)
        talk.end()
        await boss.look()
        staff = _counts(boss, "support").staff
        assert staff is not None and staff.load == staff.engaged
        _near(staff.engaged, talk.seconds, 0.3)
        assert _counts(boss, "billing").staff is not None and _counts(boss, "billing").staff.signed_in == 0.0


async def test_many_at_once_are_all_counted_by_two_supervisors_alike(server: Asterisk, phones: Phones) -> None:
    names = [f"PJSIP/spare{number}" for number in range(1, SPARE_AGENTS + 1)]
    async with (
        answering(server),
        _boss(server, queues="rush") as boss,
        Desk(options(server, "PJSIP/agent2", role="supervisor", queues="rush")) as other,
    ):
        for name in names:
            server.cli(f"queue add member {name} to rush")
        calls = 60
        assert await callers(server, "rush", calls=calls, at_once=20, talk_ms=1200) == 0
        for one in (boss, other):
            await until(lambda one=one: _counts(one, "rush").handled == calls, "everybody was served")
        mine, theirs = _counts(boss, "rush"), _counts(other, "rush")
        assert (mine.offered, mine.answered, mine.abandoned, mine.flow_outs) == (calls, calls, 0, 0)
        assert (theirs.offered, theirs.answered) == (calls, calls)
        for figure in ("wait_seconds", "talk_seconds", "longest_wait"):
            assert getattr(mine, figure) == pytest.approx(getattr(theirs, figure), abs=1e-3)
        assert f"C:{calls}, A:0" in await asyncio.to_thread(server.cli, "queue show rush")
        handled = [today.handled for name in names if (today := boss.agents[name].today) is not None]
        assert sum(handled) == calls
        assert max(boss.queues["rush"].trend) >= 1 and boss.gaps == 0
        for name in names:
            server.cli(f"queue remove member {name} from rush")


async def test_a_lost_link_counts_anew_and_says_so(server: Asterisk, phones: Phones) -> None:
    async with _boss(server) as boss:
        caller = await phones.get("customer")
        await caller.dial("support")
        await until(lambda: boss.queues["support"].waiting == 1, "they wait")
        first = _counts(boss, "support")
        assert first.offered == 1
        server.cli(f"manager kick session {_session(server)}")
        await until(lambda: _counts(boss, "support").since > first.since, "the link is lost and made anew")
        counts = _counts(boss, "support")
        assert boss.gaps == 1 and counts.offered == 0  # they came before; that they leave will count
        await caller.hang_up()
        await until(lambda: _counts(boss, "support").abandoned == 1, "they gave up")
        assert replace(_counts(boss, "support"), until=0.0).offered == 0


def _session(server: Asterisk) -> str:
    lines = server.cli("manager show connected").splitlines()
    return next(line.split()[4] for line in lines if line.split()[:1] == ["desktop"])
