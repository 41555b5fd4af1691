"""The facts of a contact as JSON, the way drafts and parked records keep them."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from desktop.domain.entities.customer import Consent
from desktop.domain.notes.contact_facts import ConsentGiven, ContactFacts


def facts_json(facts: ContactFacts) -> dict[str, Any]:
    """A JSON object."""
    return asdict(facts)


def facts_from(kept: Mapping[str, Any]) -> ContactFacts:
    """The facts of a JSON object; what a later version added is left out.

    Raises:
        LookupError, TypeError, ValueError: it is not one.
    """
    values = {name: value for name, value in kept.items() if name in ContactFacts.__slots__}
    for name in ("experts", "customer_ids"):
        values[name] = tuple(str(one) for one in values.get(name, ()))
    values["records"] = tuple((str(target), one) for target, one in values.get("records", ()))
    values["consents"] = tuple(
        ConsentGiven(str(one["channel"]), str(one["to"]), Consent(**one["consent"]))
        for one in values.get("consents", ())
    )
    return ContactFacts(**values)
