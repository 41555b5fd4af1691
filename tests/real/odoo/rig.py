"""A real Odoo for the contract: a fault proxy in front of it, its own API and its database behind it."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from desktop.backends.odoo.crm import OdooCrm
from desktop.backends.wire.html_text import to_text
from desktop.domain.entities.model import Address
from desktop.ports.crm import Crm
from desktop.testing import fresh
from desktop.testing.fault_proxy import Answer
from desktop.testing.http_rig import ANSWERS, HttpRig
from desktop.testing.rig import Fault
from desktop.testing.rigs import CrmRig, KeptWrapUp
from tests.real.servers.odoo import DATABASE, Odoo

HANDLES = "ref"
"""A field that holds anything, for the handles of customers."""
# What Odoo itself answers; the rest is answered by the web server that stands in front of it.
_REFUSED = b'{"name": "werkzeug.exceptions.Unauthorized", "message": "Invalid apikey", "arguments": [], "debug": ""}'
_BROKEN = b'{"name": "psycopg2.OperationalError", "message": "server closed the connection", "debug": "Traceback"}'


class OdooRig(HttpRig[Crm], CrmRig):
    """One user of the server."""

    label = "real"

    answers: ClassVar[Mapping[Fault, Answer]] = {
        **ANSWERS,
        Fault.UNAUTHORIZED: Answer(401, {"WWW-Authenticate": "Bearer"}, _REFUSED),
        Fault.SERVER_ERROR: Answer(500, body=_BROKEN),
    }

    def __init__(self, odoo: Odoo, user: str) -> None:
        self._odoo = odoo
        self._key = odoo.keys[user]
        self.server_url = odoo.url
        self.secrets = (self._key,)

    def make(self) -> Crm:
        return OdooCrm.create(
            {"url": self.proxy.url, "database": DATABASE, "api_key": self._key, "handle_field": HANDLES}
        )

    async def _call(self, model: str, method: str, **arguments: Any) -> Any:
        return await asyncio.to_thread(self._odoo.call, model, method, **arguments)

    async def _count(self, model: str, *domain: Any) -> int:
        return await asyncio.to_thread(self._odoo.count, model, *domain)

    async def add_customer(self, name: str, addresses: Sequence[Address]) -> str:
        values = {HANDLES if one.kind == "handle" else one.kind: one.value for one in addresses}
        return str((await self._call("res.partner", "create", vals_list=[{"name": name, **values}]))[0])

    async def activities(self, key: str) -> int:
        """By the external id that stands for the key, and by the message's own id, which must agree."""
        made = await asyncio.to_thread(self._odoo.written, key)
        told = await self._count("mail.message", ["id", "in", made])
        assert len(made) == told, "an external id without its message, or the other way round"
        return told

    async def kept_wrap_up(self, key: str) -> KeptWrapUp:
        ids = sorted(set(await asyncio.to_thread(self._odoo.written, key)))
        (kept,) = await self._call("mail.message", "read", ids=ids, fields=["body"])
        words = to_text(kept["body"])
        at = re.search(r"(\d{4}-\d\d-\d\d \d\d:\d\d) UTC · (\d+):(\d\d)", words)
        assert at is not None, words
        began = datetime.strptime(at[1], "%Y-%m-%d %H:%M").replace(tzinfo=UTC).timestamp()
        return KeptWrapUp(words, began, began + 60 * int(at[2]) + int(at[3]))

    async def customers_named(self, name: str) -> int:
        return await self._count("res.partner", ["name", "=", name])

    async def cases_about(self, customer_id: str, subject: str) -> int:
        return await self._count("crm.lead", ["partner_id", "=", int(customer_id)], ["name", "=", subject])

    async def case_text(self, customer_id: str, subject: str) -> str:
        domain = [["partner_id", "=", int(customer_id)], ["name", "=", subject]]
        (kept,) = await self._call("crm.lead", "search_read", domain=domain, fields=["description"])
        return to_text(str(kept["description"]))

    async def tasks_about(self, customer_id: str, text: str) -> int:
        return await self._count("mail.activity", ["res_id", "=", int(customer_id)], ["summary", "=", text])

    async def task_due(self, customer_id: str, text: str) -> float | None:
        domain = [["res_id", "=", int(customer_id)], ["summary", "=", text]]
        (kept,) = await self._call("mail.activity", "search_read", domain=domain, fields=["date_deadline"])
        return datetime.strptime(f"{kept['date_deadline']} 12", "%Y-%m-%d %H").replace(tzinfo=UTC).timestamp()

    async def consent_words(self, customer_id: str) -> str:
        (partner,) = await self._call("res.partner", "read", ids=[int(customer_id)], fields=["phone_sanitized"])
        numbers = [["number", "=", partner["phone_sanitized"]], ["active", "in", [True, False]]]
        listed = await self._call("phone.blacklist", "search_read", domain=numbers, fields=["id"])
        domain = [["model", "=", "phone.blacklist"], ["res_id", "in", [one["id"] for one in listed]]]
        told = await self._call("mail.message", "search_read", domain=domain, fields=["body"])
        return "\n".join(to_text(one["body"]) for one in told)

    async def buyer(self) -> tuple[str, str]:
        customer_id, item = await self.add_customer(fresh.name(), []), fresh.text("Kettle")
        await asyncio.to_thread(buy, self._odoo, int(customer_id), item)
        return customer_id, item


def buy(odoo: Odoo, customer: int, *items: str, price: float = 12.5) -> int:
    """A confirmed order of one piece of each; answers its number."""
    lines = []
    for item in items:
        product = odoo.create("product.product", name=item, list_price=price)
        lines.append(
            [0, 0, {"product_id": product, "product_uom_qty": 1, "price_unit": price, "tax_ids": [[6, 0, []]]}]
        )
    order = odoo.create("sale.order", partner_id=customer, order_line=lines)
    odoo.call("sale.order", "action_confirm", ids=[order])
    return order
