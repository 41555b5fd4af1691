"""Card numbers on the real screen over a real session: typed, pasted, undone, edited, and after a restart."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.content import Content
from textual.widgets import Input

from desktop.app.connections.backends import Backends
from desktop.app.session import Session
from desktop.app.storage.local_store import LocalStore
from desktop.app.timing import Timing
from desktop.domain.entities.customer import FollowUp
from desktop.domain.entities.words import Phase
from desktop.tui.agent.draft_editor import LIMIT
from desktop.tui.agent.panes.note import NotePane
from desktop.tui.app import DesktopApp
from desktop.words.catalogue import in_words
from tests.app.app_fakes import FakeContactCenter, FakeCrm, interaction, match, until

CARD = "4111 1111 1111 1111"
HIDDEN_CARD = "•••• •••• •••• 1111"
MINE = "i1"


class Screen:
    """A desktop with a contact in wrap-up, and the keys of its agent."""

    def __init__(self, app: DesktopApp, session: Session, pilot: Any) -> None:
        self.app, self.session, self.pilot = app, session, pilot

    @property
    def note(self) -> NotePane:
        return self.app.desk_screen.query_one(NotePane)

    @property
    def field(self) -> Input:
        return self.app.desk_screen.query_one("#wrap-up-follow-up", Input)

    @property
    def hint(self) -> str:
        """The line below the note."""
        return Content.from_markup(str(self.note.border_subtitle)).plain

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    async def type(self, text: str) -> None:
        names = {"\n": "enter", " ": "space"}
        await self.press(*(names.get(sign, sign) for sign in text))

    async def paste(self, text: str) -> None:
        self.app.post_message(events.Paste(text))
        await self.settle()

    async def settle(self) -> None:
        await self.pilot.pause()
        await self.pilot.pause()

    async def kept(self) -> str:
        """The note on disk."""
        await self.session.notes.flush()
        (draft,) = await self.session.local.drafts()
        return draft.note

    def notices(self) -> Sequence[str]:
        return [in_words(one.text) for one in self.session.store.drain().notices]


@asynccontextmanager
async def at_work(path: Path) -> AsyncIterator[Screen]:
    timing = Timing()
    server, crm = FakeContactCenter(timing), FakeCrm()
    server.happen(interaction(1, phase=Phase.WRAP_UP))
    crm.matches = [match()]

    async def opened() -> LocalStore:
        return await LocalStore.open(path)

    session = Session("p", Backends(server, crm), opened, timing=timing)

    async def build() -> Session:
        return session

    app = DesktopApp(build)
    async with app.run_test(size=(120, 36)) as pilot:
        screen = Screen(app, session, pilot)
        await until(lambda: app.desk_screen.selected == MINE)
        await screen.press("alt+n")
        try:
            yield screen
        finally:
            await session.close()


@pytest.fixture
async def screen(tmp_path: Path) -> AsyncIterator[Screen]:
    async with at_work(tmp_path / "p.db") as made:
        yield made


async def test_a_number_is_hidden_with_its_last_digit_and_typing_goes_on(screen: Screen) -> None:
    await screen.type("card " + CARD[:-1])
    assert screen.note.text == "card " + CARD[:-1]
    await screen.type(CARD[-1])
    assert screen.note.text == "card " + HIDDEN_CARD
    await screen.type(", 12/29 737 ok\nnext")
    assert screen.note.text == f"card {HIDDEN_CARD}, 12/29 ••• ok\nnext"
    assert await screen.kept() == screen.note.text


async def test_the_pane_says_what_was_hidden_and_how_to_undo_it(screen: Screen) -> None:
    await screen.type(CARD + " ")
    assert "Card number hidden (Visa ending 1111) · alt+z not a card" in screen.hint
    await screen.press("alt+z")
    assert "hidden" not in screen.hint


async def test_keys_in_one_burst_lose_nothing(screen: Screen) -> None:
    text = f"paid with {CARD}, then 5555555555554444. Bye"
    await screen.pilot.press(*("space" if sign == " " else sign for sign in text))
    await screen.settle()
    assert screen.note.text == f"paid with {HIDDEN_CARD}, then ••••••••••••4444. Bye"
    assert screen.note.cursor_location == screen.note.document.end


async def test_a_number_that_could_go_on_waits_until_the_cursor_has_left_it(screen: Screen) -> None:
    await screen.type("6205500000000000004")
    assert screen.note.text == "6205500000000000004"
    assert await screen.kept() == "•••••••••••••••0004"
    await screen.press("home")
    assert screen.note.text == "•••••••••••••••0004"
    assert screen.note.cursor_location == (0, 0)


async def test_a_number_that_could_go_on_is_hidden_when_the_note_is_left(screen: Screen) -> None:
    await screen.type("CVV 123")
    assert screen.note.text == "CVV 123"
    await screen.press("f9")
    assert screen.note.text == "CVV •••"
    await screen.press("alt+z")
    assert screen.note.text == "CVV 123"
    assert await screen.kept() == "CVV 123"


async def test_a_pasted_number_is_hidden_and_the_cursor_stays_behind_it(screen: Screen) -> None:
    await screen.type("before  after")
    await screen.press(*["left"] * 6)
    await screen.paste(f"{CARD}\nCVV 123;\n{CARD[:12]}\n{CARD[12:]}")
    await screen.type("!")
    assert screen.note.text == f"before {HIDDEN_CARD}\nCVV •••;\n{HIDDEN_CARD[:12]}\n{HIDDEN_CARD[12:]}! after"


@pytest.mark.thorough
@pytest.mark.parametrize("undo", ["alt+z", "ctrl+z"])
async def test_undo_puts_the_digits_back_for_good(screen: Screen, undo: str) -> None:
    await screen.type("voucher " + CARD)
    await screen.press(undo)
    assert screen.note.text == "voucher " + CARD
    assert screen.note.cursor_location == screen.note.document.end
    await screen.type(f", twice: {CARD}. And 5555555555554444 ")
    assert screen.note.text == f"voucher {CARD}, twice: {CARD}. And ••••••••••••4444 "
    assert await screen.kept() == screen.note.text


async def test_undo_of_typing_brings_no_number_back(screen: Screen) -> None:
    await screen.type(CARD)
    await screen.type(" more")
    await screen.press("ctrl+z", "ctrl+y")
    assert screen.note.text == f"{HIDDEN_CARD} more"
    await screen.paste(" 5555555555554444 ")
    await screen.press("ctrl+z", "ctrl+z", "ctrl+y", "ctrl+y")
    assert "5555" not in await screen.kept() or "5555555555554444" in screen.note.text


@pytest.mark.thorough
async def test_what_was_undone_stands_after_a_restart_and_only_that(tmp_path: Path) -> None:
    async with at_work(tmp_path / "p.db") as screen:
        await screen.type("voucher " + CARD)
        await screen.press("alt+z")
        assert await screen.kept() == "voucher " + CARD
    async with at_work(tmp_path / "p.db") as screen:
        assert screen.note.text == "voucher " + CARD
        await screen.type(f" and 5555555555554444, {CARD} ")
        assert screen.note.text == f"voucher {CARD} and ••••••••••••4444, {CARD} "
        assert await screen.kept() == screen.note.text


async def test_a_hidden_number_can_be_edited_and_deleted(screen: Screen) -> None:
    await screen.type(CARD)
    await screen.press("backspace", "2")
    assert screen.note.text == HIDDEN_CARD[:-1] + "2"
    await screen.press(*["backspace"] * len(CARD))
    await screen.type("4242424242424242 x")
    assert screen.note.text == "••••••••••••4242 x"


@pytest.mark.thorough
async def test_a_follow_up_is_hidden_in_its_field_and_can_be_undone(screen: Screen) -> None:
    await screen.press("f9", "alt+c")
    await screen.type(f"tomorrow 14:00 about {CARD}, 12/29, CVV 123 ok")
    assert screen.field.value == f"tomorrow 14:00 about {HIDDEN_CARD}, 12/29, CVV ••• ok"
    assert screen.field.cursor_position == len(screen.field.value)
    assert any("Card number hidden (Visa ending 1111). alt+z: it is no card." in one for one in screen.notices())
    await screen.press("alt+z", "alt+z")
    assert screen.field.value == f"tomorrow 14:00 about {CARD}, 12/29, CVV 123 ok"
    view = screen.session.notes.text(MINE)
    assert view is not None and view.half is not None and CARD in view.half.text


@pytest.mark.thorough
async def test_in_a_text_message_a_number_stays_hidden_and_that_is_said(screen: Screen) -> None:
    await screen.type(f"voucher {CARD} ")
    await screen.press("alt+z")
    screen.session.notes.edit(MINE, half=FollowUp("sms", "your ", to="+442079460018"))
    await screen.press("f9")
    screen.field.focus()
    await screen.type(f"{CARD} ok")
    assert screen.field.value == f"your {HIDDEN_CARD} ok"
    assert any("A message to the customer carries none." in one for one in screen.notices())
    await screen.press("alt+z")
    assert screen.field.value == f"your {HIDDEN_CARD} ok"
    assert any("It stays hidden" in one for one in screen.notices())
    assert screen.note.text == f"voucher {CARD} "


@pytest.mark.thorough
async def test_a_follow_up_that_was_added_can_be_undone_too(screen: Screen) -> None:
    await screen.press("f9", "alt+c")
    await screen.type(f"tomorrow 14:00 about {CARD}")
    await screen.press("enter")
    (added,) = screen.session.notes.follow_ups(MINE)
    assert HIDDEN_CARD in added.text
    await screen.press("alt+z")
    (added,) = screen.session.notes.follow_ups(MINE)
    assert CARD in added.text
    assert "5555" not in added.text


@pytest.mark.thorough
async def test_half_a_follow_up_that_was_undone_stands_after_a_restart(tmp_path: Path) -> None:
    text = f"tomorrow 14:00 about {CARD}"
    async with at_work(tmp_path / "p.db") as screen:
        await screen.press("f9", "alt+c")
        await screen.type(text)
        await screen.press("alt+z")
        assert screen.field.value == text
    async with at_work(tmp_path / "p.db") as screen:
        await screen.press("f9", "alt+c")
        await screen.type(" ok")
        assert screen.field.value == f"{text} ok"


async def test_with_nothing_hidden_the_key_says_so(screen: Screen) -> None:
    await screen.type("nothing")
    await screen.press("alt+z")
    assert screen.note.text == "nothing"
    assert any("No card number was hidden here." in one for one in screen.notices())


async def test_a_paste_that_is_too_long_is_refused_with_words(screen: Screen) -> None:
    await screen.type("kept")
    await screen.paste("x" * 100_000)
    assert screen.note.text == "kept"
    (said,) = (one for one in screen.notices() if "Too long" in one)
    assert "100,004 characters" in said and f"{LIMIT:,} is the most" in said and "Nothing was pasted" in said
