"""The pretend company as the servers speak of it: the world's records turned into wire entities."""

import random
from datetime import UTC, datetime

from mock_backends.acd.policy import CALLS_BESIDE_MAIL, AgentProfile, QueuePolicy, RelaxationStep
from mock_backends.company.records import Records
from mock_backends.contacts.customers_on_line import Arrival
from mock_backends.http.principals import Principal
from mock_backends.http.site import Site
from mock_backends.wire.base import Address
from mock_backends.wire.contact_center import Agent, Reason, WrapUpCode, WrapUpRule
from mock_backends.wire.crm import Case, Consent, Customer, Promise, Purchase, TimelineEntry
from mock_backends.wire.presence import Person
from mock_backends.world.centre import Agent as WorldAgent
from mock_backends.world.centre import Queue as WorldQueue
from mock_backends.world.customers import Customer as WorldCustomer

REASONS = (
    ("break", "Break"),
    ("lunch", "Lunch"),
    ("meeting", "Meeting"),
    ("training", "Training"),
    ("coaching", "Coaching"),
    ("admin", "Paperwork"),
    ("system", "Technical problem"),
)
SUBJECTS = ("duplicate charge", "late delivery", "cannot sign in", "contract renewal", "invoice copy", "broken router")
_STATUS = {"waiting": "pending"}


class Company:
    """Reads the site's world."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._world = site.world

    # -- contact centre

    def everybody(self) -> list[WorldAgent]:
        """The world's agents and as many further ones as the settings want."""
        extra = [
            WorldAgent(f"load-{n:04}", f"Load Agent {n}", "Agent, Billing", "Billing", "agent", {"billing": 3})
            for n in range(0 if self._site.settings.queues else self._site.settings.agents)
        ]
        return [*self._world.agents(), *extra]

    def principals(self) -> list[Principal]:
        """Everybody who may have a token."""
        return [Principal(agent.id, agent.role, agent.team) for agent in self.everybody()]

    @property
    def first_agent(self) -> str:
        """Whom a demo signs in as."""
        return next(agent.id for agent in self._world.agents() if agent.role == "agent")

    @property
    def first_supervisor(self) -> str:
        """Whom a demo signs in as to supervise."""
        return next(agent.id for agent in self._world.agents() if agent.role == "supervisor")

    def policies(self) -> list[QueuePolicy]:
        """How each queue routes; times in seconds."""
        settings = self._site.settings
        return [
            QueuePolicy(
                name=queue.name,
                required=queue.required,
                channels=queue.channels,
                offer_timeout=settings.offer_timeout or queue.offer_timeout,
                wrap_up_seconds=self._wrap_up(queue),
                max_wrap_up_extensions=WrapUpRule().extensions,
                service_level_seconds=queue.service_threshold,
                short_abandon_seconds=queue.short_abandon,
                relaxation=tuple(RelaxationStep(after, lower) for after, lower in queue.relaxation),
                pulled=queue.pulled,
            )
            for queue in self._world.queues()
        ]

    def _wrap_up(self, queue: WorldQueue) -> float | None:
        wanted = self._site.settings.wrap_up_seconds
        return queue.wrap_up_seconds if wanted is None else wanted or None

    def rules(self) -> dict[str, WrapUpRule]:
        """What each queue demands of a wrap-up."""
        return {
            queue.name: WrapUpRule(
                codes=("many" if queue.many_codes else "one") if queue.code_required else "optional_one",
                seconds=self._wrap_up(queue) or 0.0,
            )
            for queue in self._world.queues()
        }

    def silent_monitoring(self) -> dict[str, bool]:
        """Queue -> whether its agents do not see that a supervisor listens."""
        wanted = self._site.settings.silent_monitoring
        return {queue.name: queue.silent_monitoring if wanted is None else wanted for queue in self._world.queues()}

    def codes(self) -> list[WrapUpCode]:
        """All codes; one that several queues have says which."""
        found: dict[str, WrapUpCode] = {}
        for queue in self._world.queues():
            for code in queue.codes:
                known = found.setdefault(code.id, WrapUpCode(id=code.id, label=code.label, group=queue.name))
                known.queues.append(queue.name)
        return list(found.values())

    def reasons(self) -> list[Reason]:
        """Why an agent may be not ready."""
        return [Reason(id=reason, label=label) for reason, label in REASONS]

    def profiles(self) -> list[AgentProfile]:
        """What each agent can do, for the router. Supervisors have only what they take over."""
        return [
            AgentProfile(a.id, a.skills, a.capacity, CALLS_BESIDE_MAIL, takes_offers=a.role == "agent")
            for a in self.everybody()
        ]

    def agents(self, now: float) -> list[Agent]:
        """Everybody, offline since `now`."""
        return [
            Agent(
                id=agent.id,
                name=agent.name,
                role=agent.role,
                team=agent.team,
                since=now,
                capacity=dict(agent.capacity),
                skills=dict(agent.skills),
                raw_state="offline",
            )
            for agent in self.everybody()
        ]

    def arrival(self, rng: random.Random, queue: str) -> Arrival:
        """Some customer of the company who wants something from a queue."""
        customer = rng.choice(self._world.customers())
        return Arrival(
            queue=queue,
            customer=Address(
                kind="phone", value="" if customer.withheld else customer.phones[0].e164, withheld=customer.withheld
            ),
            subject=rng.choice(SUBJECTS),
            attributes={"language": customer.language},
        )

    # -- directory

    def people(self) -> list[Person]:
        """Everybody in the directory."""
        return [
            Person(
                id=person.id,
                name=person.name,
                title=person.title,
                team=person.team,
                skills=dict(person.skills),
                time_zone=person.time_zone,
                address=person.extension,
                email=person.email,
            )
            for person in self._world.people()
        ]

    # -- CRM

    def fill(self, records: Records) -> None:
        """Write all customers and their histories into an empty CRM."""
        for customer in self._world.customers():
            history = self._world.history(customer.id)
            if history is None:
                continue
            for case in history.cases:
                status = _STATUS.get(case.status, case.status)
                records.add_case(
                    customer.id,
                    Case(
                        id=case.id,
                        subject=case.subject,
                        status=status,
                        opened_at=case.opened_at,
                        priority=case.priority,
                        owner=case.owner,
                    ),
                )
            for entry in history.timeline:
                records.add_entry(
                    customer.id,
                    TimelineEntry(
                        id=entry.id,
                        at=entry.at,
                        channel=entry.channel,
                        summary=entry.text,
                        agent=entry.author,
                        detail=entry.detail,
                        case_id=entry.case_id or "",
                    ),
                )
            for bought in history.purchases:
                amount = f"{bought.cents / 100:,.2f} {bought.currency}"
                records.add_purchase(
                    customer.id, Purchase(id=bought.id, at=bought.at, item=bought.product, amount=amount)
                )
            promises = [Promise(text=each.text, due=each.due, kept=each.kept) for each in history.promises]
            records.save(self._customer(customer, promises), [case.subject for case in history.cases])

    def _customer(self, customer: WorldCustomer, promises: list[Promise]) -> Customer:
        employer = self._world.company(customer.company_id) if customer.company_id else None
        return Customer(
            id=customer.id,
            name=customer.name,
            company=employer.name if employer else "",
            tier=customer.tier,
            language=customer.language,
            time_zone=customer.time_zone,
            addresses=[
                *(Address(kind="phone", value=phone.e164) for phone in customer.phones),
                *(Address(kind="email", value=mail) for mail in customer.emails),
                *(Address(kind="handle", value=handle) for _, handle in customer.handles),
            ],
            consents=[
                Consent(topic=each.kind, granted=each.granted, at=each.at, source=each.source)
                for each in customer.consents
            ],
            promises=promises,
            fields={
                "customer since": f"{datetime.fromtimestamp(customer.since, UTC):%B %Y}",
                "region": customer.region,
            },
            place=_place(customer),
        )


def _place(customer: WorldCustomer) -> str:
    """A postcode of the customer's own, and the town of their time zone."""
    number = int("".join(sign for sign in customer.id if sign.isdecimal()))
    town = customer.time_zone.rpartition("/")[2].replace("_", " ")
    code = f"SE{number % 28 + 1} {number % 9 + 1}AB" if customer.region == "GB" else f"{10_000 + number * 37 % 90_000}"
    return f"{code} {town}"
