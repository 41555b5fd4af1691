"""The outbox page at three sizes, compared with the kept pictures."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from textual.pilot import Pilot

from desktop.app.notes.outbox_items import OutboxItem
from desktop.domain.text.sentence import NOTHING, verbatim
from desktop.tui.outbox.outbox_page import OutboxPage
from tests.tui.desk import settle, steady_cursors
from tests.tui.outbox.outbox_desk import (
    PARKED_RECORD,
    REFUSED,
    UNKNOWN,
    WAITING_SMS,
    WAITS,
    crm_down,
    outbox_desk,
    outbox_state,
)

SIZES = [(80, 24), (120, 36), (200, 50)]
FACES: dict[str, tuple[Sequence[OutboxItem], Sequence[str]]] = {
    "parked_record": ([PARKED_RECORD, WAITING_SMS], []),
    "refused_note": ([REFUSED], []),
    "crm_down": ([WAITS, WAITING_SMS], []),
    "empty": ([], []),
    "discard": ([UNKNOWN, PARKED_RECORD, REFUSED, WAITS], ["end", "up", "x"]),
    "customer": ([UNKNOWN], ["l", "p", "r", "i", "enter"]),
    "changed": ([PARKED_RECORD], ["e", *" Sent.", "escape"]),
}


async def _still(pilot: Pilot[Any], keys: Sequence[str]) -> None:
    await settle(pilot, ["o", *("space" if key == " " else "full_stop" if key == "." else key for key in keys)])
    pilot.app.screen.query_one(OutboxPage).redraw()  # as it does every second, with everything in its place
    await settle(pilot)
    steady_cursors(pilot)
    await settle(pilot)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", FACES)
def test_face(name: str, size: tuple[int, int], snap_compare: Callable[..., bool]) -> None:
    items, keys = FACES[name]
    state = outbox_state(items)
    down = verbatim("the CRM went down at 13:53.") if name == "crm_down" else NOTHING
    app, _, _ = outbox_desk(items, crm_down(state) if down else state, down=down)
    assert snap_compare(app, terminal_size=size, run_before=lambda pilot: _still(pilot, keys))
