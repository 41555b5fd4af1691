"""Odoo's records as records of the domain, and the fields that they are made of."""

import re
from collections.abc import Iterable, Mapping
from email.utils import getaddresses

from desktop.backends.odoo.abilities import PHONES, Abilities
from desktop.backends.odoo.connection import Record
from desktop.backends.odoo.numbers import international
from desktop.backends.odoo.settings import Settings
from desktop.backends.odoo.value import day, instant, name_of, names, number, related, text
from desktop.backends.wire.html_text import to_text
from desktop.domain.entities.customer import Case, Consent, Customer, CustomerPromise, Purchase, TimelineEntry
from desktop.domain.entities.model import Address, Instant
from desktop.ports.errors import ProtocolError

_PROMISES = 20
_LARGEST_PRICE = 1e15
_SUMMARY = 200
_NAMED: dict[str, object] = {"fields": {"display_name": {}}}
_CHANNELS = {"email": "email", "email_outgoing": "email", "sms": "sms"}
WRAP_UP_ID = re.compile(r"<wrap-up\.(?P<channel>[a-z_]*)\.(?P<key>[0-9a-f]{40})@agent-desktop>")
SAID = ("comment", "email", "email_outgoing", "sms", "snailmail", "auto_comment", "notification")
_PRIORITIES = ("", "medium", "high", "urgent")
_OVER = frozenset({"solved", "closed"})


def partner_fields(abilities: Abilities, handle_field: str) -> dict[str, object]:
    """What to read of a contact."""
    fields: dict[str, object] = {
        **{
            name: {}
            for name in ("name", "email", "is_company", "lang", "tz", "comment", "active", "city", "country_code")
        },
        "category_id": _NAMED,
        "parent_id": _NAMED,
    }
    optional: dict[str, object] = {
        **{name: {} for name in (*PHONES, "phone_sanitized", "email_normalized", "commercial_company_name")},
        **{name: {} for name in ("is_blacklisted", "phone_sanitized_blacklisted", "ref", "function", "zip")},
        "user_id": _NAMED,
        "activity_ids": {"fields": {"display_name": {}, "summary": {}, "date_deadline": {}}, "limit": _PROMISES},
    }
    fields |= {name: inner for name, inner in optional.items() if name in abilities.partner_fields}
    return fields | ({handle_field: {}} if handle_field else {})


def customer(record: Record, settings: Settings, fetched_at: Instant) -> Customer:
    """A contact. Its consents are what is known of refusals."""
    tags = names(record.get("category_id"))
    known = {tag.casefold(): tag for tag in tags}
    extra = {
        "position": text(record.get("function")),
        "reference": text(record.get("ref")),
        "city": text(record.get("city")),
        "salesperson": name_of(record.get("user_id")),
        "tags": ", ".join(tags),
        "archived": "" if record.get("active", True) else "yes",
    }
    company = text(record.get("commercial_company_name")) or name_of(record.get("parent_id"))
    name = text(record.get("name"))
    return Customer(
        id=str(record["id"]),
        name=name or company or f"Contact {record['id']}",
        source="crm",
        fetched_at=fetched_at,
        company="" if record.get("is_company") else company,
        tier=next((known[one.casefold()] for one in settings.tiers if one.casefold() in known), ""),
        language=text(record.get("lang")).partition("@")[0].replace("_", "-"),
        time_zone=text(record.get("tz")),
        addresses=tuple(_addresses(record, settings.region, settings.handle_field)),
        consents=tuple(_refused(record)),
        promises=tuple(
            CustomerPromise(text(one.get("summary")) or name_of(one), day(one.get("date_deadline")))
            for one in _list(record.get("activity_ids"))
        ),
        note=to_text(text(record.get("comment"))),
        url=f"{settings.site}/odoo/res.partner/{record['id']}",
        fields={label: value for label, value in extra.items() if value},
        place=" ".join(one for name in ("zip", "city") if (one := text(record.get(name)))),
    )


def _list(value: object) -> list[Mapping[str, object]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _addresses(record: Record, region: str, handle_field: str) -> Iterable[Address]:
    country = text(record.get("country_code")) or region
    seen: set[tuple[str, str]] = set()
    found = [("phone", text(record.get("phone_sanitized")))]
    found += [
        ("phone", international(raw, country) or raw) for name in PHONES if (raw := text(record.get(name)).strip())
    ]
    email = text(record.get("email"))
    found += [("email", one.strip().lower()) for _, one in getaddresses([email]) if "@" in one]
    found.append(("email", text(record.get("email_normalized"))))
    if handle_field:
        found.append(("handle", text(record.get(handle_field)).strip()))
    if found[0][1]:  # Odoo knows the company's country too, so its reading of a number outweighs ours
        found = [one for one in found if one[0] != "phone" or one[1].startswith("+")]
    for kind, value in found:
        if value and (kind, value) not in seen:
            seen.add((kind, value))
            yield Address(kind, value)


def _refused(record: Record) -> Iterable[Consent]:
    for topic, name in (("email", "is_blacklisted"), ("sms", "phone_sanitized_blacklisted")):
        if record.get(name) is True:
            yield Consent(topic, granted=False, source="blacklist")


def consent(topic: str, record: Record) -> Consent:
    """An entry of a blacklist: on it means refused, taken off it means allowed. Who was never on it was never asked."""
    return Consent(
        topic, granted=record.get("active") is not True, at=instant(record.get("write_date")), source="blacklist"
    )


TIMELINE_FIELDS: dict[str, object] = {
    **{name: {} for name in ("date", "body", "message_type", "subject", "message_id", "model", "record_name")},
    "author_id": _NAMED,
    "attachment_ids": {"fields": {"display_name": {}}},
}


def timeline_entry(record: Record, customer_id: int) -> TimelineEntry | None:
    """A message; None for one that says nothing."""
    body = to_text(text(record.get("body")))
    files = names(record.get("attachment_ids"))
    subject = text(record.get("subject")).strip()
    first = subject or body.partition("\n")[0] or ", ".join(files)
    if not first:
        return None
    if text(record.get("model")) not in {"", "res.partner"} and (about := text(record.get("record_name"))):
        first = f"{about}: {first}"
    ours = WRAP_UP_ID.fullmatch(text(record.get("message_id")))
    channel = ours["channel"] if ours and ours["channel"] else _CHANNELS.get(text(record.get("message_type")), "note")
    author = related(record.get("author_id"))
    return TimelineEntry(
        id=str(record["id"]),
        at=instant(record.get("date")),
        channel=channel,
        summary=first[:_SUMMARY],
        agent="" if number(author.get("id")) == customer_id else name_of(author),
        detail=body,
    )


def case_fields(known: frozenset[str]) -> dict[str, object]:
    """What to read of a case, whichever application keeps it."""
    wanted: dict[str, object] = {
        **{name: {} for name in ("name", "create_date", "priority", "won_status", "state", "is_closed", "closed")},
        **{name: {} for name in ("close_date", "active")},
        "stage_id": _NAMED,
        "user_id": _NAMED,
        "user_ids": _NAMED,
    }
    return {name: inner for name, inner in wanted.items() if name in known}


def case(record: Record) -> Case:
    """A lead, task or ticket."""
    rank = text(record.get("priority"))
    owners = [name_of(record.get("user_id")), *names(record.get("user_ids"))]
    return Case(
        id=str(record["id"]),
        subject=text(record.get("name")) or f"Case {record['id']}",
        status=_status(record),
        opened_at=instant(record.get("create_date")),
        priority=_PRIORITIES[int(rank)] if rank in {"0", "1", "2", "3"} else rank,
        owner=next((one for one in owners if one), ""),
    )


def _status(record: Record) -> str:
    """`solved` or `closed` when it is over, else the name of its stage."""
    if record.get("won_status") == "won" or record.get("state") == "1_done" or record.get("close_date"):
        return "solved"
    over = (record.get(name) is True for name in ("is_closed", "closed"))
    if record.get("won_status") == "lost" or record.get("active") is False or any(over):
        return "closed"
    stage = name_of(record.get("stage_id"))
    return stage if stage and stage.casefold() not in _OVER else "open"


def priority(words: str) -> str:
    """A case's priority as Odoo counts it, "" to leave it as it is."""
    rank = {"low": "0", "normal": "1"} | {name: str(number) for number, name in enumerate(_PRIORITIES) if name}
    return rank.get(words.casefold(), "")


PURCHASE_FIELDS: dict[str, object] = {
    "date_order": {},
    "name": {},
    "currency_id": {"fields": {"display_name": {}}},
    "order_line": {
        "fields": {"name": {}, "price_total": {}, "display_type": {}, "product_id": {"fields": {"display_name": {}}}},
        "limit": 50,
    },
}


def purchases(order: Record) -> Iterable[Purchase]:
    """The lines of a confirmed order."""
    at, currency = instant(order.get("date_order")), name_of(order.get("currency_id"))
    for line in _list(order.get("order_line")):
        if line.get("display_type"):
            continue  # a heading or a remark
        amount = line.get("price_total")
        if not isinstance(amount, (int, float)) or abs(amount) > _LARGEST_PRICE:
            raise ProtocolError("Odoo's answer cannot be read.", "price_total is no number")
        item = name_of(line.get("product_id")) or text(line.get("name")).partition("\n")[0]
        yield Purchase(f"{order['id']}/{line.get('id')}", at, item, f"{amount:,.2f} {currency}".rstrip())
