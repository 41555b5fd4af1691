"""Simulated agents beside the real one: they take calls, talk, wrap up, miss offers, ask for help and have breaks."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from mock_backends.acd.effects import AgentChanged, Connected, Effect, Offered, WrapUpStarted
from mock_backends.channels import CALLS
from mock_backends.contacts.calls import Calls
from mock_backends.contacts.distribution import Distribution
from mock_backends.http.problem import Problem
from mock_backends.http.site import Site
from mock_backends.wire.contact_center import Interaction

QUESTIONS = (
    "Customer wants more than I may refund. May I?",
    "The same fault for the third time. Whom do I ask?",
    "Customer asks for a supervisor.",
    "I cannot find the contract they speak of.",
)
BREAKS = ("break", "break", "lunch", "coaching", "admin")


@dataclass(frozen=True, slots=True)
class Habits:
    """How they work. Times are server seconds; shares are 0 to 1, of offers or of conversations.

    `talk` is the mean of a conversation, `rests` the mean time between two breaks, None = never.
    """

    talk: float = 180.0
    rests: float | None = None
    misses: float = 0.0
    holds: float = 0.0
    asks: float = 0.0


class Colleagues:
    """Plays agents until somebody signs in as one of them."""

    def __init__(self, site: Site, distribution: Distribution, calls: Calls) -> None:
        self._agenda = site.agenda
        self._rng = site.rng("colleagues")
        self._distribution = distribution
        self._calls = calls
        self._habits = Habits()
        self.ask: Callable[[Interaction, str], object] = lambda _interaction, _text: None
        self.played: set[str] = set()
        distribution.listeners.append(self._heard)

    def play(self, agent_ids: list[str], habits: Habits) -> None:
        """Make these agents available and play them, all played ones by these habits from now on."""
        self._habits = habits
        self.played.update(agent_ids)
        for agent_id in agent_ids:
            self._agenda.after(self._rng.uniform(0.0, 2.0), partial(self._available, agent_id))
            self._rest_later(agent_id)

    def leave(self, agent_id: str) -> None:
        """A person has taken over this agent."""
        self.played.discard(agent_id)

    def _available(self, agent_id: str) -> None:
        if agent_id in self.played:
            self._distribution.do(lambda now: self._distribution.router.set_availability(agent_id, "available", now))

    def _rest_later(self, agent_id: str) -> None:
        if self._habits.rests is not None:
            pause = self._rng.expovariate(1.0 / self._habits.rests)
            self._agenda.after(pause, partial(self._rest, agent_id))

    def _rest(self, agent_id: str) -> None:
        """A break, when what is in hand is done."""
        if agent_id not in self.played:
            return
        why, router = self._rng.choice(BREAKS), self._distribution.router
        if router.agent(agent_id).availability == "available":
            self._distribution.do(lambda now: router.set_availability(agent_id, "not_ready", now, why))
            self._agenda.after(self._rng.uniform(60.0, 300.0), partial(self._available, agent_id))
        self._rest_later(agent_id)

    def _heard(self, effect: Effect, interaction: Interaction | None) -> None:
        if getattr(effect, "agent_id", None) not in self.played:
            return
        rng = self._rng
        if isinstance(effect, AgentChanged) and effect.reason == "missed":
            self._agenda.after(rng.uniform(10.0, 60.0), partial(self._available, effect.agent_id))
        if interaction is None:
            return
        if isinstance(effect, Offered):
            if rng.random() >= self._habits.misses:
                self._soon(rng.uniform(1.0, 4.0), effect.agent_id, interaction, "accept")
        elif isinstance(effect, Connected):
            self._talk(effect.agent_id, interaction)
        elif isinstance(effect, WrapUpStarted):
            self._soon(rng.uniform(5.0, 25.0), effect.agent_id, interaction, "finish")

    def _talk(self, agent_id: str, interaction: Interaction) -> None:
        rng, habits = self._rng, self._habits
        talk = max(5.0, rng.expovariate(1.0 / habits.talk))
        if rng.random() < habits.holds and interaction.channel in CALLS:
            begins = rng.uniform(0.2, 0.6) * talk
            self._soon(begins, agent_id, interaction, "hold")
            self._soon(begins + rng.uniform(0.1, 0.3) * talk, agent_id, interaction, "resume")
        if rng.random() < habits.asks:
            self._soon(rng.uniform(0.1, 0.5) * talk, agent_id, interaction, "ask")
        self._soon(talk, agent_id, interaction, "end")

    def _soon(self, seconds: float, agent_id: str, interaction: Interaction, what: str) -> None:
        self._agenda.after(seconds, partial(self._try, agent_id, interaction, what))

    def _try(self, agent_id: str, interaction: Interaction, what: str) -> None:
        """Do it if the world has not moved on meanwhile."""
        if agent_id not in self.played or interaction.agent_id != agent_id:
            return
        router = self._distribution.router
        try:
            match what, interaction.phase:
                case "accept", "offered":
                    self._distribution.do(lambda now: router.accept(interaction.id, agent_id, now))
                case "hold" | "resume", "active":
                    self._calls.hold(interaction, on=what == "hold")
                case "ask", "active":
                    self.ask(interaction, self._rng.choice(QUESTIONS))
                case "end", "active":
                    self._calls.end(interaction)
                case "finish", "wrap_up":
                    self._distribution.do(lambda now: router.finish_wrap_up(interaction.id, agent_id, now))
        except Problem:
            return
