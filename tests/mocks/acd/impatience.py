"""Customers who give up, before the distributor in virtual time: what Erlang A describes."""

from dataclasses import dataclass
from heapq import heappop, heappush
from random import Random

from mock_backends.acd.effects import Offered
from mock_backends.acd.policy import AgentProfile, QueuePolicy
from mock_backends.acd.router import Router
from tests.mocks.acd.simulation import Centre


@dataclass(frozen=True)
class Fate:
    """What became of a customer: how long they stood in line, and whether an agent came."""

    waited: float
    answered: bool


def fates(centre: Centre, patience: float, seed: int, n: int) -> list[Fate]:
    """The first `n` customers' fates when each gives up after an exponential time of mean `patience` seconds."""
    chance = Random(seed)
    names = [f"a{k}" for k in range(centre.agents)]
    router = Router([QueuePolicy("q", wrap_up_seconds=0)], [AgentProfile(name, {}) for name in names], 0.0)
    for name in names:
        router.set_availability(name, "available", 0.0)
    found: dict[int, Fate] = {}
    came: dict[str, float] = {}
    coming: list[tuple[float, int, str]] = [(chance.expovariate(centre.rate), 0, "")]  # when, what, who
    arrive, give_up, end = range(3)
    number = 0
    while len(found) < n or any(int(who) < n for who in came):
        now, what, who = heappop(coming)
        if what == arrive:
            who, number = str(number), number + 1
            came[who] = now
            heappush(coming, (now + chance.expovariate(1 / patience), give_up, who))
            heappush(coming, (now + chance.expovariate(centre.rate), arrive, ""))
            effects = router.enqueue(who, "q", "voice", now)
        elif what == end:
            effects = router.end(who, now)
        elif who in came:
            found[int(who)] = Fate(now - came.pop(who), answered=False)
            effects = router.abandon(who, now)
        else:
            continue
        for effect in effects:
            if isinstance(effect, Offered):
                taken = effect.interaction_id
                router.accept(taken, effect.agent_id, now)
                found[int(taken)] = Fate(now - came.pop(taken), answered=True)
                heappush(coming, (now + chance.expovariate(1 / centre.handle), end, taken))
    return [found[k] for k in range(n)]
