"""The figures of a queue on a real Asterisk, against what the test itself did and saw on its telephones."""

import asyncio
from dataclasses import replace

import pytest

from desktop.domain.entities.counts import Counts
from desktop.domain.entities.words import Availability, Phase
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


class Spans:
    """Spans of something that the server measures, summed: each is longer than `inner` and shorter than `outer`.

    `inner` runs from when it was seen to have begun until just before it was ended, `outer` from just before it was
    begun until it was seen to have ended.
    """

    def __init__(self) -> None:
        self.inner = self.outer = 0.0
        self._marks: list[float] = []

    def mark(self, at: float | None = None) -> None:
        """Four times for each span: before the beginning, begun, before the end, ended; now, or as it was `at`."""
        self._marks.append(asyncio.get_running_loop().time() if at is None else at)
        if len(self._marks) == 4:
            began, seen, ending, over = self._marks
            self.outer += over - began
            self.inner += ending - seen
            self._marks = []

    def hold(self, figure: float | None, *, less: "Spans | None" = None) -> bool:
        """Whether a figure of the server's can be the sum; of what goes on in it meanwhile, `less` is taken off."""
        shortest, longest = (less.outer, less.inner) if less is not None else (0.0, 0.0)
        return figure is not None and self.inner - shortest <= figure <= self.outer - longest


async def test_a_queues_day(server: Asterisk, phones: Phones, desk: Desk) -> None:
    """Answered, given up, moved, withdrawn and declined, each another number of times."""
    caller, agent = await phones.get("customer"), await phones.get("agent1")
    waits, talks, holds, lost, wraps = Spans(), Spans(), Spans(), Spans(), Spans()
    async with _boss(server) as boss:
        before = (await boss.backend.snapshot()).at
        for _ in range(3):  # given up
            lost.mark()
            await caller.dial("support")
            await until(lambda: boss.queues["support"].waiting == 1, "they wait")
            lost.mark()
            await asyncio.sleep(0.3)
            lost.mark()
            await caller.hang_up()
            await until(lambda: boss.queues["support"].waiting == 0, "they are gone")
            lost.mark()
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
            waits.mark()
            await caller.dial("support")
            await agent.ringing()
            waits.mark()
            if number == 0:
                await (await agent.ringing()).reject()
                await until(lambda: not agent.rings, "declined")
                await agent.ringing()
            waits.mark()
            talks.mark()
            call = await desk.talk(agent)
            talks.mark()
            waits.mark()
            await until(lambda: caller.talks, "the caller talks")
            if number == 1:
                await asyncio.sleep(0.5)  # the server tells the phone who calls, which ends a hold of the first moment
                holds.mark()
                await agent.hold(on=True)
                await desk.see(lambda one: one.held, "held")
                holds.mark()
                await asyncio.sleep(0.5)
                holds.mark()
                await agent.hold(on=False)
                await desk.see(lambda one: not one.held, "resumed")
                holds.mark()
            await asyncio.sleep(0.4)
            talks.mark()
            wraps.mark()
            await caller.hang_up()
            await desk.reach(Phase.WRAP_UP)
            talks.mark()
            await until(lambda call=call: boss.work(desk.me) == [(call.id, Phase.WRAP_UP)], "the wrap-up is seen")
            wraps.mark()
            await asyncio.sleep(0.3)
            wraps.mark()
            await desk.finish(call.id)
            await until(lambda n=number: _counts(boss, "support").wrapped_up == n + 1, "it is told")
            wraps.mark()
        counts = _counts(boss, "support")
        assert (counts.offered, counts.answered, counts.abandoned, counts.flow_outs) == (7, 2, 3, 2)
        assert (counts.missed, counts.declined, counts.handled, counts.callbacks) == (0, 1, 2, 0)
        assert (counts.threshold, counts.answered_within, counts.abandoned_within) == (20.0, 2, 3)
        assert (counts.short_abandon_seconds, counts.short_abandons) == (5.0, 3)
        assert counts.since <= before
        assert waits.hold(counts.wait_seconds), (waits.inner, counts.wait_seconds, waits.outer)
        assert lost.hold(counts.abandon_seconds), (lost.inner, counts.abandon_seconds, lost.outer)
        assert holds.hold(counts.hold_seconds), (holds.inner, counts.hold_seconds, holds.outer)
        assert talks.hold(counts.talk_seconds, less=holds), (talks.inner, counts.talk_seconds, talks.outer)
        assert wraps.hold(counts.wrap_up_seconds), (wraps.inner, counts.wrap_up_seconds, wraps.outer)
        assert counts.longest_wait is not None and counts.longest_wait <= waits.outer
        assert (_counts(boss, "billing").offered, _counts(boss, "billing").abandoned) == (1, 1)
        today = boss.agents[desk.me].today
        assert today is not None and (today.handled, today.missed, today.declined) == (2, 0, 1)
        # What the server itself says is kept apart: it takes the moved and the withdrawn for given up.
        shown = await asyncio.to_thread(server.cli, "queue show support")
        assert "C:2, A:5" in shown, shown
        assert await boss.look() and _counts(boss, "support").offered == 7  # a snapshot says the same
        assert boss.gaps == 0


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
    idle, signed_in, engaged = Spans(), Spans(), Spans()
    async with _boss(server) as boss:
        idle.mark()
        signed_in.mark()
        await desk.become(Availability.AVAILABLE)
        await until(lambda: boss.observed(desk.me) is Availability.AVAILABLE, "they are seen to be there")
        idle.mark()
        signed_in.mark()
        await asyncio.sleep(0.6)
        idle.mark()
        await desk.become(Availability.NOT_READY, "break")
        await until(lambda: boss.observed(desk.me) is Availability.NOT_READY, "they are seen to be away")
        idle.mark()
        await asyncio.sleep(0.4)
        signed_in.mark()
        await boss.look()
        signed_in.mark()
        staff = _counts(boss, "support").staff
        assert staff is not None and (staff.engaged, staff.load) == (0.0, 0.0)
        assert idle.hold(staff.idle), (idle.inner, staff.idle, idle.outer)
        assert signed_in.hold(staff.signed_in), (signed_in.inner, staff.signed_in, signed_in.outer)
        await desk.become(Availability.AVAILABLE)
        caller, phone = await phones.get("customer"), await phones.get("agent1")
        await caller.dial("support")
        await phone.ringing()
        engaged.mark()
        call = await desk.talk(phone)
        engaged.mark()
        await until(lambda: caller.talks, "the caller talks")
        engaged.mark()
        before = asyncio.get_running_loop().time()
        await caller.hang_up()
        await desk.reach(Phase.WRAP_UP)
        engaged.mark()
        engaged.mark(before)  # the wrap-up is work, too, as soon as the desk has said that it began
        await until(lambda call=call: boss.work(desk.me) == [(call.id, Phase.WRAP_UP)], "the wrap-up is seen")
        engaged.mark()
        await asyncio.sleep(0.4)
        engaged.mark()
        await desk.finish(call.id)
        await until(lambda: not boss.work(desk.me), "the wrap-up is seen to be over")
        engaged.mark()
        await boss.look()
        staff = _counts(boss, "support").staff
        assert staff is not None and staff.load == staff.engaged
        assert engaged.hold(staff.engaged), (engaged.inner, staff.engaged, engaged.outer)
        elsewhere = _counts(boss, "billing").staff
        assert elsewhere is not None and elsewhere.signed_in == 0.0


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
