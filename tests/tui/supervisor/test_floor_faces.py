"""Every face of the supervisor's screen at three sizes, from states built by hand, compared with the kept pictures."""

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.agent.test_faces import SIZES
from tests.tui.desk import settle, steady_cursors
from tests.tui.supervisor.floor_desk import floor_desk
from tests.tui.supervisor.floor_states import CHAT, FLOOR_FACES, floor

NARROW, MEDIUM = (80, 24), (120, 36)
OPENED = {
    "agents_narrow": (["2"], NARROW),
    "alerts_narrow": (["3"], NARROW),
    "detail_of_queue_narrow": (["4"], NARROW),
    "detail_of_agent_narrow": (["2", "down", "down", "4"], NARROW),
    "alerts_medium": (["3"], MEDIUM),
    "detail_of_queue_medium": (["4"], MEDIUM),
    "by_team": (["g", "g"], MEDIUM),
    "filtered": (["slash", "b", "i", "l"], MEDIUM),
    "acts_narrow": (["2", "down", "down", "space"], NARROW),
    "acts_medium": (["2", "down", "space"], MEDIUM),
    "acts_wide": (["3", "space"], (200, 50)),
    "acts_on_written_medium": (["2", "down", "down", "down", "space"], MEDIUM),
    "reassign": (["4", "e"], MEDIUM),
    "why_narrow": (["2", "down", "down", "l"], NARROW),
    "listening_narrow": (["2", "down", "down", "l", "h", "i", "enter"], NARROW),
    "listening_at_the_desk": (["2", "down", "down", "l", "h", "i", "enter", "v"], MEDIUM),
    "compare": (["C"], MEDIUM),
    "definitions_narrow": (["D"], NARROW),
    "audit": (["A"], MEDIUM),
    "help_narrow": (["f1"], NARROW),
    "own_state": (["s"], MEDIUM),
}


async def still(pilot: Pilot[Any], keys: list[str]) -> None:
    await settle(pilot)
    await settle(pilot, keys)
    for _ in range(12):
        await pilot.pause(0.05)  # until the cursor has rested
    steady_cursors(pilot)
    if hasattr(pilot.app.screen, "redraw"):
        pilot.app.screen.redraw()
    await settle(pilot)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("face", FLOOR_FACES)
def test_face(face: str, size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    app, _ = floor_desk(FLOOR_FACES[face]())
    assert snap_compare(app, terminal_size=size, run_before=lambda pilot: still(pilot, []))


@pytest.mark.parametrize("name", OPENED)
def test_opened(name: str, snap_compare: Callable[..., bool]) -> None:
    keys, size = OPENED[name]
    app, _ = floor_desk(floor())
    assert snap_compare(app, terminal_size=size, run_before=lambda pilot: still(pilot, keys))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_reading_along(size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    app, session = floor_desk(floor())
    session.supervisor.acts.contacts = {CHAT.id: CHAT}
    keys = ["2", "down", "down", "down", "L", "enter"]
    assert snap_compare(app, terminal_size=size, run_before=lambda pilot: still(pilot, keys))


@pytest.mark.parametrize("theme", ["desk-light", "desk-contrast"])
def test_theme(theme: str, snap_compare: Callable[..., bool]) -> None:
    app, _ = floor_desk(floor())

    async def change(pilot: Pilot[Any]) -> None:
        pilot.app.theme = theme
        await still(pilot, [])

    assert snap_compare(app, terminal_size=(200, 50), run_before=change)


def test_without_colour(snap_compare: Callable[..., bool], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app, _ = floor_desk(floor())
    assert snap_compare(app, terminal_size=MEDIUM, run_before=lambda pilot: still(pilot, []))


def test_guide(snap_compare: Callable[..., bool]) -> None:
    app, _ = floor_desk(floor(), guide=True)
    assert snap_compare(app, terminal_size=MEDIUM, run_before=lambda pilot: still(pilot, []))
