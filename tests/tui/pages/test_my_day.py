"""The page of my day says what is known, how old it is, and what is not known."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from desktop.app.notes.outbox_items import OutboxItem
from desktop.app.storage.errors import StoreError
from desktop.app.supervision.questions import Looked
from desktop.domain.entities.counts import Counts
from desktop.domain.entities.customer import FollowUp
from desktop.domain.entities.floor import Activity, ActivityKind, AgentDay, Schedule, StateStretch
from desktop.domain.state.events import AgentChanged, Envelope
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import NOTHING, Sentence, verbatim
from desktop.ports.base import Capability
from desktop.tui.agent.overlays.state_menu import StateMenu
from desktop.tui.agent.panes.page import Page
from desktop.tui.pages.my_day import Asked, ask, my_day_lines
from desktop.tui.widgets.page_text import Hanging, PageText
from tests.tui.desk import desk, settle
from tests.tui.states import NOW, active

HOUR = 3600.0


def with_day(state: AppState) -> AppState:
    me = state.agents[state.me]
    sums = AgentDay(
        NOW - 6 * HOUR, handled=14, missed=1, signed_in=5 * HOUR, idle=HOUR, engaged=3 * HOUR, until=NOW - 5
    )
    billing = replace(state.queues["Billing"], counts=Counts(NOW - 6 * HOUR, NOW, offered=140, answered=120))
    mine = replace(me, today=sums, queues=("Billing",))
    return replace(state, agents={**state.agents, me.id: mine}, queues={**state.queues, "Billing": billing})


def finished(number: int, at: float, *, state: str = "delivered", due: float | None = None) -> OutboxItem:
    promised = (FollowUp("callback", "about the refund", due, "+442079460018"),) if due is not None else ()
    return OutboxItem(
        f"k{number}",
        "wrap_up",
        f"i{number}",
        state,
        NOTHING,
        "crm",
        1,
        at,
        at,
        customer=f"Customer {number}",
        channel="voice",
        queue="Billing",
        code_labels=("Refund", "Duplicate charge"),
        note="Wants [b]one[/b] back.",
        follow_ups=promised,
    )


PLAN = Schedule(
    "maya",
    (
        Activity(NOW - 2 * HOUR, NOW + HOUR, ActivityKind.WORK, ""),
        Activity(NOW + HOUR, NOW + 2 * HOUR, ActivityKind.MEAL, "Lunch"),
    ),
)


SEEN = (StateStretch(NOW - 2 * HOUR, NOW, "available"),)


def page(state: AppState, asked: Asked) -> str:
    lines = my_day_lines(state, NOW, asked)
    return "\n".join((one.head + one.words if isinstance(one, Hanging) else one).plain for one in lines)


def test_figures_of_mine_beside_those_of_my_queues_with_their_age() -> None:
    text = page(with_day(active()), Asked())
    assert "today 14 handled   missed 1   declined 0" in text
    assert "occupancy 75%" in text and "updated now" in text
    assert "Billing  SL 71% · 120 of 140 answered · 7 waiting" in text
    assert "Sales" not in text, "not a queue of mine"


def test_a_centre_that_keeps_no_figures_says_so_instead_of_zeros() -> None:
    text = page(active(), Asked())
    assert "keeps no figures of your day" in text
    assert "0 handled" not in text


def test_the_schedule_with_what_runs_now_and_how_it_was_kept() -> None:
    seen = (StateStretch(NOW - 2 * HOUR, NOW - HOUR, "available"), StateStretch(NOW - HOUR, NOW, "not_ready"))
    text = page(with_day(active()), Asked(schedule=PLAN, observed=seen, at=NOW))
    assert "adherence 50" in text
    running = next(line for line in text.splitlines() if line.startswith("  ▸"))
    assert f"{datetime.fromtimestamp(NOW - 2 * HOUR, UTC):%M}" in running
    assert "Lunch" in text


def test_a_deviation_of_some_seconds_is_counted_and_not_told_as_from_a_minute_to_the_same() -> None:
    seen = (
        StateStretch(NOW - 2 * HOUR, NOW - HOUR, "available"),
        StateStretch(NOW - HOUR, NOW - HOUR + 20, "not_ready"),
        StateStretch(NOW - HOUR + 20, NOW, "available"),
    )
    text = page(with_day(active()), Asked(schedule=PLAN, observed=seen, at=NOW))
    assert "1:59:40 of 2:00:00" in text and "instead of" not in text


def test_what_is_not_there_says_why() -> None:
    assert "Asking the contact centre …" in page(active(), Asked())
    assert "Reading …" in page(active(), Asked())
    text = page(active(), Asked(not_read="The file is damaged.", no_schedule="It tells no schedule."))
    assert "The file is damaged." in text and "It tells no schedule." in text


def test_finished_today_and_callbacks_to_come_also_of_the_days_before() -> None:
    items = (
        finished(3, NOW - 60, state="waiting"),
        finished(2, NOW - 120, state="parked"),
        finished(1, NOW - HOUR, due=NOW + 60),
        finished(4, NOW - 30 * HOUR, due=NOW - 60),
        finished(5, NOW - 30 * HOUR, due=NOW - 20 * HOUR),
    )
    text = page(with_day(active()), Asked(finished=items))
    assert "Finished here today · 3" in text
    rows = [line for line in text.splitlines() if "Billing · Refund, Duplicate charge" in line]
    assert [next(sign for sign in "✓✕◌" if sign in row) for row in rows] == ["◌", "✕", "✓"]
    assert all("Wants [b]one[/b] back." in row for row in rows)
    callbacks = text[text.index("Callbacks you promised") : text.index("Finished here")].splitlines()[1:3]
    assert "Customer 4" in callbacks[0] and "time has come" in callbacks[0]
    assert "Customer 1" in callbacks[1] and "about the refund" in callbacks[1] and "time has come" not in callbacks[1]
    assert "Customer 5" not in text, "its time was before this day"


class Center:
    """What a session is asked; answers as it was made."""

    def __init__(self, items: Any, plans: Looked[Any], day: Looked[Any], *, offered: bool = True) -> None:
        self._items, self._plans, self._day, self._offered = items, plans, day, offered
        self.outbox = self.supervisor = self.schedules = self
        self.store = desk(active())[1].store
        self.asked = 0

    def clock(self) -> float:
        return NOW

    async def finished_since(self, at: float) -> Any:
        if isinstance(self._items, Exception):
            raise self._items
        return self._items

    def offers(self, capability: Capability) -> bool:
        assert capability is Capability.SCHEDULE
        return self._offered

    async def flush(self) -> None:
        """Nothing to save."""

    async def of_team(self) -> Looked[Any]:
        return self._plans

    async def day_of(self, agent_id: str) -> Looked[Any]:
        assert agent_id == "maya"
        self.asked += 1
        return self._day


async def answers(center: Any, known: Asked | None = None) -> list[Asked]:
    """What the page is shown by somebody who stands where a session does."""
    shown: list[Asked] = []
    await ask(center, shown.append, known or Asked())
    return shown


def answered_by(session: Any, center: Center) -> None:
    session.clock, session.outbox, session.supervisor = center.clock, center, center


async def test_this_machine_is_shown_before_the_centre_has_answered() -> None:
    items = (finished(1, NOW),)
    first, last = await answers(Center(items, Looked({"maya": PLAN}), Looked(())))
    assert (first.finished, first.schedule, first.no_schedule) == (items, None, "")
    assert (last.finished, last.schedule, last.observed, last.at) == (items, PLAN, (), NOW)


@pytest.mark.parametrize(
    ("plans", "offered", "why"),
    [
        (Looked({"finn": PLAN}), True, "Nothing is planned for you today."),
        (Looked(None, verbatim("It is down."), "unavailable"), True, "It is down."),
        (Looked({"maya": PLAN}), False, "The contact centre tells no schedule."),
    ],
    ids=["no plan", "down", "not offered"],
)
async def test_why_there_is_no_schedule(plans: Looked[Any], offered: bool, why: str) -> None:
    *_, last = await answers(Center((), plans, Looked(None, verbatim("no"), "unavailable"), offered=offered))
    assert (last.schedule, last.no_schedule) == (None, why)


async def test_a_file_that_cannot_be_read_keeps_nothing_else_from_the_page() -> None:
    *_, last = await answers(Center(StoreError(Sentence("store.not_open")), Looked({"maya": PLAN}), Looked(())))
    assert last.finished is None and last.not_read
    assert last.schedule is PLAN


async def test_the_key_opens_the_page_and_closes_it() -> None:
    app, session = desk(with_day(active()))
    center = Center((finished(1, NOW),), Looked({"maya": PLAN}), Looked(()))
    answered_by(session, center)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["escape", "M"])
        shown = app.desk_screen.query_one(Page)
        assert (shown.topic, shown.is_open) == ("my_day", True)
        assert "Customer 1" in str(shown.query_one(PageText).render())
        await settle(pilot, ["M"])
        assert not shown.is_open


def counting(state: AppState, center: Center) -> tuple[Any, Any, list[float]]:
    """A desk with a clock that the test turns, and somebody who answers what the page asks."""
    now = [NOW]
    app, session = desk(state, clock=lambda: now[0])
    answered_by(session, center)
    return app, session, now


def figure(text: str, label: str) -> str:
    """What stands behind a label on the page."""
    return text[text.index(label) :].split()[len(label.split())]


async def test_what_counts_is_true_within_a_second_while_the_page_is_open() -> None:
    center = Center((finished(1, NOW - 60, due=NOW + 0.5),), Looked({"maya": PLAN}), Looked(SEEN))
    app, _, now = counting(with_day(active()), center)
    async with app.run_test(size=(120, 50)) as pilot:
        await settle(pilot, ["escape", "M"])
        text = app.desk_screen.query_one(PageText)
        before = str(text.render())
        assert "updated now" in before and "time has come" not in before
        now[0] += 1
        app.on_second()
        after = str(text.render())
        assert figure(before, "signed in") == "5:00:05" and figure(after, "signed in") == "5:00:06"
        assert figure(before, "idle") == figure(after, "idle") == "1:00:00", "in a call nobody is idle"
        assert "2:00:00 of 2:00:00" in before and "2:00:01 of 2:00:01" in after
        assert "time has come" in after


async def test_what_was_asked_is_asked_again_when_i_do_something_else_and_not_while_the_page_is_closed() -> None:
    center = Center((), Looked({"maya": PLAN}), Looked(SEEN))
    app, session, _ = counting(with_day(active()), center)
    me = session.store.state.agents["maya"]

    async def becomes(since: float) -> None:
        session.store.put(Envelope("contact_center", AgentChanged(replace(me, version=9, since=since)), NOW))
        app.request_frame()
        await settle(pilot)
        app.on_second()
        await settle(pilot)

    async with app.run_test(size=(120, 50)) as pilot:
        await settle(pilot, ["escape", "M"])
        app.on_second()
        await settle(pilot)
        assert center.asked == 1, "nothing has changed"
        await becomes(NOW)
        assert center.asked == 2
        await settle(pilot, ["M"])
        await becomes(NOW + 1)
        assert center.asked == 2


async def test_a_centre_that_does_not_answer_later_takes_nothing_from_the_page() -> None:
    known = Asked(schedule=PLAN, observed=SEEN, at=NOW)
    down: Looked[Any] = Looked(None, verbatim("It is down."), "unavailable")
    shown = await answers(Center((), down, down), known)
    assert (shown[-1].schedule, shown[-1].observed, shown[-1].at, shown[-1].no_schedule) == (PLAN, SEEN, NOW, "")


async def test_the_menu_of_availabilities_takes_its_place() -> None:
    app, _ = desk(with_day(active()))
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["escape", "M", "s"])
        assert not app.desk_screen.query_one(Page).is_open
        assert app.desk_screen.query_one(StateMenu).is_open
        await settle(pilot, ["1"])
        assert not app.desk_screen.query_one(StateMenu).is_open
