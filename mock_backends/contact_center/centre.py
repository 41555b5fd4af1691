"""The contact centre behind its routes: board, distributor, calls, legs and simulated people, put together."""

from mock_backends.acd.router import Router
from mock_backends.company.company import Company
from mock_backends.company.storm import Storm
from mock_backends.contacts.board import Board
from mock_backends.contacts.calls import Calls
from mock_backends.contacts.colleagues import Colleagues
from mock_backends.contacts.customers_on_line import CustomersOnLine
from mock_backends.contacts.distribution import Distribution
from mock_backends.contacts.experts import Experts
from mock_backends.contacts.floor_feed import FloorFeed
from mock_backends.contacts.legs import Legs
from mock_backends.contacts.queue_figures import FORMULA, QueueFigures
from mock_backends.contacts.threads import Threads
from mock_backends.http.event_log import EventLog
from mock_backends.http.principals import Principal
from mock_backends.http.site import Site
from mock_backends.supervision.supervision import Supervision
from mock_backends.wire.contact_center import Agent, Interaction, QueueStats
from mock_backends.world.centre import ZONE


class Centre:
    """All parts. A reset throws the whole away and makes another."""

    def __init__(self, site: Site, log: EventLog) -> None:
        now = site.clock.now()
        company = Company(site)
        self.codes = company.codes()
        self.reasons = company.reasons()
        self.board = Board(log, site.clock, site.tokens)
        policies = company.policies()
        self.offer_timeouts = {policy.name: policy.offer_timeout for policy in policies}
        router = Router(policies, company.profiles(), now, ZONE)
        for policy in policies:
            self.board.queues[policy.name] = QueueStats(
                name=policy.name,
                as_of=now,
                service_level_formula=FORMULA,
                service_level_seconds=policy.service_level_seconds,
            )
        for agent in company.agents(now):
            served = router.agent(agent.id).queues
            agent.queues = [name for name in self.board.queues if name in served]
            self.board.agents[agent.id] = agent
        self.feed = FloorFeed(self.board, router, log, site.clock, site.agenda, site.tokens)
        self.figures = QueueFigures(router, self.board, self.feed, site.clock, site.agenda)
        self.figures.pulled = frozenset(policy.name for policy in policies if policy.pulled)
        if site.settings.autonomous:
            self.figures.keep_fresh(site.settings.quiet)
        self.distribution = Distribution(router, self.board, self.figures, site.clock, site.agenda)
        self.experts = Experts(site)
        self.legs = Legs(site, self.distribution, self.experts)
        self.calls = Calls(site, self.distribution, self.legs, self.codes)
        self.threads = Threads(site, self.board)
        self.customers = CustomersOnLine(site, self.distribution, self.calls, self.threads, company.rules())
        self.colleagues = Colleagues(site, self.distribution, self.calls)
        self.threads.wrote = self.calls.customer_wrote
        self.legs.hand_to = self.customers.hand_on
        self.storm = Storm(site, self.distribution, self.customers)
        self.supervision = Supervision(site, company, log, self.distribution, self.calls, self.legs, self.customers)
        self.colleagues.ask = self.supervision.help.ask

    def own(self, principal: Principal) -> list[Interaction]:
        """The open interactions that are a principal's own; what others have stands with the agents and queues."""
        return [
            interaction
            for interaction in self.board.interactions.values()
            if interaction.agent_id == principal.id and interaction.phase != "closed"
        ]

    def agents_seen_by(self, principal: Principal) -> list[Agent]:
        """The agents a principal may see; with what they have in hand and did today where the principal supervises."""
        found = self.board.colleagues(principal)
        return [self.feed.refresh(agent.id) for agent in found] if principal.supervises else found

    def worked_by(self, principal: Principal, limit: int) -> list[Interaction]:
        """The newest interactions that a principal has or had, those that are over too, newest first."""
        mine = (one for one in self.board.interactions.values() if one.agent_id == principal.id)
        return sorted(mine, key=lambda one: (one.arrived_at, one.id), reverse=True)[:limit]
