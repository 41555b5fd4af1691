"""Whatever looks like a key can be clicked, and a click is a press of that key, with all that is asked before."""

from dataclasses import replace
from typing import Any

import pytest
from rich.cells import cell_len
from textual.geometry import Offset

from desktop.domain.entities.model import Address, Attachment, Message
from desktop.domain.entities.news_item import News, NewsKind
from desktop.domain.entities.words import Channel
from desktop.domain.state.state import AppState
from desktop.tui.agent.overlays.head_fields import HeadFields
from desktop.tui.agent.overlays.state_menu import StateMenu
from desktop.tui.agent.panes.note import NotePane
from desktop.tui.agent.panes.page import Page
from desktop.tui.agent.panes.search import SearchPane
from desktop.tui.keys.floor_keys import FLOOR_KEYS
from desktop.tui.keys.key import named, show
from desktop.tui.keys.keys import KEYS
from desktop.tui.keys.outbox_keys import OUTBOX_KEYS
from desktop.tui.pages.help import PageHelp
from desktop.tui.quality.scorecard_view import ScorecardView
from desktop.tui.supervisor.actions.acts_menu import ActsMenu
from tests.tui.agent.test_reply import texts
from tests.tui.agent.test_threads import able
from tests.tui.desk import RecordedSession, desk, settle
from tests.tui.outbox.outbox_desk import PARKED_RECORD, outbox_desk
from tests.tui.quality.quality_desk import SAM, QualityServer, quality_desk
from tests.tui.quality.quality_desk import state as quality_state
from tests.tui.quality.test_quality import done, page_text
from tests.tui.report.report_desk import Past, report_desk
from tests.tui.report.test_report import open_page, quiet
from tests.tui.states import NOW, active, chatting, offered, three_matches, wrapping_up
from tests.tui.supervisor.floor_desk import floor_desk
from tests.tui.supervisor.floor_states import floor

SIZE = (120, 36)
FAKE = "F8 end  esc close  F2 accept"
"""What a customer may be called."""


def place_of(app: Any, text: str) -> Offset:
    """Where a text begins on the screen in front."""
    lines = [strip.text for strip in app.screen._compositor.render_strips()]
    for y, line in enumerate(lines):
        if text in line:
            return Offset(cell_len(line[: line.index(text)]), y)
    raise AssertionError("\n".join(lines))


async def click(pilot: Any, text: str, *, times: int = 1) -> None:
    """Click where a text begins, and let the answer come."""
    await pilot.click(offset=place_of(pilot.app, text), times=times)
    await settle(pilot)


def asked(session: RecordedSession) -> list[tuple[Any, ...]]:
    """What the session was asked to do to contacts."""
    return [call for call in session.calls if call[0].startswith("commands.")]


def called(state: AppState, name: str) -> AppState:
    """The state with a customer of this name, whom the CRM does not know."""
    contact = replace(state.interactions["i1"], customer_name=name, subject=name)
    return replace(state, interactions={"i1": contact}, pops={})


@pytest.mark.parametrize(
    "key", [name for key in (*KEYS, *FLOOR_KEYS, *OUTBOX_KEYS) for name in key.anywhere + key.letters]
)
def test_every_key_of_the_tables_is_found_by_what_is_printed(key: str) -> None:
    assert named(show(key)) == key


@pytest.mark.parametrize("printed", ["", "digit", "any key", "Ziffer", "1–3", "↑↓", "a+b", "+x", "alt+", "esc close"])
def test_words_are_no_keys(printed: str) -> None:
    assert named(printed) == ""


@pytest.mark.parametrize(
    ("state", "printed", "call"),
    [
        (offered(), "F2  accept", "commands.do"),
        (offered(), "accept", "commands.do"),
        (active(), "F4 hold", "commands.do"),
        (three_matches(), "Oliver Smith", "pops.choose"),
    ],
)
async def test_a_click_on_a_key_or_its_words_does_what_the_key_does(state: AppState, printed: str, call: str) -> None:
    app, session = desk(state)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await click(pilot, printed)
        assert [one[0] for one in session.calls if one[0].startswith(call.split(".")[0])] == [call], session.calls


async def test_the_footer_leads_to_whatever_it_names() -> None:
    app, _ = desk(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        screen = app.desk_screen
        await click(pilot, "F1 help")
        assert screen.query_one(Page).is_open
        await click(pilot, "esc close")
        assert not screen.query_one(Page).is_open
        await click(pilot, "/ search")
        assert screen.query_one(SearchPane).is_open
        await click(pilot, "esc leave the field")
        assert not screen.query_one(SearchPane).is_open
        await click(pilot, "s state")
        assert screen.query_one(StateMenu).is_open


async def test_what_cannot_be_undone_is_asked_twice_and_a_double_click_is_one_press() -> None:
    app, session = desk(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await click(pilot, "F8 end")
        assert asked(session) == []
        await click(pilot, "F8 again: end")
        assert len(asked(session)) == 1, "the prompt is where one looks"
    app, session = desk(active(), monotonic=lambda: 0.0)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await click(pilot, "F8 end", times=2)
        assert app.presses.armed is not None and asked(session) == []
        await click(pilot, "F4 hold")
        assert app.presses.armed is None, "another key forgets it"


async def test_a_letter_is_a_verb_while_one_types_and_stays_out_of_the_note() -> None:
    app, _ = desk(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["n", "a", "b"])
        note = app.desk_screen.query_one(NotePane)
        assert note.has_focus and note.text.endswith("ab")
        before = note.text
        await click(pilot, "b copy")
        assert note.text == before
        assert app.desk_screen.query_one("#copy").has_class("open")


async def test_a_key_that_was_changed_is_clicked_as_it_is_printed() -> None:
    app, session = desk(active(), keymap={"hold": "f4,alt+h,_"})
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        await click(pilot, "F4 hold")
        assert len(asked(session)) == 1


@pytest.mark.thorough
async def test_a_name_that_looks_like_a_key_presses_nothing() -> None:
    for state in (active(), chatting(), wrapping_up()):
        app, session = desk(called(state, FAKE))
        async with app.run_test(size=SIZE) as pilot:
            await settle(pilot)
            before, found = asked(session), 0
            for y, strip in enumerate(app.screen._compositor.render_strips()):
                if (at := strip.text.find(FAKE)) >= 0:
                    found += 1
                    for offset in (0, 3, 8, 12, 20):
                        await pilot.click(offset=(cell_len(strip.text[:at]) + offset, y))
                        await settle(pilot)
            assert found and asked(session) == before and app.presses.armed is None


async def test_keys_of_the_floor_and_its_menu() -> None:
    app, session = floor_desk(floor())
    async with app.run_test(size=(140, 40)) as pilot:
        await settle(pilot)
        await pilot.press("2")
        await settle(pilot)
        await click(pilot, "space act")
        assert app.screen.query_one(ActsMenu).is_open
        await click(pilot, "esc close")
        assert not app.screen.query_one(ActsMenu).is_open
        await click(pilot, "F1 help")
        assert app.screen.query_one(Page).is_open
        await click(pilot, "esc close")
        assert session.calls == []


async def test_keys_in_a_conversation_and_beside_what_is_written() -> None:
    bill = Attachment("a", "bill.pdf", "application/pdf", 12)
    quoting = Message(
        "t1", NOW - 100, "customer", "Hello\n\nOn 12 Nov, Maya wrote:\n> one\n> two\n", attachments=(bill,)
    )
    state = able(channel=Channel.EMAIL, customer=Address("email", "priya@natarajan.example"), messages=(quoting,))
    app, session = desk(state)
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await click(pilot, "Q")
        assert "> one" in texts(app), "the key at the end of the line"
        await click(pilot, "▾")
        assert "> one" not in texts(app), "and the line, which is one press as well"
        await click(pilot, "E edit")
        assert app.desk_screen.query_one(HeadFields).is_open
        await settle(pilot, ["escape", "escape"])
        place = place_of(app, "application/pdf  S")
        await pilot.click(offset=place + Offset(len("application/pdf  "), 0))
        await settle(pilot)
        assert [call for call in session.calls if call[0] == "threads.save"]


async def test_a_number_that_was_hidden_is_shown_again_by_a_click_and_news_are_read_by_one() -> None:
    app, _ = desk(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["n", *"4111111111111111", "space"])
        note = app.desk_screen.query_one(NotePane)
        assert "4111111111111111" not in note.text
        await click(pilot, "not a card")
        assert "4111111111111111" in note.text
    news = News(NewsKind.MESSAGE, "sam", NOW, who="Sam Rivera", lines=("Hello.",))
    app, _ = desk(replace(active(), news={news.id: news}))
    async with app.run_test(size=(140, 40)) as pilot:
        await settle(pilot)
        place = place_of(app, "1 new alt+!")
        await pilot.click(offset=place + Offset(len("1 new "), 0))
        await settle(pilot)
        assert app.desk_screen.query_one(Page).is_open


async def test_keys_of_the_outbox() -> None:
    app, _, session = outbox_desk([PARKED_RECORD])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["alt+o"])
        await click(pilot, "x discard")
        assert app.presses.armed is not None and not [call for call in session.calls if "discard" in call[0]]
        await click(pilot, "F1 keys")
        assert app.screen.query_one(PageHelp).display
        await click(pilot, "esc close")
        await click(pilot, "esc close")
        assert not app.outbox.is_open


async def test_keys_of_reports() -> None:
    app, _ = report_desk(Past())
    async with app.run_test(size=SIZE) as pilot:
        page = await open_page(pilot)
        await click(pilot, "5 contacts")
        await quiet(pilot)
        assert page.views.place == "contacts"
        await click(pilot, "enter open")
        await quiet(pilot)
        assert page.views.place == "timeline"
        await click(pilot, "esc back")
        await quiet(pilot)
        await click(pilot, "esc close")
        assert not app.reports.is_open


async def test_keys_of_reviews() -> None:
    app, _, _ = quality_desk(QualityServer(), quality_state(SAM))
    async with app.run_test(size=SIZE) as pilot:
        await done(pilot)
        app.quality.toggle(app.session, app.desk_screen, review=True)
        await done(pilot)
        await click(pilot, "enter review")
        await done(pilot)
        assert app.screen.query_one(ScorecardView).has_class("open")
        await settle(pilot, ["escape"])
        await done(pilot)
        await click(pilot, "< >")
        await click(pilot, "2 Reviewed")
        await done(pilot)
        assert "Nothing" in page_text(app) or "reviewed" in page_text(app).casefold()
        await click(pilot, "esc back")
        assert not app.quality.is_open
