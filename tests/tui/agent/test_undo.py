"""ctrl+z in the note and the reply: it takes back what was typed here, of this contact, and never what was saved."""

from dataclasses import replace

import pytest

from desktop.domain.entities.wrap_up_record import DraftView
from desktop.domain.state.state import AppState
from desktop.tui.agent.panes.note import NotePane
from desktop.tui.agent.panes.reply import ReplyPane
from desktop.tui.app import DesktopApp
from tests.tui.agent.test_reply import quiet
from tests.tui.desk import desk, settle
from tests.tui.states import NOW, active

SIZE = (120, 36)
SAVED = "the other one"


def two() -> AppState:
    """Two contacts, each with a note on disk."""
    state = active()
    other = replace(state.interactions["i1"], id="i2")
    return replace(
        state,
        interactions={**state.interactions, "i2": other},
        drafts={**state.drafts, "i2": DraftView(SAVED, ("refund",), 1, NOW)},
    )


def note(app: DesktopApp) -> str:
    return app.desk_screen.query_one(NotePane).text


async def test_what_was_typed_is_taken_back_and_brought_back_and_the_draft_follows() -> None:
    app, session = desk(active())
    async with app.run_test(size=SIZE) as pilot:
        saved = active().drafts["i1"].note
        await settle(pilot, ["n", *"word"])
        assert note(app) == f"{saved}word"
        await settle(pilot, ["ctrl+z"])
        assert note(app) == session.notes.text("i1").note == saved
        await settle(pilot, ["ctrl+y"])
        assert note(app) == session.notes.text("i1").note == f"{saved}word"


async def test_what_was_saved_before_is_not_taken_back() -> None:
    app, session = desk(two())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        app.desk_screen.select("i2")
        await settle(pilot, ["n", "ctrl+z", "ctrl+z"])
        assert note(app) == SAVED
    assert not [call for call in session.calls if call[0] == "notes.edit"]


async def test_a_word_is_never_seen_beside_a_claim_that_was_made_before_it() -> None:
    app, _ = desk(two())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        app.desk_screen.select("i2")
        await settle(pilot, ["n"])
        pane = app.desk_screen.query_one(NotePane)
        assert "saved" in str(pane.border_title) and "saving" not in str(pane.border_title)
        pane.insert("x")  # nothing was told, kept or drawn since
        assert "saving" in str(pane.border_title)


async def test_each_contact_keeps_what_can_be_taken_back_and_no_other_note_changes() -> None:
    app, session = desk(two())
    async with app.run_test(size=SIZE) as pilot:
        app.desk_screen.select("i1")
        await settle(pilot, ["n", *"first"])
        first = note(app)
        app.desk_screen.select("i2")
        await settle(pilot, ["alt+n", "ctrl+z"])
        assert note(app) == SAVED, "not what was typed of the other"
        await settle(pilot, [*" second", "ctrl+z"])
        assert note(app) == SAVED
        app.desk_screen.select("i1")
        await settle(pilot, ["alt+n"])
        assert note(app) == first
        await settle(pilot, ["ctrl+z"])
        assert note(app) == session.notes.text("i1").note == active().drafts["i1"].note
        assert session.notes.text("i2").note == SAVED


async def test_a_note_that_changed_meanwhile_is_not_mixed_with_what_was_typed() -> None:
    """It was edited elsewhere: the steps back no longer fit it."""
    app, session = desk(two())
    async with app.run_test(size=SIZE) as pilot:
        app.desk_screen.select("i1")
        await settle(pilot, ["n", *"first"])
        app.desk_screen.select("i2")
        await settle(pilot)
        session.notes.edit("i1", note="from elsewhere")
        app.desk_screen.select("i1")
        await settle(pilot, ["alt+n", "ctrl+z"])
        assert note(app) == "from elsewhere"


@pytest.mark.parametrize("size", [SIZE, (80, 24)])
async def test_a_reply_is_taken_back_likewise(size: tuple[int, int]) -> None:
    app, session = desk(quiet())
    async with app.run_test(size=size) as pilot:
        await settle(pilot, ["t", *"Hello", "ctrl+z"])
        assert app.desk_screen.query_one(ReplyPane).text == session.notes.text("i1").reply == ""
