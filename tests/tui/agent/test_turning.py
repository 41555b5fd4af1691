"""Turning from one contact to another, by choice or because one went: nothing lands where it does not belong."""

from dataclasses import replace
from typing import Any

import pytest
from textual import events
from textual.widgets import Input

from desktop.app.storage.errors import StoreAbsent
from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Phase, Verb
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import verbatim
from desktop.tui.agent.overlays.keypad import Keypad
from desktop.tui.agent.overlays.state_menu import StateMenu
from desktop.tui.agent.panes.conversation import ConversationPane
from desktop.tui.agent.panes.expert_finder import ExpertFinder
from desktop.tui.agent.panes.footer import Footer
from desktop.tui.agent.panes.note import NotePane
from desktop.tui.agent.panes.page import Page
from desktop.tui.agent.panes.search import SearchPane
from desktop.tui.agent.panes.work import WorkPane
from desktop.words.catalogue import in_words
from tests.tui.desk import RecordedSession, desk, settle
from tests.tui.states import active, missed, wrapping_up

SIZE = (120, 36)


def asked(session: RecordedSession, name: str) -> list[tuple[Any, ...]]:
    return [call[1:] for call in session.calls if call[0] == name]


def several(state: AppState, *ids: str) -> AppState:
    """The state with its contact once under each of these ids, in this order."""
    one = state.interactions["i1"]
    copies = {key: replace(one, id=key, phase_since=one.phase_since + n) for n, key in enumerate(ids)}
    return replace(state, interactions=copies, pops=dict.fromkeys(ids, state.pops["i1"]), drafts={})


def without(state: AppState, gone: str) -> AppState:
    return replace(state, interactions={key: value for key, value in state.interactions.items() if key != gone})


def closed(state: AppState, gone: str) -> AppState:
    """The contact has left while its note was not handed over."""
    last: Interaction = replace(state.interactions[gone], phase=Phase.CLOSED)
    return replace(without(state, gone), unfinished={gone: last})


async def test_the_work_list_comes_to_rest_when_the_contact_under_the_cursor_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state = several(active(), "i1", "i2", "i3")
    app, session = desk(state)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        app.desk_screen.query_one(WorkPane).focus()
        await settle(pilot, ["down"])
        assert app.desk_screen.selected == "i2"
        session.store.state = without(state, "i2")
        app.request_frame()
        await settle(pilot)
        turns: list[None] = []
        monkeypatch.setattr(app.desk_screen, "redraw", lambda: turns.append(None))
        await settle(pilot)
        await settle(pilot)
    assert (app.desk_screen.selected, turns) == ("i1", [])


@pytest.mark.parametrize(("key", "kind"), [("f6", ExpertFinder), ("alt+slash", SearchPane), ("alt+k", Keypad)])
@pytest.mark.parametrize("by_choice", [True, False])
async def test_what_was_opened_for_one_contact_closes_with_it(key: str, kind: type[Any], by_choice: bool) -> None:
    state = several(active(), "i1", "i2")
    app, session = desk(state)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, [key])
        assert app.desk_screen.query_one(kind).is_open
        if by_choice:
            await settle(pilot, ["alt+2"])
        else:
            session.store.state = without(state, "i1")
            app.request_frame()
            await settle(pilot)
        assert app.desk_screen.selected == "i2"
        assert not app.desk_screen.query_one(kind).is_open
        assert app.desk_screen.focused is not None
        await settle(pilot, ["enter"])
    assert asked(session, "commands.do") == []


async def test_words_for_one_expert_are_not_offered_to_another() -> None:
    app, session = desk(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["f6", "alt+enter", *"secret", "escape", "f6", "down", "alt+enter"])
        assert app.desk_screen.query_one("#expert-message", Input).value == ""
        await settle(pilot, ["escape", "f6", "alt+enter", *"ok", "enter"])
    assert [call[1] for call in asked(session, "commands.chat")] == ["ok"]


async def test_a_follow_up_being_typed_is_part_of_what_is_finished() -> None:
    session = await press(wrapping_up(), "f9", *"dupl", "enter", "alt+t", *"hello", "alt+enter")
    assert asked(session, "wrap_ups.finish") == [("i1",)]
    assert [follow_up.text for follow_up in session.store.drain().drafts["i1"].follow_ups] == ["hello"]


async def test_a_follow_up_being_typed_is_in_the_draft_and_only_of_its_own_contact() -> None:
    state = several(wrapping_up(), "i1", "i2")
    app, session = desk(state)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["alt+t", *"hello"])
        app.desk_screen.query_one("#wrap-up-follow-up", Input).insert_text_at_cursor("!")  # still on its way
        app.desk_screen.select("i2")
        await settle(pilot)
        assert not app.desk_screen.query_one("#wrap-up-follow-up").display
        half = session.store.drain().drafts["i1"].half
        assert half is not None
        assert (half.kind, half.text, session.store.drain().drafts["i1"].follow_ups) == ("sms", "hello!", ())
        other = session.store.drain().drafts.get("i2")
        assert other is None or (other.half, other.follow_ups) == (None, ())
        app.desk_screen.select("i1")
        await settle(pilot, ["f9"])
        assert app.desk_screen.query_one("#wrap-up-follow-up", Input).value == "hello!"


async def test_backspace_takes_the_last_follow_up_back() -> None:
    session = await press(wrapping_up(), "alt+t", *"hello", "enter", "alt+t", "backspace")
    assert session.store.drain().drafts["i1"].follow_ups == ()


async def test_the_note_of_a_contact_that_went_stays_in_sight_and_takes_no_more() -> None:
    state = several(wrapping_up(), "i1", "i2")
    app, session = desk(state)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["n", *"word"])
        session.store.state = closed(state, "i1")
        app.request_frame()
        await settle(pilot)
        session.store.state = without(state, "i1")  # parked meanwhile
        app.request_frame()
        await settle(pilot, list("stx"))
        assert app.desk_screen.query_one(NotePane).text == "word"
        said = "Not taken: this note is closed and in the outbox. alt+o opens it, esc leaves the note."
        assert in_words(session.store.drain().notices[-1].text) == said
        assert {call[0] for call in asked(session, "notes.edit")} == {"i1"}
        await settle(pilot, ["escape"])
        assert app.desk_screen.selected == "i2"
    assert asked(session, "commands.do") == []


async def test_a_key_that_comes_before_the_next_frame_is_not_taken_by_a_parked_note() -> None:
    app, session = desk(wrapping_up())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["n", *"word"])
        told = len(asked(session, "notes.edit"))
        session.notes.note_closed("i1")  # parked; no frame has shown it yet
        await pilot.press("s")
        await pilot.pause()
        assert "words" not in app.desk_screen.query_one(NotePane).text
        assert len(asked(session, "notes.edit")) == told


async def test_what_is_pasted_into_a_closed_note_is_not_lost_without_a_word() -> None:
    state = several(wrapping_up(), "i1", "i2")
    app, session = desk(state)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["n", *"word"])
        session.store.state = closed(state, "i1")
        app.request_frame()
        await settle(pilot)
        session.store.state = without(state, "i1")
        app.request_frame()
        await settle(pilot)
        app.post_message(events.Paste("more"))
        await settle(pilot)
    assert in_words(session.store.drain().notices[-1].text).startswith("Not taken: this note is closed")


@pytest.mark.parametrize(("pressed", "key"), [([], "s"), (["slash"], "alt+s")], ids=["in a list", "in a field"])
async def test_the_empty_desk_names_the_key_that_the_last_line_names(pressed: list[str], key: str) -> None:
    app, _ = desk(missed())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, pressed)
        app.on_second()
        conversation = app.desk_screen.query_one(ConversationPane).render()
        assert f"Press {key} to be available again." in conversation.plain
        marked = [
            conversation.plain[span.start : span.end] for span in conversation.spans if "accent" in str(span.style)
        ]
        assert key in marked, "it is marked where it stands, and not in a word before it"
        assert f" {key} state" in app.desk_screen.query_one(Footer).keys_line(120).plain


async def test_the_key_that_the_empty_desk_names_works_from_a_closed_note() -> None:
    state = several(wrapping_up(), "i1")
    app, session = desk(state)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["n", *"word"])
        session.store.state = replace(missed(), unfinished=closed(state, "i1").unfinished)
        app.request_frame()
        await settle(pilot)
        session.store.state = missed()  # parked meanwhile
        app.request_frame()
        await settle(pilot)
        assert "Press alt+s to be available again." in str(app.desk_screen.query_one(ConversationPane).render())
        await settle(pilot, ["alt+s"])
        assert app.desk_screen.query_one(StateMenu).is_open


async def press(state: AppState, *keys: str) -> RecordedSession:
    app, session = desk(state)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, keys)
    return session


async def test_a_tone_after_one_taken_away_is_sent() -> None:
    session = await press(active(), "k", "1", "2", "backspace", "3")
    assert [call[2] for call in asked(session, "commands.do")] == [("digits", d) for d in "123"]


async def test_enter_closes_the_keypad_and_gives_the_focus_back() -> None:
    app, _ = desk(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["k", "1", "enter"])
        assert isinstance(app.desk_screen.focused, NotePane)


async def test_a_full_note_refuses_a_key_and_loses_none() -> None:
    app, session = desk(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["n"])
        note = app.desk_screen.query_one(NotePane)
        note.load_text("x" * 15_998)
        note.move_cursor(note.document.end)
        await settle(pilot, list("abc"))
        assert note.text == "x" * 15_998 + "ab"
        assert asked(session, "notes.edit")[-1][1] == {"note": note.text}


async def test_the_second_press_of_end_is_about_the_contact_asked_about() -> None:
    state = several(active(), "i1", "i2")
    app, session = desk(state)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["f8", "alt+2"])
        assert "again" not in str(app.desk_screen.query_one("ConversationPane").border_subtitle)
        await settle(pilot, ["n", "enter"])
        assert app.desk_screen.query_one(NotePane).text.endswith("\n")
    assert (Verb.END, "i1") not in asked(session, "commands.do")


async def test_enter_in_the_finder_consults_even_right_after_the_end_key() -> None:
    session = await press(active(), "f8", "f6", "enter")
    assert [call[0] for call in asked(session, "commands.do")] == [Verb.CONSULT]


async def test_accepting_brings_the_contact_in_sight_from_a_page() -> None:
    state = several(active(), "i1")
    ringing = replace(state.interactions["i1"], id="i2", phase=Phase.OFFERED)
    app, _ = desk(replace(state, interactions={**state.interactions, "i2": ringing}))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["f1", "f2"])
        assert not app.desk_screen.query_one(Page).is_open


async def test_a_page_keeps_the_keys_when_the_wrap_up_below_it_goes() -> None:
    state = several(wrapping_up(), "i1")
    app, session = desk(state)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["f1"])
        session.store.state = without(state, "i1")
        app.request_frame()
        await settle(pilot)
        assert app.desk_screen.focused is app.desk_screen.query_one(Page)


async def test_the_rest_of_a_word_is_not_a_verb_when_the_field_goes() -> None:
    ringing = replace(active().interactions["i1"], id="i2", phase=Phase.OFFERED)
    app, session = desk(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["f6", *"refu"])
        session.store.state = replace(active(), interactions={"i2": ringing}, drafts={})
        app.request_frame()
        await settle(pilot, list("nd"))
        assert not app.desk_screen.query_one(ExpertFinder).is_open
        assert app.desk_screen.query_one(NotePane).text == ""
        assert asked(session, "commands.do") == []
        await settle(pilot, ["escape", "d", "d"])
    assert [call[:2] for call in asked(session, "commands.do")] == [(Verb.DECLINE, "i2")]


async def test_what_fails_beside_the_screen_is_told_and_ends_nothing() -> None:
    app, session = desk(active())

    async def fail() -> None:
        raise StoreAbsent(verbatim("The disk is away"))

    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        app.spawn(fail())
        await settle(pilot)
        assert app.is_running
        assert "The disk is away" in in_words(session.store.drain().notices[-1].text)


async def test_escape_takes_back_what_was_not_planned() -> None:
    session = await press(wrapping_up(), "f9", *"dupl", "enter", "alt+t", *"hello", "escape", "alt+enter")
    kept = session.store.drain().drafts["i1"]
    assert asked(session, "wrap_ups.finish") == [("i1",)]
    assert (kept.follow_ups, kept.half) == ((), None)


async def test_words_found_on_disk_for_another_contact_do_not_come_into_the_note_before_the_agent() -> None:
    app, session = desk(several(active(), "i1", "i2"))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        pane = app.desk_screen.query_one(NotePane)
        pane.focus()
        await settle(pilot, ["a", "b"])
        session.notes.replaced("i2", "found on disk")
        await settle(pilot)
        assert (app.desk_screen.selected, pane.text) == ("i1", "ab")
        session.notes.replaced("i1", "found and ab")
        await settle(pilot, ["c"])
        assert pane.text == "found and abc"
