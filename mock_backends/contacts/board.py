"""What the contact centre shows: interactions and agents with their versions, and who may see which."""

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet

from mock_backends.contacts.excerpt import with_newest
from mock_backends.http.clock import Clock
from mock_backends.http.event_log import EventLog
from mock_backends.http.principals import Principal, Tokens
from mock_backends.http.problem import not_found
from mock_backends.wire.base import Wire
from mock_backends.wire.contact_center import Agent, Interaction, Message, QueueStats
from mock_backends.wire.figures import AgentDay, AgentWork

CLOSED_KEPT = 5_000
IN_HAND = frozenset({"offered", "connecting", "active", "wrap_up"})
FOR_SUPERVISORS = {"agent": {"work", "today"}}


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
        self.day_of: Callable[[str], AgentDay | None] = lambda agent_id: None
        self.queues: dict[str, QueueStats] = {}
        self.offered_to: dict[str, set[str]] = {}  # who ever had an offer of it
        self._closed: list[str] = []
        self._queues_of_team: dict[str, list[str]] = {}  # teams and skills do not change while the server runs
        self._agents_of_queue: dict[str, dict[str, None]] = {}
        self._work: dict[str, dict[str, AgentWork]] = {}  # agent -> interaction -> what they have in hand
        self._holders: dict[str, str] = {}  # interaction -> agent
        self.watchers: list[Callable[[Interaction], None]] = []  # see each change of a contact before it is told
        self.agent_watchers: list[Callable[[str], None]] = []  # hear that an agent, or their work in hand, changed

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
        return self.queues_of_team(principal.team)

    def queues_of_team(self, team: str) -> list[str]:
        """The queues that a team serves."""
        if team not in self._queues_of_team:
            served = {queue for agent in self.agents.values() if agent.team == team for queue in agent.queues}
            self._queues_of_team[team] = [name for name in self.queues if name in served]
        return self._queues_of_team[team]

    def agents_of_queue(self, queue: str) -> AbstractSet[str]:
        """The agents who serve a queue."""
        if not self._agents_of_queue:
            for agent in self.agents.values():
                for name in agent.queues:
                    self._agents_of_queue.setdefault(name, {})[agent.id] = None
        return self._agents_of_queue.get(queue, {}).keys()

    def has_readers(self, queue: str) -> bool:
        """Whether any agent of the queue follows events."""
        return not self._log.readers.isdisjoint(self.agents_of_queue(queue))

    def work_of(self, agent_id: str) -> list[AgentWork]:
        """What an agent has in hand, in the order in which it came."""
        return list(self._work.get(agent_id, {}).values())

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
        found = [a for a in self.agents.values() if a.id == principal.id or mine.intersection(a.queues)]
        return [
            agent.model_copy(update={"work": [], "today": self.day_of(agent.id) if agent.id == principal.id else None})
            for agent in found
        ]

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

    def tell(
        self,
        kind: str,
        interaction: Interaction,
        reason: str = "",
        *,
        also: str | None = None,
        about: Message | None = None,
    ) -> None:
        """Count the version up and publish to whom it belongs.

        Args:
            also: an agent it has just left.
            about: the message that came or changed, which a long thread leaves out least of all.
        """
        for watcher in self.watchers:
            watcher(interaction)
        interaction.version += 1
        self._note_work(interaction)
        to = {who for who in (interaction.agent_id, also) if who is not None and self._hears(who)}
        if to:
            shown = with_newest(interaction, about)
            event = InteractionEvent(at=self._clock.now(), reason=reason, interaction=shown)
            self._log.publish(f"interaction.{kind}", event.model_dump_json().encode(), to)
        if interaction.phase == "closed":
            self._closed.append(interaction.id)
            if len(self._closed) > CLOSED_KEPT:
                gone = self._closed.pop(0)
                self.interactions.pop(gone, None)
                self.offered_to.pop(gone, None)

    def tell_agent(self, agent: Agent, reason: str, *, everybody: bool) -> None:
        """Publish an agent to themselves, and where `everybody` to colleagues; supervisors hear of the floor."""
        agent.version += 1
        self._agent_moved(agent.id)
        to = {agent.id} & self._log.readers
        if everybody:
            for queue in agent.queues:
                to |= self._log.readers & self.agents_of_queue(queue)
        to = {who for who in to if who in self._tokens.principals and not self._tokens.principals[who].supervises}
        event = AgentEvent(at=self._clock.now(), reason=reason, agent=agent)
        if own := to & {agent.id}:
            agent.today = self.day_of(agent.id)
            self._log.publish("agent.changed", event.model_dump_json(exclude={"agent": {"work"}}).encode(), own)
        if others := to - own:
            self._log.publish("agent.changed", event.model_dump_json(exclude=FOR_SUPERVISORS).encode(), others)

    def tell_queue(self, queue: QueueStats) -> None:
        """Publish a queue's figures to its agents."""
        queue.version += 1
        to = {who for who in self._log.readers & self.agents_of_queue(queue.name) if self._hears(who)}
        if to:
            event = QueueEvent(at=queue.as_of, queue=queue)
            self._log.publish("queue.changed", event.model_dump_json().encode(), to)

    def _hears(self, principal: str) -> bool:
        return principal in self._tokens.principals and self._log.known(principal)

    def _agent_moved(self, agent_id: str) -> None:
        for watcher in self.agent_watchers:
            watcher(agent_id)

    def _note_work(self, interaction: Interaction) -> None:
        """Keep what agents have in hand, as a list of agents shows it."""
        holder = interaction.agent_id if interaction.phase in IN_HAND else None
        before = self._holders.get(interaction.id)
        if before is not None and before != holder:
            del self._holders[interaction.id]
            del self._work[before][interaction.id]
            self._agent_moved(before)
        if holder is None:
            return
        work = AgentWork.model_construct(
            interaction_id=interaction.id,
            channel=interaction.channel,
            phase=interaction.phase,
            queue=interaction.queue,
            since=interaction.phase_since,
            customer_name=interaction.customer_name,
            held=interaction.held,
            held_since=interaction.held_since,
            deadline=interaction.offer_deadline or interaction.wrap_up_deadline,
            customer=interaction.customer,
            parked_since=interaction.parked_since,
        )
        mine = self._work.setdefault(holder, {})
        if mine.get(interaction.id) != work:
            self._holders[interaction.id] = holder
            mine[interaction.id] = work
            self._agent_moved(holder)
