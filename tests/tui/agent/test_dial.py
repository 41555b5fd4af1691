"""The field in which a number is chosen: whose numbers, when it opens, and what closes it."""

from dataclasses import replace
from typing import Any

import pytest

from desktop.app.commands.command_result import CommandResult
from desktop.domain.entities.model import Address
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import NOTHING, verbatim
from desktop.ports.base import Capability
from desktop.tui.agent.overlays.dial_field import DialField
from desktop.words.catalogue import in_words
from tests.tui.desk import RecordedSession, desk, settle
from tests.tui.states import IDLE, ONE, PRIYA, active

SECOND = "+447700900123"


def idle(*, dial: bool = True) -> AppState:
    offered = IDLE.capabilities.get("contact_center", frozenset()) - {Capability.DIAL.value}
    with_dial = offered | {Capability.DIAL.value} if dial else offered
    return replace(IDLE, capabilities={**IDLE.capabilities, "contact_center": with_dial})


def answering(session: RecordedSession, *results: CommandResult) -> list[str]:
    """Have calls answered so, in turn; the numbers that were called."""
    called: list[str] = []
    answers = iter(results)

    async def dial(number: str) -> CommandResult:
        called.append(number)
        return next(answers)

    actions: Any = session.commands  # type: ignore[attr-defined]
    actions.dial = dial
    return called


def last(session: RecordedSession) -> str:
    return in_words(session.store.drain().notices[-1].text)


async def test_the_customers_numbers_are_offered_and_any_can_be_typed() -> None:
    app, session = desk(idle())
    called = answering(session, CommandResult(True, NOTHING), CommandResult(True, NOTHING))
    both = replace(
        PRIYA, addresses=(Address("phone", "+442079460018"), Address("email", "p@x.example"), Address("phone", SECOND))
    )
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        app.desk_screen.preview = replace(ONE.matches[0], customer=both)
        app.desk_screen.redraw()
        await settle(pilot, ["D"])
        field = app.desk_screen.query_one(DialField)
        assert field.is_open and field.value == "+44 20 7946 0018"
        await settle(pilot, ["down"])
        assert field.value == "+44 7700 900123"
        await settle(pilot, ["down"])
        assert field.value == "+44 20 7946 0018"
        await settle(pilot, ["up", "enter"])
        await settle(pilot)
        assert called == [SECOND]
        assert not field.is_open
        await settle(pilot, ["escape", "D", *"02079460021", "enter"])
        await settle(pilot)
        assert called == [SECOND, "+442079460021"], "as numbers are dialled in the profile's country"


async def test_what_was_refused_stays_in_the_field() -> None:
    app, session = desk(idle())
    called = answering(session, CommandResult(False, verbatim("The call was not made."), "Rejected"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, ["D", *"12", "enter"])
        await settle(pilot)
        field = app.desk_screen.query_one(DialField)
        assert last(session) == "12 is no telephone number."
        assert (called, field.is_open, field.value) == ([], True, "12")
        await settle(pilot, ["home", *"020794600", "end", "enter"])
        await settle(pilot)
        assert called == ["+442079460012"]
        assert (field.is_open, field.value) == (True, "02079460012")
        assert last(session) == "The call was not made."
        await settle(pilot, ["escape"])
        assert not field.is_open


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (idle(dial=False), "This contact centre cannot make calls from here."),
        (replace(active(), capabilities=idle().capabilities), "You are on a call already; end it first."),
    ],
    ids=["not offered", "on a call"],
)
async def test_where_nobody_can_be_called_it_says_why(state: AppState, words: str) -> None:
    app, session = desk(state)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot, ["escape", "D"])
        assert not app.desk_screen.query_one(DialField).is_open
        assert last(session) == words
