"""A floor of hundreds of queues and thousands of agents beside the company's own, all of one team."""

from __future__ import annotations

from mock_backends.world.centre import Agent, Queue, WrapUpCode
from mock_backends.world.names import NAMES

TEAM = "Great floor"
SUPERVISOR = "lead"
QUEUES_EACH = 4  # that an agent serves
_TOPICS = (
    "Cards", "Loans", "Claims", "Tariffs", "Orders", "Delivery", "Returns desk", "Refunds", "Fraud", "Mobile",
    "Fibre", "Routers", "Television", "Moving house", "New contracts", "Renewals", "Cancellations", "Complaints",
    "Accessibility", "Partners", "Invoices", "Payments", "Meters", "Appointments", "Emergencies",
)  # fmt: skip
_PLACES = (
    "London", "Leeds", "Bristol", "Cardiff", "Glasgow", "Belfast", "Dublin", "Cork", "Porto", "Sofia",
    "Kraków", "Oslo", "Turku", "Riga", "Lyon", "Bremen", "Graz", "Malmö", "Patras", "Valletta",
)  # fmt: skip


def _skill(number: int) -> str:
    return f"great-{number:03}"


def great_queues(count: int) -> tuple[Queue, ...]:
    """`count` queues, each with a skill of its own. Nobody takes their e-mail: it piles up."""
    return tuple(
        Queue(
            _skill(number),
            _name(number),
            {_skill(number): 1},
            ("voice", "chat", "email"),
            (WrapUpCode("answered", "Answered"), WrapUpCode("passed-on", "Passed on")),
            many_codes=False,
            code_required=True,
            wrap_up_seconds=30.0,
        )
        for number in range(count)
    )


def _name(number: int) -> str:
    turn, place = divmod(number, len(_TOPICS) * len(_PLACES))
    name = f"{_TOPICS[place % len(_TOPICS)]} {_PLACES[place // len(_TOPICS)]}"
    return f"{name} {turn + 1}" if turn else name


def great_agents(count: int, queues: int) -> tuple[Agent, ...]:
    """`count` agents of `queues` such queues, four queues each, and their supervisor."""
    languages = [names for names in NAMES.values() if all(part.isascii() for part in names[0][0] + names[1][0])]
    supervisor = Agent(SUPERVISOR, "Ines Falk", f"Supervisor, {TEAM}", TEAM, "supervisor", {})
    agents = [supervisor]
    for number in range(count):
        given, family = languages[number % len(languages)]
        first = given[number // len(languages) % len(given)]
        last = family[number // (len(languages) * len(given)) % len(family)]
        skills = {_skill((number + step) % queues): 3 for step in range(min(QUEUES_EACH, queues))}
        agents.append(
            Agent(
                f"load-{number:04}",
                f"{first} {last} {number}",
                f"Agent, {TEAM}",
                TEAM,
                "agent",
                skills,
                {"voice": 1, "chat": 3},
            )
        )
    return tuple(agents)
