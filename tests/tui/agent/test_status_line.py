"""The row below the header when nothing rings and nothing is new: my day, carried on to now, or how old it is."""

import re
from dataclasses import replace

import pytest

from desktop.domain.entities.floor import AgentDay
from desktop.domain.state.state import AppState
from desktop.tui.agent.panes.conversation import ConversationPane
from desktop.tui.agent.panes.queues import QueuesPane
from desktop.tui.agent.panes.status_line import StatusLine
from tests.tui.desk import desk, settle
from tests.tui.states import IDLE, NOW, active, offered


def with_day(told: float, since: float) -> AppState:
    """An idle agent whose sums were told then, and who stands as they stand since then."""
    me = replace(IDLE.agents[IDLE.me], since=since)
    sums = AgentDay(NOW - 3_600, handled=14, signed_in=1_800, until=told)
    return replace(IDLE, agents={**IDLE.agents, me.id: replace(me, today=sums)})


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (with_day(NOW - 600, NOW - 900), "Today  14 contacts handled · signed in 40m"),
        (with_day(NOW - 600, NOW - 300), "Today  14 contacts handled · signed in 30m · 10m ago"),
        (replace(IDLE, agents={}), ""),
    ],
    ids=["carried on", "older than what the agent did since", "not told"],
)
async def test_my_day(state: AppState, words: str) -> None:
    app, _ = desk(state)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        (line,) = app.desk_screen.query_one(StatusLine).lines(app.desk_screen.view())
        assert line.plain.strip() == words


async def test_at_80_columns_an_offer_says_what_was_promised_and_what_it_is_about() -> None:
    app, _ = desk(offered())
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        first, second = app.desk_screen.query_one(StatusLine).lines(app.desk_screen.view())
        assert "Priya Natarajan  ◆ Platinum  ! promise overdue" in first.plain
        assert "12 s   I was charged twice in October" in second.plain
        assert max(first.cell_length, second.cell_length) <= 80 and "…" not in first.plain + second.plain


async def test_every_clock_on_the_screen_goes_on_at_the_same_moment() -> None:
    """What is drawn between two seconds, for something changed, shows the time that all the rest shows."""
    state, clock = active(), [NOW + 0.1]
    app, session = desk(state, clock=lambda: clock[0])
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        for at in (NOW + 1.05, NOW + 1.5, NOW + 2.9):
            clock[0] = at
            changed = replace(session.store.drain().interactions["i1"], muted=at < NOW + 2)
            session.store.state = replace(session.store.drain(), interactions={"i1": changed})
            app.request_frame()
            await settle(pilot)
            queue = app.desk_screen.query_one(QueuesPane).render_line(1).text
            talking = str(app.desk_screen.query_one(ConversationPane).border_title)
            assert _seconds(talking, r"talking (\d+):(\d+)") - 221 == _seconds(queue, r"(\d+):(\d+)") - 130


def _seconds(text: str, pattern: str) -> int:
    found = re.search(pattern, text)
    assert found, text
    return int(found[1]) * 60 + int(found[2])
