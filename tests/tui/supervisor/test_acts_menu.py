"""What can be done about the selected row, behind one key: what is listed, for whom, and that a choice is the verb."""

from dataclasses import replace
from typing import Any

import pytest

from desktop.domain.entities.words import Monitoring
from desktop.domain.state.floor_events import FloorChanged
from desktop.tui.supervisor.actions.acts_menu import ActsMenu
from desktop.tui.supervisor.banners.floor_offer import FloorOffer
from desktop.tui.supervisor.panels.agent_panel import AgentPanel
from desktop.tui.widgets.safe_text import plain
from desktop.tui.widgets.table import LineTable
from desktop.words.catalogue import in_words
from tests.tui.desk import settle
from tests.tui.supervisor.floor_desk import floor_desk
from tests.tui.supervisor.floor_states import AGENTS, floor, offered_on_floor
from tests.tui.supervisor.test_floor import SIZE, change, screen_of, screen_text, sees, until
from tests.tui.supervisor.test_floor_verbs import MAYA, STATE, TWICE, WHY, typed


def listed(app: Any) -> dict[str, str]:
    """The acts on offer by their keys."""
    rows = screen_of(app).query_one("#acts-list", LineTable).rows
    return {plain(row.cells[0]): plain(row.cells[1]) for row in rows} if screen_of(app).acts.is_open else {}


LISTED = [
    (MAYA, "Maya Okafor · talking 03:41", "l w b t e c n"),
    (["2"], "Jon Whitfield · ringing 00:40", "e m u c n"),
    (["2", "down"], "Ana Lindqvist · on hold 20:04", "l w b t e c n"),
    (["1"], "Billing · 4 waiting", "e m p u"),
    (["4"], "☎ Priya Rao · Billing · waiting 02:10", "e m p u"),
    (["3"], "Maya Okafor needs help", "h l w b c n t e"),
    (["3", "down"], "Billing: service level 62 %", "k"),
]


@pytest.mark.parametrize(("keys", "victim", "letters"), LISTED, ids=[victim for _, victim, _ in LISTED])
@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
async def test_one_key_lists_what_applies_to_the_row_and_names_the_victim(
    keys: list[str], victim: str, letters: str, size: tuple[int, int]
) -> None:
    app, session = floor_desk(floor())
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await until(pilot, lambda: screen_of(app).looked().waiting.value)
        await settle(pilot, [*keys, "space"])
        text = await sees(pilot, victim, "or its key", "esc close")
        assert set(listed(app)) == set(letters.split())
        for label in listed(app).values():
            assert label in text
        await settle(pilot, ["escape"])
        assert not listed(app)
        assert screen_of(app).query_one(AgentPanel).has_focus == (keys[0] == "2")
        assert session.calls == []


CHOSEN = [
    ([*MAYA, "space", "l", *WHY], ("monitor", "a1", Monitoring.LISTEN, "why not")),
    ([*MAYA, "space", "down", "enter", *WHY], ("monitor", "a1", Monitoring.WHISPER, "why not")),
    ([*MAYA, "space", "t", *WHY], ("take_over", "w1", "why not")),
    ([*MAYA, "space", "c", *"offl", "enter", *WHY], (STATE, "a1", "offline", "", "why not")),
    (["4", "space", "u", *WHY], ("withdraw", "i1", "why not")),
    (["4", "down", "space", "m", *"sales", "enter", *WHY], ("move", "i2", "Sales", "why not")),
    (["3", "down", "space", "enter", "enter"], ("acknowledge", "low service level|Billing", "")),
]


@pytest.mark.parametrize(("keys", "call"), CHOSEN, ids=[str(call[:2]) for _, call in CHOSEN])
async def test_what_is_chosen_is_asked_about_and_done_as_by_its_own_key(keys: list[str], call: tuple[Any, ...]) -> None:
    app, session = floor_desk(floor())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await until(pilot, lambda: screen_of(app).looked().waiting.value)
        await pilot.press(*typed(keys))
        await settle(pilot)
        if call[0] in TWICE:
            assert session.calls == []
            await sees(pilot, f"{TWICE[call[0]]} again: ")
            await settle(pilot, [TWICE[call[0]]])
        await until(pilot, lambda: session.calls)
        assert session.calls == [call]


async def test_a_letter_of_another_verb_does_nothing_while_the_list_is_open() -> None:
    app, session = floor_desk(floor())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["2", "space"])
        before = screen_of(app).formula
        await settle(pilot, ["l", "f", "g", "1", "A"])
        assert set(listed(app)) == set("emucn")
        assert screen_of(app).formula is before
        assert screen_of(app).query_one(AgentPanel).group == ""
        await settle(pilot, ["space"])
        assert not listed(app)
        await settle(pilot, ["f"])
        assert screen_of(app).formula is not before
        assert session.calls == []


async def test_the_list_follows_what_makes_sense_by_now() -> None:
    app, session = floor_desk(floor())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, [*MAYA, "space"])
        await change(session, pilot, FloorChanged(agents=(replace(AGENTS["a1"], version=2, work=(), in_use={}),)))
        assert set(listed(app)) == {"c", "n"}
        await settle(pilot, ["l", "enter"])
        assert session.calls == []


async def test_where_nothing_can_be_done_it_says_so() -> None:
    app, session = floor_desk(floor())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["1", "end"])
        await until(pilot, lambda: screen_of(app).looked().waiting.of == "Sales")
        await settle(pilot, ["space"])
        assert not listed(app)
        assert "nothing to do about this row" in in_words(session.store.drain().notices[-1].text)


@pytest.mark.thorough
@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
@pytest.mark.parametrize("keys", [["space"], ["c"]])
async def test_it_stands_beside_the_row_and_over_no_offer(size: tuple[int, int], keys: list[str]) -> None:
    app, session = floor_desk(floor())
    async with app.run_test(size=size) as pilot:
        for row in range(8):
            await settle(pilot, ["2", "home", *["down"] * row, *keys])
            screen = screen_of(app)
            box = screen.acts if keys == ["space"] else screen.dialog
            if not box.is_open:
                continue  # one's own row
            at = screen.query_one(AgentPanel).cursor_offset
            assert at.y in (box.region.y - 1, box.region.bottom), "next to its row, and not over it"
            assert box.region.bottom <= size[1] - 1
            await settle(pilot, ["escape"])
        await settle(pilot, ["home", *keys])
        session.store.state = offered_on_floor()
        app.request_frame()
        await sees(pilot, "Incoming call", "F2", "accept")
        assert not screen_of(app).query_one(FloorOffer).region.overlaps(screen_of(app).query_one(ActsMenu).region)


async def test_the_key_is_in_the_footer_as_long_as_something_can_be_done() -> None:
    app, _ = floor_desk(floor(), keymap={"acts": "j"})
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await until(pilot, lambda: screen_of(app).looked().waiting.value)
        await settle(pilot, MAYA)
        await sees(pilot, "j act")
        await settle(pilot, ["space"])
        assert not listed(app)
        await settle(pilot, ["j"])
        assert listed(app)
        assert "j act" not in screen_text(app.screen)
