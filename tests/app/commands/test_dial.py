"""Calling a customer: once, and what became of it is looked up where nobody answered."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from desktop.domain.entities.model import Address, Interaction
from desktop.domain.entities.words import Direction, Phase
from desktop.domain.state.events import Change
from desktop.ports.errors import Conflict, Rejected
from desktop.words.catalogue import in_words
from tests.app.app_fakes import interaction, spin
from tests.app.commands.test_agent_commands import Desk, desk

NUMBER = "+442079460018"


def outbound(number: str = NUMBER) -> Interaction:
    """The contact of a call that was made here."""
    address = Address("phone", number)
    return interaction(7, phase=Phase.CONNECTING, direction=Direction.OUTBOUND, customer=address)


def calling(d: Desk, answer: Callable[[], Awaitable[Interaction]]) -> list[tuple[str, str]]:
    """Have the centre answer so; the number and the key of each call that reached it."""
    reached: list[tuple[str, str]] = []

    async def dial(address: Address, *, queue: str, key: str) -> Interaction:
        assert queue == ""
        reached.append((address.value, key))
        return await answer()

    d.server.dial = dial  # type: ignore[method-assign]
    return reached


async def test_it_is_done_once_the_contact_is_in_sight() -> None:
    d = await desk()

    async def answer() -> Interaction:
        return outbound()

    reached, listening = calling(d, answer), list(d.store.listeners)
    asked = asyncio.ensure_future(d.commands.dial(NUMBER))
    twice = asyncio.ensure_future(d.commands.dial(NUMBER))
    await spin()
    assert (await twice).error == "ignored"
    assert not asked.done(), "only the stream brings a new contact"
    d.server.happen(outbound(), Change.CONNECTING)
    await d.feed.refresh()
    d.store.drain()
    assert (await asked).ok
    assert [number for number, _ in reached] == [NUMBER]
    assert d.store.listeners == listening, "nobody listens any more"


async def test_a_contact_that_the_stream_does_not_bring_is_looked_for() -> None:
    d = await desk()

    async def answer() -> Interaction:
        d.server.happen(outbound(), Change.CONNECTING)
        return outbound()

    calling(d, answer)
    before = d.script.count("snapshot")
    asked = asyncio.ensure_future(d.commands.dial(NUMBER))
    await d.time.advance(2.1)
    assert (await asked).ok
    assert d.script.count("snapshot") == before + 1
    assert "i7" in d.store.drain().interactions


@pytest.mark.parametrize(("made", "ok"), [(NUMBER, True), ("", False), ("+442079460999", False)])
async def test_when_nobody_answers_it_is_looked_up(made: str, ok: bool) -> None:
    d = await desk()

    async def answer() -> Any:
        if made:
            d.server.happen(outbound(made), Change.CONNECTING)
        await asyncio.get_running_loop().create_future()

    calling(d, answer)
    asked = asyncio.ensure_future(d.commands.dial(NUMBER))
    await d.time.advance(5.1)
    result = await asked
    assert result.ok is ok
    if not ok:
        assert in_words(result.text).startswith("The call was not made.")


async def test_where_it_cannot_be_looked_up_nothing_is_claimed_and_the_key_stays() -> None:
    d = await desk()
    d.script.always("snapshot", "hang")

    async def answer() -> Any:
        await asyncio.get_running_loop().create_future()

    reached = calling(d, answer)
    for _ in range(2):
        asked = asyncio.ensure_future(d.commands.dial(NUMBER))
        await d.time.advance(10.2)
        assert in_words((await asked).text).startswith("It is not known whether the call was made.")
    first, second = reached
    assert first == second, "pressed again, it cannot ring twice"


@pytest.mark.parametrize("error", [Conflict("You are on another call."), Rejected("This is no number.")])
async def test_a_refusal_is_told(error: Exception) -> None:
    d = await desk()

    async def answer() -> Any:
        raise error

    calling(d, answer)
    result = await d.commands.dial(NUMBER)
    assert not result.ok
    assert in_words(result.text).startswith("The call was not made.")
