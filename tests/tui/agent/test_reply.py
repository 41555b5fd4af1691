"""Writing to the customer of a chat, a mail or a text: where it stands, what a key sends, what is never sent."""

import string
from dataclasses import replace
from typing import Any

import pytest
from textual._xterm_parser import XTermParser
from textual.content import Content

from desktop.domain.entities.model import Message
from desktop.domain.entities.words import Channel, Phase
from desktop.domain.state.events import Change, InteractionChanged
from desktop.domain.state.state import AppState
from desktop.tui.agent.panes.conversation import ConversationPane
from desktop.tui.agent.panes.footer import Footer
from desktop.tui.agent.panes.note import NotePane
from desktop.tui.agent.panes.reply import ReplyPane
from desktop.tui.app import DesktopApp
from desktop.tui.keys.key import ALT_SIGNS, SIGNS
from tests.tui.desk import RecordedSession, desk, settle, told
from tests.tui.states import NOW, active, mail_held_back, written
from tests.tui.supervisor.test_floor import until

SIZE = (120, 36)


def quiet(**changes: Any) -> AppState:
    """The chat with nothing on its way and nothing typed yet."""
    state = written()
    chat = replace(state.interactions["i1"], **changes)
    return replace(state, interactions={"i1": chat}, drafts={}, pending={})


def sends(session: RecordedSession) -> list[Any]:
    return [call for call in session.calls if call[0] == "replies.send"]


def title(pane: ReplyPane) -> str:
    return Content.from_markup(pane.border_title or "").plain.strip()


async def test_a_chat_is_answered_with_what_is_typed_and_one_key() -> None:
    app, session = desk(quiet())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["t", *"Hello", "enter", *"there"])
        assert sends(session) == [], "enter is a line"
        await settle(pilot, ["alt+enter"])
        assert sends(session) == [("replies.send", "i1")]
        edits = [call[2] for call in session.calls if call[0] == "notes.edit"]
        assert edits[-1] == {"reply": "Hello\nthere"}
        assert not any("note" in edit for edit in edits), "nothing of it goes into the note"


async def test_the_reply_names_whom_it_goes_to_and_on_which_channel() -> None:
    app, _ = desk(quiet())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert title(app.desk_screen.query_one(ReplyPane)) == "❝ Reply to Priya Natarajan · chat"


@pytest.mark.parametrize("key", ["alt+enter", "ctrl+enter"])
async def test_from_the_note_the_key_goes_to_the_reply_and_sends_nothing(key: str) -> None:
    app, session = desk(written())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["n"])
        assert isinstance(app.desk_screen.focused, NotePane)
        await settle(pilot, [key])
        assert sends(session) == []
        assert isinstance(app.desk_screen.focused, ReplyPane)


@pytest.mark.parametrize(
    "sent",
    sorted(
        {*string.ascii_letters, *string.digits, *(SIGNS[name] for name in ALT_SIGNS), *"äÉЖ "}
        - {"o", "C"}  # pages that ask a session of the real kind: tests/e2e/test_written.py
    ),
)
async def test_a_quick_esc_and_a_key_never_write_it_into_the_reply(sent: str) -> None:
    """The bytes as a terminal sends them: alt and the key, or esc and the key within a moment."""
    app, session = desk(quiet())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["t", *"Hello"])
        parser = XTermParser()
        for event in (*parser.feed(f"\x1b{sent}"), *parser.feed("")):
            app.post_message(event)
        await settle(pilot)
        assert app.desk_screen.query_one(ReplyPane).text == "Hello"
        assert sends(session) == []


async def test_capitals_typed_into_the_reply_are_text() -> None:
    app, session = desk(quiet())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["t", *string.ascii_uppercase])
        assert app.desk_screen.query_one(ReplyPane).text == string.ascii_uppercase
        assert sends(session) == []


async def test_nothing_typed_is_nothing_sent() -> None:
    app, session = desk(quiet())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["t", "space", "enter", "alt+enter"])
        assert sends(session) == []
        assert "Write your reply first." in told(app.desk_screen)


async def test_a_call_has_no_reply() -> None:
    app, session = desk(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["n", "alt+enter"])
        assert not app.desk_screen.query_one(ReplyPane).display
        assert sends(session) == []


@pytest.mark.parametrize(("size", "both"), [((80, 24), False), ((120, 36), False), ((160, 42), True)])
async def test_the_note_is_one_key_away(size: tuple[int, int], both: bool) -> None:
    app, _ = desk(quiet())
    async with app.run_test(size=size) as pilot:
        await settle(pilot, ["t"])
        note, reply = app.desk_screen.query_one(NotePane), app.desk_screen.query_one(ReplyPane)
        assert (reply.display, note.display) == (True, both)
        await settle(pilot, ["alt+n"])
        assert (reply.display, note.display) == (both, True)
        assert note.has_focus
        await settle(pilot, ["alt+t"])
        assert reply.has_focus and reply.display


async def test_each_contact_has_its_own_reply() -> None:
    state = quiet()
    other = replace(state.interactions["i1"], id="i2", customer_name="Jo Ortega", arrived_at=NOW - 10)
    app, session = desk(replace(state, interactions={**state.interactions, "i2": other}))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["t", *"for one"])
        first = app.desk_screen.selected
        app.desk_screen.select("i2" if first == "i1" else "i1")
        await settle(pilot)
        reply = app.desk_screen.query_one(ReplyPane)
        assert reply.text == ""
        await settle(pilot, ["alt+t", *"for two"])
        assert first is not None
        app.desk_screen.select(first)
        await settle(pilot)
        assert reply.text == "for one"
        assert session.notes.text(first).reply == "for one"


@pytest.mark.parametrize("size", [(104, 40), (160, 42)])
@pytest.mark.parametrize("before", ["", "She asks "])
async def test_an_accept_that_takes_long_never_leaves_the_keyboard_without_a_field(
    size: tuple[int, int], before: str
) -> None:
    """Into the reply as soon as it is open; who has begun the note stays in it, and sees it."""
    chat = quiet().interactions["i1"]
    app, session = desk(quiet(phase=Phase.OFFERED, offer_deadline=NOW + 30))
    async with app.run_test(size=size) as pilot:
        await settle(pilot, ["f2", *before])
        session.store.publish(InteractionChanged(Change.UPDATED, replace(chat, version=9)), "contact_center")
        app.request_frame()
        await until(pilot, lambda: app.desk_screen.query_one("#middle").has_class("written"))
        await settle(pilot, [*"again"])
        note, reply = app.desk_screen.query_one(NotePane), app.desk_screen.query_one(ReplyPane)
        assert (note.text, reply.text) == (("She asks again", "") if before else ("", "again"))
        assert (note if before else reply).display


async def test_when_the_customer_leaves_while_one_types_nothing_is_sent_and_no_letter_is_a_verb() -> None:
    app, session = desk(quiet())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["t", *"It will be "])
        chat = session.store.drain().interactions["i1"]
        over = replace(chat, version=9, phase=Phase.WRAP_UP, phase_since=NOW)
        session.store.publish(InteractionChanged(Change.WRAP_UP, over, "customer_left"), "contact_center")
        app.request_frame()
        await settle(pilot)
        heard = ""
        for letter in "there":
            await settle(pilot, [letter])
            heard += told(app.desk_screen)  # on a slow machine it is gone again before the last letter
        assert heard
        assert isinstance(app.desk_screen.focused, NotePane)
        assert [call for call in session.calls if call[0] == "commands.do"] == []
        assert app.desk_screen.query_one(NotePane).text == "", "the rest of the sentence is no note"


async def test_ending_says_that_a_reply_is_not_sent() -> None:
    app, session = desk(quiet())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["t", *"Wait", "f8"])
        assert app.desk_screen.query_one(Footer).prompt.endswith("your reply is not sent")
        assert sends(session) == []


def texts(app: DesktopApp) -> str:
    return app.desk_screen.query_one(ConversationPane).render().plain


async def test_ten_thousand_messages_are_read_page_by_page_and_stay_where_one_reads() -> None:
    many = tuple(Message(f"t{n}", NOW - 10_000 + n, "customer", f"Message {n}") for n in range(10_000))
    app, session = desk(quiet(messages=many))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["t"])
        assert "Message 9999" in texts(app)
        await settle(pilot, ["pageup", "pageup"])
        assert "Message 9999" not in texts(app)
        top = texts(app).splitlines()[-1]
        assert "newer messages" in top
        before = [row for row in texts(app).splitlines() if "Message" in row]
        chat = session.store.drain().interactions["i1"]
        more = replace(chat, version=9, messages=(*many, Message("new", NOW, "customer", "One more")))
        session.store.publish(InteractionChanged(Change.UPDATED, more), "contact_center")
        app.request_frame()
        await settle(pilot)
        assert [row for row in texts(app).splitlines() if "Message" in row] == before
        await settle(pilot, ["pagedown"] * 4)
        assert "One more" in texts(app)


async def test_hostile_messages_stay_text() -> None:
    bad = "\x1b[31mred\x1b]0;title\x07 [bold]x[/bold] \u202eabc\nsecond line"
    app, _ = desk(quiet(messages=(Message("t1", NOW, "customer", bad),)))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        shown = texts(app)
        assert "\x1b" not in shown and "\u202e" not in shown and "[bold]x[/bold]" in shown
        assert any(row.strip() == "second line" for row in shown.splitlines())


async def test_text_messages_are_counted_as_they_are_paid_for() -> None:
    app, _ = desk(quiet(channel=Channel.SMS))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["t"])
        app.desk_screen.query_one(ReplyPane).insert("x" * 161)
        await settle(pilot)
        subtitle = Content.from_markup(app.desk_screen.query_one(ReplyPane).border_subtitle or "").plain
        assert "2 text messages" in subtitle


def taken_back(session: RecordedSession) -> list[Any]:
    return [call for call in session.calls if call[0] in ("replies.take_back", "pops.unlink")]


@pytest.mark.parametrize("keys", [["u"], ["alt+t", "alt+u"]])
async def test_a_mail_that_waits_says_so_and_one_key_takes_it_back(keys: list[str]) -> None:
    app, session = desk(mail_held_back())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert "You  … sending in 4 s: alt+u takes it back" in texts(app)
        await settle(pilot, keys)
        assert taken_back(session) == [("replies.take_back", "i1")], "the link to the customer stays"


async def test_esc_only_leaves_the_field() -> None:
    app, session = desk(mail_held_back())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["alt+t", "escape"])
        assert taken_back(session) == []
        assert "sending in" in texts(app)


async def test_a_moment_too_late_the_key_unlinks_nobody() -> None:
    app, session = desk(replace(mail_held_back(), drafts={}))
    session.replies.just_went = lambda interaction_id: True  # type: ignore[method-assign]
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["alt+u"])
        assert taken_back(session) == [("replies.take_back", "i1")]


async def test_without_a_mail_that_waits_the_key_is_for_the_link() -> None:
    app, session = desk(quiet())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["alt+u"])
        assert taken_back(session) == [("pops.unlink", "i1")]


async def test_a_clock_that_differs_never_shows_more_than_the_wait_nor_less_than_a_second() -> None:
    state = mail_held_back()
    draft = state.drafts["i1"]
    for due, shown in ((NOW + 4_000, "5 s"), (NOW - 4_000, "1 s")):
        held = replace(draft, outgoing=(replace(draft.outgoing[0], due=due),))
        app, _ = desk(replace(state, drafts={"i1": held}))
        async with app.run_test(size=SIZE) as pilot:
            await settle(pilot)
            assert f"sending in {shown}" in texts(app)


async def test_ending_does_not_call_a_mail_unsent_that_goes_first() -> None:
    app, _ = desk(mail_held_back())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["f8"])
        assert "not sent" not in app.desk_screen.query_one(Footer).prompt
