"""A day of a contact centre through the distributor in virtual time: people come in waves, give up, agents change."""

from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from math import inf, log, pi, sin
from random import Random

from mock_backends.acd.effects import AgentChanged, Offered
from mock_backends.acd.estimated_wait import EstimatedWait
from mock_backends.acd.policy import AgentProfile, QueuePolicy
from mock_backends.acd.router import Router

OPEN, CLOSE = 8 * 3600.0, 20 * 3600.0
PERIOD = 1_800.0  # staffing changes every half hour at most


@dataclass(frozen=True)
class Desk:
    """A queue: contacts an hour by the time of day, mean handle and wrap-up time, mean patience (seconds)."""

    name: str
    hourly: Callable[[float], float]
    handle: float = 180.0
    wrap_up: float = 30.0
    patience: float = inf
    spread: float = 0.0  # of the logarithm of handle times; 0: exponential ones


@dataclass(frozen=True)
class Day:
    """Queues, agents at work by the time of day, and how they answer: seconds of ringing, share of offers missed."""

    name: str
    desks: tuple[Desk, ...]
    agents: Callable[[float], int]
    ringing: float = 0.0
    missed: float = 0.0


@dataclass
class Told:
    """What somebody was told on arrival, and what became of it."""

    queue: str
    at: float
    ahead: int
    estimate: EstimatedWait
    last_wait: float  # of the one answered before them
    waited: float = 0.0
    answered: bool = False


def waves(mean: float) -> Callable[[float], float]:
    """Contacts an hour with a peak in the morning and one in the afternoon."""
    return lambda at: mean * (1 + 0.45 * sin((at - OPEN) / (CLOSE - OPEN) * 3 * pi))


def simulate(day: Day, seed: int) -> list[Told]:
    """Everybody who had to wait."""
    return _Run(day, seed).run()


@dataclass
class _Run:
    day: Day
    seed: int
    told: dict[str, Told] = field(default_factory=dict)

    def run(self) -> list[Told]:
        chance = Random(f"{self.day.name} {self.seed}")
        most = max(self.day.agents(at) for at in _times())
        names = [f"a{k}" for k in range(most)]
        policies = [
            QueuePolicy(one.name, wrap_up_seconds=None, offer_timeout=20, expected_handle_seconds=one.handle)
            for one in self.day.desks
        ]
        router = Router(policies, [AgentProfile(name, {}) for name in names], 0.0)
        desks = {one.name: one for one in self.day.desks}
        numbers = count()
        coming: list[tuple[float, int, Callable[[float], list[object]]]] = []
        waiting: dict[str, Told | None] = {}
        last = dict.fromkeys(desks, 0.0)

        def at(when: float, do: Callable[[float], list[object]]) -> None:
            heappush(coming, (when, next(numbers), do))

        def staff(now: float) -> list[object]:
            wanted = self.day.agents(now)
            effects: list[object] = []
            for k, name in enumerate(names):
                effects += router.set_availability(name, "available" if k < wanted else "offline", now)
            return effects

        def arrive(desk: Desk, now: float) -> list[object]:
            gap = chance.expovariate(1.0)
            at(now + gap * 3600 / max(0.01, desk.hourly(now)), lambda then: arrive(desk, then))
            if now > CLOSE:
                return []
            who = f"c{next(numbers)}"
            effects: list[object] = list(router.enqueue(who, desk.name, "voice", now))
            waiting[who] = None
            if router.interaction(who).phase == "queued":
                guess = router.estimated_wait(who)
                if guess is not None:
                    waiting[who] = Told(desk.name, now, router.position(who), guess, last[desk.name])
            if desk.patience < inf:
                at(now + chance.expovariate(1 / desk.patience), lambda then: give_up(who, then))
            return effects

        def give_up(who: str, now: float) -> list[object]:
            if who not in waiting:
                return []
            self._keep(who, waiting.pop(who), now, answered=False)
            return list(router.abandon(who, now))

        def answer(who: str, agent: str, now: float) -> list[object]:
            if who not in waiting or router.interaction(who).agent_id != agent:
                return []
            desk = desks[router.interaction(who).queue]
            (connected,) = router.accept(who, agent, now)
            last[desk.name] = connected.waited
            self._keep(who, waiting.pop(who), now, answered=True)
            long = -log(1 - chance.random()) * desk.handle
            if desk.spread:
                long = chance.lognormvariate(log(desk.handle) - desk.spread**2 / 2, desk.spread)
            at(now + long, lambda then: finish(who, agent, desk, then))
            return []

        def finish(who: str, agent: str, desk: Desk, now: float) -> list[object]:
            effects = list(router.end(who, now))
            after = chance.expovariate(1 / desk.wrap_up)
            at(now + after, lambda then: list(router.finish_wrap_up(who, agent, then)))
            return effects

        def tick(now: float) -> list[object]:
            return list(router.tick(now))

        for begin in _times():
            at(begin, staff)
        for desk in desks.values():
            at(OPEN + chance.expovariate(1.0), lambda now, desk=desk: arrive(desk, now))
        while coming and (coming[0][0] < CLOSE or waiting):
            now, _, do = heappop(coming)
            deadline = router.next_deadline()
            if deadline is not None and deadline <= now:
                heappush(coming, (now, next(numbers), do))
                now, do = deadline, tick
            for effect in do(now):
                if isinstance(effect, Offered) and chance.random() >= self.day.missed:
                    ring = chance.uniform(0.5, 1.5) * self.day.ringing
                    who, agent = effect.interaction_id, effect.agent_id
                    at(now + ring, lambda then, who=who, agent=agent: answer(who, agent, then))
                elif isinstance(effect, AgentChanged) and now < CLOSE and effect.reason == "missed":
                    name = effect.agent_id
                    at(now + 60, lambda then, name=name: list(router.set_availability(name, "available", then)))
            if now > CLOSE + 7_200:
                break
        return list(self.told.values())

    def _keep(self, who: str, told: Told | None, now: float, *, answered: bool) -> None:
        if told is not None:
            told.waited, told.answered = now - told.at, answered
            self.told[who] = told


def _times() -> list[float]:
    return [OPEN - 60 + k * PERIOD for k in range(int((CLOSE - OPEN) / PERIOD) + 1)]
