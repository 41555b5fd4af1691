"""A contact centre in virtual time in which everything happens that can: what came of it is kept as the raw log.

Arrivals by the hour, several queues and channels, callbacks at once and at a time, moves while waiting, ringing and
talking, impatient customers, offers missed, declined, failed and taken back, holds, hand-overs, wrap-ups finished,
extended, timed out and without a limit, breaks, shifts that end while a contact is in hand, orders of supervisors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from math import pi, sin
from random import Random

from mock_backends.acd import effects as fx
from mock_backends.acd.errors import RoutingError
from mock_backends.acd.policy import ANYTHING, CALLS_APART, AgentProfile, QueuePolicy, RelaxationStep
from mock_backends.acd.router import Router

CHANNELS = ("voice", "voice", "voice", "chat", "email")


@dataclass(frozen=True)
class Size:
    """How much happens: `hours` from `start` (epoch seconds), contacts over the whole of it."""

    zone: str
    start: float
    hours: float
    queues: int
    agents: int
    contacts: int
    seed: int = 1


@dataclass(frozen=True)
class Line:
    """One line of the raw log: when, what came of a command, and for an arrival its channel."""

    at: float
    effect: fx.Effect
    channel: str = ""


class RawDay:
    """Plays the day; `log` is what an outsider could have written down."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self._rng = Random(size.seed)
        self.policies = [self._policy(number) for number in range(size.queues)]
        self.profiles = [self._profile(number) for number in range(size.agents)]
        self.router = Router(self.policies, self.profiles, size.start, size.zone)
        self.log: list[Line] = []
        self._ahead: list[tuple[float, int, Callable[[float], None]]] = []
        self._numbers = count()
        self._channels: dict[str, str] = {}
        self._plan()

    def _policy(self, number: int) -> QueuePolicy:
        wrap_up = (30.0, 0.0, None, 20.0)[number % 4]
        relaxation = (RelaxationStep(40.0, {f"s{number}": 1}),) if number % 3 == 0 else ()
        return QueuePolicy(
            f"Queue {number}",
            required={f"s{number}": 2 if relaxation else 1},
            channels=("voice", "chat", "email"),
            wrap_up_seconds=wrap_up,
            service_level_seconds=(20.0, 60.0)[number % 2],
            relaxation=relaxation,
            offer_timeout=15.0,
        )

    def _profile(self, number: int) -> AgentProfile:
        rng, queues = self._rng, self.size.queues
        skills = {f"s{(number + step) % queues}": rng.randint(1, 4) for step in range(min(3, queues))}
        capacity = ({"voice": 1, "chat": 3, "email": 5}, {"voice": 1}, {"voice": 2, "chat": 2})[number % 3]
        return AgentProfile(
            f"agent-{number}", skills, capacity, rings_beside=CALLS_APART if number % 2 == 0 else ANYTHING
        )

    # -- the plan of the day

    def _plan(self) -> None:
        rng, size = self._rng, self.size
        length = size.hours * 3600.0
        for profile in self.profiles:
            begins = rng.uniform(0.0, 0.45) * length
            self.at(size.start + begins, lambda now, who=profile.id: self._come(who, now))
            self.at(size.start + begins + 0.5 * length, lambda now, who=profile.id: self._leave(who, now))
        placed = 0
        while placed < size.contacts:
            moment = rng.uniform(0.0, length)
            if rng.random() < 0.6 + 0.4 * sin(pi * moment / length):
                placed += 1
                self.at(size.start + moment, lambda now, n=placed: self._arrive(f"i{n}", now))

    def at(self, when: float, act: Callable[[float], None]) -> None:
        """Call `act` with the time when it has come."""
        heappush(self._ahead, (when, next(self._numbers), act))

    def moments(self) -> Iterator[float]:
        """Plays on; yields after each moment at which something happened."""
        while self._ahead:
            deadline = self.router.next_deadline()
            when = self._ahead[0][0]
            if deadline is not None and deadline < when:
                self._do(self.router.tick, deadline)
                yield deadline
            else:
                _, _, act = heappop(self._ahead)
                act(when)
                yield when

    # -- what people do

    def _come(self, who: str, now: float) -> None:
        self._do(lambda at: self.router.sign_in(who, at), now)
        self.at(now + self._rng.uniform(5, 200), lambda at: self._ready(who, at))

    def _ready(self, who: str, now: float) -> None:
        if self.router.agent(who).availability == "not_ready":
            self._do(lambda at: self.router.set_availability(who, "available", at), now)
            if now < self.size.start + self.size.hours * 3600.0:
                self.at(now + self._rng.expovariate(1 / 5400), lambda at: self._rest(who, at))

    def _rest(self, who: str, now: float) -> None:
        if self.router.agent(who).availability == "available":
            self._do(lambda at: self.router.set_availability(who, "not_ready", at, "break"), now)
            self.at(now + self._rng.uniform(60, 1500), lambda at: self._ready(who, at))

    def _leave(self, who: str, now: float) -> None:
        force = self._rng.random() < 0.3
        self._do(lambda at: self.router.sign_out(who, at, force=force), now)

    def _arrive(self, name: str, now: float) -> None:
        rng = self._rng
        channel = self._channels[name] = rng.choice(CHANNELS)
        queue = rng.choice(self.policies).name
        planned = now + rng.uniform(60, 5000) if rng.random() < 0.03 else None
        skills = {"s0": 1} if rng.random() < 0.05 else {}
        priority = rng.choice((0.0, 0.0, 0.0, 5.0, -3.0))
        self._do(
            lambda at: self.router.enqueue(
                name, queue, channel, at, priority=priority, skills=skills, callback_at=planned
            ),
            now,
        )
        self.at(now + rng.expovariate(1 / 240), lambda at: self._do(lambda t: self.router.abandon(name, t), at))
        dice = rng.random()
        soon = now + rng.uniform(3, 120)
        if dice < 0.05:
            self.at(soon, lambda at: self._do(lambda t: self.router.request_callback(name, t), at))
        elif dice < 0.1:
            later = soon + rng.uniform(30, 4000)
            self.at(soon, lambda at: self._do(lambda t: self.router.request_callback(name, t, later), at))
        elif dice < 0.2:
            other = rng.choice(self.policies).name
            self.at(soon, lambda at: self._do(lambda t: self.router.transfer_to_queue(name, other, t), at))
        elif dice < 0.22:
            self.at(soon, lambda at: self._do(lambda t: self.router.withdraw(name, t), at))
        elif dice < 0.24:
            self.at(soon, lambda at: self._do(lambda t: self.router.set_priority(name, 40.0, t), at))
        elif dice < 0.26:
            agent = rng.choice(self.profiles).id
            self.at(soon, lambda at: self._do(lambda t: self.router.assign(name, agent, t), at))
        elif dice < 0.28:
            self.at(soon, lambda at: self._do(lambda t: self.router.rescind(name, t), at))

    def _do(self, command: Callable[[float], list[fx.Effect]], now: float) -> None:
        """Run a command; one that no longer fits does nothing."""
        try:
            effects = command(now)
        except RoutingError:
            return
        for effect in effects:
            name = getattr(effect, "interaction_id", "")
            self.log.append(Line(now, effect, self._channels.get(name, "")))
        for effect in effects:
            self._react(effect, now)

    def _react(self, effect: fx.Effect, now: float) -> None:
        rng, router = self._rng, self.router
        match effect:
            case fx.Offered(interaction_id=name, agent_id=who):
                dice = rng.random()
                verb = router.accept if dice < 0.9 else router.decline if dice < 0.93 else router.fail_offer
                if dice < 0.94:
                    self.at(now + rng.uniform(0, 8), lambda at: self._do(lambda t: verb(name, who, t), at))
            case fx.Connected(interaction_id=name):
                talk = rng.expovariate(1 / 200)
                if rng.random() < 0.3:
                    begins = now + rng.uniform(0, talk)
                    self.at(begins, lambda at: self._do(lambda t: router.hold(name, t), at))
                    self.at(begins + rng.expovariate(1 / 40), lambda at: self._do(lambda t: router.resume(name, t), at))
                dice = rng.random()
                if dice < 0.05:
                    other = rng.choice(self.policies).name
                    self.at(now + talk / 2, lambda at: self._do(lambda t: router.transfer_to_queue(name, other, t), at))
                elif dice < 0.1:
                    agent = rng.choice(self.profiles).id
                    self.at(now + talk / 2, lambda at: self._do(lambda t: router.hand_over(name, agent, t), at))
                self.at(now + talk, lambda at: self._do(lambda t: router.end(name, t), at))
            case fx.WrapUpStarted(interaction_id=name, agent_id=who, extensions=0):
                if rng.random() < 0.1:
                    extend = rng.uniform(1, 60)
                    self.at(
                        now + rng.uniform(0, 15),
                        lambda at: self._do(lambda t: router.extend_wrap_up(name, who, extend, t), at),
                    )
                done = now + rng.expovariate(1 / 25)
                self.at(done, lambda at: self._do(lambda t: router.finish_wrap_up(name, who, t), at))
            case fx.AgentChanged(agent_id=who, reason="missed"):
                self.at(now + rng.uniform(10, 300), lambda at: self._ready(who, at))
