"""The whole floor in a few figures: all queues together, and how many agents are free, busy or away."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from desktop.domain.entities.model import Agent, QueueStats
from desktop.domain.entities.words import Availability
from desktop.domain.figures.queue_totals import all_together
from desktop.domain.state.state import AppState
from desktop.tui.supervisor.agent_activity import is_busy

EVERY_SECONDS = 0.5
"""How often agents are counted anew at most, for there may be thousands."""
BUSY = "busy"


@dataclass(frozen=True, slots=True)
class FloorSummary:
    """`together` is None without queues; `agents` are counted by `BUSY` or else by their availability, each once."""

    together: QueueStats | None = None
    counted: int = 0  # queues that have counts
    agents: Mapping[str, int] = field(default_factory=dict)

    @property
    def free(self) -> int:
        """Agents who could take a contact."""
        return self.agents.get(Availability.AVAILABLE.value, 0)

    @property
    def signed_in(self) -> int:
        """Agents who are not offline."""
        return sum(self.agents.values()) - self.agents.get(Availability.OFFLINE.value, 0)


class SummaryKeeper:
    """Makes the summary of a state: of its queues always, as their rows are; of its agents seldom enough."""

    def __init__(self) -> None:
        self._summary = FloorSummary()
        self._queues: object = None
        self._agents: object = None
        self._tallied_at = float("-inf")

    def of(self, state: AppState, now: float) -> FloorSummary:
        """The summary; how many agents are free may be of a moment ago."""
        if state.queues is not self._queues:
            self._queues, queues = state.queues, state.queues.values()
            counted = sum(queue.counts is not None for queue in queues)
            self._summary = replace(self._summary, together=all_together(queues), counted=counted)
        if state.agents is not self._agents and abs(now - self._tallied_at) >= EVERY_SECONDS:
            self._agents, self._tallied_at = state.agents, now
            self._summary = replace(self._summary, agents=tally(state.agents.values()))
        return self._summary


def tally(agents: Iterable[Agent]) -> Counter[str]:
    """How many are busy, free, not ready and offline: each counts once, where they are now."""
    return Counter(BUSY if is_busy(agent) else agent.observed.value for agent in agents)
