"""The outbox page: what is not delivered in a list, one of it in full, and the keys that complete and send it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from textual.widgets import Static

from desktop.app.notes.outbox_items import Amendment, OutboxItem
from desktop.app.storage.errors import StoreAbsent, StoreFull
from desktop.app.storage.tables.outbox_rows import LINK, PARKED
from desktop.domain.entities.message import InboundMessage, SentMessage
from desktop.domain.entities.model import Address
from desktop.domain.entities.words import Channel, DeliveryState
from desktop.domain.entities.wrap_up_record import DraftView, OutboxView
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import NOTHING, Sentence, verbatim
from desktop.tui.app import DesktopApp
from desktop.tui.keys import keys, outbox_keys
from desktop.tui.outbox.item_rows import worst_first
from desktop.tui.outbox.item_text import Reader, item_lines
from desktop.tui.outbox.message_lines import message_lines
from desktop.tui.outbox.note_field import NoteField
from desktop.tui.outbox.outbox_page import OutboxPage
from desktop.tui.outbox.picker import Picker
from desktop.tui.outbox.when_field import WhenField
from desktop.tui.pages.launcher import Around
from desktop.tui.widgets.page_text import Hanging, Line
from desktop.tui.widgets.table import LineTable
from desktop.words.catalogue import in_words
from tests.tui.desk import settle
from tests.tui.outbox.outbox_desk import (
    CALLBACK,
    DAMAGED,
    HALF_ONE,
    PARKED_RECORD,
    PRIYA_FOUND,
    REFUSED,
    SMS,
    UNKNOWN,
    WAITING_SMS,
    WAITS,
    KeptOutbox,
    outbox_desk,
    outbox_state,
)
from tests.tui.states import NOW, active, offered, wrapping_up
from tests.tui.supervisor.floor_desk import floor_desk
from tests.tui.supervisor.floor_states import floor
from tests.tui.supervisor.test_floor import until

SIZE = (120, 36)
NUMBER = "+442079460958"


def plain(lines: Sequence[Line]) -> list[str]:
    return [one.head.plain + one.words.plain if isinstance(one, Hanging) else one.plain for one in lines]


def page_of(app: DesktopApp) -> OutboxPage:
    return app.screen.query_one(OutboxPage)


def list_of(app: DesktopApp) -> LineTable:
    return app.screen.query_one("#outbox-items", LineTable)


def words(app: DesktopApp, name: str) -> str:
    """What a line or a text of the page shows."""
    return str(app.screen.query_one(f"#{name}").render())


def item_text(app: DesktopApp) -> str:
    return str(app.screen.query_one("#outbox-item-text").render())


def changes(kept: KeptOutbox) -> list[Amendment]:
    return [call[2] for call in kept.calls if call[0] == "wrap_ups.change"]


def asked(kept: KeptOutbox, name: str) -> list[Any]:
    return [call[1] for call in kept.calls if call[0] == name]


# Messages


def shown(state: AppState) -> list[str]:
    return [line.plain.rstrip() for line in message_lines(state, 100.0)]


def test_messages_stand_below_the_records_newest_first() -> None:
    received = [
        InboundMessage("1", 40.0, Channel.SMS, Address("phone", NUMBER), "where is it?"),
        InboundMessage("2", 90.0, Channel.SMS, Address("phone", NUMBER), "Stop"),
        InboundMessage("3", 95.0, Channel.EMAIL, Address("email", "eve@example.org"), "hello", "A kettle"),
    ]
    sent = [
        SentMessage("m1", 50.0, DeliveryState.FAILED, Channel.SMS, NUMBER, "on its way", "no such number"),
        SentMessage("m2", 97.0, DeliveryState.DELIVERED, Channel.SMS, NUMBER, "thanks"),
    ]
    state = AppState(received={one.id: one for one in received}, sent={one.id: one for one in sent})
    assert shown(state) == [
        "Messages from customers",
        "✉ eve@example.org   5s ago",
        "    A kettle",
        "    hello",
        "✆ +44 20 7946 0958   10s ago   opted out",
        "    Stop",
        "✆ +44 20 7946 0958   60s ago",
        "    where is it?",
        "",
        "Messages sent",
        "● delivered ✆ +442079460958   3s ago",
        "    thanks",
        "✕ failed    ✆ +442079460958   50s ago   no such number",
        "    on its way",
    ]
    assert shown(AppState()) == []


def test_what_strangers_write_is_only_text() -> None:
    hostile = "[bold]\x1b]0;owned\x07\u202eevil\n\r\x9b31m"
    message = InboundMessage(hostile, 1.0, Channel.SMS, Address("phone", hostile), hostile, hostile)
    report = SentMessage(hostile, 1.0, DeliveryState.FAILED, Channel.SMS, hostile, hostile, hostile)
    for line in shown(AppState(received={"1": message}, sent={"2": report})):
        assert all(character.isprintable() for character in line), ascii(line)
    assert sum("[bold]" in line for line in shown(AppState(received={"1": message}))) == 3


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_messages_can_be_read_with_records_and_without(size: tuple[int, int]) -> None:
    received = {"1": InboundMessage("1", NOW - 5, Channel.SMS, Address("phone", NUMBER), "where is it?")}
    for items in ([PARKED_RECORD], []):
        app, _, _ = outbox_desk(items, replace(outbox_state(items), received=received))
        async with app.run_test(size=size) as pilot:
            await settle(pilot, ["o"])
            beside = app.screen.query_one("#outbox-messages")
            text = words(app, "outbox-messages-text") if beside.is_on_screen else item_text(app)
            assert "where is it?" in text
            assert ("Nothing is waiting to be sent." in words(app, "outbox-summary")) is (not items)


# What an item says


def told(item: OutboxItem, why: Sentence = NOTHING, me: str = "maya") -> str:
    return "\n".join(plain(item_lines(item, Reader(me, NOW, NOW, why))))


def test_an_unfinished_wrap_up_says_everything() -> None:
    text = told(PARKED_RECORD)
    for part in (
        "Priya Natarajan",
        "unfinished wrap-up",
        "✕ needs attention",
        "The contact was closed before the note was finished.",
        "missing     a wrap-up code (c)",
        "☎ call · Billing · +44 20 7946 0018",
        "Tue 17 Nov 13:58  5m ago",
        "note        She was charged twice in October.",
        "            The second charge is to go back to the same card.",
        "follow-ups  SMS to +44 20 7946 0018 · Your refund is on its way.",
        "            callback Mon 23 Nov 10:03 · about the second charge",
    ):
        assert part in text, part
    assert "Maya" not in text  # the agent's own needs no name


@pytest.mark.parametrize(
    ("customer_id", "said"), [("c1", "With the customer c1."), (None, "Not with this customer after all.")]
)
def test_a_link_says_with_whom_the_contact_is(customer_id: str | None, said: str) -> None:
    assert f"text        {said}" in told(replace(WAITING_SMS, kind=LINK, customer_id=customer_id, note=""))


def test_another_agents_says_whose_it_is_and_what_keeps_it_from_being_sent() -> None:
    text = told(UNKNOWN)
    assert "Noor Haddad" in text
    assert "missing     the channel (h) · a follow-up was not added (a) · the customer (l)" in text
    assert "not added: callback Wed 18 Nov 14:03 · ask for the invoice" in text
    assert "not linked to a customer" in text


def test_what_waits_says_why_and_when_it_is_tried_next() -> None:
    assert "Waits: the CRM went down at 13:53 (4 tries). Next try in 00:12." in told(
        WAITS, verbatim("the CRM went down at 13:53.")
    )
    assert "Waits: does not answer (4 tries)." in told(WAITS)
    assert "It is being sent." in told(WAITING_SMS)
    assert "It goes out when Maya Okafor is signed in here." in told(WAITS, me="noor")


def test_what_was_damaged_says_so() -> None:
    assert "Damaged: read it over, then save it." in told(DAMAGED)
    assert "it can be read and copied, not sent" in told(replace(REFUSED, intact=False))


def test_worst_first_then_oldest() -> None:
    order = [item.key for item in worst_first([WAITING_SMS, PARKED_RECORD, WAITS, UNKNOWN, REFUSED])]
    assert order == ["k2", "k3", "k1", "k4", "k5"]


@pytest.mark.thorough
@pytest.mark.parametrize("kind", ["record", "wrap_up", "sms", "callback", "case", "\x1b[31m"])
@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_hostile_words_are_only_text(kind: str, size: tuple[int, int]) -> None:
    evil = "[bold]\x1b]0;owned\x07\u202eevil\n\r\x9b31m[/]\ud800"
    follow_up = replace(SMS, kind=evil, text=evil, to=evil, due=1e300)
    item = replace(
        PARKED_RECORD,
        kind=kind,
        reason=verbatim(evil),
        target=evil,
        author=evil,
        author_name=evil,
        customer=evil,
        customer_id=evil,
        channel=evil,
        queue=evil,
        address=evil,
        note=evil,
        codes=(evil,),
        code_labels=(evil,),
        follow_ups=(follow_up,),
        half=follow_up,
        due=float("nan"),
        created_at=float("inf"),
        missing=(evil,),
    )
    for line in plain(item_lines(item, Reader("maya", NOW, NOW, evil))):
        assert all(character.isprintable() for character in line), ascii(line)
    app, kept, _ = outbox_desk([item])
    kept.found = (replace(PRIYA_FOUND, reason=evil, customer=replace(PRIYA_FOUND.customer, name=evil, company=evil)),)
    async with app.run_test(size=size) as pilot:
        await settle(
            pilot, ["o", "x", "c", "escape", "d", "escape", "l", "p", "enter", "escape", "h", "s", "e", "escape"]
        )
        assert app.is_running


# Opening, closing, moving


async def test_it_is_opened_and_closed_by_the_same_key_and_the_keyboard_goes_back() -> None:
    app, _, _ = outbox_desk([PARKED_RECORD], outbox_state([PARKED_RECORD], active()))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        before = app.screen.focused
        for closing in ("o", "alt+o", "escape"):
            await settle(pilot, ["o"])
            assert list_of(app).has_focus
            await settle(pilot, [closing])
            assert not app.screen.query(OutboxPage)
            assert app.screen.focused is before


async def test_the_selection_is_followed_by_the_item_beside_it() -> None:
    app, _, _ = outbox_desk([PARKED_RECORD, REFUSED, WAITS])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o"])
        assert "Password reset" in item_text(app)
        await settle(pilot, ["down"])
        assert "charged twice" in item_text(app)
        await settle(pilot, ["down", "down"])
        assert "copy of the invoice" in item_text(app)


async def test_a_second_that_passes_takes_no_move_back() -> None:
    app, _, _ = outbox_desk([PARKED_RECORD, REFUSED, WAITS])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o"])
        list_of(app).action_move(1)
        page_of(app).redraw()  # the clock ticks before the page hears of the move
        await settle(pilot)
        assert list_of(app).cursor_key == "k1"
        assert "charged twice" in item_text(app)


@pytest.mark.thorough
@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
async def test_it_fits_every_size_and_the_next_one(size: tuple[int, int]) -> None:
    app, _, _ = outbox_desk([PARKED_RECORD, UNKNOWN, WAITS])
    async with app.run_test(size=size) as pilot:
        await settle(pilot, ["o"])
        for other in ((80, 24), (200, 50), (110, 30), (109, 30), size):
            await pilot.resize_terminal(*other)
            await settle(pilot)
            item, listed = app.screen.query_one("#outbox-item").region, list_of(app).region
            assert item.height >= 5
            assert (item.y >= listed.bottom) is (other[0] < 110)
            verbs = app.screen.query_one("#outbox-verbs").region
            assert verbs.height >= 1
            assert verbs.bottom <= other[1] - 2


async def test_a_page_that_is_redrawn_before_it_is_composed_is_drawn_afterwards() -> None:
    app, _, session = outbox_desk([PARKED_RECORD])
    around = Around(
        lambda: session.store.state, lambda: NOW, app.spawn, app.tell, app.presses, app.wants_field, lambda: None
    )
    page = OutboxPage(session, around)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        page.redraw()  # an answer of the disk, or a second that ends, before its parts are there
        mounted = app.screen.mount(page)
        page.redraw()
        await mounted
        await settle(pilot)
        assert "charged twice" in item_text(app)


@pytest.mark.parametrize("before", [[], ["e"], ["l"], ["t"], ["f1"]])
async def test_a_quick_esc_and_a_letter_does_nothing_to_the_desk_below(before: list[str]) -> None:
    """A terminal sends them as alt and the letter: alt+d would decline an offer, alt+a accept one."""
    app, kept, session = outbox_desk([PARKED_RECORD], outbox_state([PARKED_RECORD], offered()))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", *before])
        for key in outbox_keys.OUTBOX_KEYS:
            for alt in key.anywhere:
                await settle(pilot, [alt])
                assert app.screen.query(OutboxPage), alt
        assert [call for call in session.calls if call[0] == "commands.do"] == []
        assert list(kept.kept) == ["k1"]


async def test_alt_and_a_letter_is_the_letters_verb_on_the_page() -> None:
    app, _, _ = outbox_desk([PARKED_RECORD])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", "alt+d"])
        assert app.screen.query_one(Picker).is_open


async def test_the_help_parts_each_key_from_its_name() -> None:
    app, _, _ = outbox_desk([PARKED_RECORD])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", "f1"])
        assert "alt+enter save" in words(app, "page-help-text")


async def test_it_closes_while_it_is_read_and_stays_closed() -> None:
    app, _, _ = outbox_desk([PARKED_RECORD])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        app.action_desk("outbox")
        app.action_desk("outbox")
        await settle(pilot)
        assert not app.screen.query(OutboxPage)


async def test_an_outbox_that_cannot_be_read_says_why() -> None:
    app, kept, _ = outbox_desk([PARKED_RECORD])
    kept.fail = StoreAbsent(verbatim("The disk is away"))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o"])
        assert "The disk is away" in "".join(segment.text for y in range(2) for segment in list_of(app).render_line(y))
        kept.fail = None
        app.session.store.state = replace(app.session.store.state, outbox=OutboxView(0, 1))  # type: ignore[union-attr]
        app.request_frame()
        await settle(pilot)
        assert "charged twice" in item_text(app)


# The text


async def test_a_text_is_changed_and_saved() -> None:
    app, kept, _ = outbox_desk([PARKED_RECORD])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", "e", "space", *"xcslh", "enter", "1", "alt+enter"])
        assert changes(kept) == [Amendment(note=PARKED_RECORD.note + " xcslh\n1")]
        assert not app.screen.query_one(NoteField).is_open
        assert "xcslh" in item_text(app)
        assert list_of(app).cursor_key == "k1.1"
        assert asked(kept, "outbox.retry") == []


async def test_leaving_a_changed_text_asks_and_a_key_goes_on() -> None:
    app, kept, _ = outbox_desk([PARKED_RECORD])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", "enter", "a", "escape"])
        field = app.screen.query_one(NoteField)
        assert field.is_open
        assert "Save the change?" in str(field.border_subtitle)
        await settle(pilot, ["b"])
        assert field.text.endswith("ab")
        assert "Save the change?" not in str(field.border_subtitle)
        await settle(pilot, ["escape", "enter"])
        assert changes(kept) == [Amendment(note=PARKED_RECORD.note + "ab")]
        assert not field.is_open


async def test_two_escs_discard_the_change_and_one_leaves_what_was_not_changed() -> None:
    app, kept, _ = outbox_desk([PARKED_RECORD])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", "e", "escape"])
        assert not app.screen.query_one(NoteField).is_open
        await settle(pilot, ["e", "z", "escape", "escape"])
        assert not app.screen.query_one(NoteField).is_open
        assert changes(kept) == []
        await settle(pilot, ["e"])
        assert app.screen.query_one(NoteField).text == PARKED_RECORD.note


async def test_what_the_disk_refuses_stays_in_the_field() -> None:
    app, kept, session = outbox_desk([PARKED_RECORD])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", "e", "z"])
        kept.fail = StoreFull(verbatim("No room left"))
        await settle(pilot, ["alt+enter"])
        field = app.screen.query_one(NoteField)
        assert field.is_open
        assert field.text.endswith("z")
        assert "not saved. No room left." in in_words(session.store.drain().notices[-1].text)
        kept.fail = None
        await settle(pilot, ["alt+enter"])
        assert not field.is_open
        assert kept.kept["k1.1"].note.endswith("z")


@pytest.mark.parametrize("closing", ["alt+o", "f2", "f9", "alt+i"])
async def test_closing_the_page_while_writing_saves_what_was_typed(closing: str) -> None:
    app, kept, _ = outbox_desk([PARKED_RECORD], outbox_state([PARKED_RECORD], wrapping_up()))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["escape", "o", "e", *"more", closing])
        assert not app.screen.query(OutboxPage)
        assert changes(kept) == [Amendment(note=PARKED_RECORD.note + "more")]


@pytest.mark.parametrize("closing", ["alt+o", "f9"])
async def test_the_page_stays_while_the_disk_refuses_what_was_typed(closing: str) -> None:
    app, kept, session = outbox_desk([PARKED_RECORD], outbox_state([PARKED_RECORD], wrapping_up()))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["escape", "o", "e", *"more"])
        kept.fail = StoreFull(verbatim("No room left"))
        await settle(pilot, [closing, closing])
        (page,) = app.screen.query(OutboxPage)
        assert page.is_open
        assert app.screen.query_one(NoteField).text.endswith("more")
        assert "not saved. No room left." in in_words(session.store.drain().notices[-1].text)
        kept.fail = None
        await settle(pilot, [closing])
        assert not app.screen.query(OutboxPage)
        assert changes(kept)[-1] == Amendment(note=PARKED_RECORD.note + "more")


async def test_a_signal_saves_what_was_typed() -> None:
    app, kept, _ = outbox_desk([PARKED_RECORD])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", "e", "z"])
        await app.flush()
        await app.flush()
        assert changes(kept) == [Amendment(note=PARKED_RECORD.note + "z")]


async def test_sending_everything_waits_for_the_change_to_be_saved() -> None:
    app, kept, session = outbox_desk([replace(PARKED_RECORD, code_rule="")])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", "e", "z", "f10"])
        assert asked(kept, "outbox.retry") == []
        assert "Save the change first" in in_words(session.store.drain().notices[-1].text)
        await settle(pilot, ["alt+enter"])
        await until(pilot, lambda: not app.screen.query_one(NoteField).is_open)
        await settle(pilot, ["f10"])
        await until(pilot, lambda: asked(kept, "outbox.retry") == ["k1.1"])


async def test_a_text_that_is_too_long_is_refused_with_words() -> None:
    app, _, session = outbox_desk([PARKED_RECORD])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", "e"])
        app.screen.query_one(NoteField).insert("x" * 100_000)
        await settle(pilot)
        assert app.screen.query_one(NoteField).text == PARKED_RECORD.note
        assert "Too long" in in_words(session.store.drain().notices[-1].text)


# What comes back while it is written about


def without(app: DesktopApp, kept: KeptOutbox, key: str) -> None:
    """The item leaves the outbox by itself."""
    del kept.kept[key]
    session: Any = app.session
    session.store.state = replace(session.store.state, outbox=OutboxView(0, len(kept.kept)))
    app.request_frame()


async def test_a_contact_that_comes_back_takes_the_change_into_its_note() -> None:
    app, kept, session = outbox_desk([PARKED_RECORD])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", "e", "z"])
        draft = DraftView(PARKED_RECORD.note, (), 1, NOW)
        session.store.state = replace(session.store.state, drafts={"i9": draft})
        without(app, kept, "k1")
        await settle(pilot)
        field = app.screen.query_one(NoteField)
        assert field.is_open
        assert field.has_focus
        await settle(pilot, ["alt+enter"])
        edits = [call for call in kept.calls if call[0] == "notes.edit"]
        assert edits == [("notes.edit", "i9", {"note": PARKED_RECORD.note + "z"})]
        assert not field.is_open


async def test_what_was_written_meanwhile_is_kept_beside_the_change() -> None:
    app, kept, session = outbox_desk([PARKED_RECORD])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", "e", "z"])
        session.store.state = replace(session.store.state, drafts={"i9": DraftView("other words", (), 2, NOW)})
        without(app, kept, "k1")
        await settle(pilot, ["alt+enter"])
        assert ("notes.edit", "i9", {"note": f"other words\n{PARKED_RECORD.note}z"}) in kept.calls


async def test_an_item_that_is_gone_for_good_leaves_the_words_in_the_field() -> None:
    app, kept, session = outbox_desk([PARKED_RECORD])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", "e", "z"])
        without(app, kept, "k1")
        await settle(pilot, ["alt+enter"])
        assert app.screen.query_one(NoteField).text.endswith("z")
        assert "no longer in the outbox" in in_words(session.store.drain().notices[-1].text)


@pytest.mark.parametrize("typed", [[], ["e", "z"]])
async def test_the_page_keeps_the_keys_when_the_wrap_up_below_it_goes(typed: list[str]) -> None:
    app, _, session = outbox_desk([PARKED_RECORD], outbox_state([PARKED_RECORD], wrapping_up()))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["escape", "alt+o", *typed])
        before = app.screen.focused
        session.store.state = replace(session.store.state, interactions={}, drafts={})
        app.request_frame()
        await settle(pilot)
        assert app.screen.focused is before
        await settle(pilot, ["x"])
        assert app.screen.query_one(NoteField).is_open is bool(typed)


async def test_what_is_chosen_for_an_item_that_goes_is_put_away() -> None:
    app, kept, _ = outbox_desk([PARKED_RECORD, REFUSED])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", "down", "c"])
        without(app, kept, "k1")
        await settle(pilot)
        assert not app.screen.query_one(Picker).is_open
        assert list_of(app).has_focus
        assert "Password reset" in item_text(app)


async def test_the_selection_stays_with_what_became_of_the_contact() -> None:
    app, kept, _ = outbox_desk([PARKED_RECORD, REFUSED, UNKNOWN])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", "end"])
        assert list_of(app).cursor_key == "k1"
        sent = replace(WAITING_SMS, key="k9", interaction_id="i9")
        kept.kept["k9"] = sent
        without(app, kept, "k1")
        await settle(pilot)
        assert list_of(app).cursor_key == "k9"


# Choosing


async def test_codes_are_added_and_taken_off_by_typing() -> None:
    app, kept, _ = outbox_desk([PARKED_RECORD])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", "c", *"dup", "enter"])
        assert kept.kept["k1.1"].codes == ("duplicate_charge",)
        await settle(pilot, [*"ref", "enter"])
        assert kept.kept["k1.2"].codes == ("duplicate_charge", "refund")
        await settle(pilot, ["enter", "escape"])
        assert kept.kept["k1.3"].codes == ("duplicate_charge",)
        assert "missing" not in item_text(app)


async def test_a_queue_of_one_code_has_the_other_replaced() -> None:
    app, kept, _ = outbox_desk([replace(PARKED_RECORD, code_rule="one", codes=("refund",), code_labels=("Refund",))])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", "c", *"dup", "enter"])
        assert kept.kept["k1.1"].codes == ("duplicate_charge",)


async def test_keys_that_come_faster_than_the_disk_are_all_done() -> None:
    app, kept, _ = outbox_desk([PARKED_RECORD])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", "c"])
        picker = app.screen.query_one(Picker)
        for code in ("refund", "payment_plan", "refund"):
            picker.post_message(Picker.Picked(code))
        await settle(pilot)
        assert [item.codes for item in kept.kept.values()] == [("payment_plan",)]


@pytest.mark.parametrize("key", ["l", "slash"])
async def test_a_customer_is_found_and_attached_by_a_digit(key: str) -> None:
    app, kept, _ = outbox_desk([UNKNOWN])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", key, *"pri", "enter"])
        assert asked(kept, "pops.find") == ["pri"]
        await settle(pilot, ["1"])
        assert changes(kept) == [Amendment(customer=PRIYA_FOUND)]
        assert "Priya Natarajan" in item_text(app)
        assert not app.screen.query_one(Picker).is_open


@pytest.mark.thorough
async def test_a_customer_is_picked_while_typing_and_nobody_can_be_said() -> None:
    app, kept, _ = outbox_desk([PARKED_RECORD])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", "l", *"nair", "enter", "shift+tab", "alt+2"])
        assert changes(kept)[-1].customer is kept.found[1]
        await settle(pilot, ["l", "enter", "enter"])
        assert changes(kept)[-1] == Amendment(customer=None)


async def test_who_is_not_found_is_said() -> None:
    app, kept, _ = outbox_desk([UNKNOWN])
    kept.found = ()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", "l", *"zz", "enter"])
        assert "Not in the CRM" in str(app.screen.query_one(Picker).border_title)


async def test_a_follow_up_is_dropped() -> None:
    app, kept, _ = outbox_desk([PARKED_RECORD])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", "d", "1"])
        assert changes(kept) == [Amendment(follow_ups=(CALLBACK,))]
        assert "refund is on its way" not in item_text(app)
        await settle(pilot, ["d", "d", "enter", "d"])
        assert changes(kept)[1:] == [Amendment(follow_ups=())]


async def test_the_follow_up_that_was_being_typed_is_added_or_dropped() -> None:
    for typed, expected in (("a", Amendment(follow_ups=(HALF_ONE,), half=None)), ("d", Amendment(half=None))):
        app, kept, _ = outbox_desk([UNKNOWN])
        async with app.run_test(size=SIZE) as pilot:
            await settle(pilot, ["o", typed, *(["enter"] if typed == "d" else [])])
            assert changes(kept) == [expected]


PASSED = replace(CALLBACK, due=NOW - 3600)
PASSED_ROW = replace(
    REFUSED,
    key="k7",
    kind="callback",
    target="contact_center",
    channel="voice",
    address=NUMBER,
    note="about the second charge",
    due=NOW - 3600,
    codes=(),
    code_labels=(),
)
BARE_HALF = replace(HALF_ONE, due=None, text="ask for the invoice")
TOMORROW = NOW + 86_400 - 202  # 14:00
TIME_KEYS = [*"tomorrow", "space", "1", "4", "colon", "0", "0"]


def understood(app: DesktopApp) -> str:
    return str(app.screen.query_one("#outbox-understood", Static).render())


async def test_a_callback_whose_time_has_passed_gets_another_one() -> None:
    assert "due         Tue 17 Nov 13:03  passed (t)" in told(PASSED_ROW)
    app, kept, _ = outbox_desk([PASSED_ROW])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", "t", *TIME_KEYS])
        assert understood(app) == "✓ Wed 18 Nov 14:00 · about the second charge"
        await settle(pilot, ["enter"])
        assert changes(kept) == [Amendment(note="about the second charge", due=TOMORROW)]
        assert "due         Wed 18 Nov 14:00" in item_text(app)
        assert "passed" not in item_text(app)
        assert list_of(app).has_focus


@pytest.mark.thorough
async def test_one_of_several_callbacks_of_a_record_gets_another_time() -> None:
    item = replace(PARKED_RECORD, follow_ups=(SMS, PASSED, CALLBACK))
    assert "callback Tue 17 Nov 13:03 · about the second charge  passed (t)" in told(item)
    app, kept, _ = outbox_desk([item])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", "t", "1", *TIME_KEYS, "alt+enter"])
        assert changes(kept) == [Amendment(follow_ups=(SMS, replace(PASSED, due=TOMORROW), CALLBACK))]


@pytest.mark.parametrize("key", ["t", "a"])
async def test_a_callback_that_was_half_typed_without_a_time_is_completed(key: str) -> None:
    app, kept, _ = outbox_desk([replace(UNKNOWN, half=BARE_HALF)])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", key, *TIME_KEYS, "enter"])
        assert changes(kept) == [Amendment(follow_ups=(replace(BARE_HALF, due=TOMORROW),), half=None)]


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_a_time_that_is_not_understood_is_refused_with_words(size: tuple[int, int]) -> None:
    app, kept, _ = outbox_desk([PASSED_ROW])
    async with app.run_test(size=size) as pilot:
        await settle(pilot, ["o", "t", *"soon", "enter"])
        assert changes(kept) == []
        field = app.screen.query_one(WhenField)
        assert field.is_open
        assert field.region.bottom <= size[1] - 2
        assert "✓" not in understood(app)
        assert understood(app)
        await settle(pilot, [*["backspace"] * 4, *"today", "space", "1", "0", "colon", "0", "0", "enter"])
        assert "past" in understood(app)
        assert field.is_open
        await settle(pilot, ["escape"])
        assert not field.is_open
        assert list_of(app).has_focus
        assert changes(kept) == []


async def test_a_callback_that_goes_while_its_time_is_typed_is_not_changed() -> None:
    app, kept, _ = outbox_desk([PASSED_ROW, PARKED_RECORD])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", "t", *TIME_KEYS])
        without(app, kept, PASSED_ROW.key)
        await settle(pilot, ["enter"])
        assert changes(kept) == []
        assert not app.screen.query_one(WhenField).is_open


async def test_what_is_no_callback_has_no_time() -> None:
    app, _, session = outbox_desk([REFUSED])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", "t"])
        assert not app.screen.query_one(WhenField).is_open
        assert "There is no callback." in in_words(session.store.drain().notices[-1].text)


async def test_the_channel_is_chosen_where_it_is_missing() -> None:
    app, kept, session = outbox_desk([UNKNOWN])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", "h", "2"])
        assert changes(kept) == [Amendment(channel="chat")]
        await settle(pilot, ["h"])
        assert not app.screen.query_one(Picker).is_open
        assert "channel is known" in in_words(session.store.drain().notices[-1].text)


# Sending and discarding


async def test_one_is_sent_and_what_keeps_it_is_said() -> None:
    app, kept, session = outbox_desk([UNKNOWN, PARKED_RECORD])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", "s"])
        assert "Add it or drop it first." in in_words(session.store.drain().notices[-1].text)
        await settle(pilot, ["a", "s"])
        assert "Choose the channel first." in in_words(session.store.drain().notices[-1].text)
        await settle(pilot, ["h", "1", "s"])
        assert [item.key for item in kept.kept.values()] == ["k1"]
        await settle(pilot, ["s", "s"])
        assert kept.kept == {}
        assert "Nothing is waiting to be sent." in words(app, "outbox-summary")


async def test_everything_that_can_be_sent_is_sent() -> None:
    app, kept, session = outbox_desk([UNKNOWN, PARKED_RECORD, REFUSED, DAMAGED, WAITS])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", "f10"])
        assert set(kept.kept) == {"k1", "k2", "k6", "k4"}
        assert ("retry",) in kept.calls
        assert "3 items were not sent." in in_words(session.store.drain().notices[-1].text)
        await settle(pilot, ["r"])
        assert asked(kept, "outbox.retry").count("k2") == 1, "a letter is soon typed by accident, and this is a lot"
        await settle(pilot, ["f10"])
        assert asked(kept, "outbox.retry").count("k2") == 2


async def test_what_lacks_a_code_is_sent_at_the_second_press_only() -> None:
    app, kept, session = outbox_desk([PARKED_RECORD])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", "f10"])
        assert "has no code yet" in in_words(session.store.drain().notices[-1].text)
        await settle(pilot, ["s"])
        assert "s again: sends the note and 2 follow-ups about Priya Natarajan with no code" in words(
            app, "outbox-verbs"
        )
        assert asked(kept, "outbox.retry") == []
        await settle(pilot, ["s"])
        assert asked(kept, "outbox.retry") == ["k1"]


async def test_discarding_takes_two_presses_and_names_its_victim() -> None:
    app, kept, _ = outbox_desk([PARKED_RECORD, REFUSED])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", "down", "x"])
        assert "x again: discards the note and 2 follow-ups about Priya Natarajan" in words(app, "outbox-verbs")
        await settle(pilot, ["up"])
        assert "again" not in words(app, "outbox-verbs")
        await settle(pilot, ["x"])
        assert "the note about A. Lind" in words(app, "outbox-verbs")
        await settle(pilot, ["z", "x", "escape", "x"])
        assert asked(kept, "outbox.discard") == []
        await settle(pilot, ["x"])
        assert asked(kept, "outbox.discard") == ["k3"]
        await settle(pilot, ["x"])
        assert asked(kept, "outbox.discard") == ["k3"]  # the next one is asked about, too


async def test_a_second_press_never_discards_another_one_than_was_named() -> None:
    app, kept, _ = outbox_desk([PARKED_RECORD, REFUSED])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", "x"])
        without(app, kept, "k3")
        await settle(pilot, ["x"])
        assert asked(kept, "outbox.discard") == []


@pytest.mark.parametrize("key", ["e", "enter", "c", "l", "t", "d", "h", "x", "a"])
async def test_what_is_on_its_way_is_not_changed(key: str) -> None:
    app, kept, session = outbox_desk([WAITS])
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["o", key, key])
        assert changes(kept) == []
        assert asked(kept, "outbox.discard") == []
        assert any("is waiting to be sent" in in_words(one.text) for one in session.store.drain().notices)
        # What is typed after a field that did not open is nothing, until esc says that letters are keys again.
        first = {"enter": ["s", "escape"]}.get(key, ["escape"] if key in "eclt" else [])
        await settle(pilot, [*first, "s"])
        assert ("retry",) in kept.calls


@pytest.mark.thorough
@pytest.mark.parametrize("items", [[UNKNOWN], [WAITS], []])
async def test_every_key_twice_leaves_the_page_whole(items: list[OutboxItem]) -> None:
    pressed = [key for one in outbox_keys.OUTBOX_KEYS for key in (*one.letters, *one.letters)]
    pressed += [
        "f1",
        "f1",
        "question_mark",
        "question_mark",
        "tab",
        "tab",
        "shift+tab",
        "1",
        "1",
        "z",
        "enter",
        "enter",
    ]
    app, kept, _ = outbox_desk(items)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        for key in pressed:
            if not app.screen.query(OutboxPage):
                await settle(pilot, ["o"])
            await settle(pilot, [key, key])
            while app.screen.query(OutboxPage) and not list_of(app).has_focus:
                await settle(pilot, ["escape"])
        known = [call[0] for call in kept.calls]
        assert "commands.do" not in known  # no key reached the desk below
        assert all(item.state == PARKED or item in items for item in kept.kept.values())


# On the floor, and with other keys


async def test_it_works_on_the_floor() -> None:
    app, _ = floor_desk(floor())
    kept = KeptOutbox([PARKED_RECORD], [])
    async with app.run_test(size=(160, 45)) as pilot:
        await settle(pilot)
        session: Any = app.session
        session.outbox = session.wrap_ups = kept
        await settle(pilot, ["o", "e", "z", "alt+enter"])
        assert changes(kept) == [Amendment(note=PARKED_RECORD.note + "z")]
        await settle(pilot, ["x", "x"])
        assert kept.kept == {}
        await settle(pilot, ["escape"])
        assert not app.screen.query(OutboxPage)


@pytest.fixture
def _tables() -> Iterator[None]:
    before, page_before = dict(keys.BY_ID), dict(outbox_keys.OUTBOX_BY_ID)
    yield
    keys.BY_ID.update(before)
    outbox_keys.OUTBOX_BY_ID.update(page_before)


@pytest.mark.usefixtures("_tables")
async def test_other_keys_are_printed_everywhere() -> None:
    names = [one.id for one in outbox_keys.OUTBOX_KEYS]
    letters = dict(zip(names, "ABCDEFGHI", strict=True))
    app, kept, _ = outbox_desk([UNKNOWN], keymap=letters | {"retry": "f12,Y", "pane": "f10"})
    async with app.run_test(size=(200, 50)) as pilot:
        await settle(pilot, ["o"])
        printed = words(app, "outbox-verbs")
        for letter in "ABCDEFGHI":
            assert f"{letter} " in printed
        assert "F12 retry all" in words(app, "outbox-summary")
        assert f"the channel ({letters['item_channel']})" in item_text(app)
        await settle(pilot, ["e", "c", "x", "x"])
        assert kept.calls == []
        await settle(pilot, [letters["item_discard"]])
        assert f"{letters['item_discard']} again" in words(app, "outbox-verbs")
        await settle(pilot, ["f1"])
        told = words(app, "page-help-text")
        assert all(f"  {letter} " in told for letter in "ABCDEFGHI")


@pytest.mark.usefixtures("_tables")
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"item_edit": "c"}, "'c' stands for 'item_edit' and 'item_codes'"),
        ({"item_edit": "r"}, "'r' stands for 'retry' and 'item_edit'"),
        ({"item_edit": "1"}, "'1' stands for"),
        ({"item_edt": "z"}, "Did you mean 'item_edit'"),
    ],
)
def test_a_key_for_two_things_on_the_page_is_refused(changes: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match="keys") as refused:
        keys.remap(changes)
    assert said in str(refused.value)


async def test_what_may_be_lost_is_said_to_its_end_on_the_narrowest_screen() -> None:
    lost = "Unreadable in part: notes, outbox. Some may be missing; the old file is work.db.damaged-1795000000."
    app, _, _ = outbox_desk([], replace(outbox_state([]), outbox=OutboxView(lost=verbatim(lost))))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, ["o"])
        summary = app.screen.query_one("#outbox-summary")
        lines = (summary.render_line(y).text for y in range(summary.size.height))
        assert " ".join(" ".join(lines).split()) == lost


LOOSE = {"i9": DraftView("of the last run", (), 1, NOW)}


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (
            replace(outbox_state([]), outbox=OutboxView(unknown=verbatim("The disk is read-only"))),
            "not known what waits",
        ),
        (replace(outbox_state([]), outbox=OutboxView(lost=verbatim("Some may be missing."))), "Some may be missing."),
        (replace(outbox_state([]), drafts=LOOSE), "1 note in progress"),
    ],
    ids=["unknown", "lost", "in progress"],
)
async def test_what_is_not_known_to_be_delivered_is_not_said_to_be(state: AppState, says: str) -> None:
    app, _, _ = outbox_desk([], state)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["o"])
        assert says in words(app, "outbox-summary")
        assert "Nothing is waiting" not in words(app, "outbox-summary")


async def test_how_much_needs_the_agent_stands_first_at_every_width() -> None:
    app, _, _ = outbox_desk([PARKED_RECORD], replace(outbox_state([PARKED_RECORD]), drafts=LOOSE))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, ["o"])
        summary = words(app, "outbox-summary")
        assert summary.startswith("1 needs attention   F10 retry all")
        assert "1 note in progress, saved here until its contact is back." in summary


async def test_after_a_discard_it_is_not_said_that_anything_was_delivered() -> None:
    app, kept, _ = outbox_desk([PARKED_RECORD])
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, ["o", "x"])
        assert "Nothing is deleted" not in words(app, "outbox-summary")
        await settle(pilot, ["x"])
        assert kept.kept == {}
        assert words(app, "outbox-summary") == "Nothing is waiting to be sent."
