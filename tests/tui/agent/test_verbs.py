"""Keys ask the session for the right thing, once."""

import asyncio
from dataclasses import replace

import pytest
from textual import events
from textual.geometry import Size
from textual.widgets import Input, TextArea

from desktop.domain.entities.customer import Consent, FollowUp, Match
from desktop.domain.entities.model import WrapUpCode
from desktop.domain.entities.words import Availability, CodeRule, LegPhase, Phase, Verb
from desktop.domain.entities.wrap_up_record import DraftView
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import verbatim
from desktop.tui.agent.overlays.state_menu import StateMenu
from desktop.tui.agent.panes.customer import CustomerPane
from desktop.tui.agent.panes.expert_finder import ExpertFinder
from desktop.tui.agent.panes.footer import Footer
from desktop.tui.agent.panes.note import NotePane
from desktop.tui.agent.panes.page import Page
from desktop.tui.agent.panes.status_line import StatusLine
from desktop.tui.agent.panes.wrap_up import WrapUpPane
from desktop.tui.widgets.table import LineTable
from desktop.words.catalogue import in_words
from tests.tui.desk import RecordedSession, desk, settle
from tests.tui.states import (
    IDLE,
    NOW,
    ONE,
    PRIYA,
    active,
    answered,
    consulting,
    offered,
    recording_paused,
    three_matches,
    wrapping_up,
)


async def press(state: AppState, *keys: str, size: tuple[int, int] = (120, 36)) -> RecordedSession:
    """What the session was asked for after these keys."""
    app, session = desk(state)
    async with app.run_test(size=size) as pilot:
        await settle(pilot, keys)
    return session


def asked(session: RecordedSession, name: str) -> list[tuple[object, ...]]:
    return [call[1:] for call in session.calls if call[0] == name]


@pytest.mark.parametrize(
    ("state", "keys", "verb", "arguments"),
    [
        (offered, ["f2"], Verb.ACCEPT, ()),
        (offered, ["a"], Verb.ACCEPT, ()),
        (offered, ["f3"], Verb.DECLINE, (("reason", "declined"),)),
        (active, ["f4"], Verb.HOLD, ()),
        (active, ["h"], Verb.HOLD, ()),
        (active, ["f5"], Verb.MUTE, ()),
        (active, ["f8", "f8"], Verb.END, ()),
        (active, ["f6", "enter"], Verb.CONSULT, (("target", "person:p1"),)),
        (active, ["f6", "down", "enter"], Verb.CONSULT, (("target", "person:p2"),)),
        (active, ["f6", "down", "up", "f7", "f7"], Verb.BLIND_TRANSFER, (("target", "person:p1"),)),
        (active, ["f7", "S", "a", "l", "e", "s", "enter", "f7"], Verb.BLIND_TRANSFER, (("target", "queue:Sales"),)),
        (consulting, ["f6"], Verb.CANCEL_LEG, (("leg_id", "l1"),)),
        (lambda: consulting(LegPhase.ACTIVE), ["f7", "f7"], Verb.COMPLETE_TRANSFER, (("leg_id", "l1"),)),
        (lambda: consulting(LegPhase.ACTIVE), ["alt+j"], Verb.CONFERENCE, (("leg_id", "l1"),)),
        (lambda: consulting(LegPhase.ACTIVE), ["f4"], Verb.SWAP, (("leg_id", "l1"),)),
        (wrapping_up, ["alt+p"], Verb.EXTEND_WRAP_UP, ()),
        (active, ["k", "5"], Verb.DTMF, (("digits", "5"),)),
        (active, ["full_stop"], Verb.PAUSE_RECORDING, ()),
        (active, ["alt+full_stop"], Verb.PAUSE_RECORDING, ()),
        (lambda: consulting(LegPhase.ACTIVE), ["alt+full_stop"], Verb.PAUSE_RECORDING, ()),
        (recording_paused, ["alt+full_stop", "alt+full_stop"], Verb.RESUME_RECORDING, ()),
    ],
)
async def test_key_asks_for_verb(state, keys, verb, arguments) -> None:  # type: ignore[no-untyped-def]
    session = await press(state(), *keys)
    assert asked(session, "commands.do") == [(verb, "i1", *arguments)]


async def test_end_once_does_nothing() -> None:
    assert asked(await press(active(), "f8"), "commands.do") == []


async def test_enter_is_a_code_again_when_the_contact_ended_after_one_press() -> None:
    app, session = desk(active())
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["f8"])
        session.store.state = wrapping_up()
        app.desk_screen.show(session.store.state)
        await settle(pilot, ["f9", *"dupl", "enter", "alt+enter"])
    assert asked(session, "commands.do") == []
    assert asked(session, "wrap_ups.finish") == [("i1",)]
    assert session.store.drain().drafts["i1"].codes == ("duplicate_charge",)


async def test_enter_in_the_note_is_a_new_line_unless_the_end_was_asked() -> None:
    app, session = desk(active())
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["n", "enter", "x"])
        assert app.desk_screen.query_one(NotePane).text.endswith("\nx")
    assert asked(session, "commands.do") == []


async def test_accept_works_while_typing_in_any_field_and_takes_no_letter() -> None:
    state = active()
    ringing = replace(offered().interactions["i1"], id="i2")
    both = replace(
        state, interactions={**state.interactions, "i2": ringing}, pops={**state.pops, "i2": state.pops["i1"]}
    )
    app, session = desk(both)
    async with app.run_test(size=(120, 36)) as pilot:
        app.desk_screen.select("i1")
        await settle(pilot, ["alt+n", "h", "e", "l", "l", "o"])
        note = app.desk_screen.query_one(NotePane)
        assert note.text.endswith("hello")
        assert app.desk_screen.query_one(StatusLine).display
        assert app.desk_screen.focused is note  # the offer did not take the keyboard
        await settle(pilot, ["f2"])
    assert asked(session, "commands.do") == [(Verb.ACCEPT, "i2")]
    assert asked(session, "notes.edit")[-1][1]["note"].endswith("hello")


async def test_accept_works_under_the_palette() -> None:
    session = await press(offered(), "ctrl+p", "f2")
    assert asked(session, "commands.do") == [(Verb.ACCEPT, "i1")]


async def test_every_key_of_the_note_goes_to_the_draft() -> None:
    session = await press(active(), "n", "a", "b")
    assert [call[0] for call in asked(session, "notes.edit")] == ["i1", "i1"]


async def test_the_right_one_of_three_is_one_key() -> None:
    assert asked(await press(three_matches(), "2"), "pops.choose") == [("i1", "C-101")]


async def test_the_right_one_of_three_is_one_key_while_typing() -> None:
    state = three_matches()
    state = replace(state, interactions={"i1": replace(state.interactions["i1"], phase=Phase.ACTIVE)})
    assert asked(await press(state, "n", "alt+3"), "pops.choose") == [("i1", "C-102")]


async def test_wrap_up_takes_a_code_and_finishes_once() -> None:
    session = await press(wrapping_up(), "f9", *"dupl", "enter", "alt+enter")
    assert asked(session, "wrap_ups.finish") == [("i1",)]
    before, kept = wrapping_up().drafts["i1"], session.store.drain().drafts["i1"]
    assert (kept.codes, kept.follow_ups, kept.note) == (("duplicate_charge",), (), before.note)


async def test_the_finishing_key_pressed_twice_does_not_finish_the_next_contact() -> None:
    state = wrapping_up()
    first = state.interactions["i1"]
    second = replace(
        first,
        id="i2",
        customer_name="Jo Ortega",
        wrap_up_rule=replace(first.wrap_up_rule, note_required=False, codes=CodeRule.NONE),
    )
    state = replace(state, interactions={"i1": first, "i2": second})
    app, session = desk(state)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["f9", *"dupl", "enter", "alt+enter"])
        app.desk_screen.select("i2")
        await settle(pilot, ["alt+enter"])
        assert asked(session, "wrap_ups.finish") == [("i1",)]
        assert "Press again to finish" in in_words(session.store.drain().notices[-1].text)
        await settle(pilot, ["alt+enter"])
        assert asked(session, "wrap_ups.finish") == [("i1",), ("i2",)]


async def test_wrap_up_without_a_required_code_says_what_is_missing() -> None:
    app, session = desk(wrapping_up())
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["alt+enter"])
        assert "code" in in_words(app.session.store.drain().notices[-1].text)  # type: ignore[union-attr]
    assert asked(session, "wrap_ups.finish") == []


@pytest.mark.parametrize(
    "keys",
    [["alt+enter"], ["n", "alt+enter"], ["f9", "alt+enter"], ["alt+t", "alt+enter"], ["f9", "alt+enter", "alt+enter"]],
)
async def test_a_code_that_is_needed_puts_the_cursor_into_the_field_for_codes(keys: list[str]) -> None:
    app, session = desk(wrapping_up())
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, [*keys, *"dupl", "enter"])
        assert app.desk_screen.query_one(NotePane).text == wrapping_up().drafts["i1"].note
    assert session.store.drain().drafts["i1"].codes == ("duplicate_charge",)


async def test_a_note_that_is_needed_puts_the_cursor_into_the_note() -> None:
    state = wrapping_up()
    draft = replace(state.drafts["i1"], note="", codes=("refund",))
    app, _ = desk(replace(state, drafts={"i1": draft}))
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["f9", "alt+enter", *"why"])
        assert app.desk_screen.query_one(NotePane).text == "why"


async def test_enter_in_an_empty_field_for_codes_takes_none_and_says_what_to_press() -> None:
    session = await press(wrapping_up(), "f9", "enter")
    assert session.store.drain().drafts["i1"].codes == ()
    assert in_words(session.store.drain().notices[-1].text) == "Type a code, or choose one with the arrow keys."
    session = await press(wrapping_up(), "f9", *"dupl", "enter", "enter")
    assert session.store.drain().drafts["i1"].codes == ("duplicate_charge",)
    assert in_words(session.store.drain().notices[-1].text) == "alt+enter finishes the wrap-up."
    session = await press(wrapping_up(), "f9", *"du", "backspace", "backspace", "enter")
    assert session.store.drain().drafts["i1"].codes == ()


async def test_what_enter_would_take_is_marked_without_colour() -> None:
    app, session = desk(wrapping_up())
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["f9"])
        table = app.desk_screen.query_one("#wrap-up-codes", LineTable)
        assert "▌" not in table.render_line(0).text
        await settle(pilot, ["down"])
        assert table.render_line(0).text.startswith("▌Refund")
        await settle(pilot, ["down"])
        assert table.render_line(1).text.startswith("▌")
        await settle(pilot, ["enter"])
        assert all("▌" not in table.render_line(y).text for y in range(4))
    assert session.store.drain().drafts["i1"].codes == ("duplicate_charge",)


async def test_a_code_of_another_queue_is_named_with_its_queue() -> None:
    sales = WrapUpCode("order", "New order", "Sales", frozenset({"Sales"}))
    app, session = desk(replace(wrapping_up(), codes=(*wrapping_up().codes, sales)))
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["f9", *"order"])
        table = app.desk_screen.query_one("#wrap-up-codes", LineTable)
        assert table.render_line(0).text.strip() == "No such code in Billing. “New order” is for Sales only."
        await settle(pilot, ["enter", *"zz"])
        assert table.render_line(0).text.strip() == "No such code."
    assert session.store.drain().drafts["i1"].codes == ()


@pytest.mark.parametrize(("size", "rows"), [((80, 24), 9), ((120, 36), 5), ((120, 24), 4), ((200, 50), 9)])
async def test_codes_have_the_room_there_is_and_keep_it_while_one_types(size: tuple[int, int], rows: int) -> None:
    more = tuple(WrapUpCode(f"c{n}", f"Code {n}") for n in range(9))
    app, _ = desk(replace(wrapping_up(), codes=more))
    async with app.run_test(size=size) as pilot:
        await settle(pilot, ["f9"])
        table = app.desk_screen.query_one("#wrap-up-codes", LineTable)
        assert table.size.height == rows
        missing = app.desk_screen.query_one("#wrap-up-missing").region
        assert missing.height and app.desk_screen.query_one(WrapUpPane).region.contains_region(missing)
        await settle(pilot, [*"code 7"])
        assert table.size.height == rows


async def test_several_codes_where_the_queue_allows_and_backspace_takes_one_back() -> None:
    session = await press(wrapping_up(), "f9", *"dupl", "enter", *"refu", "enter", "backspace")
    assert [call[1] for call in asked(session, "notes.edit")] == [
        {"codes": ("duplicate_charge",)},
        {"codes": ("duplicate_charge", "refund")},
        {"codes": ("duplicate_charge",)},
    ]


async def test_callback_in_the_wrap_up() -> None:
    session = await press(wrapping_up(), "f9", "alt+c", *"tomorrow 10:00 refund", "enter")
    kept = session.store.drain().drafts["i1"]
    assert ([(f.kind, f.text) for f in kept.follow_ups], kept.half) == ([("callback", "refund")], None)


async def test_text_message_in_three_keys() -> None:
    session = await press(wrapping_up(), "alt+t", *"hello", "enter")
    kept = session.store.drain().drafts["i1"]
    assert (kept.follow_ups, kept.half) == ((FollowUp("sms", "hello", to="+442079460018"),), None)


async def test_no_text_message_without_consent() -> None:
    refused = replace(PRIYA, consents=(Consent("sms", False),))
    pop = replace(ONE, matches=(Match(refused, "phone", "same number", verified=True),))
    app, session = desk(replace(wrapping_up(), pops={"i1": pop}))
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["alt+t"])
        assert not app.desk_screen.query_one("#wrap-up-follow-up").display
        assert "not agreed" in in_words(session.store.drain().notices[-1].text)


async def test_a_note_never_lands_on_another_contact() -> None:
    state = active()
    other = replace(state.interactions["i1"], id="i2")
    both = replace(
        state,
        interactions={**state.interactions, "i2": other},
        drafts={**state.drafts, "i2": DraftView("the other one", ("refund",), 1, NOW)},
    )
    app, session = desk(both)
    async with app.run_test(size=(120, 36)) as pilot:
        app.desk_screen.select("i1")
        await settle(pilot, ["n"])
        app.desk_screen.query_one(NotePane).insert("!")  # posts its message, which waits in line behind the turn below
        app.desk_screen.select("i2")
        await settle(pilot)
    edits = asked(session, "notes.edit")
    assert [(call[0], [*call[1]], str(call[1]["note"])[-1]) for call in edits] == [("i1", ["note"], "!")]


async def test_retry_tries_everything_again() -> None:
    assert asked(await press(active(), "f10"), "retry") == [()]


async def test_state_menu_in_two_keys() -> None:
    session = await press(IDLE, "s", "2")
    assert asked(session, "commands.set_availability") == [
        (Availability.NOT_READY, ("after_current", False), ("reason", "break"))
    ]


async def test_state_during_a_contact_is_asked_for_after_it() -> None:
    session = await press(active(), "s", "2")
    assert asked(session, "commands.set_availability")[0][1] == ("after_current", True)


async def test_nothing_is_lost_when_the_window_is_tiny() -> None:
    app, session = desk(active())
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["n", "w", "o", "r", "d"])
        await pilot.resize_terminal(40, 10)
        await settle(pilot)
        assert app.desk_screen.has_class("small")
        await pilot.resize_terminal(100, 30)
        await settle(pilot)
        assert app.desk_screen.query_one(NotePane).text.endswith("word")
    assert len(asked(session, "notes.edit")) == 4


async def test_letters_have_their_field_at_every_moment_while_the_window_is_pulled_about() -> None:
    """Small and large follow each other before the screen is laid out anew."""
    app, session = desk(active())
    async with app.run_test(size=(120, 36)) as pilot:
        note = app.desk_screen.query_one(NotePane)
        await settle(pilot, ["n"])
        for size, letter in zip((Size(40, 10), Size(200, 50), Size(10, 3), Size(120, 36)), "mute", strict=True):
            app.post_message(events.Resize(size, size))
            while app.desk_screen.has_class("small") != (size.height < 20):
                await asyncio.sleep(0)
            assert app.field_for_letters() is note
            app.post_message(events.Key(letter, letter))
            if size.width == 40:
                await settle(pilot)
        await settle(pilot, ["d"])
        assert note.text.endswith("muted")
    assert asked(session, "commands.do") == []


async def test_escape_leaves_the_field_then_letters_are_verbs() -> None:
    session = await press(active(), "n", "x", "escape", "m")
    assert asked(session, "commands.do") == [(Verb.MUTE, "i1")]


async def test_menus_close_with_escape_and_give_the_focus_back() -> None:
    app, _ = desk(active())
    async with app.run_test(size=(120, 36)) as pilot:
        for key, kind in (("s", StateMenu), ("f6", ExpertFinder), ("f1", Page)):
            await settle(pilot, ["escape", key])
            assert app.desk_screen.query_one(kind).is_open
            await settle(pilot, ["escape"])
            assert not app.desk_screen.query_one(kind).is_open
            assert isinstance(app.desk_screen.focused, TextArea)


async def test_finder_starts_with_the_skill_of_the_contact_and_typing_replaces_it() -> None:
    app, _ = desk(active())
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["f6"])
        field = app.desk_screen.query_one("#expert-query", Input)
        assert field.value == "refunds"
        await settle(pilot, list("pay"))
        assert field.value == "pay"


async def test_panes_are_drawn_only_when_their_slice_changed() -> None:
    app, session = desk(active())
    drawn: list[str] = []
    async with app.run_test(size=(160, 42)) as pilot:
        await settle(pilot)
        card = app.desk_screen.query_one(CustomerPane)
        original = card.draw
        card.draw = lambda view: (drawn.append("card"), original(view))[1]  # type: ignore[method-assign,func-returns-value]
        session.store.notice(verbatim("something else"))
        await settle(pilot)
    assert drawn == []


async def test_the_wrap_up_goes_when_its_contact_is_gone_and_letters_are_verbs_again() -> None:
    app, session = desk(wrapping_up())
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, ["f9", "x", "y"])
        session.store.state = IDLE
        app.request_frame()
        await settle(pilot, ["escape", "s"])
        assert not app.desk_screen.query_one(WrapUpPane).is_open
        assert app.desk_screen.query_one(StateMenu).is_open


async def test_the_last_key_before_a_signal_is_flushed_too() -> None:
    app, session = desk(active())
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["n"])
        app.desk_screen.query_one(NotePane).insert("!")  # what it sets off is still on its way
        await app.flush()
        assert [call[0] for call in session.calls] == ["notes.edit", "notes.flush", "supervisor.flush"]
        assert session.calls[0][2]["note"].endswith("!")


@pytest.mark.parametrize(
    ("size", "all_shown"), [((160, 42), True), ((120, 36), True), ((120, 24), False), ((80, 24), True)]
)
async def test_nine_customers_of_one_number_are_all_shown_or_counted(size: tuple[int, int], all_shown: bool) -> None:
    state = three_matches()
    one = state.pops["i1"].matches[0]
    nine = tuple(replace(one, customer=replace(one.customer, id=f"C-{n}", name=f"Nr {n}")) for n in range(1, 10))
    app, _ = desk(replace(state, pops={"i1": replace(state.pops["i1"], matches=nine)}))
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        card = app.desk_screen.query_one(CustomerPane)
        text = card.render().plain
        assert text.count("\n") < card.content_size.height
        assert ("Nr 9" in text) is all_shown
        assert ("more" in text) is not all_shown


async def test_the_directory_hears_who_is_on_screen_and_when_nobody_is() -> None:
    session = await press(active(), "f6", "escape")
    looks = asked(session, "on_screen.look")
    (shown,), (nobody,) = looks[0], looks[-1]
    assert shown, "the list of the finder"
    assert nobody == ()


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("m", "Only calls can be muted."),
        ("j", "Only calls can be merged."),
        ("full_stop", "Only calls are recorded."),
        ("k", "Tones can only be sent on an active call."),
    ],
)
async def test_where_the_channel_is_the_reason_it_is_named(key: str, why: str) -> None:
    session = await press(answered(), "escape", key)
    assert why in in_words(session.store.drain().notices[-1].text)
    assert asked(session, "commands.do") == []


async def test_in_writing_enter_writes_to_an_expert_who_cannot_be_called() -> None:
    app, session = desk(answered())
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["escape", "e"])
        assert "consult" not in str(app.desk_screen.query_one(ExpertFinder).border_subtitle)
        await settle(pilot, ["enter", *"hi", "enter"])
    assert asked(session, "commands.chat") == [("p1", "hi")]


@pytest.mark.parametrize(("opens", "menu"), [("s", "state-menu"), ("alt+s", "state-menu"), ("b", "copy")])
async def test_no_letter_goes_through_a_list_to_the_desk_behind_it(opens: str, menu: str) -> None:
    app, session = desk(active())
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, [opens, *"hmnqxx"])
        assert app.desk_screen.query_one(f"#{menu}").has_class("open")
        assert "note" not in app.desk_screen.query_one(Footer).keys_line(120).plain, "no hint of what does nothing"
        await settle(pilot, [opens.removeprefix("alt+")])
        assert not app.desk_screen.query_one(f"#{menu}").has_class("open"), "its own key closes it"
    assert asked(session, "commands.do") == []
