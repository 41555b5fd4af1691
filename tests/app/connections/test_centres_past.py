"""What several contact centres know together: pages of the past without a hole, sums, and messages to many."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.app.commands.runner import CommandRunner
from desktop.app.connections.backend_calls import BackendCalls
from desktop.app.connections.contact_centers import ContactCenters, Read, whole_page
from desktop.app.history.history_desk import HistoryDesk
from desktop.app.store import Store
from desktop.app.supervision.supervisor_commands import SupervisorCommands
from desktop.domain.entities.counts import Counts
from desktop.domain.entities.floor import BroadcastDelivery, Reached
from desktop.domain.entities.history import Interval, IntervalQuery, PastInteraction, PastPage, PastQuery
from desktop.domain.entities.own_agent import OWN
from desktop.domain.text.sentence import Sentence
from desktop.ports.base import Capability
from desktop.ports.errors import BackendError, Rejected, Unavailable
from desktop.words.catalogue import in_words
from tests.app.app_fakes import FakeContactCenter, VirtualTime

VOICE, WRITTEN = "contact_center:voice", "contact_center:written"
ALL = PastQuery(0.0, 1e9)


def row(number: int, at: float, queue: str = "Billing") -> PastInteraction:
    return PastInteraction(
        f"h{number}", "voice", "inbound", queue, "+44", "Priya", "maya", "Maya", at, None, at + 1, "handled", 1.0
    )


class Centre(FakeContactCenter):
    """Keeps a past, newest first, and tells in pages; takes messages to several."""

    def __init__(self, rows: Sequence[PastInteraction] = ()) -> None:
        super().__init__(VirtualTime().timing)
        self.capabilities |= {Capability.HISTORY, Capability.HISTORY_SEARCH, Capability.BROADCAST}
        self.rows = rows
        self.counts: tuple[Interval, ...] = ()
        self.asked: list[PastQuery] = []
        self.told: list[tuple[tuple[str, ...], str]] = []
        self.down: BackendError | None = None
        self.hangs = False

    async def past_interactions(self, query: PastQuery) -> PastPage:
        if self.down is not None:
            raise self.down
        if self.hangs:
            await asyncio.Event().wait()
        self.asked.append(query)
        begin = int(query.cursor or 0)
        found = self.rows[begin : begin + query.limit]
        more = begin + query.limit < len(self.rows)
        return PastPage(tuple(found), str(begin + query.limit) if more else "")

    async def intervals(self, query: IntervalQuery) -> Sequence[Interval]:
        if self.down is not None:
            raise self.down
        return self.counts

    async def broadcast(self, agent_ids: Sequence[str], text: str, *, key: str) -> Sequence[BroadcastDelivery]:
        if self.down is not None:
            raise self.down
        self.told.append((tuple(agent_ids), key))
        return [BroadcastDelivery(one, Reached.DELIVERED) for one in agent_ids]


def reading(calls: BackendCalls) -> Read:
    return lambda call, source, seconds: calls.ask(call, source, seconds=seconds, changing=False)


class Both:
    def __init__(self, voice: Centre, written: Centre, calls: BackendCalls | None = None) -> None:
        self.voice, self.written = voice, written
        self.left_out: list[str] = []
        self.offered = {VOICE: voice.capabilities, WRITTEN: written.capabilities}
        self.router = ContactCenters(
            {VOICE: voice, WRITTEN: written},
            **({} if calls is None else {"begin": calls.begin, "read": reading(calls)}),
            left_out=lambda error: self.left_out.append(error.source),
            offered=lambda source: self.offered[source],
        )


async def every_page(router: ContactCenters, query: PastQuery) -> list[PastInteraction]:
    found = list[PastInteraction]()
    while True:
        page = await router.past_interactions(query)
        assert page.interactions or not page.cursor  # each page goes further
        assert len(page.interactions) <= query.limit
        found += page.interactions
        if not page.cursor:
            return found
        query = replace(query, cursor=page.cursor)


TIMES = st.lists(st.integers(0, 12), max_size=12).map(lambda times: sorted(times, reverse=True))


@given(TIMES, TIMES, st.integers(1, 5))
def test_pages_of_both_are_one_list_newest_first_without_a_hole(one: list[int], two: list[int], limit: int) -> None:
    both = Both(*(Centre([row(n, float(at)) for n, at in enumerate(times)]) for times in (one, two)))
    found = asyncio.run(every_page(both.router, replace(ALL, limit=limit)))
    assert [each.arrived_at for each in found] == sorted(map(float, one + two), reverse=True)
    expected = {f"voice:h{n}" for n in range(len(one))} | {f"written:h{n}" for n in range(len(two))}
    assert {each.id for each in found} == expected
    assert len(found) == len(expected)


async def test_a_queue_is_asked_of_its_own_only_and_by_its_own_name() -> None:
    both = Both(Centre(), Centre())
    await both.router.past_interactions(replace(ALL, queues=("written:Billing",)))
    assert both.voice.asked == []
    assert [one.queues for one in both.written.asked] == [("Billing",)]


async def test_whoever_did_not_answer_is_named_and_the_others_are_there() -> None:
    both = Both(Centre([row(1, 1.0)]), Centre([row(1, 2.0)]))
    both.written.down = Unavailable("Gone.")
    page = await both.router.past_interactions(ALL)
    assert [one.id for one in page.interactions] == ["voice:h1"]
    assert page.missing == (WRITTEN,)
    assert both.left_out == [WRITTEN]
    with pytest.raises(Unavailable, match="left_out"):
        await whole_page(both.router, ALL)


async def test_one_that_hangs_keeps_nobody_waiting_for_the_other() -> None:
    time = VirtualTime()
    calls = BackendCalls(time.timing, lambda _: None)
    both = Both(Centre([row(1, 1.0)]), Centre([row(1, 2.0)]), calls)
    both.written.hangs = True
    asked = asyncio.ensure_future(
        calls.ask(lambda: both.router.past_interactions(ALL), "contact_center", seconds=15.0, changing=False)
    )
    await time.run_until(asked.done)
    page = asked.result()
    assert ([one.id for one in page.interactions], page.missing) == (["voice:h1"], (WRITTEN,))


async def test_words_are_looked_for_only_where_that_can_be() -> None:
    both = Both(Centre([row(1, 1.0)]), Centre([row(1, 2.0)]))
    both.offered[WRITTEN] = frozenset({Capability.HISTORY})
    page = await both.router.past_interactions(replace(ALL, text="refund"))
    assert [one.id for one in page.interactions] == ["voice:h1"]
    assert page.missing == (WRITTEN,)
    assert both.written.asked == []


@pytest.mark.parametrize("cursor", ["x", "[]x", "3", json.dumps([["crm:shop", "", 0]]), json.dumps([["a"]])])
async def test_a_page_that_is_none_is_refused(cursor: str) -> None:
    with pytest.raises(Rejected):
        await Both(Centre(), Centre()).router.past_interactions(replace(ALL, cursor=cursor))


async def test_the_desk_says_who_is_missing_and_asks_again_next_time() -> None:
    both, store = Both(Centre([row(1, 1.0)]), Centre([row(1, 2.0)])), Store(lambda: 50.0)
    desk = HistoryDesk(store, BackendCalls(VirtualTime().timing, lambda _: None), both.router)
    both.written.down = Unavailable("Gone.")
    first = await desk.interactions(ALL)
    assert first.value is not None
    assert "contact centre (written)" in in_words(first.problem)
    both.written.down = None
    second = await desk.interactions(ALL)
    assert second.problem == Sentence("")
    assert second.value is not None
    assert [one.id for one in second.value.interactions] == ["written:h1", "voice:h1"]


async def test_counts_are_added_up_and_never_without_one_of_them() -> None:
    both = Both(Centre(), Centre())
    for centre, offered in ((both.voice, 3), (both.written, 4)):
        centre.counts = (Interval("", Counts(0.0, 900.0, offered=offered)),)
    assert [one.counts.offered for one in await both.router.intervals(IntervalQuery(0.0, 900.0))] == [7]
    both.voice.counts = both.written.counts = (Interval("Billing", Counts(0.0, 900.0, offered=1)),)
    apart = await both.router.intervals(IntervalQuery(0.0, 900.0, by_queue=True))
    assert [one.queue for one in apart] == ["voice:Billing", "written:Billing"]
    both.written.down = Unavailable("Gone.")
    with pytest.raises(Unavailable):
        await both.router.intervals(IntervalQuery(0.0, 900.0))


async def test_a_message_to_many_reaches_each_by_their_own_centre() -> None:
    both = Both(Centre(), Centre())
    to = ("written:tom", "voice:tom", "voice:ivo")
    told = await both.router.broadcast(to, "Lunch.", key="k")
    assert [(one.agent_id, one.reached) for one in told] == [(one, Reached.DELIVERED) for one in to]
    assert both.voice.told == [(("tom", "ivo"), "k")]
    assert both.written.told == [(("tom",), "k")]
    both.written.down = Unavailable("Gone.")
    again = await both.router.broadcast(to, "Lunch.", key="k")
    assert [one.reached for one in again] == [Reached.FAILED, Reached.DELIVERED, Reached.DELIVERED]


async def test_mine_is_asked_of_each_by_who_i_am_there() -> None:
    both = Both(Centre([row(1, 1.0)]), Centre())
    await both.router.snapshot()
    await both.router.past_interactions(replace(ALL, agents=(OWN,)))
    assert [one.agents for one in both.voice.asked] == [(both.voice.agent.id,)]
    assert [one.agents for one in both.written.asked] == [(both.written.agent.id,)]


async def test_a_message_that_one_did_not_take_goes_out_again_under_the_same_key() -> None:
    both, store = Both(Centre(), Centre()), Store(lambda: 50.0)

    async def refresh(_: str) -> None:
        return

    time = VirtualTime()
    acts = SupervisorCommands(CommandRunner(store, BackendCalls(time.timing, lambda _: None), both.router, refresh))
    both.written.down = Unavailable("Gone.")
    partly = await acts.broadcast(("voice:tom", "written:tom"), "Lunch.")
    assert not partly.ok
    assert "Delivered to 1 agent. Their contact centre did not take it for 1: written:tom." in in_words(partly.text)
    assert [one.reached for one in acts.broadcasted] == [Reached.DELIVERED, Reached.FAILED]
    both.written.down = None
    assert (await acts.broadcast(("voice:tom", "written:tom"), "Lunch.")).ok
    assert len({key for _, key in (*both.voice.told, *both.written.told)}) == 1
