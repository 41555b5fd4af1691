"""Whether the customer of a contact can be sent a text message, and to which number."""

from desktop.domain import select
from desktop.domain.entities.words import Channel
from desktop.tui.widgets.pane import View
from desktop.words.catalogue import in_words, tr


def refusal(view: View, interaction_id: str) -> str:
    """Why the customer of a contact can be sent no text message; empty when they can."""
    customer = select.customer_of(view.state, interaction_id)
    if customer is None:
        return tr("Choose the customer first: a text message goes to a known customer only.")
    return in_words(select.message_refusal(view.state, customer, Channel.SMS, number_of(view, interaction_id)))


def number_of(view: View, interaction_id: str) -> str:
    """The number the contact came from, else the first one in the record; empty when there is none."""
    if view.interaction is None:
        return ""
    customer = select.customer_of(view.state, interaction_id)
    known = (view.interaction.customer, *(customer.addresses if customer else ()))
    return next((a.value for a in known if a.kind == "phone" and not a.withheld), "")
