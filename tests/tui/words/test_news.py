"""News is counted until it was seen, whatever is told meanwhile, and rings as the profile says."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from desktop.domain.entities.floor import AgentMessage, HelpState
from desktop.domain.entities.model import Message
from desktop.domain.entities.news_item import News, NewsKind
from desktop.domain.entities.person import ChatLine
from desktop.domain.entities.words import Channel, LegFailure, LegPhase, Phase
from desktop.domain.state.events import Change, ChatReceived, InteractionChanged
from desktop.domain.state.floor_events import AgentMessaged, HelpChanged
from desktop.domain.state.own_events import NewsCame
from desktop.domain.state.state import AppState
from desktop.tui.agent.panes.header import Header
from desktop.tui.agent.panes.page import Page
from desktop.tui.agent.panes.work import WorkPane
from desktop.tui.app import DesktopApp
from desktop.tui.terminal.news_bell import Wanted
from tests.tui.desk import RecordedSession, desk, settle, told
from tests.tui.states import IDLE, NOW, active, consulting, offered, supervised

SIZE = (140, 40)
SAM = AgentMessage("m1", NOW, "sam", "Sam Rivera", "maya", "Please take a call back.")


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Every time that the bell rang."""
    rung: list[int] = []
    monkeypatch.setattr(DesktopApp, "bell", lambda _: rung.append(1))
    return rung


def two_contacts() -> AppState:
    """On a call, with a chat beside it."""
    state = active()
    call = state.interactions["i1"]
    said = Message("t1", NOW - 60, "customer", "Hello?")
    chat = replace(call, id="i2", channel=Channel.CHAT, customer_name="Jo Ortega", messages=(said,), legs=())
    return replace(state, interactions={"i1": call, "i2": chat})


def writes(session: RecordedSession, text: str, number: int = 2) -> None:
    chat = session.store.drain().interactions["i2"]
    line = Message(f"t{number}", NOW, "customer", text)
    chat = replace(chat, version=chat.version + 1, messages=(*chat.messages, line), unread=chat.unread + 1)
    session.store.publish(InteractionChanged(Change.UPDATED, chat), "contact_center")


def supervisor_writes(session: RecordedSession) -> None:
    session.store.publish(AgentMessaged(SAM), "contact_center")


def supervisor_answers(session: RecordedSession) -> None:
    request = next(iter(supervised().help.values()))
    session.store.publish(
        HelpChanged(replace(request, version=9, state=HelpState.ANSWERED, answer="On my way.", since=NOW))
    )


def expert_writes(session: RecordedSession) -> None:
    session.store.publish(ChatReceived(ChatLine("c9", "p1", NOW, False, "Ask for the invoice.")), "presence")


def expert_declines(session: RecordedSession) -> None:
    call = consulting(LegPhase.FAILED, LegFailure.DECLINED).interactions["i1"]
    session.store.publish(InteractionChanged(Change.LEG, replace(call, version=9)), "contact_center")


def offer_runs_out(session: RecordedSession) -> None:
    offer = session.store.drain().interactions["i1"]
    gone = replace(offer, version=9, phase=Phase.QUEUED, agent_id=None)
    session.store.publish(InteractionChanged(Change.OFFER_ENDED, gone, "missed"), "contact_center")


def customer_writes(session: RecordedSession) -> None:
    writes(session, "Are you there?")


def header(app: DesktopApp) -> str:
    return app.screen.query_one(Header).render().plain


KINDS = (
    (IDLE, supervisor_writes, "Sam Rivera: Please take a call back."),
    (supervised(), supervisor_answers, "Sam Rivera: On my way."),
    (active(), expert_writes, "Ana Lindqvist: Ask for the invoice."),
    (consulting(), expert_declines, "Ana Lindqvist declined. Priya Natarajan hears you again."),
    (offered(), offer_runs_out, "Missed: Priya Natarajan (Billing)"),
    (two_contacts(), customer_writes, "Jo Ortega: Are you there?"),
)


@pytest.mark.parametrize(("state", "happens", "sentence"), KINDS, ids=[kind[1].__name__ for kind in KINDS])
async def test_each_kind_is_counted_until_it_was_read_and_no_notice_pushes_it_out(
    state: AppState, happens: Callable[[RecordedSession], None], sentence: str, bells: list[int]
) -> None:
    app, session = desk(replace(state, notices=(), help={}, chats={}))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        bells.clear()
        happens(session)
        await settle(pilot)
        await settle(pilot)
        assert sentence in told(app.screen)
        assert "● 1 new" in header(app) and bells
        for number in range(5):
            session.store.notice(f"Something else {number}.", "error")
        await settle(pilot)
        assert sentence not in told(app.screen)
        assert "● 1 new" in header(app)
        await settle(pilot, ["alt+exclamation_mark"])
        assert app.screen.query_one(Page).is_open
        text = str(app.screen.query_one("#page-text").render())
        assert all(word in text for word in sentence.split(": ")[-1].split())
        assert "new" not in header(app)


@pytest.mark.parametrize("width", [80, 140])
async def test_what_is_new_of_a_contact_does_not_hide_where_it_stands(width: int) -> None:
    state = two_contacts()
    wrapping = replace(state.interactions["i2"], phase=Phase.WRAP_UP, unread=0)
    app, session = desk(replace(state, interactions={**state.interactions, "i2": wrapping}))
    async with app.run_test(size=(width, 24)) as pilot:
        await settle(pilot, ["q"])
        line = News(NewsKind.CONTACT_LINE, "i2", NOW, lines=("Thanks.",))
        session.store.publish(NewsCame((line,)))
        await settle(pilot)
        work = app.desk_screen.query_one(WorkPane)
        rows = [work.render_line(y).text for y in range(work.size.height)]
        assert any("●1" in row and "Jo Ortega" in row for row in rows), rows
        assert any("wrap-up" in row for row in rows)


async def test_lines_of_another_contact_are_counted_at_it_until_it_is_turned_to() -> None:
    app, session = desk(two_contacts())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        assert app.desk_screen.selected == "i1"
        for number, text in enumerate(("Hello?", "Anybody?"), start=2):
            writes(session, text, number)
            await settle(pilot)
        await settle(pilot)
        work = app.desk_screen.query_one(WorkPane)
        rows = [work.render_line(y).text for y in range(work.size.height)]
        assert any("●2" in row and "Jo Ortega" in row for row in rows), rows
        assert any("Billing" in row for row in rows), rows
        assert "● 2 new" in header(app)
        app.desk_screen.select("i2")
        app.desk_screen.second()
        app.on_second()
        await settle(pilot)
        assert "new" not in header(app)
        rows = [work.render_line(y).text for y in range(work.size.height)]
        assert any("Jo Ortega" in row and "●" not in row for row in rows), rows


async def test_a_line_in_the_contact_before_the_agents_eyes_neither_counts_nor_rings(bells: list[int]) -> None:
    app, session = desk(two_contacts())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        app.desk_screen.select("i2")
        await settle(pilot)
        writes(session, "Hello?")
        await settle(pilot)
        await settle(pilot)
        assert "new" not in header(app) and not bells


async def test_answering_the_supervisor_reads_what_they_wrote() -> None:
    app, session = desk(IDLE)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        supervisor_writes(session)
        await settle(pilot)
        await settle(pilot, ["alt+y"])
        app.on_second()
        await settle(pilot)
        assert "new" not in header(app)


@pytest.mark.parametrize("width", [60, 80, 100, 140, 200])
async def test_how_much_is_new_is_said_in_every_width(width: int) -> None:
    app, session = desk(two_contacts())
    async with app.run_test(size=(width, 24)) as pilot:
        await settle(pilot)
        supervisor_writes(session)
        await settle(pilot)
        await settle(pilot)
        assert "● 1 new" in header(app)


@pytest.mark.parametrize(
    ("wanted", "rings", "notifies"),
    [
        (Wanted(), 2, 0),
        (Wanted(ring="urgent", notify="all"), 1, 2),
        (Wanted(ring="none", notify="urgent"), 0, 1),
    ],
)
async def test_it_rings_and_notifies_as_the_profile_says(
    wanted: Wanted, rings: int, notifies: int, bells: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    monkeypatch.setattr(DesktopApp, "write_raw", lambda _, text: written.append(text))
    app, session = desk(two_contacts(), calls=wanted)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        for happens in (customer_writes, supervisor_writes):
            happens(session)
            await settle(pilot)
            await settle(pilot)
        assert (len(bells), len(written)) == (rings, notifies)
        assert all("\x1b]" in one for one in written)
