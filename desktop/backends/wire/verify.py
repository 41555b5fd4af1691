"""Whether a customer record really carries what was asked for. Servers that ignore a filter exist."""

from desktop.domain.entities.customer import Customer
from desktop.domain.entities.model import Address


def carries(customer: Customer, asked: Address) -> bool:
    """Whether one of the record's addresses is the one asked for, in whatever way it is written."""
    return any(one.kind == asked.kind and _same(asked.kind, asked.value, one.value) for one in customer.addresses)


def _same(kind: str, asked: str, held: str) -> bool:
    if kind != "phone":
        return asked.strip().casefold() == held.strip().casefold()
    return asked == held or _same_number(asked, held)


def _same_number(asked: str, held: str) -> bool:
    # Imported here: its tables cost tens of milliseconds, and most records hold the number as it was asked.
    import phonenumbers

    if len(held) > 60:
        return False
    match = phonenumbers.is_number_match(asked, held)
    return match in (phonenumbers.MatchType.EXACT_MATCH, phonenumbers.MatchType.NSN_MATCH)
