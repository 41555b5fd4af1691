"""Written contacts that are put aside, and those that wait in a queue: what the desk shows, and what its keys do."""

from dataclasses import replace

import pytest
from textual.content import Content

from desktop.app.connections.failures import explain
from desktop.domain.entities.model import Address, Message, Waiting
from desktop.domain.entities.news_item import NewsKind
from desktop.domain.entities.words import Channel, Verb
from desktop.domain.news.news import news_between
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import Sentence
from desktop.ports.errors import Conflict
from desktop.tui.agent.panes.conversation import ConversationPane
from desktop.tui.agent.panes.queues import QueuesPane
from desktop.tui.agent.panes.status_line import StatusLine
from desktop.tui.agent.panes.work import WorkPane
from desktop.tui.widgets.table import LineTable
from tests.tui.agent.test_reply import quiet
from tests.tui.desk import desk, settle, told
from tests.tui.states import IDLE, NOW, QUEUES

SIZE = (120, 36)
WAITS = Waiting("w1", Address("handle", "priya"), NOW - 130, Channel.CHAT, "Priya [bold]N.\x1b[2J", "Charged\ntwice")


def waiting(*who: Waiting) -> AppState:
    return replace(IDLE, queues={**QUEUES, "Billing": replace(QUEUES["Billing"], to_pull=who, estimated_wait=95.0)})


def rows(table: LineTable) -> list[str]:
    return [" ".join(str(getattr(cell, "plain", cell)) for cell in row.cells) for row in table.rows if row.of is None]


async def test_a_parked_contact_stands_last_with_since_when_and_keeps_its_draft() -> None:
    state = quiet(parked=True, parked_since=NOW - 75, phase_since=NOW - 600)
    parked = state.interactions["i1"]
    other = replace(parked, id="i2", parked=False, parked_since=None)
    app, _ = desk(replace(state, interactions={"i1": parked, "i2": other}))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        work = app.desk_screen.query_one(WorkPane)
        assert [row.key for row in work.rows if row.of is None] == ["i2", "i1"]
        assert "01:15" in rows(work)[1]
        assert sum("parked" in work.render_line(y).text for y in range(work.size.height)) == 1
        await settle(pilot, ["2"])
        conversation = app.desk_screen.query_one(ConversationPane)
        assert "F4 take back" in Content.from_markup(conversation.border_subtitle or "").plain
        assert "parked 01:15" in Content.from_markup(conversation.border_title or "").plain


async def test_its_customer_writes_and_it_is_first_again_with_a_mark() -> None:
    state = quiet(parked=True, parked_since=NOW - 75)
    before = state.interactions["i1"]
    other = replace(before, id="i2", parked=False, parked_since=None)
    line = Message("new", NOW, "customer", "Are you there?")
    back = replace(before, version=9, parked=False, parked_since=None, unread=1, messages=(*before.messages, line))
    first = replace(state, interactions={"i2": other, "i1": before})
    after = replace(first, interactions={"i2": other, "i1": back})
    (news,) = news_between(first, after)
    assert (news.kind, news.subject, news.lines) == (NewsKind.CONTACT_LINE, "i1", ("Are you there?",))
    app, session = desk(first)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["1"])
        session.store.state = replace(after, news={news.id: news})
        app.request_frame()
        await settle(pilot)
        work = app.desk_screen.query_one(WorkPane)
        assert [row.key for row in work.rows if row.of is None] == ["i1", "i2"]
        assert "●1" in rows(work)[0]


async def test_another_conversation_is_one_key_away_and_nothing_typed_is_swapped() -> None:
    state = quiet()
    other = replace(state.interactions["i1"], id="i2")
    app, session = desk(replace(state, interactions={**state.interactions, "i2": other}))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["1", "t", *"one", "alt+2", *"two", "alt+1", *"!"])
    drafts = session.store.drain().drafts
    assert (drafts["i1"].reply, drafts["i2"].reply) == ("one!", "two")


@pytest.mark.parametrize("key", ["f4", "h"])
async def test_a_call_is_held_and_a_chat_is_parked_by_one_key(key: str) -> None:
    app, session = desk(quiet())
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["escape", key])
    assert [call[:3] for call in session.calls if call[0] == "commands.do"] == [("commands.do", Verb.PARK, "i1")]


async def test_who_waits_is_shown_while_one_is_in_the_queues() -> None:
    app, session = desk(waiting(WAITS))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        queues = app.desk_screen.query_one(QueuesPane)
        assert len(queues.rows) == 3
        await settle(pilot, ["q"])
        assert len(queues.rows) == 4
        assert "Priya [bold]N." in rows(queues)[1] and "\x1b" not in rows(queues)[1]
        assert "Charged" in rows(queues)[1] and "02:10" in rows(queues)[1]
        await settle(pilot, ["enter"])  # on a queue: nothing
        assert not [call for call in session.calls if call[0] == "commands.pull"]
        await settle(pilot, ["down", "enter"])
        assert [call for call in session.calls if call[0] == "commands.pull"] == [("commands.pull", "w1")]


async def test_whoever_went_is_not_taken_by_the_key_that_was_meant_for_them() -> None:
    app, session = desk(waiting(WAITS, replace(WAITS, interaction_id="w2", customer_name="Another")))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["q", "down"])
        session.store.state = waiting(replace(WAITS, interaction_id="w2", customer_name="Another"))
        app.request_frame()
        await settle(pilot, ["enter"])
        assert not [call for call in session.calls if call[0] == "commands.pull"]


async def test_without_the_capability_no_one_is_shown() -> None:
    state = waiting(WAITS)
    less = {source: known - {"pull"} for source, known in state.capabilities.items()}
    app, _ = desk(replace(state, capabilities=less))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["q"])
        assert len(app.desk_screen.query_one(QueuesPane).rows) == 3


async def test_what_cannot_be_parked_says_so() -> None:
    state = quiet()
    less = {source: known - {"park"} for source, known in state.capabilities.items()}
    app, session = desk(replace(state, capabilities=less))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, ["f4"])
        assert "Cannot park this contact now." in told(app.desk_screen)
    assert not [call for call in session.calls if call[0] == "commands.do"]


async def test_who_has_no_room_to_take_a_contact_back_reads_why_in_one_line() -> None:
    no_room = Conflict("maya has no room on chat")
    refused = explain(no_room, Sentence("not_done.unpark"), source="contact_center").text
    app, session = desk(quiet(parked=True, parked_since=NOW - 75, phase_since=NOW - 600))
    async with app.run_test(size=SIZE) as pilot:
        session.store.notice(refused, "error", "i1")
        await settle(pilot)
        said = told(app.desk_screen)
        assert "Still parked." in said and "no room on chat" in said
        assert "has changed" not in said, "nothing has changed: there is no room"
        assert app.desk_screen.query_one(StatusLine).size.height == 1
