"""Who is calling, asked of a real Odoo with many contacts: through the adapter, and by a bare HTTP client.

`python -m tests.bench.bench_odoo [--partners 10000] [--lookups 200]` prints JSON, in milliseconds. Each lookup is of
another number, written in one of four notations. The bare client keeps its connection and makes the same search for the
name and the number alone; the adapter reads the whole card and verifies it. They take turns.
"""

import argparse
import asyncio
import json
import random
import time
from typing import Any

import httpx

from desktop.backends.odoo.crm import OdooCrm
from desktop.backends.odoo.questions import by_phone
from desktop.domain.entities.model import Address
from tests.bench.figures import spread
from tests.real.servers.odoo import DATABASE, Odoo
from tests.real.servers.server import CannotStart

NOTATIONS = ("+44{}{}", "+44 {} {}", "0044 {} {}", "+44 (0){} {}")
AT_ONCE = 500
WARM_UP = 5
FIELDS = frozenset({"phone_sanitized", "phone_mobile_search"})


def number(at: int) -> str:
    """The E.164 number of a contact."""
    return f"+4420{70_000_000 + at}"


def fill(odoo: Odoo, partners: int) -> None:
    """Contacts with companies, e-mail addresses and numbers in turn in each notation."""
    company = odoo.create("res.partner", name="Bench & Co", is_company=True)
    for first in range(0, partners, AT_ONCE):
        rows = [
            {
                "name": f"Customer {at}",
                "parent_id": company if at % 3 else False,
                "email": f"customer{at}@example.org",
                "phone": NOTATIONS[at % len(NOTATIONS)].format("20", 70_000_000 + at),
            }
            for at in range(first, min(first + AT_ONCE, partners))
        ]
        odoo.call("res.partner", "create", vals_list=rows)
    odoo.sql("ANALYZE")


async def lookups(odoo: Odoo, partners: int, count: int) -> dict[str, Any]:
    """The adapter and the bare client, in turns."""
    chance = random.Random(7)
    crm = OdooCrm.create({"url": odoo.url, "database": DATABASE, "api_key": odoo.keys["agent"]})
    headers = {"Authorization": f"Bearer {odoo.keys['agent']}", "X-Odoo-Database": DATABASE}
    took: dict[str, list[float]] = {"adapter": [], "bare httpx": []}
    async with httpx.AsyncClient(base_url=odoo.url, headers=headers, trust_env=False) as client:

        async def adapter(asked: str) -> list[str]:
            return [one.customer.name for one in await crm.find(Address("phone", asked)) if one.verified]

        async def bare(asked: str) -> list[str]:
            question = {"domain": by_phone(asked, "", FIELDS), "fields": ["name", "phone"], "limit": 10}
            answer = await client.post("/json/2/res.partner/search_read", json=question)
            return [one["name"] for one in answer.json()]

        began = time.perf_counter()
        await crm.open()
        opened = time.perf_counter() - began
        for _ in range(count + WARM_UP):
            for name, ask in (("adapter", adapter), ("bare httpx", bare)):
                at = chance.randrange(partners)
                began = time.perf_counter()
                found = await ask(number(at))
                took[name].append((time.perf_counter() - began) * 1000)
                assert found == [f"Customer {at}"], found
    await crm.close()
    return {"open": round(opened * 1000, 1), **{name: spread(values[WARM_UP:]) for name, values in took.items()}}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--partners", type=int, default=10_000)
    parser.add_argument("--lookups", type=int, default=200)
    given = parser.parse_args()
    try:
        with Odoo() as odoo:
            fill(odoo, given.partners)
            print(json.dumps(asyncio.run(lookups(odoo, given.partners, given.lookups)), indent=2))
    except CannotStart as error:
        print(json.dumps({"not measured": str(error)}))


if __name__ == "__main__":
    main()
