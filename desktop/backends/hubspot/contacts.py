"""HubSpot's contacts as customers, and the questions that find them."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from desktop.backends.hubspot.history import instant
from desktop.backends.hubspot.objects import Record
from desktop.backends.wire.numbers import without_country
from desktop.domain.entities.customer import Consent, Customer
from desktop.domain.entities.model import Address, Instant
from desktop.ports.phone_numbers import e164

PROPERTIES = (
    *("firstname", "lastname", "email", "hs_additional_emails", "phone", "mobilephone", "company"),
    *("jobtitle", "hs_language", "lifecyclestage", "hs_email_optout", "address", "city", "country"),
    *("zip", "notes_last_contacted"),
)
_ANSWERS = frozenset({"true", "false"})
_SHOWN = {"jobtitle": "job", "lifecyclestage": "stage", "address": "street", "city": "city", "country": "country"}


def customer_of(
    record: Record, *, region: str, portal: str, now: Instant, consents: Mapping[str, str] = MappingProxyType({})
) -> Customer:
    """A contact as a customer.

    Args:
        portal: number of the account, for links; "" makes none.
        consents: by topic, the property that holds the answer.
    """
    known = record.properties
    name = " ".join(part for name in ("firstname", "lastname") if (part := known.get(name, "").strip()))
    numbers = dict.fromkeys(
        e164(number, region) or number for name in ("phone", "mobilephone") if (number := known.get(name, "").strip())
    )
    emails = dict.fromkeys(
        email
        for one in (known.get("email", ""), *known.get("hs_additional_emails", "").split(";"))
        if (email := one.strip())
    )
    return Customer(
        id=record.id,
        name=name or known.get("company", "") or next(iter(emails), "") or f"Contact {record.id}",
        source="crm",
        fetched_at=now,
        company=known.get("company", "") if name else "",
        language=known.get("hs_language", ""),
        addresses=(*(Address("phone", one) for one in numbers), *(Address("email", one) for one in emails)),
        consents=tuple(_consents(known, consents)),
        url=f"https://app.hubspot.com/contacts/{portal}/record/0-1/{record.id}" if portal else "",
        fields={label: known[name] for name, label in _SHOWN.items() if name in known},
        place=" ".join(one for name in ("zip", "city") if (one := known.get(name, "").strip())),
        last_contact=instant(known.get("notes_last_contacted", "")),
    )


def _consents(known: Mapping[str, str], properties: Mapping[str, str]) -> Iterator[Consent]:
    """The answers on record. HubSpot itself knows who opted out of all mail; that somebody did not is no consent."""
    for topic, name in properties.items():
        if known.get(name) in _ANSWERS and not (topic == "email" and known.get("hs_email_optout") == "true"):
            yield Consent(topic, known[name] == "true", source="HubSpot")
    if known.get("hs_email_optout") == "true":
        yield Consent("email", False, source="HubSpot")


def question(address: Address, region: str, properties: Sequence[str]) -> dict[str, object] | None:
    """The search for whoever has this number or e-mail, reading `properties`; None where there is nothing to search
    for."""
    groups: list[tuple[str, str, str]]
    if address.kind == "phone":
        number = e164(address.value, region)
        if not number:
            return None
        # HubSpot keeps a second, searchable form of each number, without its country.
        digits = without_country(number)
        groups = [
            ("hs_searchable_calculated_phone_number", "EQ", digits),
            ("hs_searchable_calculated_mobile_number", "EQ", digits),
            ("phone", "EQ", number),
            ("mobilephone", "EQ", number),
        ]
    else:
        email = address.value.strip().lower()
        if not email:
            return None
        groups = [("email", "EQ", email), ("hs_additional_emails", "CONTAINS_TOKEN", email)]
    return {
        "filterGroups": [
            {"filters": [{"propertyName": name, "operator": operator, "value": value}]}
            for name, operator, value in groups
        ],
        "properties": list(properties),
        "limit": 50,
    }


def properties_of(name: str, addresses: "tuple[Address, ...]") -> dict[str, str]:
    """A new contact: the first word of the name is the first name; one number is the phone, a second the mobile."""
    first, _, last = name.strip().partition(" ")
    numbers = [one.value for one in addresses if one.kind == "phone"]
    emails = [one.value for one in addresses if one.kind == "email"]
    named = {"firstname": first, "lastname": last.strip(), "email": next(iter(emails), "")}
    named |= dict(zip(("phone", "mobilephone"), numbers, strict=False))
    return {name: value for name, value in named.items() if value}
