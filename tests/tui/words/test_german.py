"""The screens in German: whether what is said fits where the English stands is seen in pictures only."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from textual.pilot import Pilot

from desktop.tui.outbox.outbox_page import OutboxPage
from tests.tui.desk import desk, settle, steady_cursors
from tests.tui.outbox.outbox_desk import PARKED_RECORD, WAITING_SMS, outbox_desk, outbox_state
from tests.tui.states import active, offered, wrapping_up
from tests.tui.supervisor.floor_desk import floor_desk
from tests.tui.supervisor.floor_states import floor

SIZES = [(80, 24), (120, 36)]
DESK_FACES = {
    "offered": (offered, []),
    "active": (active, []),
    "end_asked": (active, ["f8"]),
    "wrap_up": (wrapping_up, ["f9"]),
    "help": (offered, ["f1"]),
}


@pytest.fixture(autouse=True)
def german(speak: Callable[[str], None]) -> None:
    """Is spoken."""
    speak("de")


async def _still(pilot: Pilot[Any], keys: Sequence[str]) -> None:
    await settle(pilot)
    await settle(pilot, list(keys))
    for _ in range(12):
        await pilot.pause(0.05)  # until the cursor of the floor has rested
    for page in pilot.app.screen.query(OutboxPage):
        page.redraw()
    if hasattr(pilot.app.screen, "redraw"):
        pilot.app.screen.redraw()
    await settle(pilot)
    steady_cursors(pilot)
    await settle(pilot)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("face", DESK_FACES)
def test_desk(face: str, size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    state, keys = DESK_FACES[face]
    app, _ = desk(state())
    assert snap_compare(app, terminal_size=size, run_before=lambda pilot: _still(pilot, keys))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("keys", [["o"], ["o", "f1"]], ids=["list", "help"])
def test_outbox(keys: Sequence[str], size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    items = [PARKED_RECORD, WAITING_SMS]
    app, _, _ = outbox_desk(items, outbox_state(items))
    assert snap_compare(app, terminal_size=size, run_before=lambda pilot: _still(pilot, keys))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("keys", [[], ["f1"]], ids=["panes", "help"])
def test_floor(keys: Sequence[str], size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    app, _ = floor_desk(floor())
    assert snap_compare(app, terminal_size=size, run_before=lambda pilot: _still(pilot, keys))
