"""What tells customers of one list apart: the facts on which they differ, before those they share."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Final

from desktop.domain.entities.customer import Customer, CustomerDetails
from desktop.domain.entities.instant import Instant
from desktop.domain.entities.model import Address
from desktop.domain.state.state import AppState
from desktop.domain.text.folding import fold


class Trait(StrEnum):
    """One thing by which a person knows a customer from another of the same name or number."""

    COMPANY = "company"
    ADDRESS = "address"
    PLACE = "place"
    LAST_CONTACT = "last_contact"
    TIER = "tier"
    ID = "id"


Traits = tuple[tuple[Trait, Address | Instant | str], ...]
"""What is known of one customer, in the order in which it is to be said."""

_IF_NOTHING_ELSE: Final = (Trait.TIER, Trait.ID)
"""Said only of namesakes of whom everything else is the same."""
_NUMBERS_FIRST: Final = ("phone", "email", "handle")


def telling_apart(state: AppState, customers: Sequence[Customer], *, shared: Address | None = None) -> list[Traits]:
    """Of each customer what is known, the traits on which they differ first.

    Args:
        customers: those of one list.
        shared: the address that found them all, which tells nobody from anybody: another one of theirs is named.
    """
    known = [_known(state, one, shared) for one in customers]
    differ = [trait for trait in Trait if len({str(one.get(trait, "")) for one in known}) > 1]
    told: list[Trait] = [trait for trait in differ if trait not in _IF_NOTHING_ELSE]
    if not told and len({fold(one.name) for one in customers}) < len(customers):
        told = differ  # of namesakes who are alike in all else
    order = told + [trait for trait in Trait if trait not in (*differ, *_IF_NOTHING_ELSE)]
    said = [tuple((trait, one[trait]) for trait in order if trait in one) for one in known]
    return [traits or ((Trait.ID, one.id),) for traits, one in zip(said, customers, strict=True)]


def last_contact(state: AppState, customer: Customer) -> Instant | None:
    """When we last had to do with a customer, as far as the CRM or their timeline says."""
    details: CustomerDetails | None = state.details.get(customer.id)
    seen = [entry.at for entry in (details.timeline or () if details is not None else ())]
    return max([*seen, *([customer.last_contact] if customer.last_contact is not None else [])], default=None)


def _known(state: AppState, customer: Customer, shared: Address | None) -> Mapping[Trait, Address | Instant | str]:
    said: Mapping[Trait, Callable[[], Address | Instant | str | None]] = {
        Trait.COMPANY: lambda: customer.company,
        Trait.ADDRESS: lambda: _address(customer, shared),
        Trait.PLACE: lambda: customer.place,
        Trait.LAST_CONTACT: lambda: last_contact(state, customer),
        Trait.TIER: lambda: customer.tier,
        Trait.ID: lambda: customer.id,
    }
    return {trait: value for trait, ask in said.items() if (value := ask()) not in (None, "")}


def _address(customer: Customer, shared: Address | None) -> Address | None:
    theirs = [one for one in customer.addresses if one.value and not one.withheld and not _same(one, shared)]
    ranked = sorted(theirs, key=lambda one: _NUMBERS_FIRST.index(one.kind) if one.kind in _NUMBERS_FIRST else 9)
    return next(iter(ranked), None)


def _same(one: Address, shared: Address | None) -> bool:
    if shared is None or one.kind != shared.kind:
        return False
    plain = ["".join(sign for sign in each.value if sign.isalnum() or sign == "@").casefold() for each in (one, shared)]
    return plain[0] == plain[1]
