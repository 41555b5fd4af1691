"""Titles, hints and banners fit their room: whole parts go, and what wants to be read stays."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from textual.content import Content
from textual.widgets import Input, Static

from desktop.domain.entities.model import Leg
from desktop.domain.entities.words import LegKind, LegPhase, Outcome, PopAnswer
from desktop.domain.state.events import Change
from desktop.domain.state.state import AppState, Ending
from desktop.tui.agent.panes.customer import CustomerPane
from desktop.tui.agent.panes.expert_finder import ExpertFinder
from desktop.tui.agent.panes.note import NotePane
from desktop.tui.agent.panes.status_line import StatusLine
from desktop.tui.agent.panes.wrap_up import WrapUpPane
from desktop.tui.app import DesktopApp
from tests.tui.desk import desk, settle
from tests.tui.several import two_crms_one_down, two_crms_one_unknown
from tests.tui.states import NOW, active, could_not_ask, offered, three_matches, wrapping_up


def ended(reason: str) -> AppState:
    """In a wrap-up that began for this reason."""
    state = wrapping_up()
    return replace(state, endings=(Ending(NOW - 20, Change.WRAP_UP, reason, state.interactions["i1"]),))


def transferred() -> AppState:
    """In a wrap-up after a blind transfer."""
    state = wrapping_up()
    leg = Leg("l1", LegKind.TRANSFER, LegPhase.COMPLETED, "person:p1", "", NOW - 20)
    call = replace(state.interactions["i1"], outcome=Outcome.TRANSFERRED, legs=(leg,))
    return replace(state, interactions={"i1": call})


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
@pytest.mark.parametrize(
    ("state", "words"),
    [
        (lambda: ended("customer_left"), "customer hung up"),
        (lambda: ended("agent_ended"), "ended by you"),
        (lambda: ended("taken_over"), "taken over by a supervisor"),
        (transferred, "transferred to Ana Lindqvist"),
        (wrapping_up, ""),
    ],
)
async def test_a_wrap_up_says_whose_it_is_and_how_the_contact_ended(
    state: Callable[[], AppState], words: str, size: tuple[int, int]
) -> None:
    app, _ = desk(state())
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        title = Content.from_markup(app.desk_screen.query_one(WrapUpPane).border_title or "").plain
        assert "Priya Natarajan" in title and "left" in title and "…" not in title
        assert on_screen(app, words)


def on_screen(app: DesktopApp, words: str) -> bool:
    """Whether a line of the screen has these words."""
    strips = app.screen._compositor.render_strips()
    return any(words in strip.text for strip in strips)


@pytest.mark.parametrize("linked", [False, True])
async def test_a_wrap_up_with_several_customers_and_none_chosen_says_so(linked: bool) -> None:
    state, several = wrapping_up(), three_matches().pops["i1"]
    pop = replace(several, chosen=several.matches[0].customer.id, chosen_by="you") if linked else several
    assert pop.answer is PopAnswer.MANY
    app, _ = desk(replace(state, pops={"i1": pop}))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        said = str(app.desk_screen.query_one("#wrap-up-missing", Static).render())
        assert ("none of 3 possible customers chosen (alt+1–3)" in said) is not linked


@pytest.mark.parametrize("key", ["f6", "f7"])
@pytest.mark.parametrize("width", [80, 100, 140, 180])
async def test_the_finder_cuts_no_key_in_a_word(key: str, width: int) -> None:
    app, _ = desk(active())
    async with app.run_test(size=(width, 40)) as pilot:
        await settle(pilot, [key])
        finder = app.desk_screen.query_one(ExpertFinder)
        keys = Content.from_markup(finder.border_subtitle or "").plain
        assert keys.lstrip().startswith("enter ") and keys.endswith(("alt+enter chat", "F7 transfer", "F6 consult"))
        assert len(keys) <= finder.outer_size.width - 6


@pytest.mark.parametrize("key", ["f6", "f7"])
async def test_pressed_twice_the_list_stays_and_what_is_typed_is_searched_for(key: str) -> None:
    app, _ = desk(active())
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, [key, key, *"mei"])
        finder = app.desk_screen.query_one(ExpertFinder)
        assert finder.is_open and finder.query_one("#expert-query", Input).value == "mei"
        assert "mei" not in app.desk_screen.query_one(NotePane).text


@pytest.mark.parametrize("width", [60, 80, 90, 140, 180])
async def test_the_banner_names_its_caller_in_whole_parts(width: int) -> None:
    app, _ = desk(offered())
    async with app.run_test(size=(width, 40)) as pilot:
        await settle(pilot)
        banner = app.desk_screen.query_one(StatusLine)
        first = banner.render().plain.split("\n")[0]
        assert "Priya Natarajan" in first and "…" not in first
        assert len(first) <= banner.content_size.width
        assert "on file" in first or width < 180


@pytest.mark.parametrize("state", [could_not_ask, two_crms_one_unknown, two_crms_one_down])
async def test_the_card_of_a_crm_that_is_down_names_the_retry_key_once(state: Callable[[], AppState]) -> None:
    app, _ = desk(state())
    async with app.run_test(size=(140, 40)) as pilot:
        await settle(pilot)
        assert str(app.desk_screen.query_one(CustomerPane).render()).count("F10") == 1
