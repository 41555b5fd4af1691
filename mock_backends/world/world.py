"""A pretend company that every mock server reads, so that they agree with each other.

The same seed gives the same world; each part is built when it is first asked for, so a server that needs the
people does not pay for the customers. Every time is `now` plus or minus something: the world is always as old as it is.
"""

from __future__ import annotations

from functools import cached_property
from random import Random

from mock_backends.world.centre import QUEUES, Agent, Queue, make_agents
from mock_backends.world.customers import Company, Customer, make_companies, make_customers
from mock_backends.world.great_floor import great_agents, great_queues
from mock_backends.world.history import History, make_history
from mock_backends.world.people import Person, PresenceSpan, make_people, make_presence


class World:
    """The pretend company.

    Arguments: `seed`; `now` (epoch seconds; with 0 all times are offsets); how many `customers` and `experts` to
    make besides the named ones; `queues` and `agents` of a great floor beside the company's own;
    `hostile_names` whether every so-many-th customer's name is an attack.
    Lookups by id return None for what does not exist.
    """

    def __init__(
        self,
        seed: int = 1,
        now: float = 0.0,
        *,
        customers: int = 10_000,
        experts: int = 170,
        queues: int = 0,
        agents: int = 0,
        hostile_names: bool = False,
    ) -> None:
        self.seed = seed
        self.now = now
        self._customer_count = customers
        self._hostile_names = hostile_names
        self._expert_count = experts
        # who serves a great floor serves no queue that asks for nothing: all of them would
        own = [queue for queue in QUEUES if queue.required] if queues else QUEUES
        self._queues = (*own, *great_queues(queues))
        self._great_agents, self._great_queues = (agents if queues else 0), queues
        self._histories: dict[str, History] = {}

    def customers(self) -> tuple[Customer, ...]:
        """The named customers first."""
        return tuple(self._customers.values())

    def customer(self, customer_id: str) -> Customer | None:
        return self._customers.get(customer_id)

    def companies(self) -> tuple[Company, ...]:
        return tuple(self._companies.values())

    def company(self, company_id: str) -> Company | None:
        return self._companies.get(company_id)

    def history(self, customer_id: str) -> History | None:
        """Promises, cases, purchases and timeline of one customer, built when first asked for."""
        if customer_id not in self._histories and (customer := self._customers.get(customer_id)) is not None:
            agents = tuple(agent.id for agent in self.agents())
            self._histories[customer_id] = make_history(self.seed, customer, agents, self.now)
        return self._histories.get(customer_id)

    def people(self) -> tuple[Person, ...]:
        """Everybody in the directory: experts and the agents."""
        return tuple(self._people.values())

    def person(self, person_id: str) -> Person | None:
        return self._people.get(person_id)

    def presence(self, person_id: str) -> tuple[PresenceSpan, ...]:
        """The person's presence from two hours before `now` to a day after it; empty for nobody."""
        person = self._people.get(person_id)
        return () if person is None else make_presence(self.seed, person, self.now)

    def queues(self) -> tuple[Queue, ...]:
        return self._queues

    def queue(self, queue_id: str) -> Queue | None:
        return next((queue for queue in self._queues if queue.id == queue_id), None)

    def agents(self) -> tuple[Agent, ...]:
        return tuple(self._agents.values())

    def agent(self, agent_id: str) -> Agent | None:
        return self._agents.get(agent_id)

    @cached_property
    def _companies(self) -> dict[str, Company]:
        return {company.id: company for company in make_companies(Random(f"{self.seed}/companies"), 120)}  # noqa: S311 - must be repeatable

    @cached_property
    def _customers(self) -> dict[str, Customer]:
        rng = Random(f"{self.seed}/customers")  # noqa: S311 - must be repeatable
        made = make_customers(
            rng, list(self._companies.values()), self._customer_count, self.now, hostile_names=self._hostile_names
        )
        return {customer.id: customer for customer in made}

    @cached_property
    def _agents(self) -> dict[str, Agent]:
        great = great_agents(self._great_agents, self._great_queues) if self._great_agents else ()
        return {agent.id: agent for agent in (*make_agents(), *great)}

    @cached_property
    def _people(self) -> dict[str, Person]:
        people = make_people(Random(f"{self.seed}/people"), self.agents(), self._expert_count)  # noqa: S311 - must be repeatable
        return {person.id: person for person in people}
