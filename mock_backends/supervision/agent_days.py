"""What each agent's availability was, stretch by stretch, as long as the server runs."""

from collections import deque

from mock_backends.contacts.board import Board
from mock_backends.http.clock import Clock
from mock_backends.wire.contact_center import AvailabilityWord
from mock_backends.wire.floor import StateStretch

KEPT = 2_000  # stretches of an agent
ENGAGED = frozenset({"connecting", "active", "wrap_up"})
State = tuple[AvailabilityWord, str, bool]


class AgentDays:
    """Writes down each change of availability, its reason, and whether the agent has a contact in hand."""

    def __init__(self, board: Board, clock: Clock) -> None:
        self._board = board
        self._clock = clock
        self._past: dict[str, deque[StateStretch]] = {}
        self._now: dict[str, tuple[float, State]] = {}
        begun = clock.now()
        for agent in board.agents.values():
            self._now[agent.id] = (begun, self._state(agent.id))
        board.agent_watchers.append(self._seen)

    def of(self, agent_id: str, start: float, end: float) -> list[StateStretch]:
        """The stretches between two times (epoch seconds), oldest first, cut to them; nothing of the future."""
        now = self._clock.now()
        since, state = self._now[agent_id]
        found = [*self._past.get(agent_id, ()), _stretch(since, now, state)]
        return [
            one.model_copy(update={"start": max(one.start, start), "end": min(one.end, end)})
            for one in found
            if one.end > start and one.start < end
        ]

    def _seen(self, agent_id: str) -> None:
        since, before = self._now[agent_id]
        state = self._state(agent_id)
        if state == before:
            return
        now = self._clock.now()
        if now > since:
            self._past.setdefault(agent_id, deque(maxlen=KEPT)).append(_stretch(since, now, before))
        self._now[agent_id] = (now, state)

    def _state(self, agent_id: str) -> State:
        agent = self._board.agents[agent_id]
        return agent.observed, agent.reason, any(one.phase in ENGAGED for one in self._board.work_of(agent_id))


def _stretch(start: float, end: float, state: State) -> StateStretch:
    availability, reason, engaged = state
    return StateStretch(start=start, end=end, availability=availability, reason=reason, engaged=engaged)
