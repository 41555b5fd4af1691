"""The floor stands as it was left: which rows are shown, which pane is in front. What was kept and is damaged or of
another version changes nothing."""

from pathlib import Path

import pytest

from desktop.app.storage.local_store import LocalStore
from desktop.app.supervision.preferences import FloorPreferences
from desktop.tui.supervisor.panels.agent_panel import AgentPanel
from desktop.tui.supervisor.panels.queue_panel import QueuePanel
from tests.tui.desk import settle
from tests.tui.states import NOW
from tests.tui.supervisor.floor_desk import floor_desk
from tests.tui.supervisor.floor_states import floor
from tests.tui.supervisor.test_floor import screen_of, sees

NARROW = (80, 24)


async def test_filters_and_the_pane_in_front_are_there_again() -> None:
    app, session = floor_desk(floor())
    async with app.run_test(size=NARROW) as pilot:
        await settle(pilot)
        await settle(pilot, ["slash", *"bil", "enter"])
        await settle(pilot, ["2"])
    kept = session.supervisor.kept
    assert kept["queues_filter"] == "bil" and kept["tab"] == "agents"
    again, second = floor_desk(floor())
    second.supervisor.kept = dict(kept)
    async with again.run_test(size=NARROW) as pilot:
        await settle(pilot)
        screen = screen_of(again)
        assert screen.query_one(QueuePanel).ordering.wanted == "bil"
        assert screen.query_one(AgentPanel).has_focus, "the pane that was turned to"
        await settle(pilot, ["1"])
        await sees(pilot, '"bil"')
        await settle(pilot, ["escape"])
        assert second.supervisor.kept["queues_filter"] == "", "esc shows all, from now on too"


async def test_a_file_brings_it_back_in_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "maya" / "desktop.sqlite"

    async def run(*keys: str) -> tuple[str, bool, str]:
        store = await LocalStore.open(path, clock=lambda: NOW)
        app, session = floor_desk(floor())
        session.supervisor.habits = FloorPreferences(lambda: store)  # type: ignore[assignment]
        async with app.run_test(size=NARROW) as pilot:
            await settle(pilot, keys)
            while app._tasks:
                await pilot.pause()
            screen = screen_of(app)
            queues, agents = screen.query_one(QueuePanel), screen.query_one(AgentPanel)
            seen = queues.ordering.wanted, agents.has_focus, agents.group
        await store.close()
        return seen

    assert await run("slash", *"bil", "enter", "2", "g") == ("bil", True, "state")
    assert await run() == ("bil", True, "state"), "another run, another app, the same file"


@pytest.mark.parametrize(
    "kept",
    [
        {"tab": "of another version", "group": "moon", "queues_order": "no such column turned", "formula": "x"},
        {"queues_filter": "\x1b[31m[@click=app.quit]x[/]\u202e", "tab": "", "agents_order": " "},
        {"queues_filter": "a" * 100_000},
    ],
)
async def test_what_is_not_understood_changes_nothing(kept: dict[str, str]) -> None:
    app, session = floor_desk(floor())
    session.supervisor.kept = dict(kept)
    async with app.run_test(size=NARROW) as pilot:
        await settle(pilot)
        screen = screen_of(app)
        assert screen.query_one(QueuePanel).has_focus
        assert "\x1b" not in screen.query_one(QueuePanel).ordering.wanted
        assert len(screen.query_one(QueuePanel).ordering.wanted) <= 100
        assert app.is_running and not screen.state.notices
