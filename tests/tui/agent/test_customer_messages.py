"""Writing to a customer outside of a contact: where it opens, whom it goes to, what the keys do, and every way out."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.content import Content
from textual.pilot import Pilot

from desktop.domain.conversations.canned_replies import CannedReply
from desktop.domain.conversations.message_drafts import MessageTo
from desktop.domain.entities.customer import Consent, Customer, Match
from desktop.domain.entities.message import InboundMessage, SentMessage
from desktop.domain.entities.model import Address
from desktop.domain.entities.words import Channel, DeliveryState
from desktop.domain.entities.wrap_up_record import OutgoingReply, ReplyHead
from desktop.domain.news.notices import wrote
from desktop.domain.state.events import Change, InteractionChanged
from desktop.domain.state.own_events import DraftSaved
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import Sentence
from desktop.tui.agent.overlays.canned_list import CannedList
from desktop.tui.agent.panes.customer import CustomerPane
from desktop.tui.agent.panes.footer import Footer
from desktop.tui.agent.panes.message import MessagePane
from desktop.tui.agent.panes.note import NotePane
from desktop.tui.agent.panes.search import SearchPane
from desktop.tui.app import DesktopApp
from tests.tui.desk import RecordedSession, desk, settle, steady_cursors, told
from tests.tui.states import IDLE, NOW, ONE, PRIYA, active, offered

SIZE = (120, 36)
SIZES = [(80, 24), SIZE]
NUMBER, MAIL = "+442079460018", "priya@natarajan.example"
SMS, EMAIL = (MessageTo("maya", channel, "C-4471").id for channel in (Channel.SMS, Channel.EMAIL))


def pane(app: DesktopApp) -> MessagePane:
    return app.desk_screen.query_one(MessagePane)


def sends(session: RecordedSession) -> list[str]:
    return [call[1] for call in session.calls if call[0] == "replies.send"]


def title(app: DesktopApp) -> str:
    return Content.from_markup(pane(app).border_title or "").plain.strip()


def keys_of(app: DesktopApp) -> str:
    return Content.from_markup(pane(app).border_subtitle or "").plain


def whom(app: DesktopApp) -> str:
    return str(app.desk_screen.query_one("#message-to").render()).strip()


def became(app: DesktopApp) -> str:
    return str(app.desk_screen.query_one("#message-sent").render())


async def looking_at(pilot: Pilot[Any], app: DesktopApp, customer: Customer = PRIYA) -> None:
    """Have a customer on the card without any contact."""
    await settle(pilot)
    app.desk_screen.preview = Match(customer, "text", "same name")
    app.desk_screen.show_tab("customer")
    app.desk_screen.redraw()
    await settle(pilot)


@pytest.mark.parametrize("size", SIZES)
async def test_two_keys_beside_what_is_typed_send_it(size: tuple[int, int]) -> None:
    app, session = desk(IDLE)
    async with app.run_test(size=size) as pilot:
        await looking_at(pilot, app)
        await settle(pilot, ["T", *"Hello", "enter", *"there"])
        assert title(app).startswith("✆ Text to Priya Natarajan")
        assert sends(session) == [], "enter is a line"
        await settle(pilot, ["alt+enter"])
        assert sends(session) == [SMS]
        written = session.notes.text(SMS)
        assert (written.reply, written.head.to) == ("Hello\nthere", (NUMBER,))


async def test_the_key_for_writing_does_it_where_there_is_no_contact() -> None:
    app, _ = desk(IDLE)
    async with app.run_test(size=SIZE) as pilot:
        await looking_at(pilot, app)
        await settle(pilot, ["t"])
        assert pane(app).has_focus_within


async def test_the_key_stands_in_the_footer_of_a_card_without_contact_and_in_the_palette() -> None:
    app, _ = desk(IDLE)
    async with app.run_test(size=SIZE) as pilot:
        await looking_at(pilot, app)
        assert "T message" in app.desk_screen.query_one(Footer).render().plain
        assert "Message  (T)" in [one.title for one in app.get_system_commands(app.desk_screen)]


async def test_again_it_goes_to_the_next_address_and_each_channel_has_its_own_words() -> None:
    app, session = desk(IDLE)
    async with app.run_test(size=SIZE) as pilot:
        await looking_at(pilot, app)
        await settle(pilot, ["T", *"short", "alt+shift+t"])
        assert title(app).startswith("✉ E-mail to Priya Natarajan")
        assert pane(app).editor.text == ""
        await settle(pilot, [*"long", "alt+shift+t"])
        assert pane(app).editor.text == "short"
        assert (session.notes.text(SMS).reply, session.notes.text(EMAIL).reply) == ("short", "long")
        assert session.notes.text(EMAIL).head.to == (MAIL,)


async def test_of_two_numbers_the_chosen_one_gets_the_same_words() -> None:
    second = "+447700900123"
    both = replace(PRIYA, addresses=(Address("phone", NUMBER), Address("phone", second)))
    app, session = desk(IDLE)
    async with app.run_test(size=SIZE) as pilot:
        await looking_at(pilot, app, both)
        await settle(pilot, ["T", *"Hello", "alt+shift+t"])
        assert "▸ ✆ +44 7700 900123" in whom(app)
        assert (session.notes.text(SMS).reply, session.notes.text(SMS).head.to) == ("Hello", (second,))
        await settle(pilot, ["escape", "T"])
        assert "▸ ✆ +44 7700 900123" in whom(app), "the address is the draft's"


async def test_one_address_has_no_other() -> None:
    app, _ = desk(IDLE)
    async with app.run_test(size=SIZE) as pilot:
        await looking_at(pilot, app, replace(PRIYA, addresses=(Address("phone", NUMBER),)))
        await settle(pilot, ["T", "alt+shift+t"])
        assert "There is no other address on the card." in told(app.desk_screen)
        assert "other address" not in keys_of(app)


async def test_consent_stands_beside_the_key_that_sends_and_the_address_without_comes_last() -> None:
    no_texts = replace(PRIYA, consents=(Consent("sms", False, 1.0), Consent("email", True, 1.0)))
    app, _ = desk(IDLE)
    async with app.run_test(size=SIZE) as pilot:
        await looking_at(pilot, app, no_texts)
        await settle(pilot, ["T"])
        assert title(app).startswith("✉ E-mail"), "where they agreed to one it is that"
        assert "✓ agreed" in keys_of(app)
        await settle(pilot, ["alt+shift+t"])
        assert "✕ Priya Natarajan has not agreed to receive text messages." in whom(app)
        assert "✓" not in keys_of(app)


async def test_the_subject_is_a_field_of_an_e_mail_only_and_kept_with_it() -> None:
    app, session = desk(IDLE)
    async with app.run_test(size=SIZE) as pilot:
        await looking_at(pilot, app)
        await settle(pilot, ["T"])
        assert not pane(app).subject.display
        await settle(pilot, ["alt+shift+t", "up", *"Your bill", "enter", *"Hello"])
        written = session.notes.text(EMAIL)
        assert (written.head.subject, written.reply) == ("Your bill", "Hello")
        await settle(pilot, ["escape", "T"])
        assert (pane(app).subject.value, pane(app).editor.text) == ("Your bill", "Hello")


async def test_without_a_subject_the_cursor_goes_there() -> None:
    app, _ = desk(IDLE)
    async with app.run_test(size=SIZE) as pilot:
        await looking_at(pilot, app)
        await settle(pilot, ["T", "alt+shift+t", *"Hello", "alt+enter"])
        assert pane(app).subject.has_focus


async def test_a_template_is_filled_in_with_customer_case_and_agent() -> None:
    app, _ = desk(replace(IDLE, details=active().details))
    async with app.run_test(size=SIZE) as pilot:
        await looking_at(pilot, app)
        app.session.canned.replies = (  # type: ignore[union-attr]
            CannedReply("Refund", "Dear {customer.name}, case {case.id}. {agent.name}", queues=frozenset({"Billing"})),
            CannedReply("Mail only", "x", frozenset({Channel.EMAIL})),
        )
        await settle(pilot, ["T", "slash"])
        listed = app.desk_screen.query_one(CannedList)
        assert listed.display and "Refund" in listed.render().plain and "Mail only" not in listed.render().plain
        await settle(pilot, ["enter"])
        assert pane(app).editor.text == "Dear Priya Natarajan, case 8812. Maya Okafor"


async def test_a_gap_that_nobody_filled_in_is_not_sent() -> None:
    app, session = desk(IDLE)
    async with app.run_test(size=SIZE) as pilot:
        await looking_at(pilot, app)
        app.session.canned.replies = (CannedReply("Queue", "From {queue.name}"),)  # type: ignore[union-attr]
        await settle(pilot, ["T", "slash", "enter", "alt+enter"])
        assert sends(session) == []
        assert "is not filled in yet." in told(app.desk_screen)


async def test_texts_are_counted() -> None:
    app, _ = desk(IDLE)
    async with app.run_test(size=SIZE) as pilot:
        await looking_at(pilot, app)
        await settle(pilot, ["T"])
        pane(app).editor.insert("x" * 161)
        await settle(pilot)
        assert "2 text messages" in keys_of(app)


async def test_a_line_that_only_asks_for_a_canned_reply_is_named_before_it_goes() -> None:
    app, session = desk(IDLE)
    async with app.run_test(size=SIZE) as pilot:
        await looking_at(pilot, app)
        await settle(pilot, ["T", *"Hello", "enter", "slash", *"etc", "alt+enter"])
        assert sends(session) == []
        assert "no canned reply was inserted for “/etc”" in app.desk_screen.query_one(Footer).render().plain
        await settle(pilot, ["alt+enter"])
        assert sends(session) == [SMS]


async def test_nothing_typed_is_nothing_sent_and_a_second_press_too() -> None:
    app, session = desk(IDLE)
    async with app.run_test(size=SIZE) as pilot:
        await looking_at(pilot, app)
        await settle(pilot, ["T", "alt+enter", "space", "alt+enter"])
        assert sends(session) == []
        assert "Write your message first." in told(app.desk_screen)


async def test_what_is_held_back_counts_down_and_is_taken_back_with_its_key() -> None:
    app, session = desk(IDLE)
    async with app.run_test(size=SIZE) as pilot:
        await looking_at(pilot, app)
        await settle(pilot, ["T"])
        held = OutgoingReply("k1", "Hello", NOW + 4.2, ReplyHead("", (NUMBER,)))
        session.notes.edit(SMS, reply="")
        view = session.notes.text(SMS)
        session.store.publish(DraftSaved(SMS, replace(view, outgoing=(held,), revision=2)))
        await settle(pilot)
        app.on_frame()
        await settle(pilot)
        assert "goes in 5 s  alt+u takes it back" in became(app)
        await settle(pilot, ["escape"])
        assert "◌ goes in a moment: SMS  u takes it back" in app.desk_screen.query_one(CustomerPane).render().plain
        await settle(pilot, ["u"])
        assert ("replies.take_back", SMS) in session.calls and pane(app).has_focus_within


async def test_what_became_of_the_last_ones_stands_below() -> None:
    sent = SentMessage("m1", NOW - 60, DeliveryState.DELIVERED, Channel.SMS, NUMBER, "Hello before", key="k")
    waits = SentMessage("k2", NOW - 30, DeliveryState.FAILED, Channel.SMS, NUMBER, "refused", key="k2")
    other = SentMessage("m3", NOW - 30, DeliveryState.SENT, Channel.SMS, "+4930111", "to another", key="k3")
    app, _ = desk(replace(IDLE, sent={"m1": sent, "k2": waits, "m3": other}))
    async with app.run_test(size=SIZE) as pilot:
        await looking_at(pilot, app)
        await settle(pilot, ["T"])
        assert "● delivered" in became(app) and "Hello before" in became(app)
        assert "not sent, in the outbox" in became(app) and "to another" not in became(app)


# Ways out


@pytest.mark.parametrize("size", SIZES)
async def test_esc_leads_back_to_the_card_which_says_that_something_is_unfinished(size: tuple[int, int]) -> None:
    app, session = desk(IDLE)
    async with app.run_test(size=size) as pilot:
        await looking_at(pilot, app)
        await settle(pilot, ["T", *"Half", "escape"])
        card = app.desk_screen.query_one(CustomerPane)
        assert not pane(app).is_open and card.display
        assert "✎ unfinished message: SMS  T goes on" in card.render().plain
        await settle(pilot, ["T"])
        assert pane(app).editor.text == "Half" and session.notes.text(SMS).reply == "Half"


async def test_another_customers_words_are_never_shown() -> None:
    app, session = desk(IDLE)
    async with app.run_test(size=SIZE) as pilot:
        await looking_at(pilot, app)
        await settle(pilot, ["T", *"for Priya", "escape"])
        await looking_at(pilot, app, replace(PRIYA, id="C-2", name="Jo Ortega"))
        await settle(pilot, ["T"])
        assert pane(app).editor.text == "" and "Jo Ortega" in title(app)
        await settle(pilot, [*"for Jo"])
        assert session.notes.text(SMS).reply == "for Priya"
        assert session.notes.text(MessageTo("maya", Channel.SMS, "C-2").id).reply == "for Jo"


@pytest.mark.parametrize("size", SIZES)
async def test_while_it_rings_one_writes_on_and_accepting_leads_to_the_contact(size: tuple[int, int]) -> None:
    app, session = desk(IDLE)
    async with app.run_test(size=size) as pilot:
        await looking_at(pilot, app)
        await settle(pilot, ["T", *"Hel"])
        rings = offered().interactions["i1"]
        session.store.publish(InteractionChanged(Change.OFFERED, rings), "contact_center")
        app.on_frame()
        await settle(pilot, [*"lo"])
        assert app.desk_screen.selected == "i1"
        assert pane(app).has_focus_within and pane(app).editor.text == "Hello"
        await settle(pilot, ["f2"])
        assert [call[1:3] for call in session.calls if call[0] == "commands.do"][-1][1] == "i1"
        assert not pane(app).is_open and session.notes.text(SMS).reply == "Hello"


async def test_during_a_call_it_is_written_beside_it_and_the_note_is_one_key_away() -> None:
    app, session = desk(active())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["n", "alt+shift+t", *"Hello"])
        assert pane(app).has_focus_within and session.notes.text(SMS).reply == "Hello"
        await settle(pilot, ["alt+n"])
        assert isinstance(app.desk_screen.focused, NotePane) and not pane(app).is_open
        assert session.notes.text("i1").note == active().drafts["i1"].note


async def test_a_search_takes_its_place() -> None:
    app, session = desk(IDLE)
    async with app.run_test(size=SIZE) as pilot:
        await looking_at(pilot, app)
        await settle(pilot, ["T", *"Hello", "alt+slash"])
        assert app.desk_screen.query_one(SearchPane).is_open and not pane(app).is_open
        assert session.notes.text(SMS).reply == "Hello"


# Nobody to write to


@pytest.mark.parametrize(
    ("customer", "why"),
    [
        (replace(PRIYA, addresses=()), "The card of Priya Natarajan has no address for a message."),
        (replace(PRIYA, addresses=(Address("phone", "", withheld=True),)), "has no address for a message."),
    ],
)
async def test_without_an_address_it_does_not_open_and_no_letter_is_a_verb(customer: Customer, why: str) -> None:
    app, session = desk(IDLE)
    async with app.run_test(size=SIZE) as pilot:
        await looking_at(pilot, app, customer)
        await settle(pilot, ["T", "x"])
        assert why in told(app.desk_screen) or "No field is open for typing" in told(app.desk_screen)
        assert not pane(app).is_open and not session.notes.text(SMS)


async def test_without_a_sender_or_a_customer_it_says_so() -> None:
    app, session = desk(IDLE)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["T"])
        assert "Open the customer first: alt+/ finds them." in told(app.desk_screen)
        session.customer_messages.channels = frozenset()
        await looking_at(pilot, app)
        await settle(pilot, ["escape", "escape"])
        await looking_at(pilot, app)
        await settle(pilot, ["T"])
        assert "This profile has no message sender." in told(app.desk_screen)


# Answering


def came() -> AppState:
    return replace(IDLE, received={"in1": InboundMessage("in1", NOW, Channel.SMS, PRIYA.addresses[0], "Thanks!")})


async def test_a_message_that_came_is_answered_from_its_notice() -> None:
    app, session = desk(came())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        channel, said = Channel.SMS.value, "Thanks!"
        session.store.notice(Sentence("message.came", channel=channel, who=NUMBER, text=said), subject=wrote("in1"))
        app.on_frame()
        await settle(pilot)
        assert "T answers it" in told(app.desk_screen)
        await settle(pilot, ["T"])
        search = app.desk_screen.query_one(SearchPane)
        assert search.is_open and search.text == NUMBER
        session.search.found(ONE.matches[0])
        await settle(pilot, ["enter"])
        assert pane(app).has_focus_within and "Priya Natarajan" in title(app)


async def test_with_a_card_before_one_the_key_is_the_cards() -> None:
    app, session = desk(came())
    async with app.run_test(size=SIZE) as pilot:
        await looking_at(pilot, app, replace(PRIYA, id="C-2", name="Jo Ortega"))
        session.store.notice(Sentence("message.came", channel="sms", who=NUMBER, text="x"), subject=wrote("in1"))
        app.on_frame()
        await settle(pilot)
        assert "answers it" not in told(app.desk_screen)
        await settle(pilot, ["T"])
        assert "Jo Ortega" in title(app)


# Looks


HOSTILE = replace(PRIYA, name="[bold]\x1b[31mPriya\u202e[/]" + "x" * 300, addresses=(Address("email", "a[/]@b\x9b.c"),))


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_names_and_addresses_do_nothing(size: tuple[int, int]) -> None:
    sent = SentMessage(
        "m1", NOW, DeliveryState.SENT, Channel.EMAIL, "a[/]@b\x9b.c", "[@click=app.quit]\x1b]0;x\x07", key="k"
    )
    app, session = desk(replace(IDLE, sent={"m1": sent}))
    async with app.run_test(size=size) as pilot:
        await looking_at(pilot, app, HOSTILE)
        await settle(pilot, ["T", *"Hi"])
        assert session.notes.text(EMAIL).reply == "Hi"
        drawn = "".join(line.text for line in app.desk_screen._compositor.render_strips())
        assert not {"\x1b", "\x9b", "\u202e", "\x07"} & set(drawn)


async def _written(pilot: Pilot[Any], app: DesktopApp, keys: list[str]) -> None:
    await looking_at(pilot, app)
    await settle(pilot, keys)
    steady_cursors(pilot)
    await settle(pilot)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("channel", ["sms", "email"])
def test_looks(size: tuple[int, int], channel: str, snap_compare: Callable[..., bool]) -> None:
    before = SentMessage(
        "m1", NOW - 600, DeliveryState.DELIVERED, Channel.SMS, NUMBER, "We are looking into it.", key="k"
    )
    app, _ = desk(replace(IDLE, sent={"m1": before}))
    keys = {
        "sms": ["T", *"Hello Priya, your refund was sent today."],
        "email": ["T", "alt+shift+t", "up", *"Your refund", "enter", *"Dear Priya,", "enter", *"it was sent today."],
    }[channel]
    assert snap_compare(app, terminal_size=size, run_before=lambda pilot: _written(pilot, app, keys))
