"""The whole floor in a few figures: all queues together, and how many agents are free, busy or away."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from desktop.domain.entities.model import Agent, QueueStats
from desktop.domain.entities.words import Availability
from desktop.domain.figures.queue_totals import all_together
from desktop.domain.state.state import AppState
from desktop.tui.supervisor.agent_activity import is_busy

EVERY_SECONDS = 0.5
"""How often it is made anew at most: it reads every queue and every agent."""
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
    """Makes the summary of a state, seldom enough."""

    def __init__(self) -> None:
        self._summary = FloorSummary()
        self._of: tuple[object, object] = (None, None)
        self._at = float("-inf")

    def of(self, state: AppState, now: float) -> FloorSummary:
        """The summary, of a moment ago where another one would come too soon."""
        of = (state.queues, state.agents)
        if (of[0] is self._of[0] and of[1] is self._of[1]) or abs(now - self._at) < EVERY_SECONDS:
            return self._summary
        agents = self._summary.agents if of[1] is self._of[1] else tally(state.agents.values())
        queues = state.queues.values()
        counted = sum(queue.counts is not None for queue in queues)
        self._summary = FloorSummary(all_together(queues), counted, agents)
        self._of, self._at = of, now
        return self._summary


def tally(agents: Iterable[Agent]) -> Counter[str]:
    """How many are busy, free, not ready and offline: each counts once, where they are now."""
    return Counter(BUSY if is_busy(agent) else agent.observed.value for agent in agents)
