"""A contact centre in virtual time with one queue: what the distributor does with it, and what theory's own rule says.

Both take the same arrivals and handle times, so their waits can be compared customer by customer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from heapq import heappop, heappush, heapreplace
from math import exp, factorial, log
from random import Random

from mock_backends.acd.effects import Offered
from mock_backends.acd.policy import AgentProfile, QueuePolicy
from mock_backends.acd.router import Router

THRESHOLD = 20.0


@dataclass(frozen=True)
class Centre:
    """Poisson arrivals per second, mean exponential handle time in seconds, agents."""

    rate: float
    handle: float
    agents: int

    def erlang_c(self) -> tuple[float, float]:
        """Service level (share answered within 20 s) and mean wait in seconds (A. K. Erlang, 1917)."""
        load = self.rate * self.handle
        last = load**self.agents / factorial(self.agents) * self.agents / (self.agents - load)
        must_wait = last / (sum(load**k / factorial(k) for k in range(self.agents)) + last)
        spare = (self.agents - load) / self.handle
        return 1 - must_wait * exp(-spare * THRESHOLD), must_wait / spare


def customers(centre: Centre, seed: int, mirrored: bool) -> Iterator[tuple[float, float]]:
    """Gap to the one before and handle time, without end; `mirrored` gives the antithetic stream of the seed."""
    draw = Random(seed).random
    while True:
        u, v = draw(), draw()
        if mirrored:
            u, v = 1 - u, 1 - v
        yield -log(1 - u or 1e-300) / centre.rate, -log(1 - v or 1e-300) * centre.handle


def distributor_waits(
    centre: Centre, seed: int, mirrored: bool, n: int, arrived: Callable[[Router, int], None] | None = None
) -> list[float]:
    """Waits of the first `n` customers when the distributor routes them, every offer accepted at once.

    `arrived` is called with the number of each customer who has just joined the queue or been offered.
    """
    names = [f"a{k}" for k in range(centre.agents)]
    router = Router([QueuePolicy("q", wrap_up_seconds=0)], [AgentProfile(name, {}) for name in names], 0.0)
    for name in names:
        router.set_availability(name, "available", 0.0)
    stream = customers(centre, seed, mirrored)
    gap, handle = next(stream)
    arrival, number = gap, 0
    handles = {"0": handle}
    waits = [0.0] * n
    ends: list[tuple[float, str]] = []
    answered = 0
    while answered < n:
        if ends and ends[0][0] <= arrival:
            now, who = heappop(ends)
            effects = router.end(who, now)
        else:
            now = arrival
            effects = router.enqueue(str(number), "q", "voice", now)
            if arrived is not None:
                arrived(router, number)
            gap, handle = next(stream)
            arrival, number = now + gap, number + 1
            handles[str(number)] = handle
        for effect in effects:
            if isinstance(effect, Offered):
                (connected,) = router.accept(effect.interaction_id, effect.agent_id, now)
                if int(effect.interaction_id) < n:
                    waits[int(effect.interaction_id)] = connected.waited
                    answered += 1
                heappush(ends, (now + handles.pop(effect.interaction_id), effect.interaction_id))
    return waits


def theory_waits(centre: Centre, seed: int, mirrored: bool, n: int) -> Iterator[float]:
    """Waits of first come, first served by the recursion of J. Kiefer and J. Wolfowitz (1955)."""
    free = [0.0] * centre.agents
    now = 0.0
    stream = customers(centre, seed, mirrored)
    for _ in range(n):
        gap, handle = next(stream)
        now += gap
        start = max(now, free[0])
        heapreplace(free, start + handle)
        yield start - now
