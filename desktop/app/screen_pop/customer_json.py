"""A customer's record as JSON for the cache on this machine."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from desktop.domain.entities.customer import Consent, Customer, CustomerPromise
from desktop.domain.entities.model import Address

_TEXTS = ("id", "name", "source", "company", "tier", "language", "time_zone", "note", "url")


def customer_json(customer: Customer) -> str:
    """The record as JSON text."""
    return json.dumps(asdict(customer), ensure_ascii=False, default=dict)


def customer_from(text: str) -> Customer | None:
    """The record of a JSON text; None when it cannot be read (it was written by another version)."""
    try:
        kept: Mapping[str, Any] = json.loads(text)
        return Customer(
            **{name: str(kept[name]) for name in _TEXTS},
            fetched_at=kept["fetched_at"],
            addresses=tuple(Address(**address) for address in kept["addresses"]),
            consents=tuple(Consent(**consent) for consent in kept["consents"]),
            promises=tuple(CustomerPromise(**promise) for promise in kept["promises"]),
            fields={str(name): str(value) for name, value in kept["fields"].items()},
        )
    except (ValueError, TypeError, LookupError, AttributeError):
        return None
