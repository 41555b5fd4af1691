"""The key that shows which records are one, links others and takes them apart."""

from dataclasses import replace

import pytest

from desktop.domain.entities.screen_pop import ScreenPop
from desktop.domain.entities.words import PopAnswer
from desktop.domain.state.state import AppState
from desktop.tui.agent.overlays.records import RecordsPane
from desktop.tui.agent.panes.expert_finder import ExpertFinder
from tests.tui.desk import desk, settle
from tests.tui.several import IN_MAIL, IN_SHOP, matches, two_crms, two_crms_ambiguous, two_directories
from tests.tui.states import offered

LINKS = ("links.join", "links.part")


async def asked(state: AppState, *keys: str) -> list[tuple[object, ...]]:
    """What the session was asked to link or part after these keys."""
    app, session = desk(state)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, keys)
        return [call for call in session.calls if call[0] in LINKS]


async def test_a_digit_takes_a_linked_record_apart() -> None:
    assert await asked(two_crms(), "g", "1") == [("links.part", "customer", "mail:901", ("shop:4471",))]


@pytest.mark.thorough
async def test_a_digit_links_another_record_that_was_found() -> None:
    husband = replace(IN_MAIL, id="mail:902", name="Arun Natarajan")
    found = matches(IN_SHOP, IN_MAIL, husband)
    pop = ScreenPop(PopAnswer.MANY, 0.0, found, "shop:4471", "you")
    state = replace(two_crms_ambiguous(), pops={"i1": pop})
    assert await asked(state, "g", "2") == [("links.join", "customer", "mail:902", ("shop:4471",))]
    assert await asked(state, "g", "down", "enter") == [("links.join", "customer", "mail:901", ("shop:4471",))]
    assert await asked(state, "g", "enter") == []  # the first is the customer themselves
    assert await asked(state, "g", "7") == []


async def test_it_wants_a_customer_and_something_to_link() -> None:
    assert await asked(two_crms_ambiguous(), "g", "1") == []
    assert await asked(offered(), "g", "1") == []
    app, _ = desk(offered())
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["g"])
        assert not app.desk_screen.query_one(RecordsPane).is_open


async def test_in_the_finder_it_is_about_the_expert_under_the_cursor_and_esc_goes_back_there() -> None:
    app, session = desk(two_directories())
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["f6", "alt+g", "1", "escape"])
        assert [call for call in session.calls if call[0] in LINKS] == [
            ("links.part", "person", "teams:p2", ("xmpp:p2",))
        ]
        finder = app.desk_screen.query_one(ExpertFinder)
        assert finder.is_open
        assert finder.has_focus_within
        await settle(pilot, ["escape"])
        assert not finder.is_open


async def test_it_closes_when_the_agent_turns_to_another_contact() -> None:
    app, session = desk(two_crms())
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["g"])
        pane = app.desk_screen.query_one(RecordsPane)
        assert pane.is_open
        session.store.state = replace(two_crms(), interactions={}, pops={})
        app.desk_screen.show(session.store.state)
        await pilot.pause()
        assert not pane.is_open


async def test_a_digit_pressed_twice_never_hits_another_record() -> None:
    husband = replace(IN_MAIL, id="mail:902", name="Arun Natarajan")
    one_of_two = ScreenPop(PopAnswer.MANY, 0.0, matches(IN_SHOP, IN_MAIL, husband), "mail:901", "you")
    state = replace(two_crms_ambiguous(), pops={"i1": one_of_two})
    app, session = desk(state)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["g", "1"])
        both = two_crms().pops["i1"]
        joined = replace(both, matches=(*both.matches, *matches(husband)), answer=PopAnswer.MANY)
        session.store.state = replace(state, pops={"i1": joined})  # the shop's record has precedence, and stands first
        app.desk_screen.show(session.store.state)
        await settle(pilot, ["1"])
    calls = [call for call in session.calls if call[0] in LINKS]
    assert calls == [
        ("links.join", "customer", "shop:4471", ("mail:901",)),
        ("links.part", "customer", "shop:4471", ("mail:901",)),
    ]
