"""The row below the header when nothing rings and nothing is new: my day, carried on to now, or how old it is."""

from dataclasses import replace

import pytest

from desktop.domain.entities.floor import AgentDay
from desktop.domain.state.state import AppState
from desktop.tui.agent.panes.status_line import StatusLine
from tests.tui.desk import desk, settle
from tests.tui.states import IDLE, NOW


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
