"""What the contact centre shows: interactions and agents with their versions, and who may see which."""

from collections.abc import Iterable

from mock_backends.clock import Clock
from mock_backends.event_log import EventLog
from mock_backends.models_base import Wire
from mock_backends.models_contact_center import Agent, Interaction, QueueStats
from mock_backends.principals import Principal, Tokens
from mock_backends.problem import not_found

CLOSED_KEPT = 5_000


class InteractionEvent(Wire):
    """An `interaction.*` event."""

    at: float
    reason: str
    interaction: Interaction


class AgentEvent(Wire):
    """An `agent.changed` event."""

    at: float
    reason: str
    agent: Agent


class QueueEvent(Wire):
    """A `queue.changed` event."""

    at: float
    queue: QueueStats


class Board:
    """Holds the entities and publishes each change to those who may see it."""

    def __init__(self, log: EventLog, clock: Clock, tokens: Tokens) -> None:
        self._log = log
        self._clock = clock
        self._tokens = tokens
        self.interactions: dict[str, Interaction] = {}
        self.agents: dict[str, Agent] = {}
        self.queues: dict[str, QueueStats] = {}
        self.offered_to: dict[str, set[str]] = {}  # who ever had an offer of it
        self._closed: list[str] = []
        self._queues_of_team: dict[str, list[str]] = {}  # teams and skills do not change while the server runs

    # -- who sees what

    def supervisors(self, agents: Iterable[str | None], queue: str) -> set[str]:
        """Supervisors of the teams of these agents, or of any team that serves `queue`."""
        teams = {self.agents[agent].team for agent in agents if agent in self.agents}
        return {
            principal.id
            for principal in self._tokens.supervisors
            if principal.team in teams or (queue and queue in self.queues_of(principal))
        }

    def queues_of(self, principal: Principal) -> list[str]:
        """The queues a principal serves, or their team does."""
        if not principal.supervises:
            agent = self.agents.get(principal.id)
            return list(agent.queues) if agent else []
        if principal.team not in self._queues_of_team:
            served = {queue for agent in self.agents.values() if agent.team == principal.team for queue in agent.queues}
            self._queues_of_team[principal.team] = [name for name in self.queues if name in served]
        return self._queues_of_team[principal.team]

    def sees(self, principal: Principal, interaction: Interaction) -> bool:
        """Whether an interaction is theirs, or of their team."""
        if interaction.agent_id == principal.id:
            return True
        if not principal.supervises:
            return False
        if interaction.agent_id is None:
            return interaction.queue in self.queues_of(principal)
        owner = self.agents.get(interaction.agent_id)
        return owner is not None and owner.team == principal.team

    def colleagues(self, principal: Principal) -> list[Agent]:
        """The agents a principal may see: those of their queues, or of their team, and themselves."""
        if principal.supervises:
            return [a for a in self.agents.values() if a.team == principal.team or a.id == principal.id]
        mine = set(self.queues_of(principal))
        return [a for a in self.agents.values() if a.id == principal.id or mine.intersection(a.queues)]

    def find(self, principal: Principal, interaction_id: str) -> Interaction:
        """An interaction this principal may read.

        :raises Problem: 404.
        """
        interaction = self.interactions.get(interaction_id)
        if interaction is None or not self.sees(principal, interaction):
            raise not_found("There is no such interaction.")
        return interaction

    # -- changes

    def add(self, interaction: Interaction) -> None:
        """Put a new interaction up, without telling anybody."""
        self.interactions[interaction.id] = interaction

    def tell(self, kind: str, interaction: Interaction, reason: str = "", *, also: str | None = None) -> None:
        """Count the version up and publish; `also` is an agent it has just left."""
        interaction.version += 1
        to = self.supervisors([interaction.agent_id, also], interaction.queue if interaction.agent_id is None else "")
        to.update(who for who in (interaction.agent_id, also) if who in self._tokens.principals)
        event = InteractionEvent(at=self._clock.now(), reason=reason, interaction=interaction)
        self._publish(f"interaction.{kind}", event, to)
        if interaction.phase == "closed":
            self._closed.append(interaction.id)
            if len(self._closed) > CLOSED_KEPT:
                gone = self._closed.pop(0)
                self.interactions.pop(gone, None)
                self.offered_to.pop(gone, None)

    def tell_agent(self, agent: Agent, reason: str, *, everybody: bool) -> None:
        """Publish an agent: to colleagues too where `everybody`, else to themselves and their supervisors."""
        agent.version += 1
        to = self.supervisors([agent.id], "") | {agent.id}
        if everybody:
            mine = set(agent.queues)
            to.update(other.id for other in self.agents.values() if mine.intersection(other.queues))
        self._publish("agent.changed", AgentEvent(at=self._clock.now(), reason=reason, agent=agent), to)

    def tell_queue(self, queue: QueueStats) -> None:
        """Publish a queue's figures."""
        queue.version += 1
        to = {a.id for a in self.agents.values() if queue.name in a.queues} | self.supervisors([], queue.name)
        self._publish("queue.changed", QueueEvent(at=queue.as_of, queue=queue), to)

    def _publish(self, kind: str, event: Wire, to: set[str]) -> None:
        known = [who for who in to if who in self._tokens.principals]
        if known:
            self._log.publish(kind, event.model_dump_json().encode(), known)
