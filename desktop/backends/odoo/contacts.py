"""Reading contacts: each with its addresses as they are compared, and with what it allowed."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from desktop.backends.odoo import records
from desktop.backends.odoo.abilities import BLACKLISTS, Abilities
from desktop.backends.odoo.connection import Domain, Odoo, record_id
from desktop.backends.odoo.settings import Settings
from desktop.backends.odoo.value import text
from desktop.domain.entities.customer import Consent, Customer
from desktop.domain.entities.model import Instant
from desktop.ports.errors import NotFound

KIND_OF_TOPIC = {"email": "email", "sms": "phone"}
_MOST_ENTRIES = 500


class Contacts:
    """The contacts that the user may see."""

    def __init__(self, odoo: Odoo, settings: Settings, clock: Callable[[], Instant]) -> None:
        self._odoo = odoo
        self._settings = settings
        self._clock = clock

    async def where(self, domain: Domain, known: Abilities, *, limit: int, archived: bool = False) -> list[Customer]:
        """Those that a domain lets through, `archived` ones too if asked."""
        fields = records.partner_fields(known, self._settings.handle_field)
        found = await self._odoo.records("res.partner", domain, fields, limit=limit, archived=archived)
        now = self._clock()
        return await self._with_consents([records.customer(one, self._settings, now) for one in found], known)

    async def one(self, customer_id: str, known: Abilities) -> Customer:
        """A contact, archived or not.

        Raises:
            NotFound: it is not there, or not shown to us.
        """
        found = await self.where([["id", "=", number_of(customer_id)]], known, limit=1, archived=True)
        if not found:
            raise NotFound("Odoo has no such contact, or does not show it to us.")
        return found[0]

    async def must_exist(self, customer_id: str) -> None:
        """See that a contact is there; asked where an answer could mean that it is not.

        Raises:
            NotFound: it is not there, or not shown to us.
        """
        number = number_of(customer_id)
        if not await self._odoo.records("res.partner", [["id", "=", number]], {}, limit=1, archived=True):
            raise NotFound("Odoo has no such contact, or does not show it to us.")

    async def _with_consents(self, customers: list[Customer], known: Abilities) -> list[Customer]:
        """With what the blacklists say exactly, where we may read them; otherwise only refusals are known."""
        wanted = {
            topic: sorted({value for one in customers for value in values(one, KIND_OF_TOPIC[topic])})
            for topic in sorted(known.readable_blacklists)
        }
        topics = [topic for topic, found in wanted.items() if found]
        answers = await asyncio.gather(*(self._entries(topic, wanted[topic]) for topic in topics))
        listed = dict(zip(topics, answers, strict=True))
        return [replace(one, consents=tuple(_consents(one, listed))) for one in customers]

    async def _entries(self, topic: str, wanted: Sequence[str]) -> dict[str, Consent]:
        model, field = BLACKLISTS[topic]
        fields: dict[str, object] = {field: {}, "active": {}, "write_date": {}}
        domain: Domain = [[field, "in", list(wanted)]]
        found = await self._odoo.records(model, domain, fields, limit=_MOST_ENTRIES, archived=True)
        return {text(one.get(field)): records.consent(topic, one) for one in found}


def values(customer: Customer, kind: str) -> set[str]:
    """The addresses of one kind, as they are compared."""
    return {one.value if kind == "phone" else one.value.casefold() for one in customer.addresses if one.kind == kind}


def _consents(customer: Customer, listed: Mapping[str, Mapping[str, Consent]]) -> Iterable[Consent]:
    """The answer for each topic; a refusal of one of several addresses outweighs what was said of the others."""
    for topic, kind in KIND_OF_TOPIC.items():
        found = [entry for value, entry in listed.get(topic, {}).items() if value in values(customer, kind)]
        found += [] if found else [one for one in customer.consents if one.topic == topic]
        if found:
            yield next((one for one in found if not one.granted), found[0])


def number_of(customer_id: str) -> int:
    """The number of a contact.

    Raises:
        NotFound: no contact can have such an id.
    """
    number = record_id(customer_id)
    if number is None:
        raise NotFound("That is not the number of a contact.")
    return number
