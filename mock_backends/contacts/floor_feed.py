"""What supervisors are told: everything that changed on their team's floor within a moment, in one event.

A thousand changes a second so become a dozen events, each changed entity is turned into JSON once, whatever
number of teams and people it goes to, and nothing is done while no supervisor has ever looked.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from mock_backends.acd.router import Router
from mock_backends.contacts.board import Board
from mock_backends.http.agenda import Agenda
from mock_backends.http.clock import Clock
from mock_backends.http.event_log import EventLog
from mock_backends.http.principals import Principal, Tokens
from mock_backends.wire.contact_center import Agent, QueueStats
from mock_backends.wire.figures import AgentDay

GATHERED = 0.08  # real seconds between two events to a team, at least
FIRST = 0.01  # real seconds that the first change after a pause waits for its fellows
AT_ONCE = 250  # agents of a whole floor told anew in one event, as after midnight
LARGEST = 64 * 1024  # bytes of one event: after a pause of the server much may have changed, and readers have bounds


class FloorFeed:
    """Gathers changed agents and queues, and publishes them as `floor.changed`."""

    def __init__(self, board: Board, router: Router, log: EventLog, clock: Clock, agenda: Agenda, tokens: Tokens):
        self._board = board
        self._router = router
        self._log = log
        self._clock = clock
        self._agenda = agenda
        self._tokens = tokens
        self._agents: dict[str, None] = {}  # in the order in which they changed
        self._queues: dict[str, None] = {}
        self._stale: dict[str, None] = {}  # to be told anew, without haste
        self._due = False
        self._told = 0.0
        self.figures_of: Callable[[str], QueueStats | None] = board.queues.get
        board.agent_watchers.append(self.agent)
        board.day_of = self.day_of

    @property
    def watched(self) -> bool:
        """Whether any supervisor has looked since the start."""
        return any(self._log.known(who.id) for who in self._tokens.supervisors)

    def agent(self, agent_id: str) -> None:
        """This agent, or what they have in hand, changed."""
        self._agents[agent_id] = None
        self._schedule()

    def queue(self, name: str) -> None:
        """The figures of this queue changed."""
        self._queues[name] = None
        self._schedule()

    def everybody(self) -> None:
        """All agents changed, as at midnight; they are told some at a time."""
        self._stale.update(dict.fromkeys(self._board.agents))
        self._schedule()

    def refresh(self, agent_id: str) -> Agent:
        """The agent as they are now, with their work and their day."""
        agent = self._board.agents[agent_id]
        agent.work = self._board.work_of(agent_id)
        agent.today = self.day_of(agent_id)
        return agent

    def day_of(self, agent_id: str) -> AgentDay:
        """What the agent did today, until now."""
        day = self._router.agent_day(agent_id, self._clock.now())
        return AgentDay.model_construct(**{name: getattr(day, name) for name in day.__slots__})

    def _schedule(self) -> None:
        if self._due:
            return
        if not self.watched:
            self._agents.clear()
            self._queues.clear()
            self._stale.clear()
            return
        self._due = True
        speed = self._clock.speed  # a real second is so many of the server's
        self._agenda.at(max(self._clock.now() + FIRST * speed, self._told + GATHERED * speed), self._tell)

    def _tell(self) -> None:
        self._due = False
        self.flush()
        if self._stale:
            self._schedule()

    def flush(self) -> None:
        """Tell now what has changed so far, so that a snapshot holds nothing that was not told."""
        for agent_id in list(islice(self._stale, max(0, AT_ONCE - len(self._agents)))):
            self._agents[agent_id] = None
            del self._stale[agent_id]
        agents, queues = list(self._agents), list(self._queues)
        self._agents.clear()
        self._queues.clear()
        if not agents and not queues:
            return
        self._told = self._clock.now()
        by_team = self._agents_told(agents)
        told_queues = self._queues_told(queues)
        for team, principals in self._teams().items():
            served = self._board.queues_of_team(team)
            mine = [body for name, body in told_queues if name in served]
            people = by_team.get(team, [])
            for some_people, some_queues in _parts(people, mine):
                data = b'{"at":%r,"agents":[%b],"queues":[%b]}' % (
                    self._told,
                    b",".join(some_people),
                    b",".join(some_queues),
                )
                self._log.publish("floor.changed", data, principals)

    def _teams(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for who in self._listening():
            found.setdefault(who.team, []).append(who.id)
        return found

    def _listening(self) -> Iterable[Principal]:
        return (who for who in self._tokens.supervisors if self._log.known(who.id))

    def _agents_told(self, agents: list[str]) -> dict[str, list[bytes]]:
        teams = {who.team for who in self._listening()}
        by_team: dict[str, list[bytes]] = {}
        for agent_id in agents:
            if self._board.agents[agent_id].team in teams:
                agent = self.refresh(agent_id)
                agent.version += 1
                by_team.setdefault(agent.team, []).append(agent.model_dump_json().encode())
        return by_team

    def _queues_told(self, names: list[str]) -> list[tuple[str, bytes]]:
        told = []
        for name in names:
            queue = self.figures_of(name)
            if queue is not None:
                queue.version += 1
                told.append((name, queue.model_dump_json().encode()))
        return told


def _parts(people: list[bytes], queues: list[bytes]) -> Iterator[tuple[list[bytes], list[bytes]]]:
    """Agents and queues by so many that no event is much larger than `LARGEST`."""
    part: tuple[list[bytes], list[bytes]] = ([], [])
    size = 0
    for place, bodies in enumerate((people, queues)):
        for body in bodies:
            if size and size + len(body) > LARGEST:
                yield part
                part, size = ([], []), 0
            part[place].append(body)
            size += len(body)
    if size:
        yield part
