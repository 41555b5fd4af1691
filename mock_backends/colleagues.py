"""Simulated agents beside the real one: they take calls, talk, wrap up and now and then have a break."""

from functools import partial

from mock_backends.calls import Calls
from mock_backends.distribution import Distribution
from mock_backends.models_contact_center import Interaction
from mock_backends.problem import Problem
from mock_backends.routing_effects import Connected, Effect, Offered, WrapUpStarted
from mock_backends.site import Site


class Colleagues:
    """Plays agents until somebody signs in as one of them. Times are server seconds."""

    def __init__(self, site: Site, distribution: Distribution, calls: Calls) -> None:
        self._agenda = site.agenda
        self._rng = site.rng("colleagues")
        self._distribution = distribution
        self._calls = calls
        self._talk = 180.0
        self.played: set[str] = set()
        distribution.listeners.append(self._heard)

    def play(self, agent_ids: list[str], talk: float) -> None:
        """Make these agents available and play them; conversations last `talk` seconds on average."""
        self._talk = talk
        self.played.update(agent_ids)
        for agent_id in agent_ids:
            self._agenda.after(self._rng.uniform(0.0, 2.0), partial(self._available, agent_id))

    def leave(self, agent_id: str) -> None:
        """A person has taken over this agent."""
        self.played.discard(agent_id)

    def _available(self, agent_id: str) -> None:
        if agent_id in self.played:
            self._distribution.do(lambda now: self._distribution.router.set_availability(agent_id, "available", now))

    def _heard(self, effect: Effect, interaction: Interaction | None) -> None:
        if interaction is None or getattr(effect, "agent_id", None) not in self.played:
            return
        rng = self._rng
        if isinstance(effect, Offered):
            self._agenda.after(rng.uniform(1.0, 4.0), partial(self._try, effect.agent_id, interaction, "accept"))
        elif isinstance(effect, Connected):
            talk = max(5.0, rng.expovariate(1.0 / self._talk))
            self._agenda.after(talk, partial(self._try, effect.agent_id, interaction, "end"))
        elif isinstance(effect, WrapUpStarted):
            self._agenda.after(rng.uniform(5.0, 25.0), partial(self._try, effect.agent_id, interaction, "finish"))

    def _try(self, agent_id: str, interaction: Interaction, what: str) -> None:
        """Do it if the world has not moved on meanwhile."""
        if agent_id not in self.played or interaction.agent_id != agent_id:
            return
        router = self._distribution.router
        try:
            if what == "accept" and interaction.phase == "offered":
                self._distribution.do(lambda now: router.accept(interaction.id, agent_id, now))
            elif what == "end" and interaction.phase == "active":
                self._calls.end(interaction)
            elif what == "finish" and interaction.phase == "wrap_up":
                self._distribution.do(lambda now: router.finish_wrap_up(interaction.id, agent_id, now))
        except Problem:
            return
