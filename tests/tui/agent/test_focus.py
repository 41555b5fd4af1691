"""A pane that does not have the keyboard never looks as if it had, and a contact keeps its number."""

from dataclasses import replace
from typing import Any

import pytest
from textual.widget import Widget

from desktop.domain.entities.words import Phase
from desktop.domain.state.state import AppState
from desktop.tui.agent.panes.note import NotePane
from desktop.tui.agent.panes.work import WorkPane
from desktop.tui.app import DesktopApp
from desktop.tui.keys.work_numbers import WorkNumbers
from tests.tui.desk import desk, settle
from tests.tui.outbox.outbox_desk import PARKED_RECORD, outbox_desk, outbox_state
from tests.tui.states import NOW, active, offered, wrapping_up

OPENED = {
    "work": (active, []),
    "note": (active, ["n"]),
    "finder": (active, ["f6"]),
    "finder, then note": (active, ["f6", "alt+n"]),
    "search": (active, ["slash"]),
    "search, then note": (active, ["slash", "alt+n"]),
    "wrap-up by itself": (wrapping_up, ["alt+n"]),
    "wrap-up": (wrapping_up, ["f9"]),
    "state menu": (active, ["s"]),
    "help, then state": (active, ["f1", "alt+s"]),
    "tones": (active, ["k"]),
    "outbox": (active, ["o"]),
    "outbox, its text": (active, ["o", "e"]),
}


def looks_focused(app: DesktopApp) -> list[Widget]:
    accent = app.get_css_variables()["accent"].lower()
    shown = [one for one in app.screen.query("*") if one.is_on_screen and one.styles.border_top[0] == "round"]
    return [one for one in shown if one.styles.border_top[1].hex.lower() == accent]


@pytest.mark.parametrize(("start", "keys"), OPENED.values(), ids=OPENED)
async def test_only_what_has_the_keyboard_looks_focused(start: Any, keys: list[str]) -> None:
    app, _, _ = outbox_desk([PARKED_RECORD], outbox_state([PARKED_RECORD], start()))
    async with app.run_test(size=(160, 42)) as pilot:
        await settle(pilot, keys)
        focused = app.screen.focused
        assert focused is not None
        for one in looks_focused(app):
            assert one in focused.ancestors_with_self, one


def test_a_number_stays_until_its_contact_is_gone_and_is_given_again_then() -> None:
    numbers = WorkNumbers()
    numbers.give(["a", "b", "c"])
    numbers.give(["new", "c", "a", "b"])
    assert numbers.of == {"a": 1, "b": 2, "c": 3, "new": 4}
    numbers.give(["c", "new", "b"])
    assert numbers.of == {"b": 2, "c": 3, "new": 4}
    numbers.give(["next", "c", "new", "b"])
    assert numbers.of["next"] == 1


def test_nine_have_a_number() -> None:
    numbers = WorkNumbers()
    numbers.give([f"i{n}" for n in range(12)])
    assert sorted(numbers.of.values()) == list(range(1, 10))


async def test_a_more_urgent_contact_takes_no_number_away() -> None:
    first = active()
    app, session = desk(first)
    async with app.run_test(size=(160, 42)) as pilot:
        await settle(pilot)
        ringing = replace(offered().interactions["i1"], id="i2", phase=Phase.OFFERED, phase_since=NOW)
        both: AppState = replace(first, interactions={"i2": ringing, **first.interactions})
        session.store.state = both
        app.desk_screen.show(both)
        assert [row.key for row in app.desk_screen.query_one(WorkPane).rows if row.of is None] == ["i2", "i1"]
        await settle(pilot, ["2"])
        assert app.desk_screen.selected == "i2"
        await settle(pilot, ["1"])
        assert app.desk_screen.selected == "i1"
        assert app.desk_screen.query_one(NotePane) is not None
