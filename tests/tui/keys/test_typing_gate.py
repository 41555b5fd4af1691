"""Letters are verbs only where somebody means them to be: words without a place carry out nothing."""

from dataclasses import replace
from typing import Any

import pytest
from textual import events
from textual.widgets import Input

from desktop.domain.entities.customer import Match
from desktop.domain.entities.words import PopAnswer, Verb
from desktop.domain.text.sentence import verbatim
from desktop.tui.agent.overlays.state_menu import StateMenu
from desktop.tui.agent.panes.customer import CustomerPane
from desktop.tui.agent.panes.expert_finder import ExpertFinder
from desktop.tui.agent.panes.history import CasesPane, TimelinePane
from desktop.tui.agent.panes.note import NotePane
from desktop.tui.agent.panes.search import SearchPane
from desktop.tui.widgets.table import LineTable
from desktop.words.catalogue import in_words
from tests.tui.desk import desk, settle, told
from tests.tui.states import DETAILS, IDLE, PRIYA, active, offered
from tests.tui.supervisor.floor_desk import floor_desk
from tests.tui.supervisor.floor_states import floor

SIZE = (120, 36)
FOUND = Match(PRIYA, "name", "name matches", verified=True)


def searching(state: Any) -> Any:
    """A desk where no time passes while one types."""
    return desk(state, monotonic=lambda: 0.0)


def done(session: Any) -> list[str]:
    aside = ("on_screen.look", "notes.edit", "search.typed", "search.stop")
    return [call[0] for call in session.calls if call[0] not in aside]


async def test_letters_that_go_nowhere_are_told_of_again_when_the_word_about_it_has_gone() -> None:
    app, session = searching(IDLE)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["e", *"sad"])
        session.store.notice(verbatim("Something else."))
        await settle(pilot, ["s"])
        assert "No field is open for typing" in told(app.desk_screen)


async def test_search_opens_without_a_contact_and_shows_a_card() -> None:
    app, session = searching(IDLE)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["slash", *"anna"])
        pane = app.desk_screen.query_one(SearchPane)
        assert pane.is_open
        assert pane.query_one(Input).value == "anna"
        assert done(session) == []
        await settle(pilot, ["enter"])
        assert done(session) == ["search.ask"]
        session.search.found(FOUND)
        await settle(pilot, ["enter"])
        assert done(session) == ["search.ask", "pops.look_at"]
        assert not pane.is_open
        session.store.state = replace(session.store.state, details={PRIYA.id: DETAILS})
        app.request_frame()
        await settle(pilot)
        card = str(app.desk_screen.query_one(CustomerPane).render())
        assert "Priya Natarajan" in card
        assert "Not linked: there is no contact." in card
        assert app.desk_screen.query_one(TimelinePane).rows
        assert app.desk_screen.query_one(CasesPane).rows
        await settle(pilot, ["escape"])
        assert "No contact selected" in str(app.desk_screen.query_one(CustomerPane).render())


async def test_a_crm_that_cannot_be_asked_is_not_nobody() -> None:
    app, session = searching(IDLE)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["slash", *"anna", "enter"])
        session.search.found(answer=PopAnswer.COULD_NOT_ASK)
        await settle(pilot)
        (heading,) = app.desk_screen.query_one("#search-found", LineTable).rows
        assert "could not be asked" in str(heading.cells[0])


@pytest.mark.thorough
async def test_a_contact_that_comes_while_one_searches_takes_neither_the_field_nor_the_link() -> None:
    app, session = searching(IDLE)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["slash", *"an"])
        session.store.state = offered()
        app.request_frame()
        await settle(pilot, [*"na", "enter"])
        session.search.found(FOUND)
        await settle(pilot, ["enter"])
        assert done(session) == ["search.ask"]
        assert "was not linked" in told(app.desk_screen)


@pytest.mark.parametrize(
    "refused",
    ["f2", "a", "f3", "d", "n", "alt+n", "e", "f6", "f", "f7", "k", "l", "y", "plus", "w", "t", "c"],
    ids=lambda key: key,
)
async def test_what_is_typed_for_a_field_that_did_not_open_is_no_verb(refused: str) -> None:
    app, session = searching(IDLE)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, [refused, *"sad", "1", "x", "u", "o"])
        assert done(session) == []
        assert not app.desk_screen.query_one(StateMenu).is_open
        assert not app.outbox.is_open
        assert "No field is open for typing" in told(app.desk_screen)
        await settle(pilot, ["escape", "s"])
        assert app.desk_screen.query_one(StateMenu).is_open


async def test_after_a_pause_letters_are_verbs_again_and_nothing_more_is_said() -> None:
    time = [100.0]
    app, _session = desk(IDLE, monotonic=lambda: time[0])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["e", "x"])
        time[0] += 1.4
        await settle(pilot, ["s"])
        assert not app.desk_screen.query_one(StateMenu).is_open, "each letter that goes nowhere begins the pause anew"
        time[0] += 1.6
        await settle(pilot, ["s"])
        assert app.desk_screen.query_one(StateMenu).is_open


async def test_a_pause_before_anything_went_nowhere_makes_no_verbs() -> None:
    time = [100.0]
    app, session = desk(active(), monotonic=lambda: time[0])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["f6", *"re"])
        session.store.state = offered()
        app.request_frame()
        time[0] += 60.0
        await settle(pilot, list("ad"))
        assert done(session) == []


async def test_a_word_goes_nowhere_when_its_field_goes_away() -> None:
    state = active()
    app, session = searching(state)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["f6", *"re"])
        session.store.state = offered()
        app.request_frame()
        await settle(pilot, list("adxu"))
        assert done(session) == []
        await settle(pilot, ["escape", "a"])
        assert session.calls[-1][:2] == ("commands.do", Verb.ACCEPT)


async def test_what_is_typed_for_an_offer_that_has_just_gone_is_no_verb() -> None:
    app, session = searching(offered())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        session.store.state = IDLE
        app.request_frame()
        await settle(pilot, ["f2", *"router", "space", *"broken"])
        assert done(session) == []
        assert not app.outbox.is_open
        assert "No field is open for typing" in told(app.desk_screen)


async def test_f6_in_the_list_of_a_transfer_finds_an_expert_with_what_was_typed() -> None:
    app, session = searching(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        note = app.desk_screen.query_one(NotePane).text
        await settle(pilot, ["f7", *"An", "f6", "a"])
        finder = app.desk_screen.query_one(ExpertFinder)
        assert finder.is_open
        assert not finder.transferring
        assert finder.query_one("#expert-query", Input).value == "Ana"
        assert app.desk_screen.query_one(NotePane).text == note
        await settle(pilot, ["enter"])
        assert [call[1] for call in session.calls if call[0] == "commands.do"] == [Verb.CONSULT]


async def test_a_click_says_that_letters_are_verbs_again() -> None:
    app, session = searching(offered())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["f6", "d"])
        assert done(session) == []
        app.post_message(events.MouseDown(None, 5, 8, 0, 0, 1, False, False, False))
        await settle(pilot)
        await settle(pilot, ["a"])
        assert session.calls[-1][:2] == ("commands.do", Verb.ACCEPT)


async def test_a_field_that_opened_takes_its_letters_and_esc_gives_them_back() -> None:
    app, session = searching(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["n", *"xd", "escape", "m"])
        assert app.desk_screen.query_one(NotePane).text.endswith("xd")
        assert session.calls[-1][:2] == ("commands.do", Verb.MUTE)


async def test_the_floor_does_not_take_a_reason_for_verbs() -> None:
    app, session = floor_desk(floor(), monotonic=lambda: 0.0)
    async with app.run_test(size=(160, 45)) as pilot:
        await settle(pilot, ["l", *"sr2"])  # nobody on a call is selected among the queues
        assert session.calls == []
        assert app.front.place == "queues"  # type: ignore[union-attr]
        assert not app.front.query_one(StateMenu).is_open
        await settle(pilot, ["escape", "2"])
        assert app.front.place == "agents"  # type: ignore[union-attr]


@pytest.mark.parametrize(("refused", "digit", "place"), [("l", "2", "agents"), ("k", "3", "alerts")])
async def test_the_digit_that_a_refusal_on_the_floor_names_is_a_verb(refused: str, digit: str, place: str) -> None:
    app, session = floor_desk(floor(), monotonic=lambda: 0.0)
    async with app.run_test(size=(160, 45)) as pilot:
        await settle(pilot, [refused])
        assert f"({digit}: {place})" in in_words(session.store.drain().notices[-1].text)
        await settle(pilot, [digit])
        assert app.front.place == place  # type: ignore[union-attr]
        assert session.calls == []
