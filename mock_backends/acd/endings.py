"""How wrap-ups end, and everything that ends by itself when its time has come."""

from __future__ import annotations

from heapq import heappop
from math import inf

from mock_backends.acd import matching as timers
from mock_backends.acd.agent_choice import Work, WrapUp
from mock_backends.acd.effects import Effect, WrapUpStarted
from mock_backends.acd.errors import WrongPhase
from mock_backends.acd.steps import RoutingSteps


class RoutingEndings(RoutingSteps):
    """Commands about wrap-ups, and the passing of time."""

    def finish_wrap_up(self, interaction_id: str, agent_id: str, now: float) -> list[Effect]:
        """The agent is done with the wrap-up; its capacity is free."""
        effects: list[Effect] = []
        self._floor.end_wrap_up(self._wrap_up_of(interaction_id, agent_id), "finished", now, effects)
        return effects

    def extend_wrap_up(self, interaction_id: str, agent_id: str, seconds: float, now: float) -> list[Effect]:
        """Give `seconds` more. Raises WrongPhase without a limit or when it was extended often enough."""
        wrap_up = self._wrap_up_of(interaction_id, agent_id)
        if not 0 < seconds < inf:
            raise WrongPhase("an extension must be a number of seconds above 0")
        if wrap_up.deadline is None or wrap_up.extensions >= wrap_up.queue.policy.max_wrap_up_extensions:
            raise WrongPhase(f"the wrap-up of {interaction_id} cannot be extended")
        wrap_up.extensions += 1
        wrap_up.deadline += seconds
        self._floor.timer(wrap_up.deadline, timers.WRAP_UP, wrap_up, 0)
        return [WrapUpStarted(interaction_id, agent_id, wrap_up.deadline, wrap_up.extensions)]

    # -- time

    def next_deadline(self) -> float | None:
        """When `tick` has something to do next (epoch seconds), None = never."""
        timer = self._floor.next_timer()
        return None if timer is None else timer[0]

    def tick(self, now: float) -> list[Effect]:
        """Do everything that is due by `now`: missed offers, wrap-up time-outs, relaxation, retries, callbacks."""
        floor = self._floor
        effects: list[Effect] = []
        while (timer := floor.next_timer()) is not None and timer[0] <= now:
            heappop(floor.timers)
            self._due(timer[2], timer[3], now, effects)
        return effects

    def _due(self, kind: int, what: Work | WrapUp, now: float, effects: list[Effect]) -> None:
        floor = self._floor
        if isinstance(what, WrapUp):
            floor.end_wrap_up(what, "timed_out", now, effects)
        elif kind == timers.OFFER:
            what.queue.book.tally(what.channel, now).missed += 1
            self._holder(what).book.at(now).missed += 1
            floor.give_back(what, "missed", now, effects)
        elif kind == timers.RELAX:
            floor.relax(what, now, effects)
        elif kind == timers.RETRY:
            floor.retry(what, now, effects)
        else:
            what.queued_at = now
            self._enter(what, now, effects)
