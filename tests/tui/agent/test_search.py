"""Search as one types: local hits at once, the CRMs when they answer, and a cursor that stays where it is."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from textual.command import CommandPalette
from textual.widgets import Input

from desktop.app.commands.command_result import CommandResult
from desktop.domain.entities.customer import Match
from desktop.domain.entities.model import Address
from desktop.domain.entities.words import Phase, PopAnswer, Verb
from desktop.domain.state.events import Change
from desktop.domain.state.state import AppState, Ending
from desktop.domain.text.sentence import verbatim
from desktop.tui.agent.panes.customer import CustomerPane
from desktop.tui.agent.panes.expert_finder import ExpertFinder
from desktop.tui.agent.panes.page import Page
from desktop.tui.agent.panes.queues import QueuesPane
from desktop.tui.agent.panes.search import SearchPane
from desktop.tui.keys.keys import BY_ID
from desktop.tui.widgets.safe_text import plain
from desktop.tui.widgets.table import LineTable
from tests.tui.desk import desk, settle, told
from tests.tui.states import IDLE, NOW, PRIYA, active, offered, three_matches

SIZE = (120, 36)
ANNA = replace(
    PRIYA,
    id="C-4301",
    name="Anna Smith",
    company="",
    place="SE2 5AB London",
    addresses=(Address("phone", "+442079460321"),),
    last_contact=NOW - 3 * 86_400,
    fetched_at=NOW - 300,
)
OTHER_ANNA = replace(ANNA, id="C-4305", company="Kestrel Optics", place="75116 Paris", last_contact=None)


def hit(customer: Any, reason: str = "name") -> Match:
    return Match(customer, "name", reason)


def table(app: Any) -> LineTable:
    return app.desk_screen.query_one("#search-found", LineTable)  # type: ignore[no-any-return]


def listed(app: Any) -> list[str]:
    return [" | ".join(plain(cell) for cell in row.cells).strip() for row in table(app).rows]


def calls(session: Any, name: str) -> list[tuple[Any, ...]]:
    return [call[1:] for call in session.calls if call[0] == name]


async def test_what_the_desk_knows_is_there_with_each_key_and_each_kind_has_a_heading() -> None:
    app, session = desk(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["escape", "slash", *"bil"])
        rows = listed(app)
        assert rows[0] == "Your contacts"
        assert rows[1].startswith("☎ Priya Natarajan | talking")
        assert "Billing" in rows[2]
        assert "Colleagues" in rows
        assert "Queues" in rows
        assert any(row.startswith("≡ Billing | 7 waiting") for row in rows)
        assert calls(session, "search.typed") == [("b",), ("bi",), ("bil",)]
        assert table(app).cursor_key == "contact:i1", "headings are passed over"


async def test_keys_move_from_hit_to_hit_past_headings_and_second_lines() -> None:
    app, _ = desk(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["escape", "slash", *"bil"])
        seen = [table(app).cursor_key]
        for _ in range(8):
            await settle(pilot, ["down"])
            seen.append(table(app).cursor_key)
        assert None not in seen
        assert [key.partition(":")[0] for key in dict.fromkeys(seen) if key][:2] == ["contact", "person"]
        assert seen[-1] == "queue:Billing"
        await settle(pilot, ["pageup", "pageup", "pageup"])
        assert table(app).cursor_key == "contact:i1"
        assert app.desk_screen.query_one("#search-text", Input).has_focus


async def test_nothing_below_the_customers_is_chosen_while_they_are_asked_for() -> None:
    app, session = desk(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["escape", "slash", *"lindqvist"])
        assert table(app).cursor_key is None
        session.search.found(answer=PopAnswer.SEARCHING, ago=2)
        await settle(pilot, ["enter"])
        assert table(app).cursor_key is None
        assert "The CRM is still being asked." in told(app.desk_screen)
        assert app.desk_screen.query_one(SearchPane).is_open
        session.search.found(hit(ANNA), answer=PopAnswer.ONE)
        await settle(pilot)
        assert table(app).cursor_key == "customer:C-4301"
        await settle(pilot, ["enter"])
        assert [call[0] for call in calls(session, "pops.link")] == ["i1"]


async def test_who_moves_to_a_row_waits_for_no_crm() -> None:
    app, session = desk(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["escape", "slash", *"lindqvist"])
        session.search.found(answer=PopAnswer.SEARCHING)
        await settle(pilot, ["down", "enter"])
        assert app.desk_screen.query_one(ExpertFinder).is_open


async def test_nobody_found_leaves_the_first_row_that_there_is() -> None:
    app, session = desk(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["escape", "slash", *"lindqvist"])
        session.search.found(answer=PopAnswer.NO_MATCH)
        await settle(pilot)
        assert str(table(app).cursor_key).startswith("person:")


async def test_late_answers_move_no_cursor_that_the_agent_moved_and_an_older_question_is_not_heard() -> None:
    app, session = desk(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["escape", "slash", *"ana", "down"])
        before = table(app).cursor_key
        assert before is not None
        assert before.startswith("person:")
        session.search.found(answer=PopAnswer.SEARCHING, ago=2)
        await settle(pilot)
        assert "Customers · ◌ asking crm … 00:02" in listed(app)
        session.search.found(hit(ANNA), answer=PopAnswer.ONE, text="an")
        await settle(pilot)
        assert not any("Anna Smith" in row for row in listed(app)), "the answer to another text"
        session.search.found(hit(ANNA), answer=PopAnswer.ONE, ago=1)
        await settle(pilot)
        assert "Customers · crm 1s ago" in listed(app)
        assert table(app).cursor_key == before
        await settle(pilot, ["up"])
        assert table(app).cursor_key == "customer:C-4301"


async def test_the_second_line_begins_with_what_tells_namesakes_apart() -> None:
    app, session = desk(IDLE)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["slash", *"anna"])
        session.search.found(hit(ANNA), hit(OTHER_ANNA), kept=("C-4305",))
        await settle(pilot)
        rows = listed(app)
        first = rows.index("Anna Smith | ◆ Platinum")
        assert rows[first + 1].startswith("SE2 5AB London · last contact")
        assert rows[first + 1].endswith("+44 20 7946 0321"), "what both share comes last"
        assert rows[first + 2] == "Anna Smith | saved copy, 5m ago"
        assert rows[first + 3] == "Kestrel Optics · 75116 Paris · +44 20 7946 0321"


async def test_namesakes_of_whom_nothing_else_is_known_are_told_apart_by_their_ids() -> None:
    app, session = desk(IDLE)
    bare = replace(ANNA, place="", last_contact=None, tier="", addresses=())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["slash", *"anna"])
        session.search.found(hit(bare), hit(replace(bare, id="C-9")))
        await settle(pilot)
        assert [row for row in listed(app) if row.startswith("id ")] == ["id C-4301", "id C-9"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (PopAnswer.COULD_NOT_ASK, "Customers · ✕ crm could not be asked"),
        (PopAnswer.NO_MATCH, "Customers · crm now · none found"),
    ],
)
async def test_what_became_of_the_question_is_said(answer: PopAnswer, said: str) -> None:
    app, session = desk(IDLE)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["slash", *"zzyx"])
        session.search.found(answer=answer)
        await settle(pilot)
        assert listed(app) == [said]


async def test_two_signs_ask_nobody_and_that_is_said() -> None:
    app, _ = desk(IDLE)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["slash", *"zz"])
        assert listed(app) == ["Customers · the CRM is asked from 3 characters on"]


async def test_enter_asks_at_once_where_there_is_no_row_to_take() -> None:
    app, session = desk(IDLE)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["slash", *"zz", "enter"])
        assert calls(session, "search.ask") == [("zz",)]


async def test_enter_on_a_customer_links_the_contact_and_without_one_shows_the_card() -> None:
    app, session = desk(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["escape", "slash", *"smith"])
        session.search.found(hit(ANNA))
        await settle(pilot, ["enter"])
        assert [call[0] for call in calls(session, "pops.link")] == ["i1"]
        assert "Linked to Anna Smith instead of Priya Natarajan" in told(app.desk_screen)
        assert not app.desk_screen.query_one(SearchPane).is_open
    app, session = desk(IDLE)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["slash", *"smith"])
        session.search.found(hit(ANNA))
        await settle(pilot, ["enter"])
        assert "Anna Smith" in str(app.desk_screen.query_one(CustomerPane).render())
        assert calls(session, "pops.link") == []


async def test_the_name_of_a_new_customer_stands_in_its_field_until_there_is_a_record() -> None:
    down = CommandResult(False, verbatim("No record was created."), "Unavailable")
    answers = iter([down, CommandResult(True)])
    app, session = desk(active())

    async def create(interaction_id: str, name: str) -> CommandResult:
        session.calls.append(("pops.create", interaction_id, name))
        return next(answers)

    session.pops.create = create
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["escape", "plus", *"Ada", "enter"])
        pane = app.desk_screen.query_one(SearchPane)
        assert told(app.desk_screen).startswith("✕ No record was created.")
        assert pane.new_name == "Ada"
        await settle(pilot, ["enter"])
        assert not pane.is_open
        assert calls(session, "pops.create") == [("i1", "Ada"), ("i1", "Ada")]


async def test_enter_on_a_colleague_opens_the_finder_at_them_and_calls_nobody() -> None:
    app, session = desk(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["escape", "slash", *"lindqvist", "down", "enter"])
        finder = app.desk_screen.query_one(ExpertFinder)
        assert finder.is_open
        assert finder.under_cursor is not None
        assert app.desk_screen.state.people[finder.under_cursor].name == "Ana Lindqvist"
        assert calls(session, "commands.do") == []
        await settle(pilot, ["enter"])
        assert calls(session, "commands.do")[0][0] is Verb.CONSULT


async def test_without_a_call_a_colleague_cannot_be_called_and_that_is_said() -> None:
    app, _ = desk(replace(IDLE, people=active().people, presence=active().presence))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["slash", *"lindqvist", "down", "enter"])
        assert "during a contact" in told(app.desk_screen)


async def test_enter_on_a_queue_shows_it_and_on_a_command_does_what_its_key_does() -> None:
    app, _ = desk(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["escape", "slash", *"sales", "down", "enter"])
        queues = app.desk_screen.query_one(QueuesPane)
        assert queues.has_focus
        assert queues.cursor_key == "Sales"
        await settle(pilot, ["slash", *"diagn"])
        assert listed(app)[-1].endswith("alt+i")
        await settle(pilot, ["down", "enter"])
        assert app.desk_screen.query_one(Page).topic == "diagnostics"


async def test_a_command_that_cannot_be_undone_asks_first_as_its_key_does() -> None:
    app, session = desk(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["escape", "slash", *"end", "down", "enter"])
        assert calls(session, "commands.do") == []
        assert app.presses.armed is not None
        await settle(pilot, ["f8"])
        assert [call[0] for call in calls(session, "commands.do")] == [Verb.END]


async def test_a_remapped_key_stands_beside_its_command() -> None:
    before = dict(BY_ID)
    app, _ = desk(IDLE, keymap={"diagnostics": "f11"})
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["slash", *"diagn"])
        assert listed(app)[-1].endswith("F11")
    BY_ID.update(before)


def two_contacts() -> AppState:
    state = active()
    second = replace(
        offered().interactions["i1"],
        id="i2",
        phase=Phase.ACTIVE,
        customer=Address("phone", "+442079460142"),
        customer_name="Jo Ortega",
        offer_deadline=None,
    )
    return replace(state, interactions={**state.interactions, "i2": second})


@pytest.mark.parametrize("typed", ["ortega", "946 0142"])
async def test_enter_on_a_contact_turns_to_it(typed: str) -> None:
    app, _ = desk(two_contacts())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        app.desk_screen.select("i1")
        await settle(pilot, ["escape", "slash", *["space" if sign == " " else sign for sign in typed], "enter"])
        assert app.desk_screen.selected == "i2"
        assert not app.desk_screen.query_one(SearchPane).is_open


async def test_a_contact_that_has_ended_leads_to_a_search_for_its_customer() -> None:
    gone = replace(two_contacts().interactions["i2"], phase=Phase.CLOSED, ended_at=NOW - 600)
    app, session = desk(replace(IDLE, endings=(Ending(NOW - 600, Change.CLOSED, "", gone),)))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["slash", *"orte"])
        assert any("Jo Ortega | ended" in row for row in listed(app))
        await settle(pilot, ["enter"])
        assert app.desk_screen.query_one("#search-text", Input).value == "+442079460142"
        assert calls(session, "search.typed")[-1] == ("+442079460142",)


async def test_text_from_outside_does_no_harm_in_any_line() -> None:
    evil = "\x1b[31m[@click=app.quit]x[/]\u202e"
    person = replace(next(iter(active().people.values())), id="p9", name=f"zed {evil}", title=evil, team=evil)
    state = replace(active(), people={"p9": person})
    customer = replace(ANNA, name=f"zed {evil}", company=evil, place=evil, addresses=(Address("handle", evil),))
    app, session = desk(state)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["escape", "slash", *"zed"])
        session.search.found(hit(customer), source="crm:\x1b[2J")
        await settle(pilot)
        assert len(listed(app)) > 4
        assert not any(sign in row for row in listed(app) for sign in "\x1b\u202e")
        screen = table(app)
        await pilot.click("#search-found", offset=(5, 2))
        assert app.is_running
        assert not any("\x1b" in screen.render_line(y).text for y in range(screen.size.height))


async def test_shared_number_shows_what_tells_each_of_three_apart() -> None:
    app, _ = desk(three_matches())
    async with app.run_test(size=(200, 50)) as pilot:
        await settle(pilot)
        card = str(app.desk_screen.query_one(CustomerPane).render()).split("\n")
        assert "3 customers match. Who is it?  same number, different name" in card[0]
        assert "last contact 14 Nov" in card[2]
        assert card[4].strip().startswith("Smith & Sons Roofing · SE4 2AB London")
        assert "M4 1HQ Manchester" in card[6]
        assert not any("+44" in row for row in card), "the number they share tells nobody apart"


async def test_without_text_the_contact_s_own_matches_can_be_taken() -> None:
    app, session = desk(three_matches())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["slash", "down", "enter"])
        assert calls(session, "pops.choose") == [("i1", "C-101")]


async def palette(pilot: Any, app: Any, typed: Sequence[str]) -> list[str]:
    await settle(pilot, ["ctrl+p", *typed])
    shown = app.screen
    assert isinstance(shown, CommandPalette)
    await app.workers.wait_for_complete()
    await settle(pilot)
    options = shown.query_one("CommandList")
    return [str(options.get_option_at_index(i).prompt) for i in range(options.option_count)]  # type: ignore[attr-defined]


async def test_the_palette_finds_people_contacts_queues_and_customers_kept_here() -> None:
    app, session = desk(active())
    session.search.kept = (hit(replace(ANNA, name="Bill Smith [/x] \x1b")),)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        found = await palette(pilot, app, list("bil"))
        heads = [one.partition("\n")[0] for one in found]
        assert any("Priya Natarajan" in one and "Your contacts" in one for one in heads)
        assert any("Billing" in one and "Queues" in one for one in heads)
        assert any("Bill Smith [/x] ␛" in one and "saved copy" in one for one in heads)
        assert any("Ana Lindqvist" in one and "Colleagues" in one for one in heads)
        assert calls(session, "search.typed") == calls(session, "search.ask") == [], "no CRM is asked"


async def test_a_hit_of_the_palette_is_taken_like_one_of_the_search() -> None:
    app, _ = desk(IDLE)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await palette(pilot, app, list("sales"))
        await settle(pilot, ["enter"])
        assert app.desk_screen.query_one(QueuesPane).cursor_key == "Sales"
