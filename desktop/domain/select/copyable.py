"""What an agent may want to copy of a contact or a customer: numbers, addresses, ids and the link of the record."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from desktop.domain.entities.card_fields import CARD_FIELDS
from desktop.domain.entities.customer import Match
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
    came_from = interaction.customer
    found = [] if came_from.withheld else [Copyable(f"came_from_{_kind(came_from)}", came_from.value)]
    pop = state.pops.get(interaction.id)
    if pop is not None and pop.match is not None:
        found += _of_customer(state, pop.match)
    return _each_once((*found, Copyable("contact_id", interaction.id)))


def copyables_of_customer(state: AppState, match: Match) -> tuple[Copyable, ...]:
    """Everything of a customer who is looked at without a contact, in the same order, each text once."""
    return _each_once(_of_customer(state, match))


def _of_customer(state: AppState, match: Match) -> Iterator[Copyable]:
    """Numbers and addresses, what each record is called where, open cases."""
    for address in match.customer.addresses:
        if not address.withheld:
            yield Copyable(_kind(address), address.value)
    for customer in [record.customer for record in match.records] or [match.customer]:
        yield Copyable("customer_id", customer.id)
        for field in CARD_FIELDS:
            if field.copied:
                yield Copyable(field.name, getattr(customer, field.name))
    for one_id in match.ids:
        details = state.details.get(one_id)
        for case in (details.cases or ()) if details is not None else ():
            if case.is_open:
                yield Copyable("case", case.id)


def _each_once(found: Iterable[Copyable]) -> tuple[Copyable, ...]:
    """Without what is empty or was there before."""
    first: dict[str, Copyable] = {}
    for one in found:
        if one.text:
            first.setdefault(one.text, one)
    return tuple(first.values())


def _kind(address: Address) -> str:
    return address.kind if address.kind in _KINDS else "address"
