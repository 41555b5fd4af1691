"""Questions of the report screen that the server wants to be asked again later."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from desktop.app.history.query_cache import Answer
from desktop.tui.report.requests import ReportRequests


async def test_what_the_server_wants_to_be_asked_later_is_asked_later() -> None:
    """Once more after each answer that says so, and not when it was given up or another question took its place."""
    answers: list[Answer[int]] = []
    slept: list[float] = []
    gate = asyncio.Event()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await gate.wait()

    async def question() -> Answer[int]:
        return answers.pop(0)

    tasks: list[asyncio.Task[None]] = []

    def spawn(work: Coroutine[Any, Any, None]) -> None:
        tasks.append(asyncio.ensure_future(work))

    def of(*left: Answer[int]) -> ReportRequests:
        answers[:] = left
        gate.clear()
        slept.clear()
        return ReportRequests(spawn, lambda: 0.0, lambda _: None, sleep)

    async def rest() -> None:
        gate.set()
        while tasks:
            await tasks.pop(0)

    requests = of(Answer(problem="40 %", later=2.0), Answer(problem="80 %", later=2.0), Answer(7))
    requests.ask("week", question)
    while not slept:
        await asyncio.sleep(0)
    assert requests.answer("week").problem == "40 %"
    await rest()
    assert requests.answer("week").value == 7 and slept == [2.0, 2.0]
    requests = of(Answer(problem="40 %", later=2.0), Answer(7))
    requests.ask("week", question)
    while not slept:
        await asyncio.sleep(0)
    assert requests.give_up()
    await rest()
    assert requests.answer("week").error == "Cancelled" and len(answers) == 1
