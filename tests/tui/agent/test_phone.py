"""Calls on the agent's own phone that are no contact, and a phone out of reach: what the keys ask for then."""

from dataclasses import replace

import pytest

from desktop.domain.entities.phone import CallState
from desktop.domain.entities.words import Verb
from desktop.domain.state.state import AppState
from desktop.tui.agent.panes.status_line import StatusLine
from tests.tui.desk import desk, settle
from tests.tui.states import NOW, active, call_of_nobody, offered, phone_lost_while_idle, phone_not_registered


async def asked(state: AppState, *keys: str) -> list[tuple[object, ...]]:
    """What the session was asked to do after these keys."""
    app, session = desk(state)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, keys)
    return [call for call in session.calls if str(call[0]).startswith("commands.")]


def with_stranger(desk_state: AppState, /, **changes: object) -> AppState:
    """The state, and a colleague's call on the phone."""
    call = replace(call_of_nobody().phone_calls["sip-7"], **changes)  # type: ignore[arg-type]
    return replace(desk_state, phone_calls={"sip-7": call})


@pytest.mark.parametrize("key", ["f2", "a"])
async def test_without_an_offer_accept_answers_the_call(key: str) -> None:
    assert await asked(call_of_nobody(), key) == [("commands.answer_call", "sip-7")]


@pytest.mark.parametrize("state", [CallState.RINGING, CallState.ACTIVE, CallState.HELD])
async def test_without_an_offer_decline_ends_the_call(state: CallState) -> None:
    keys = ("f3",) if state is CallState.RINGING else ("f3", "f3")  # who is on the line is named first
    assert await asked(with_stranger(call_of_nobody(), state=state), *keys) == [("commands.hang_up_call", "sip-7")]


async def test_a_call_that_was_answered_is_not_answered_again() -> None:
    assert await asked(with_stranger(call_of_nobody(), state=CallState.ACTIVE), "f2") == []


async def test_the_customers_offer_comes_first() -> None:
    assert await asked(with_stranger(offered()), "f2") == [("commands.do", Verb.ACCEPT, "i1")]


async def test_it_works_beside_a_contact_and_leaves_that_alone() -> None:
    assert await asked(with_stranger(active()), "f2", "f3") == [
        ("commands.answer_call", "sip-7"),
        ("commands.hang_up_call", "sip-7"),
    ]


async def test_a_call_whose_offer_may_still_come_is_not_shown_yet() -> None:
    assert await asked(with_stranger(call_of_nobody(), since=NOW - 0.2), "f2") == []


async def test_a_call_that_is_a_contacts_is_no_strangers() -> None:
    assert await asked(with_stranger(active(), interaction_id="i1"), "f3") == []


async def test_a_phone_out_of_reach_is_tried_again_by_the_key_that_is_named() -> None:
    app, session = desk(phone_lost_while_idle())
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["f10"])
    assert ("retry",) in session.calls


async def test_at_80_an_offer_that_cannot_be_reached_says_so_whole() -> None:
    app, _ = desk(phone_not_registered())
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        row = app.desk_screen.query_one(StatusLine)
        assert "your phone is not registered" in row.render_line(1).text
