"""Taking a written contact that waits: once, with words where another was quicker, looked up without an answer."""

import asyncio
from typing import Any

from desktop.domain.entities.model import Interaction
from desktop.domain.entities.words import Channel, Phase
from desktop.domain.state.events import Change
from desktop.ports.errors import Conflict, OutcomeUnknown
from desktop.words.catalogue import in_words
from tests.app.app_fakes import interaction, spin
from tests.app.commands.test_agent_commands import Desk, desk


def taken() -> Interaction:
    return interaction(7, phase=Phase.ACTIVE, channel=Channel.CHAT)


def answering(d: Desk, answer: Interaction | Exception) -> list[tuple[str, str]]:
    """Have the centre answer so; the id and the key of each call that reached it."""
    reached: list[tuple[str, str]] = []

    async def pull(interaction_id: str, *, key: str) -> Interaction:
        reached.append((interaction_id, key))
        if isinstance(answer, Exception):
            raise answer
        return answer

    server: Any = d.server
    server.pull = pull
    return reached


async def test_a_double_press_takes_it_once() -> None:
    d = await desk()
    reached = answering(d, taken())
    asked = asyncio.ensure_future(d.commands.pull(taken().id))
    twice = asyncio.ensure_future(d.commands.pull(taken().id))
    await spin()
    assert (await twice).error == "ignored"
    d.server.happen(taken(), Change.CONNECTED)
    await d.feed.refresh()
    d.store.drain()
    assert (await asked).ok
    assert [one for one, _ in reached] == [taken().id]


async def test_that_another_has_it_is_said() -> None:
    d = await desk()
    answering(d, Conflict("Jonas has it already."))
    result = await d.commands.pull(taken().id)
    assert not result.ok
    assert "The contact was not taken from the queue." in in_words(result.text)


async def test_without_an_answer_it_is_looked_for() -> None:
    d = await desk()
    d.server.happen(taken(), Change.CONNECTED)
    answering(d, OutcomeUnknown("No answer."))
    assert (await d.commands.pull(taken().id)).ok
