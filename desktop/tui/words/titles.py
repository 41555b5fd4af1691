"""What an interaction and its queue are called on screen."""

from desktop.domain import select
from desktop.domain.entities.model import Interaction
from desktop.domain.select.centres import plain_name
from desktop.domain.state.state import AppState
from desktop.tui.words import wording


def queue_name(state: AppState, queue: str) -> str:
    """The queue's own name first, and of which contact centre it is where there are several."""
    return " ".join(filter(None, plain_name(state, queue)))


def title(state: AppState, interaction: Interaction) -> str:
    """Who it is with: the CRM's name for them, else the contact centre's, else the address."""
    customer = select.customer_of(state, interaction.id)
    if customer is not None:
        return customer.name
    return interaction.customer_name or wording.address(interaction.customer)
