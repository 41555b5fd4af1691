"""A storm: so many changes of state a second on the real floor, for as long as it is wanted.

Each move is one command to the distributor, shown on the board and told like any other: a customer arrives, an agent
takes the offer, the conversation ends, the wrap-up ends, an agent has a break, somebody gives up. Who moves next
keeps the floor as it is on a full morning: most agents talk, some wrap up, some are offered something, some rest.

In use: start the contact centre with `Settings(queues=500, agents=5000, history_days=0, …)` and a control token, have
the step `{"do": "storm", "per_second": 1000}` played by `POST /_sim/step`, and look on as the supervisor `lead`, whose
team has all these queues and agents. The step answers how many `moves` were made so far and how many it is `behind`
its pace; `per_second = 0` ends the storm. At first everybody signs in, some hundreds at a time, as moves of their own.
"""

from collections import deque
from functools import partial

from mock_backends.acd.effects import Availability, Connected, Effect, Offered, Queued, WrapUpStarted
from mock_backends.company.company import Company
from mock_backends.contacts.customers_on_line import CustomersOnLine
from mock_backends.contacts.distribution import Distribution
from mock_backends.http.problem import Problem
from mock_backends.http.site import Site
from mock_backends.wire.contact_center import Interaction
from mock_backends.world.great_floor import TEAM

STEP = 0.01  # real seconds between two looks at the clock
MOST = 200  # moves made at one look; where that is not enough, the storm falls behind
TALKING, WRAPPING, RINGING, WAITING, RESTING = 0.55, 0.1, 0.01, 0.1, 0.03  # shares of the agents
REST_EVERY, UNSERVED_EVERY = 20, 11


class Storm:
    """Moves the great floor, or the whole one where there is no such team."""

    def __init__(self, site: Site, distribution: Distribution, customers: CustomersOnLine) -> None:
        self._clock = site.clock
        self._agenda = site.agenda
        self._rng = site.rng("storm")
        self._distribution = distribution
        self._customers = customers
        self._company = Company(site)
        everybody = [agent for agent in distribution.board.agents.values() if agent.role == "agent"]
        agents = [agent for agent in everybody if agent.team == TEAM] or everybody
        self._agents = [agent.id for agent in agents]
        self._queues = sorted({queue for agent in agents for queue in agent.queues})
        self._mine = set(self._agents)
        self._ringing: deque[Interaction] = deque()
        self._talking: deque[Interaction] = deque()
        self._wrapping: deque[Interaction] = deque()
        self._waiting: deque[Interaction] = deque()
        self._resting: deque[str] = deque()
        self._absent: deque[str] = deque()
        self._rate = 0.0
        self._due = 0.0
        self._looked = 0.0
        self.moves = self.behind = 0
        self._running = False

    def set(self, per_second: float) -> None:
        """Go on at this pace, in moves a real second; 0 ends it."""
        if per_second and not self._running:
            self._running = True
            self._distribution.listeners.append(self._heard)
            known = self._distribution.board.agents
            self._absent.extend(who for who in self._agents if known[who].observed == "offline")
            self._due, self._looked = 0.0, self._clock.now()
            self._agenda.after(0.0, self._look)
        elif not per_second and self._running:
            self._running = False
            self._distribution.listeners.remove(self._heard)
        self._rate = per_second

    def _look(self) -> None:
        if not self._running:
            return
        now = self._clock.now()
        self._due += (now - self._looked) / self._clock.speed * self._rate
        self._looked = now
        wanted = int(self._due)
        for _ in range(min(wanted, MOST)):
            self._move()
        made = min(wanted, MOST)
        self.moves += made
        self._due -= made
        self.behind = int(self._due)
        self._agenda.after(STEP * self._clock.speed, self._look)

    def _move(self) -> None:
        many = len(self._agents)
        if self._absent:
            self._set(self._absent.popleft(), "available")
        elif self.moves % REST_EVERY == 0:
            self._rest(many)
        elif len(self._ringing) > RINGING * many:
            self._do(self._ringing.popleft(), "accept")
        elif len(self._wrapping) > WRAPPING * many:
            self._do(self._wrapping.popleft(), "finish")
        elif len(self._talking) > TALKING * many:
            self._do(self._talking.popleft(), "end")
        elif len(self._waiting) > WAITING * many:
            self._do(self._waiting.popleft(), "abandon")
        else:
            self._arrive()

    def _arrive(self) -> None:
        unserved = self._rng.randrange(UNSERVED_EVERY) == 0
        arrival = self._company.arrival(self._rng, self._rng.choice(self._queues))
        arrival.channel = "email" if unserved else self._rng.choice(("voice", "voice", "chat"))
        arrival.stays = None
        self._customers.arrive(arrival)

    def _rest(self, many: int) -> None:
        if len(self._resting) > RESTING * many:
            self._set(self._resting.popleft(), "available")
        else:
            agent = self._rng.choice(self._agents)
            self._resting.append(agent)
            self._set(agent, "not_ready")

    def _set(self, agent: str, availability: Availability) -> None:
        router = self._distribution.router
        reason = "break" if availability == "not_ready" else ""
        self._distribution.do(lambda now: router.set_availability(agent, availability, now, reason))

    def _do(self, interaction: Interaction, what: str) -> None:
        router, agent = self._distribution.router, interaction.agent_id or ""
        commands = {
            "accept": partial(router.accept, interaction.id, agent),
            "finish": partial(router.finish_wrap_up, interaction.id, agent),
            "end": partial(router.end, interaction.id),
            "abandon": partial(router.abandon, interaction.id),
        }
        try:
            self._distribution.do(commands[what])
        except Problem:
            return  # it has moved on by itself: an offer missed, a wrap-up that ran out

    def _heard(self, effect: Effect, interaction: Interaction | None) -> None:
        if interaction is None or getattr(effect, "agent_id", None) not in self._mine:
            if isinstance(effect, Queued) and interaction is not None and interaction.channel == "email":
                self._waiting.append(interaction)
            return
        if isinstance(effect, Offered):
            self._ringing.append(interaction)
        elif isinstance(effect, Connected):
            self._talking.append(interaction)
        elif isinstance(effect, WrapUpStarted):
            self._wrapping.append(interaction)
