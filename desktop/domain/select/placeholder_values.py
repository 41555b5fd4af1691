"""What a canned reply's placeholders stand for in a contact, or for a customer, as far as it is known."""

from collections.abc import Mapping

from desktop.domain.conversations.canned_replies import Placeholder
from desktop.domain.entities.customer import Match
from desktop.domain.entities.model import Interaction
from desktop.domain.select.contacts import me
from desktop.domain.select.merged_details import details_of
from desktop.domain.state.state import AppState
from desktop.domain.text.printable import printable

LONGEST = 200


def placeholder_values(state: AppState, interaction: Interaction) -> Mapping[Placeholder, str]:
    """What is known, each on one line; "" for what is not.

    The case is the customer's only open one: of several it is not known which is meant.
    """
    pop = state.pops.get(interaction.id)
    return _values(state, pop.match if pop is not None else None, interaction.customer_name, interaction.queue)


def placeholder_values_outside(state: AppState, match: Match | None) -> Mapping[Placeholder, str]:
    """The same for a message to a customer outside of a contact, which no queue stands behind."""
    return _values(state, match, "", "")


def _values(state: AppState, match: Match | None, name: str, queue: str) -> Mapping[Placeholder, str]:
    customer = match.customer if match is not None else None
    open_cases = [one for one in details_of(state, match).cases or () if one.is_open]
    case = open_cases[0] if len(open_cases) == 1 else None
    agent = me(state)
    values = {
        Placeholder.CUSTOMER_NAME: customer.name if customer is not None else name,
        Placeholder.CUSTOMER_COMPANY: customer.company if customer is not None else "",
        Placeholder.CASE_ID: case.id if case is not None else "",
        Placeholder.CASE_SUBJECT: case.subject if case is not None else "",
        Placeholder.AGENT_NAME: agent.name if agent is not None else "",
        Placeholder.QUEUE_NAME: queue,
    }
    return {one: " ".join(printable(value).split())[:LONGEST] for one, value in values.items()}
