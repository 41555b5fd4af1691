"""Follow-ups of a wrap-up by keyboard: what was understood is shown, and what was not planned is not sent."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from textual.content import Content
from textual.pilot import Pilot
from textual.widgets import Input, Static

from desktop.domain.entities.customer import FollowUp
from desktop.domain.state.own_events import DraftDropped
from desktop.domain.state.state import AppState
from desktop.tui.agent.follow_up_editor import FollowUpEditor
from desktop.tui.keys import keys as table_of_keys
from desktop.tui.widgets.table import LineTable
from desktop.words.catalogue import in_words
from tests.tui.agent.test_turning import several
from tests.tui.agent.test_verbs import asked
from tests.tui.desk import RecordedSession, desk, settle
from tests.tui.states import NOW, SMITH_NUMBER, wrapping_up

SIZE = (120, 36)
TOMORROW_10 = NOW - NOW % 86_400 + 86_400 + 9 * 3600  # in Berlin
CALLBACK = FollowUp("callback", "refund", TOMORROW_10)
SMS = FollowUp("sms", "hello", to="+442079460018")


@pytest.fixture(autouse=True)
def in_berlin(monkeypatch: pytest.MonkeyPatch) -> None:
    """The agent is in Berlin, the customer in London."""
    monkeypatch.setenv("TZ", "Europe/Berlin")


def planned(*follow_ups: FollowUp) -> AppState:
    """A wrap-up with its code and these follow-ups."""
    state = wrapping_up()
    draft = replace(state.drafts["i1"], codes=("refund",), follow_ups=follow_ups)
    return replace(state, drafts={"i1": draft})


def keys(*parts: str) -> list[str]:
    """Keys by name; what begins with a blank is typed letter by letter."""
    return [key for part in parts for key in ([*part[1:]] if part.startswith(" ") else [part])]


async def after(state: AppState, *parts: str) -> tuple[RecordedSession, dict[str, str]]:
    """The session, and what the parts of the pane say, after some keys."""
    app, session = desk(state)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, keys(*parts))
        return session, seen(pilot)


def seen(pilot: Pilot[Any]) -> dict[str, str]:
    screen = pilot.app.screen
    said = {
        name: str(screen.query_one(f"#wrap-up-{name}", Static).content)
        for name in ("understood", "summary", "planned-keys", "missing")
    }
    table = screen.query_one("#wrap-up-planned", LineTable)
    field = screen.query_one("#wrap-up-follow-up", Input)
    return {
        **said,
        "list": "\n".join(str(row.cells[0]) for row in table.rows),
        "field": field.value if field.display else "closed",
        "focus": str(screen.focused.id) if screen.focused else "",
    }


def painted(pilot: Pilot[Any], name: str) -> str:
    """What of a line is painted, with its rows joined."""
    static = pilot.app.screen.query_one(f"#{name}", Static)
    rows = (static.render_line(y).text.strip() for y in range(static.size.height))
    return " ".join(rows)


def kept(session: RecordedSession) -> Any:
    return session.store.drain().drafts["i1"].follow_ups


def finished(session: RecordedSession) -> Any:
    return [kept(session) for _ in asked(session, "wrap_ups.finish")]


@pytest.mark.thorough
async def test_what_is_understood_is_shown_in_both_zones_while_it_is_typed() -> None:
    _, said = await after(planned(), "alt+c", " tomorrow 10am about the refund")
    assert said["understood"].startswith("✓ Wed 18 Nov 10:00, 09:00 in London")
    assert said["summary"].endswith("note and codes → CRM · callback Wed 18 Nov 10:00")


async def test_the_customers_own_time_can_be_named() -> None:
    _, said = await after(planned(), "alt+c", " tomorrow 10am london")
    assert said["understood"].startswith("✓ Wed 18 Nov 11:00, 10:00 in London")


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (" tomorrow", "At what time? For example: tomorrow 14:00"),
        (" tomorrow 3", "03:00 or 15:00? Add am or pm, or type it as 15:00."),
        (" the refund", "Begin with when: tomorrow 14:00 about the refund"),
        (" 9:00", "09:00 today is past. Write tomorrow 09:00 for the next day."),
    ],
)
async def test_what_is_not_understood_is_said_and_enter_adds_nothing(typed: str, why: str) -> None:
    session, said = await after(planned(), "alt+c", typed, "enter")
    assert said["understood"] == why
    assert (said["field"], said["focus"], said["list"]) == (typed[1:], "wrap-up-follow-up", "")
    assert kept(session) == ()


@pytest.mark.thorough
async def test_enter_plans_what_is_understood_and_lists_all_of_it() -> None:
    session, said = await after(planned(), "alt+c", " tomorrow 10:00 refund", "enter", "alt+t", " hello", "enter")
    assert kept(session) == (CALLBACK, SMS)
    assert said["list"].splitlines() == [
        "→ callback Wed 18 Nov 10:00, 09:00 in London  to +44 20 7946 0018  refund",
        "→ SMS on finish  to +44 20 7946 0018  hello",
    ]
    assert said["field"] == "closed" and said["focus"] == "wrap-up-code"
    assert said["summary"].endswith("note and codes → CRM · SMS · callback Wed 18 Nov 10:00")


@pytest.mark.parametrize("typed", [("alt+t", " hello"), ("alt+c", " tomorrow 10:00"), ("alt+c", " tomorrow")])
async def test_esc_discards_what_was_not_planned(typed: tuple[str, str]) -> None:
    session, said = await after(planned(), *typed, "escape", "alt+enter")
    assert said["field"] == "closed" and said["focus"] == "wrap-up-code"
    assert finished(session) == [()]
    assert kept(session) == ()


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("opens", "typed", "says"),
    [
        ("alt+t", " hello", "Discarded: “hello”. alt+t brings it back."),
        ("alt+c", " tomorrow", "Discarded: “tomorrow”. alt+c brings it back."),
        ("alt+t", " " + "word " * 20, "Discarded: “word word word word word word wo…”. alt+t brings it back."),
    ],
)
async def test_what_was_discarded_is_said_and_comes_back_with_the_same_key(opens: str, typed: str, says: str) -> None:
    session, said = await after(planned(), opens, typed, "escape")
    assert in_words(session.store.drain().notices[-1].text) == says
    session, said = await after(planned(), opens, typed, "escape", opens, " x")
    assert said["field"] == typed[1:] + "x" and said["focus"] == "wrap-up-follow-up"
    other = "alt+c" if opens == "alt+t" else "alt+t"
    _, said = await after(planned(), opens, typed, "escape", other)
    assert said["field"] == ""


@pytest.fixture
def _tables() -> Iterator[None]:
    """Has the table of keys as it was afterwards."""
    before = dict(table_of_keys.BY_ID)
    yield
    table_of_keys.BY_ID.update(before)


@pytest.mark.usefixtures("_tables")
async def test_the_key_that_brings_it_back_is_the_one_in_force() -> None:
    app, session = desk(planned(), keymap={"text": "f11,t"})
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, keys("f11", " hello", "escape"))
    assert in_words(session.store.drain().notices[-1].text) == "Discarded: “hello”. F11 brings it back."


@pytest.mark.thorough
async def test_what_came_back_is_sent_once_and_what_was_emptied_stays_away() -> None:
    session, _ = await after(planned(), "alt+t", " hello", "escape", "alt+t", "enter", "alt+t")
    assert kept(session) == (SMS,)
    session, said = await after(planned(), "alt+t", " a", "escape", "alt+t", "backspace", "escape", "alt+t")
    assert said["field"] == ""
    assert [in_words(one.text) for one in session.store.drain().notices if "Discarded" in in_words(one.text)] == [
        "Discarded: “a”. alt+t brings it back."
    ]


async def test_what_was_discarded_belongs_to_its_contact_and_goes_with_it() -> None:
    both = several(planned(), "i1", "i2")
    app, session = desk(both)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, keys("alt+t", " hello", "escape"))
        app.desk_screen.select("i2")
        await settle(pilot, ["alt+t"])
        assert seen(pilot)["field"] == ""
        session.store.state = replace(both, interactions={"i2": both.interactions["i2"]})
        app.request_frame()
        await settle(pilot, ["x"])
        session.store.state = both
        app.request_frame()
        await settle(pilot, ["escape"])
        app.desk_screen.select("i1")
        await settle(pilot, ["alt+t"])
        assert seen(pilot)["field"] == ""


@pytest.mark.thorough
async def test_a_change_that_was_discarded_comes_back_as_that_change() -> None:
    change = ("alt+t", "up", "enter", "  you", "escape", "alt+t")
    session, said = await after(planned(SMS), *change)
    assert said["field"] == "hello you" and said["list"] == ""
    session, said = await after(planned(SMS), *change, "enter")
    assert kept(session) == (replace(SMS, text="hello you"),)
    session, said = await after(planned(SMS), "alt+t", "up", "enter", "escape")
    assert not session.store.drain().notices, "nothing was changed, so nothing was lost"


async def test_a_text_message_that_comes_back_goes_to_the_customer_who_is_linked_now() -> None:
    app, session = desk(planned())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, keys("alt+t", " hello", "escape"))
        state = session.store.state
        call = replace(state.interactions["i1"], customer=SMITH_NUMBER)
        session.store.state = replace(state, interactions={"i1": call})
        app.request_frame()
        await settle(pilot, ["alt+t", "enter"])
    assert kept(session) == (replace(SMS, to=SMITH_NUMBER.value),)


@pytest.mark.thorough
@pytest.mark.parametrize("width", [80, 100, 120, 140, 200])
@pytest.mark.parametrize("typed", [("alt+t", " hello"), ("alt+c", " tomorrow 10am about the router that I promised")])
async def test_what_esc_does_can_be_read_at_every_width(width: int, typed: tuple[str, str]) -> None:
    app, _ = desk(planned())
    async with app.run_test(size=(width, 40)) as pilot:
        await settle(pilot, keys(*typed))
        text = painted(pilot, "wrap-up-understood")
        assert "enter adds" in text and "esc discards" in text
        assert "10:00, 09:00 in London" in text or typed[0] == "alt+t"


async def test_esc_in_an_empty_field_leaves_and_what_is_planned_stays() -> None:
    session, said = await after(planned(SMS), "alt+c", "escape")
    assert said["field"] == "closed" and "hello" in said["list"]
    assert asked(session, "notes.edit") == []


async def test_finishing_takes_what_is_understood_in_the_field() -> None:
    session, _ = await after(planned(SMS), "alt+c", " tomorrow 10:00 refund", "alt+enter")
    assert finished(session) == [(SMS, CALLBACK)]


async def test_what_left_with_its_record_is_not_planned_again() -> None:
    """Typed after the finishing key, it was handed over all the same, while the contact stayed."""
    app, session = desk(planned())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, keys("alt+c", " tomorrow 10:00 refund"))
        assert session.store.drain().drafts["i1"].half is not None
        session.store.publish(DraftDropped("i1"))
        await settle(pilot)
        assert seen(pilot)["field"] == "closed"
        await settle(pilot, ["alt+enter"])
        draft = session.store.drain().drafts.get("i1")
        assert draft is None or (draft.follow_ups, draft.half) == ((), None)


async def test_finishing_is_refused_while_the_field_is_not_understood() -> None:
    session, said = await after(planned(SMS), "alt+c", " tomorrow", "f9", "alt+enter")
    assert finished(session) == []
    assert said["field"] == "tomorrow" and said["focus"] == "wrap-up-follow-up"
    notice = in_words(session.store.drain().notices[-1].text)
    assert notice == "The callback is not planned yet. At what time? For example: tomorrow 14:00"


@pytest.mark.thorough
async def test_nothing_is_ready_while_the_time_of_a_callback_is_not_understood() -> None:
    _, said = await after(planned(SMS), "alt+c", " tomorrow")
    assert said["missing"] == "still needed: a time for the callback"
    _, said = await after(planned(SMS), "alt+c", " tomorrow 10:00")
    assert said["missing"].startswith("✓ ready")
    _, said = await after(planned(SMS), "alt+c", " tomorrow", "escape")
    assert said["missing"].startswith("✓ ready")


@pytest.mark.thorough
async def test_a_planned_one_is_changed_in_the_field() -> None:
    start = ("alt+c", "up", "up", "enter")
    session, said = await after(planned(CALLBACK, SMS), *start)
    assert said["field"] == "Wed 18 Nov 10:00 refund" and "refund" not in said["list"]
    session, said = await after(planned(CALLBACK, SMS), *start, "  twice", "enter")
    assert kept(session) == (replace(CALLBACK, text="refund twice"), SMS)
    session, _ = await after(planned(CALLBACK, SMS), "alt+c", "up", "down", "enter", "  you", "alt+enter")
    assert finished(session) == [(CALLBACK, replace(SMS, text="hello you"))]


async def test_a_change_that_is_discarded_or_not_understood_loses_nothing() -> None:
    change = ("alt+c", "up", "enter", "home", " x")
    session, said = await after(planned(CALLBACK), *change)
    assert said["understood"].startswith("Begin with when")
    assert kept(session) == (CALLBACK,)
    session, said = await after(planned(CALLBACK), *change, "escape", "alt+enter")
    assert "refund" in said["list"]
    assert finished(session) == [(CALLBACK,)]


@pytest.mark.parametrize("key", ["delete", "backspace"])
async def test_a_planned_one_is_dropped(key: str) -> None:
    session, said = await after(planned(CALLBACK, SMS), "alt+c", "up", "up", key)
    assert kept(session) == (SMS,)
    assert said["list"].startswith("→ SMS") and said["focus"] == "wrap-up-planned"
    assert said["planned-keys"] == "follow-ups  enter change  del drop  esc back  "
    session, said = await after(planned(CALLBACK), "alt+c", "escape", "tab", "tab", key)
    assert kept(session) == () and said["focus"] == "wrap-up-code"


async def test_the_list_is_left_with_esc() -> None:
    _, said = await after(planned(CALLBACK), "alt+c", "up", "escape")
    assert said["focus"] == "wrap-up-code"
    assert said["planned-keys"] == "follow-ups  tab to change or drop"


@pytest.mark.thorough
async def test_another_kind_begins_when_the_first_is_planned_or_discarded() -> None:
    session, said = await after(planned(), "alt+t", " hello", "alt+c", " tomorrow 10:00 refund", "enter")
    assert kept(session) == (SMS, CALLBACK)
    session, said = await after(planned(), "alt+c", " tomorrow", "alt+t", " x")
    assert said["field"] == "tomorrowx"
    assert "esc" in in_words(session.store.drain().notices[-1].text)


async def test_what_is_not_understood_waits_for_the_agent_to_come_back() -> None:
    state = several(planned(), "i1", "i2")
    app, session = desk(state)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, keys("alt+c", " tomorrow"))
        app.desk_screen.select("i2")
        await settle(pilot)
        assert not app.desk_screen.query_one("#wrap-up-follow-up").display
        app.desk_screen.select("i1")
        await settle(pilot, ["f9"])
        assert seen(pilot)["field"] == "tomorrow"
        assert app.desk_screen.query_one(FollowUpEditor).problem
    assert kept(session) == ()


async def test_what_a_text_means_moves_with_the_clock() -> None:
    clock = [NOW]
    app, _ = desk(planned())
    app._clock = lambda: clock[0]
    app.desk_screen._now = lambda: clock[0]
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, keys("alt+c", " in 20 min"))
        assert "Tue 17 Nov 15:24" in seen(pilot)["understood"]
        clock[0] += 60
        app.desk_screen.second()
        await settle(pilot)
        assert "Tue 17 Nov 15:25" in seen(pilot)["understood"]
        assert app.desk_screen.query_one(FollowUpEditor).follow_ups[0].due == NOW - NOW % 60 + 60 + 21 * 60


async def test_hostile_words_are_shown_harmless() -> None:
    _, said = await after(planned(FollowUp("sms", "\x1b[2J\u202eoh", to="+44\x07")))
    assert "\x1b" not in said["list"] and "\u202e" not in said["list"] and "\x07" not in said["list"]


async def test_a_second_that_ends_after_the_program_draws_nothing() -> None:
    app, _ = desk(planned())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["f9"])
    app._second()  # was on its way when the panes were taken apart


async def test_the_wrap_up_names_its_customer_where_nothing_else_does() -> None:
    app, _ = desk(planned())
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, ["f9"])
        title = app.desk_screen.query_one("#wrap-up").border_title
        assert Content.from_markup(title or "").plain == "Wrap-up · 01:40 left · Priya Natarajan"
