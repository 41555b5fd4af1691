"""What an agent may want to copy of a contact: numbers, addresses, ids and the link of the record."""

from dataclasses import dataclass

from desktop.domain.entities.card_fields import CARD_FIELDS
from desktop.domain.entities.model import Address, Interaction
from desktop.domain.state.state import AppState


@dataclass(frozen=True, slots=True)
class Copyable:
    """One text to copy. `what` says what it is: a kind of address, "came_from_" and one, or a field of the card."""

    what: str
    text: str


_KINDS = frozenset({"phone", "email", "handle"})


def copyables(state: AppState, interaction: Interaction) -> tuple[Copyable, ...]:
    """Everything of a contact that is worth copying, each text once.

    Args:
        state: for the customer that the contact is linked to, and their cases.
        interaction: the contact.

    Returns:
        What is most often wanted first: where the contact came from, the customer's other numbers and addresses, the
        record's id and link, open cases, the contact's id.
    """
    found: dict[str, Copyable] = {}

    def add(what: str, text: str) -> None:
        if text:
            found.setdefault(text, Copyable(what, text))

    came_from = interaction.customer
    if not came_from.withheld:
        add(f"came_from_{_kind(came_from)}", came_from.value)
    pop = state.pops.get(interaction.id)
    match = pop.match if pop is not None else None
    if match is not None:
        for address in match.customer.addresses:
            if not address.withheld:
                add(_kind(address), address.value)
        for customer in [record.customer for record in match.records] or [match.customer]:
            add("customer_id", customer.id)
            for field in CARD_FIELDS:
                if field.copied:
                    add(field.name, getattr(customer, field.name))
        for one_id in match.ids:
            details = state.details.get(one_id)
            for case in (details.cases or ()) if details is not None else ():
                if case.is_open:
                    add("case", case.id)
    add("contact_id", interaction.id)
    return tuple(found.values())


def _kind(address: Address) -> str:
    return address.kind if address.kind in _KINDS else "address"
