"""A customer's record as JSON for the cache on this machine."""

import json
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING

from desktop.domain.entities.customer import Customer

if TYPE_CHECKING:
    from pydantic import TypeAdapter


def customer_json(customer: Customer) -> str:
    """The record as JSON text."""
    return json.dumps(asdict(customer), ensure_ascii=False, default=dict)


def customer_from(text: str) -> Customer | None:
    """The record of a JSON text, without what another version knows besides; None when it cannot be read."""
    try:
        return _adapter().validate_json(text)
    except ValueError:
        return None


@cache
def _adapter() -> "TypeAdapter[Customer]":
    from pydantic import TypeAdapter  # here, because the first paint does not need it

    return TypeAdapter(Customer)
