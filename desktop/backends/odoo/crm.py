"""Odoo as the CRM."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

from desktop.backends.odoo import questions, records, wrap_up
from desktop.backends.odoo.abilities import BLACKLISTS, CASE_MODELS, Abilities, look
from desktop.backends.odoo.connection import Domain, Odoo, digest
from desktop.backends.odoo.contacts import KIND_OF_TOPIC, Contacts, number_of, values
from desktop.backends.odoo.numbers import international
from desktop.backends.odoo.settings import OPTIONS, Settings, connect, settings_of
from desktop.backends.odoo.value import written
from desktop.backends.wire.html_text import clean, to_html
from desktop.backends.wire.problem import unseen
from desktop.domain.entities.customer import Case, Customer, Match, Purchase, TimelineEntry, WrapUpRecord
from desktop.domain.entities.model import Address, Instant
from desktop.ports.base import API, Capability, Kind, Manifest
from desktop.ports.crm import Crm
from desktop.ports.errors import NotFound, Rejected, Unsupported

_NOTE_TYPE = "mail.mt_note"
_TASK_TYPE = "mail.mail_activity_data_todo"
_LONGEST_LINE = 200
_MOST_FOUND = 50
_MOST_CASES = 200
_MOST_ORDERS = 100
_NEWEST_FIRST = "{0} desc, id desc"


class OdooCrm(Crm):
    """Contacts are customers; what is written stands in their chatter, under an external id that keeps it single."""

    manifest: ClassVar[Manifest] = Manifest(
        kind=Kind.CRM,
        name="odoo",
        api=API,
        title="Odoo 19 or later, over its JSON-2 API",
        capabilities=frozenset(
            {
                Capability.TIMELINE,
                Capability.CASES,
                Capability.PURCHASES,
                Capability.CONSENT,
                Capability.CREATE_CUSTOMER,
                Capability.CREATE_CASE,
                Capability.TASKS,
            }
        ),
        options=OPTIONS,
    )

    def __init__(self, odoo: Odoo, settings: Settings, clock: Callable[[], Instant] = time.time) -> None:
        """Talks over `odoo`, which it closes; `clock` says when a record was fetched."""
        self._odoo = odoo
        self._settings = settings
        self._clock = clock
        self._contacts = Contacts(odoo, settings, clock)
        self._known: Abilities | None = None

    @classmethod
    def create(cls, options: Mapping[str, str]) -> Self:
        return cls(connect(options), settings_of(options))

    async def open(self) -> frozenset[Capability]:
        self._known = None
        return (await self._abilities()).capabilities

    async def close(self) -> None:
        await self._odoo.close()

    async def _abilities(self, needed: Capability | None = None) -> Abilities:
        known = self._known
        if known is None:
            known = await look(self._odoo, cases=self._settings.cases, project=self._settings.project)
            self._known = known
        if needed is not None and needed not in known.capabilities:
            raise Unsupported(f"This Odoo, or our user in it, does not offer {needed.value.replace('_', ' ')}.")
        return known

    # Who is it

    async def find(self, address: Address, *, limit: int = 10) -> Sequence[Match]:
        if address.kind not in {"phone", "email", "handle"}:
            raise Rejected("Customers are found by phone, e-mail or handle.")
        known = await self._abilities()
        value = "" if address.withheld else clean(address.value).strip()
        value = international(value, self._settings.region) if address.kind == "phone" else value.casefold()
        domain = self._asked(address.kind, value, known) if value else None
        if domain is None:
            return ()
        # More than are wanted: what turns out not to carry the address must not push out what does.
        customers = await self._contacts.where(domain, known, limit=2 * _MOST_FOUND)
        found = [one for one in customers if value in values(one, address.kind)]
        reason = {"phone": "same number", "email": "same e-mail address", "handle": "same handle"}[address.kind]
        return tuple(Match(one, address.kind, reason, verified=True) for one in found[: _bounded(limit)])

    def _asked(self, kind: str, value: str, known: Abilities) -> Domain | None:
        if kind == "phone":
            return questions.by_phone(value, self._settings.region, known.partner_fields)
        if kind == "email":
            return questions.by_email(value, known.partner_fields)
        field = self._settings.handle_field
        return [[field, "=ilike", questions.literally(value)]] if field else None

    async def search(self, text: str, *, limit: int = 20) -> Sequence[Match]:
        known = await self._abilities()
        domain = questions.by_text(text, known.partner_fields)
        if domain is None:
            return ()
        customers = await self._contacts.where(domain, known, limit=_bounded(limit))
        return tuple(_match(one, text) for one in customers)

    async def customer(self, customer_id: str) -> Customer:
        return await self._contacts.one(customer_id, await self._abilities())

    # What there is about them

    async def timeline(
        self, customer_id: str, *, limit: int = 50, before: Instant | None = None
    ) -> Sequence[TimelineEntry]:
        await self._abilities(Capability.TIMELINE)
        number = number_of(customer_id)
        domain: Domain = [["message_type", "in", list(records.SAID)]]
        domain += ["|", ["body", "!=", False], ["attachment_ids", "!=", False]]  # what only logs a change says nothing
        domain += ["|", "&"]
        domain += [["model", "=", "res.partner"], ["res_id", "=", number], ["author_id", "=", number]]
        if before is not None:
            domain.append(["date", "<", written(math.ceil(before))])
        found = await self._odoo.records(
            "mail.message",
            domain,
            records.TIMELINE_FIELDS,
            limit=max(1, min(limit, 200)),
            order=_NEWEST_FIRST.format("date"),
        )
        await self._doubt(customer_id, found)
        entries = (records.timeline_entry(one, number) for one in found)
        return tuple(one for one in entries if one is not None)

    async def cases(self, customer_id: str) -> Sequence[Case]:
        known = await self._abilities(Capability.CASES)
        number = number_of(customer_id)
        found = await self._odoo.records(
            known.case_model,
            [["partner_id", "child_of", number]],
            records.case_fields(known.case_fields),
            limit=_MOST_CASES,
            order=_NEWEST_FIRST.format("create_date"),
            archived=True,
        )
        await self._doubt(customer_id, found)
        return tuple(records.case(one) for one in found)

    async def _doubt(self, customer_id: str, found: Sequence[object]) -> None:
        """Nothing found can mean that there is no such customer."""
        if not found:
            await self._contacts.must_exist(customer_id)

    async def purchases(self, customer_id: str) -> Sequence[Purchase]:
        await self._abilities(Capability.PURCHASES)
        number = number_of(customer_id)
        orders = await self._odoo.records(
            "sale.order",
            [["partner_id", "child_of", number], ["state", "=", "sale"]],
            records.PURCHASE_FIELDS,
            limit=_MOST_ORDERS,
            order=_NEWEST_FIRST.format("date_order"),
        )
        await self._doubt(customer_id, orders)
        return tuple(line for order in orders for line in records.purchases(order))

    # What we write

    async def log_wrap_up(self, record: WrapUpRecord) -> str:
        known = await self._abilities()
        # On nobody's page it would be found by nobody, so it goes to our own.
        page = known.own_partner if record.customer_id is None else number_of(record.customer_id)
        message = _message("res.partner", page, wrap_up.body(record), wrap_up.message_id(record))
        return str(await self._write("mail.message", "wrap_up", record.key, message, str(page)))

    async def _write(self, model: str, kind: str, key: str, record: Mapping[str, str], customer_id: str) -> int:
        """Make a record of a customer once. Where there is no such customer, Odoo refuses it in words of its own."""
        try:
            return await self._odoo.once(model, kind, key, record)
        except Rejected:
            await self._contacts.must_exist(customer_id)
            raise

    async def create_task(self, customer_id: str, text: str, *, due: Instant | None, key: str) -> str:
        known = await self._abilities(Capability.TASKS)
        task = {
            "res_model_id/id": "base.model_res_partner",
            "res_id": str(number_of(customer_id)),
            "summary": _line(text) or "Task",
            "note": to_html(text),
            "date_deadline": _date(due if due is not None else self._clock(), known.time_zone),
            "activity_type_id/id": _TASK_TYPE,
            "user_id/.id": str(known.user),
        }
        return str(await self._write("mail.activity", "task", key, task, customer_id))

    async def create_customer(self, name: str, addresses: Sequence[Address], *, key: str) -> Customer:
        await self._abilities(Capability.CREATE_CUSTOMER)
        given = [(one.kind, _line(one.value)) for one in addresses if one.value and not one.withheld]
        contact = {
            "name": _line(name),
            "phone": next((value for kind, value in given if kind == "phone"), ""),
            "email": ", ".join(value for kind, value in given if kind == "email"),
        }
        if self._settings.handle_field:
            contact[self._settings.handle_field] = next((value for kind, value in given if kind == "handle"), "")
        made = await self._odoo.once("res.partner", "customer", key, contact)
        with unseen("Odoo"):
            return await self.customer(str(made))

    async def create_case(self, customer_id: str, subject: str, *, priority: str, text: str, key: str) -> Case:
        known = await self._abilities(Capability.CREATE_CASE)
        case = {
            "name": _line(subject) or "Case",
            "partner_id/.id": str(number_of(customer_id)),
            "description": to_html(text),
        }
        if rank := records.priority(priority):
            case["priority"] = rank
        if known.case_model == CASE_MODELS["crm"]:
            case["type"] = "opportunity"
        if known.case_model == CASE_MODELS["project"]:
            case["project_id/.id"] = self._settings.project
        number = await self._write(known.case_model, "case", key, case, customer_id)
        fields = records.case_fields(known.case_fields)
        with unseen("Odoo"):
            found = await self._odoo.records(known.case_model, [["id", "=", number]], fields, limit=1, archived=True)
        if not found:
            raise NotFound("Odoo made the case and does not show it to us.")
        return records.case(found[0])

    async def set_consent(self, customer_id: str, topic: str, *, granted: bool, source: str, key: str) -> Customer:
        known = await self._abilities(Capability.CONSENT)
        if topic not in BLACKLISTS:
            raise Unsupported(f"Odoo keeps blacklists for e-mail and SMS only, not for {topic[:40]}.")
        customer = await self._contacts.one(customer_id, known)
        addresses = sorted(values(customer, KIND_OF_TOPIC[topic]))
        if not addresses:
            raise Rejected(f"The contact has no {'e-mail address' if topic == 'email' else 'telephone number'}.")
        model, field = BLACKLISTS[topic]
        # Each step leaves what is there already as it is, so that the whole may be repeated.
        await self._odoo.change(model, "create", key=key, vals_list=[{field: one} for one in addresses])
        with unseen("Odoo"):
            domain: Domain = [[field, "in", addresses]]
            listed = await self._odoo.records(model, domain, {}, limit=len(addresses), archived=True)
        entries = [one["id"] for one in listed]
        await self._odoo.change(model, "write", key=key, ids=entries, vals={"active": not granted})
        words = to_html(f"{'Allowed' if granted else 'Refused'} by the customer: {source}")
        for entry in entries:
            name = f"{digest(key)}-{entry}"
            message = _message(model, entry, words, f"<consent.{name}@agent-desktop>")
            await self._odoo.once("mail.message", "consent", name, message)
        with unseen("Odoo"):
            return await self._contacts.one(customer_id, known)


def _message(model: str, page: int, body: str, message_id: str) -> Mapping[str, str]:
    """A note on the page of a record, which only employees see."""
    return {
        "model": model,
        "res_id": str(page),
        "body": body,
        "message_type": "comment",
        "subtype_id/id": _NOTE_TYPE,
        "is_internal": "1",
        "message_id": message_id,
    }


def _bounded(limit: int) -> int:
    return max(1, min(limit, _MOST_FOUND))


def _match(customer: Customer, text: str) -> Match:
    if questions.fragment(text):
        return Match(customer, "phone", "number contains the digits")
    if any(word in customer.name.casefold() for word in text.casefold().split()):
        return Match(customer, "name", "name contains the words")
    return Match(customer, "text", "company, e-mail or reference contains the words")


def _line(text: str) -> str:
    return " ".join(clean(text).split())[:_LONGEST_LINE]


def _date(at: Instant, zone: str) -> str:
    """The day of a deadline where the user is; in UTC when Odoo does not know where that is."""
    place: tzinfo = UTC
    if zone:
        try:
            place = ZoneInfo(zone)
        except (ValueError, OSError, LookupError):
            place = UTC
    return datetime.fromtimestamp(at, place).strftime("%Y-%m-%d")
