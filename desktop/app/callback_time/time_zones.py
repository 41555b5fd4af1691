"""The time zone of this computer, and that in which a customer lives, where it can be told for certain."""

import os
from collections.abc import Iterable
from datetime import tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from desktop.domain.entities.customer import Customer
from desktop.domain.entities.model import Address
from desktop.ports.phone_numbers import e164

LOCALTIME = Path("/etc/localtime")


def local_zone() -> tzinfo:
    """The zone of this computer, by its name where it has one, so that its city can be compared with a customer's."""
    key = os.environ.get("TZ", "").lstrip(":")
    if not key and LOCALTIME.is_symlink():
        key = str(LOCALTIME.readlink()).partition("zoneinfo/")[2]
    if key and (zone := _zone(key)) is not None:
        return zone
    from dateutil.tz import tzlocal  # the rules of the system, whatever they are called

    return tzlocal()


def customer_zone(customer: Customer | None, came_from: Address | None = None, region: str = "") -> ZoneInfo | None:
    """The zone in the customer's record, else that of the number they called from, else that of their first number.

    Args:
        customer: None where they are not known.
        came_from: the address of the contact.
        region: the two-letter country in which a number without `+` is dialled.

    Returns:
        None where the record names no zone and the first usable number belongs to several zones or to none, as
        mobile numbers often do.
    """
    if customer is not None and (zone := _zone(customer.time_zone)) is not None:
        return zone
    known = (*((came_from,) if came_from else ()), *(customer.addresses if customer else ()))
    return _zone_of_numbers((one.value for one in known if one.kind == "phone" and not one.withheld), region)


def _zone_of_numbers(numbers: Iterable[str], region: str) -> ZoneInfo | None:
    number = next((key for number in numbers if (key := e164(number, region))), "")
    if not number:
        return None
    import phonenumbers
    from phonenumbers.timezone import time_zones_for_number  # its tables are large; not before the first paint

    zones = time_zones_for_number(phonenumbers.parse(number))
    return _zone(zones[0]) if len(zones) == 1 else None


def _zone(key: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(key) if key else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
