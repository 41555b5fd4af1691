"""When two ways to reach somebody are the same one: numbers in E.164, e-mails and handles without regard to case.

And how a number is written for people: as its own country writes it, with the country's code.
"""

from functools import lru_cache

from desktop.domain.entities.customer import Customer
from desktop.domain.entities.model import Address
from desktop.ports.phone_numbers import e164


@lru_cache(maxsize=2_000)
def readable(number: str) -> str:
    """A telephone number in its country's own groups, `+353 1 234 5678`.

    Args:
        number: anything; what is no possible number in E.164 comes back as it is.
    """
    if not (number.startswith("+") and number[1:].isdecimal() and number.isascii() and e164(number) == number):
        return number
    import phonenumbers

    international = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(phonenumbers.parse(number), international))


def contact_key(address: Address, region: str = "") -> str:
    """A text that is the same for the same address, however it is written; "" when there is nothing to ask by."""
    value = "" if address.withheld else address.value.strip()
    if address.kind == "phone":
        value = e164(value, region)
    else:
        value = value.casefold().removeprefix("@" if address.kind == "handle" else "")
    return f"{address.kind}:{value}" if value else ""


def keys_of(customer: Customer, region: str = "") -> tuple[str, ...]:
    """The keys of all addresses on a record."""
    return tuple(key for address in customer.addresses if (key := contact_key(address, region)))


def carries(customer: Customer, key: str, region: str = "") -> bool:
    """Whether the record really has the address that was asked for."""
    return bool(key) and key in keys_of(customer, region)
