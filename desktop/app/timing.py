"""The clocks, the sleep and the dice of the desktop in one place, so that tests can turn them by hand."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Where time comes from.

    Args:
        clock: seconds since the Unix epoch on this machine; may jump.
        monotonic: seconds that never jump (and, on Linux, stand still while the machine sleeps).
        sleep: waits that many seconds.
        random: a number in [0, 1).
    """

    clock: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    random: Callable[[], float] = random.random


async def first_of(*waits: Awaitable[object]) -> None:
    """Wait until one of several is over, and give up the others."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
