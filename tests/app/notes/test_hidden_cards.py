"""Card numbers and security codes never reach the disk or the CRM; what the agent says is none does."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.app.connections.backends import Backends
from desktop.app.notes.card_masking import CardMasking
from desktop.app.notes.outbox_items import Amendment, OutboxItem
from desktop.app.reviews.scorecard_draft import ScorecardDraft
from desktop.app.session import Session
from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.tables.drafts import Draft
from desktop.app.storage.tables.outbox_rows import new_row
from desktop.app.storage.tables.review_drafts import ReviewDraft
from desktop.domain.entities.customer import FollowUp
from desktop.domain.entities.words import Phase
from desktop.domain.reviews.scorecards import Answer, Form, Question, Section
from desktop.domain.text.sentence import verbatim
from tests.app.app_fakes import FakeContactCenter, FakeCrm, VirtualTime, interaction, until

CARD = "4111 1111 1111 1111"
HIDDEN_CARD = "•••• •••• •••• 1111"
AMEX = "378282246310005"
MINE = "i1"


class Desk:
    """A started session over a real file, with a contact in wrap-up."""

    def __init__(self, path: Path, server: FakeContactCenter | None = None) -> None:
        self.path = path
        self.time = VirtualTime()
        self.server = server or FakeContactCenter(self.time.timing)
        self.server.timing = self.time.timing
        self.crm = FakeCrm()
        self.session = Session("p", Backends(self.server, self.crm), self._open, timing=self.time.timing)

    async def _open(self) -> LocalStore:
        return await LocalStore.open(self.path, clock=self.time.timing.clock)

    async def start(self) -> "Desk":
        await self.session.start()
        await until(lambda: self.session.store.drain().me)
        return self

    async def note(self) -> str:
        """What is on disk of the note."""
        (draft,) = await self.session.local.drafts()
        return draft.note

    def bytes(self) -> str:
        """Every byte of the file and its log, with text as SQLite and JSON write it."""
        return "".join(path.read_bytes().decode("latin-1") for path in self.path.parent.glob("p.db*"))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(tmp_path / "p.db")
    made.server.happen(interaction(1, phase=Phase.WRAP_UP))
    yield await made.start()
    await made.session.close()


async def type_out(desk: Desk, text: str) -> None:
    """Every key by itself, each on disk before the next one."""
    for end in range(1, len(text) + 1):
        desk.session.notes.edit(MINE, text[:end])
        await desk.session.notes.flush()


def test_a_follow_up_is_hidden_too_and_its_address_is_not() -> None:
    cards = CardMasking()
    plan = FollowUp("sms", f"We charged {CARD}, CVV 123", to="+491739876543210"[:14])
    half = FollowUp("callback", "about 5555555555554444", due=1.0)
    note, plans, typed = cards.hide_in_record(MINE, None, (plan,), half)
    assert note is None
    assert plans == (replace(plan, text=f"We charged {HIDDEN_CARD}, CVV •••"),)
    assert typed == replace(half, text="about ••••••••••••4444")


def test_a_message_to_the_customer_carries_no_number_whatever_the_agent_said() -> None:
    cards = CardMasking()
    cards.allow("i1", [CARD.replace(" ", "")])
    for kind in ("sms", "email"):
        _, made, half = cards.hide_in_record("i1", None, (FollowUp(kind, CARD),), FollowUp(kind, f"no: {CARD}"))
        assert made == (FollowUp(kind, HIDDEN_CARD),)
        assert half == FollowUp(kind, f"no: {HIDDEN_CARD}")
    assert cards.hide("i1", CARD) == CARD
    _, made, _ = cards.hide_in_record("i1", None, (FollowUp("callback", CARD),), None)
    assert made == (FollowUp("callback", CARD),)
    row = OutboxItem("k", "sms", "i1", "parked", "", "messaging", 0, 0.0, 0.0, note=CARD)
    assert cards.hide_in_amendment(row, Amendment(note=f"again {CARD}")).note == f"again {HIDDEN_CARD}"


def test_undo_goes_from_the_latest_back_and_is_for_good() -> None:
    cards = CardMasking()
    text = cards.hide(MINE, f"{CARD} and {AMEX}, CVV 123")
    assert text == f"{HIDDEN_CARD} and •••••••••••0005, CVV •••"
    for expected in (
        f"{HIDDEN_CARD} and •••••••••••0005, CVV 123",
        f"{HIDDEN_CARD} and {AMEX}, CVV 123",
        f"{CARD} and {AMEX}, CVV 123",
    ):
        text = cards.put_back(MINE, text) or ""
        assert text == expected
        assert cards.hide(MINE, text) == text
    assert cards.put_back(MINE, text) is None
    assert cards.hide("i2", text) != text  # for this contact only


def test_what_was_hidden_and_deleted_since_is_not_put_back() -> None:
    cards = CardMasking()
    cards.hide(MINE, f"{CARD}, {AMEX}")
    assert cards.put_back(MINE, f"{HIDDEN_CARD} only") == f"{CARD} only"
    assert cards.put_back(MINE, "nothing") is None


def test_nothing_is_remembered_of_a_contact_that_is_over() -> None:
    cards = CardMasking()
    text = cards.hide(MINE, CARD)
    cards.forget(MINE)
    assert cards.put_back(MINE, text) is None
    assert cards.latest(MINE, text) is None


async def test_no_number_is_in_the_file_or_its_log(desk: Desk) -> None:
    notes = desk.session.notes
    plan = FollowUp("sms", f"Your card {AMEX} was charged", to="+4930123")
    notes.edit(MINE, f"Paid with {CARD}, 12/29, CVV 737. Wants a receipt.", follow_ups=(plan,), half=plan)
    await notes.flush()
    assert await desk.note() == f"Paid with {HIDDEN_CARD}, 12/29, CVV •••. Wants a receipt."
    kept = desk.bytes()
    for secret in (CARD, CARD.replace(" ", ""), AMEX, "CVV 737"):
        assert secret not in kept
    assert "Wants a receipt" in kept


@pytest.mark.parametrize("number", [CARD, CARD.replace(" ", ""), AMEX, "6205500000000000004"])
async def test_a_number_typed_key_by_key_leaves_nothing_behind(desk: Desk, number: str) -> None:
    await type_out(desk, f"card {number}, thanks")
    assert (await desk.note()).endswith(f"{number[-4:]}, thanks")
    kept = desk.bytes()
    assert "thanks" in kept
    assert number[:-4] not in kept
    assert number[:8] not in kept


async def test_the_crm_gets_no_number_either(desk: Desk) -> None:
    result = await desk.session.wrap_ups.finish(
        MINE, codes=("sold",), note=f"{CARD} CVV 123", follow_ups=[FollowUp("task", f"refund {AMEX}")]
    )
    assert result.ok
    await desk.time.run_until(lambda: bool(desk.crm.written), disk=True)
    (record,) = desk.crm.written
    assert record.note == f"{HIDDEN_CARD} CVV •••"
    assert [one.text for one in record.follow_ups] == ["refund •••••••••••0005"]
    assert CARD not in desk.bytes()


async def test_what_the_agent_says_is_no_card_number_is_kept_and_survives_a_restart(desk: Desk) -> None:
    cards, notes = desk.session.cards, desk.session.notes
    notes.edit(MINE, f"voucher {CARD}")
    view = notes.text(MINE)
    assert view is not None
    put_back = cards.put_back(MINE, view.note)
    assert put_back == f"voucher {CARD}"
    notes.edit(MINE, put_back)
    await desk.session.close()

    again = Desk(desk.path, desk.server)
    await again.start()
    try:
        again.session.notes.edit(MINE, f"voucher {CARD}, and {AMEX}")
        await again.session.notes.flush()
        assert await again.note() == f"voucher {CARD}, and •••••••••••0005"
    finally:
        await again.session.close()


async def test_what_is_changed_in_the_outbox_is_hidden_too(desk: Desk) -> None:
    notes, outbox = desk.session.notes, desk.session.outbox
    notes.edit(MINE, "first words")
    await notes.flush()
    desk.server.happen(interaction(1, phase=Phase.CLOSED))
    await desk.time.run_until(lambda: notes.text(MINE) is None, disk=True)
    (row,) = await outbox.rows()
    key = await desk.session.wrap_ups.change(row.key, Amendment(note=f"first words {CARD}"))
    (row,) = await outbox.rows()
    assert row.key == key
    assert json.loads(row.payload)["note"] == f"first words {HIDDEN_CARD}"


async def test_what_an_earlier_version_kept_is_hidden_once(tmp_path: Path) -> None:
    path = tmp_path / "p.db"
    store = await LocalStore.open(path)
    plan = {"kind": "sms", "text": f"card {AMEX}", "due": None, "to": "+4930123"}
    await store.save_draft(Draft("i1", None, f"{CARD} CVV 123", (), (plan,), 1, 0.0, half=plan))
    await store.save_review_draft(ReviewDraft("note/maya/", f'{{"text":"{CARD}"}}'))
    waiting = new_row("k1", "sms", "i2", "sms", {"text": CARD, "to": "+4930123", "channel": "sms"}, created_at=1.0)
    tried = new_row("k2", "sms", "i2", "sms", {"text": CARD, "to": "+4930123", "channel": "sms"}, created_at=1.0)
    await store.enqueue([waiting, tried], drop_draft=None)
    await store.mark_waiting("k2", verbatim("no answer"), 0.0)

    assert await store.hide_cards() == 3
    drafts = {draft.interaction_id: draft for draft in await store.drafts()}
    assert drafts["i1"].texts == (f"{HIDDEN_CARD} CVV •••", "card •••••••••••0005", "card •••••••••••0005")
    (review,) = await store.review_drafts()
    assert json.loads(review.body) == {"text": HIDDEN_CARD}
    assert review.intact
    assert all(draft.intact for draft in drafts.values())
    texts = {row.key: json.loads(row.payload)["text"] for row in await store.outbox()}
    assert texts == {"k1": HIDDEN_CARD, "k2": CARD}  # what was tried already goes as it was
    health = await store.check()
    assert (health.damaged_outbox, health.damaged_drafts) == ((), ())

    await store.save_draft(Draft("i1", None, f"not a card: {CARD}", (), (), 1, 0.0))
    assert await store.hide_cards() == 0
    await store.close()


async def test_a_reviewers_words_are_hidden_too(desk: Desk) -> None:
    quality = desk.session.supervisor.quality
    form = Form("voice", "Calls", (Section("All", (Question("greeting", "Greeted?"),)),))
    card = ScorecardDraft("i-1", "maya", "Maya", form, comment=f"read out {CARD}")
    assert quality.edit(card.answered(Answer("greeting", "no", f"said {AMEX}")))
    assert quality.edit_note("maya", f"Never write {CARD}, CVV 123")
    await quality.words.flush()
    (kept,) = quality.unfinished
    assert (kept.comment, kept.answers[0].comment) == (f"read out {HIDDEN_CARD}", "said •••••••••••0005")
    assert quality.text(quality.note_subject("maya")) == f"Never write {HIDDEN_CARD}, CVV •••"
    assert not any(number in desk.bytes() for number in (CARD, AMEX))
