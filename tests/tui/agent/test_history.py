"""The timeline is searched, read on where it ends, opened with the mouse; purchases are part of it."""

import time
from dataclasses import replace
from typing import Any

import pytest
from textual.content import Content
from textual.pilot import Pilot

from desktop.domain.entities.customer import Purchase, TimelineEntry
from desktop.domain.entities.words import Older
from desktop.domain.state.own_events import OlderChanged
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import verbatim
from desktop.tui.agent import entries
from desktop.tui.agent.overlays.history_filter import HistoryFilter
from desktop.tui.agent.panes.customer import CustomerPane
from desktop.tui.agent.panes.entry import EntryPane
from desktop.tui.agent.panes.history import CasesPane, TimelinePane
from desktop.tui.app import DesktopApp
from desktop.tui.widgets.page_text import PageText
from desktop.tui.widgets.safe_text import plain
from desktop.tui.widgets.table_rows import key_at
from tests.tui.desk import RecordedSession, desk, settle
from tests.tui.states import DAY, MAIL, NOW, with_history

HOSTILE = "\x1b]52;c;QQ==\x07[bold]\u202e[@click=app.quit]x[/]"


def pane(app: DesktopApp) -> TimelinePane:
    return app.desk_screen.query_one(TimelinePane)


def title(app: DesktopApp) -> str:
    return Content.from_markup(pane(app).border_title or "").plain.strip()


def words(app: DesktopApp) -> list[str]:
    return ["  ".join(plain(cell) for cell in row.cells) for row in pane(app).rows]


def text(app: DesktopApp) -> str:
    return str(app.desk_screen.query_one("#entry-text", PageText).render())


def read_on(session: RecordedSession) -> int:
    return sum(call[0] == "pops.read_on" for call in session.calls)


async def changed(app: DesktopApp, session: RecordedSession, pilot: Pilot[Any], state: AppState) -> None:
    session.store.state = state
    app.request_frame()
    await settle(pilot)


@pytest.mark.thorough
@pytest.mark.parametrize("size", [(80, 24), (120, 36), (152, 40)], ids=str)
async def test_words_are_found_in_summary_text_agent_and_purchases(size: tuple[int, int]) -> None:
    app, session = desk(with_history())
    async with app.run_test(size=size) as pilot:
        await settle(pilot, ["H", *"account"])
        field = app.desk_screen.query_one(HistoryFilter)
        assert field.has_focus
        assert app.desk_screen.region.contains_region(field.region)
        first = pane(app).content_region
        assert not field.region.contains(first.x, first.y), "what is found stays in sight"
        assert [row for row in words(app) if "refund" in row and "Asked" in row], "it stands in the mail's text"
        assert len(pane(app).rows) == 2, "the mail, and the way to older entries"
        assert "1 of 51 · “account”" in title(app)
        await settle(pilot, ["enter"])
        assert pane(app).has_focus
        assert not field.is_open
        await settle(pilot, ["escape"])
        assert len(pane(app).rows) == 52
        for wanted, count in (("aziz", 46), ("20311", 1), ("linen 49.90", 1), ("parcel brandt", 0)):
            await settle(pilot, ["H"])
            field.value = wanted
            await settle(pilot, ["down"])
            assert len(pane(app).rows) - 1 == count, wanted
        assert app.desk_screen.wanted
        assert read_on(session) == 0, "narrowing the list is not coming to its end"


async def test_esc_in_the_field_shows_everything_again_and_the_list_has_the_keyboard() -> None:
    app, _ = desk(with_history())
    async with app.run_test(size=(152, 40)) as pilot:
        await settle(pilot, ["H", *"nothing like it"])
        assert words(app) == ["↓ older"]
        await settle(pilot, ["escape"])
        assert pane(app).has_focus
        assert len(pane(app).rows) == 52
        assert "“" not in title(app)


async def test_what_is_looked_for_is_marked_in_the_entry_and_turning_stays_among_what_was_found() -> None:
    app, _ = desk(with_history())
    async with app.run_test(size=(152, 40)) as pilot:
        await settle(pilot, ["H", *"refund", "enter", "enter"])
        entry = app.desk_screen.query_one(EntryPane)
        marked = app.desk_screen.query_one("#entry-text", PageText).render()
        assert isinstance(marked, Content)
        assert any(
            "underline" in str(span.style) and marked.plain[span.start : span.end] == "refund" for span in marked.spans
        )
        assert "1 of 3+" in Content.from_markup(entry.border_title or "").plain
        await settle(pilot, ["right", "right", "right"])
        assert "3 of 3+" in Content.from_markup(entry.border_title or "").plain
        await settle(pilot, ["escape"])
        assert pane(app).has_focus
        assert pane(app).cursor_key == "t2", "esc leads to the row of what was read last"


async def test_another_contact_is_not_searched_for_the_same_words() -> None:
    app, session = desk(with_history())
    async with app.run_test(size=(152, 40)) as pilot:
        await settle(pilot, ["H", *"refund"])
        await changed(app, session, pilot, replace(session.store.state, interactions={}))
        assert not app.desk_screen.query_one(HistoryFilter).is_open
        assert app.desk_screen.wanted == ""


async def test_older_entries_are_asked_for_at_the_end_and_the_cursor_stays_where_it_was() -> None:
    app, session = desk(with_history())
    async with app.run_test(size=(152, 40)) as pilot:
        await settle(pilot, ["H", "enter"])
        assert read_on(session) == 0
        await settle(pilot, ["end"])
        assert read_on(session) == 1
        assert words(app)[-1] == "↓ older"
        last = (with_history().details["C-4471"].timeline or ())[-1]
        session.store.publish(OlderChanged("C-4471", last.id, Older.LOADING))
        await settle(pilot)
        assert words(app)[-1] == "◌ older …"
        more = tuple(TimelineEntry(f"m{n}", NOW - (200 + n) * DAY, "note", f"Older {n}") for n in range(100))
        session.store.publish(OlderChanged("C-4471", last.id, Older.NONE, more))
        await settle(pilot)
        assert pane(app).cursor_key == "m0"
        assert len(pane(app).rows) == 51 + 100 + 1, "what was bought before then has its place as well"
        assert "18202" in key_at(pane(app).rows, len(pane(app).rows) - 1)
        assert read_on(session) == 1, "one page for one wish"


async def test_that_older_ones_cannot_be_had_is_said_and_enter_asks_again() -> None:
    state = replace(
        with_history(Older.FAILED), details_failed={"C-4471": {"older": verbatim("Older entries were not loaded.")}}
    )
    app, session = desk(state)
    async with app.run_test(size=(152, 40)) as pilot:
        await settle(pilot, ["H", "enter", "end"])
        assert words(app)[-1].startswith("✕ Older entries were not loaded.")
        assert read_on(session) == 0, "moving there is no wish to try again"
        await settle(pilot, ["enter"])
        assert read_on(session) == 1
        assert not app.desk_screen.query_one(EntryPane).is_open


async def test_reading_to_the_end_has_older_entries_fetched() -> None:
    app, session = desk(with_history(notes=0))
    async with app.run_test(size=(152, 40)) as pilot:
        await settle(pilot, ["H", "enter", "enter", *["right"] * 6])
        assert read_on(session) == 1


async def test_a_click_on_the_row_under_the_cursor_opens_it_and_one_elsewhere_moves_there() -> None:
    app, _ = desk(with_history())
    async with app.run_test(size=(152, 40)) as pilot:
        await settle(pilot)
        entry = app.desk_screen.query_one(EntryPane)
        await pilot.click(TimelinePane, offset=(6, 2))
        await settle(pilot)
        assert not entry.is_open
        assert pane(app).cursor_key == MAIL.id
        time.sleep(0.6)  # longer than between the two presses of a double click
        await pilot.click(TimelinePane, offset=(6, 2))
        await settle(pilot)
        assert entry.is_open
        assert "I was told that the refund takes five days." in text(app)
        assert "case 8812 Duplicate charge in October" in text(app)


async def test_a_case_lists_what_belongs_to_it_and_a_purchase_is_told_in_full() -> None:
    app, _ = desk(with_history())
    async with app.run_test(size=(200, 50)) as pilot:
        await settle(pilot)
        app.desk_screen.query_one(CasesPane).focus()
        await settle(pilot, ["enter"])
        assert "Asked where the refund is." in text(app)
        assert "! high" in text(app)
        await settle(pilot, ["escape", "H", *"linen", "enter", "enter"])
        for fact in ("Linen, natural, 24 m", "49.90 EUR", "20311", "Fri 6 Nov 2026, 14:03"):
            assert fact in text(app)
        await settle(pilot, ["b"])
        assert app.clipboard == "Linen, natural, 24 m\n49.90 EUR\n20311"


async def test_the_card_counts_what_was_bought() -> None:
    app, session = desk(with_history())
    async with app.run_test(size=(152, 40)) as pilot:
        await settle(pilot)
        card = app.desk_screen.query_one(CustomerPane)
        assert "2 purchases · last 6 Nov" in card.render().plain
        known = session.store.state.details["C-4471"]
        await changed(
            app, session, pilot, replace(session.store.state, details={"C-4471": replace(known, purchases=None)})
        )
        assert "purchase" not in card.render().plain, "unknown is not none"


async def test_text_from_outside_does_no_harm_in_rows_pages_and_searches() -> None:
    state = with_history()
    known = state.details["C-4471"]
    entry = TimelineEntry("x" + HOSTILE, NOW - 9, HOSTILE, HOSTILE, HOSTILE, HOSTILE * 200, case_id=HOSTILE)
    bought = Purchase(HOSTILE, NOW - 10, HOSTILE, HOSTILE)
    case = replace((known.cases or ())[0], id=HOSTILE, subject=HOSTILE, status=HOSTILE, owner=HOSTILE, priority=HOSTILE)
    details = replace(known, timeline=(entry,), purchases=(bought,), cases=(case,), older=Older.NONE)
    app, _ = desk(replace(state, details={"C-4471": details}))
    async with app.run_test(size=(152, 40)) as pilot:
        await settle(pilot, ["H", "enter", "down", "enter"])
        seen = text(app)
        await settle(pilot, ["right"])
        seen += text(app)
        await settle(pilot, ["escape", "H"])
        app.desk_screen.query_one(HistoryFilter).value = HOSTILE
        await settle(pilot, ["enter", "enter"])
        seen += text(app) + title(app) + "".join(words(app))
        assert "\x1b" not in seen
        assert "\u202e" not in seen
        assert app.is_running


async def test_ten_thousand_entries_stay_instant() -> None:
    state = with_history(Older.NONE, notes=10_000)
    app, _ = desk(state)
    async with app.run_test(size=(152, 40)) as pilot:
        await settle(pilot)
        call = state.interactions["i1"]
        began = time.thread_time()
        for version in range(10):
            app.desk_screen.show(replace(state, interactions={"i1": replace(call, version=10 + version)}))
        each = (time.thread_time() - began) / 10
        assert each < 0.15, f"{each * 1000:.0f} ms for a turn of the call"
        began = time.thread_time()
        assert len(entries.found(entries.timeline(app.desk_screen.view()), "parcel 9999")) == 1
        assert time.thread_time() - began < 0.5
        await settle(pilot, ["H", "enter", "end"])
        assert pane(app).cursor_key == "purchase 18202" or pane(app).cursor_key == "n9999"
