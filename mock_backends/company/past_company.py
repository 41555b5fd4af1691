"""The pretend company as its archive must know it."""

from mock_backends.archive.rows import PastCompany, PastQueue
from mock_backends.channels import CHANNELS
from mock_backends.contacts.board import Board
from mock_backends.http.site import Site
from mock_backends.world.centre import ZONE
from mock_backends.world.customers import Customer


def past_company(site: Site, board: Board) -> PastCompany:
    """Queues, agents and customers of the company; those who serve a queue now have served it all along."""
    takers = {agent.id for agent in board.agents.values() if agent.role == "agent"}
    return PastCompany(
        zone=ZONE,
        queues=tuple(
            PastQueue(
                name=queue.name,
                channels=queue.channels,
                codes=tuple(code.id for code in queue.codes),
                many_codes=queue.many_codes,
                threshold=queue.service_threshold,
                short_abandon=queue.short_abandon,
                wrap_up_seconds=queue.wrap_up_seconds,
                agents=tuple(agent for agent in board.agents_of_queue(queue.name) if agent in takers),
            )
            for queue in site.world.queues()
        ),
        agents={agent.id: agent.name for agent in board.agents.values()},
        customers=[(customer.name, _addresses(customer)) for customer in site.world.customers()],
    )


def _addresses(customer: Customer) -> dict[str, str]:
    phone = "" if customer.withheld or not customer.phones else customer.phones[0].e164
    handle = customer.handles[0][1] if customer.handles else ""
    by_kind = {"phone": phone, "email": customer.emails[0] if customer.emails else "", "handle": handle}
    return {word: by_kind[traits.address] for word, traits in CHANNELS.items()}
