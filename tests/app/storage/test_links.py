"""What the agent said of records: kept, taken back, gone by age and with the customer, and never believed damaged."""

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.app.storage.erasure import Traces
from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.schema import MIGRATIONS, prepare
from desktop.app.storage.tables.drafts import Draft
from desktop.app.storage.tables.outbox_rows import new_row, outbox_key
from desktop.domain.entities.identity import CUSTOMER, PERSON, said

DAY = 86_400.0
SAME = said(CUSTOMER, "shop:1", "mail:2", same=True)
APART = said(CUSTOMER, "shop:1", "mail:3", same=False)
PEOPLE = said(PERSON, "xmpp:7", "teams:a", same=True)


@pytest.fixture
async def links(store: LocalStore) -> AsyncIterator[LocalStore]:
    for link in (SAME, APART, PEOPLE):
        await store.keep_link(link)
    yield store


async def test_what_was_said_last_of_two_records_counts(links: LocalStore) -> None:
    assert sorted(await links.links(), key=lambda link: link.key) == sorted(
        (SAME, APART, PEOPLE), key=lambda one: one.key
    )
    other_way = said(CUSTOMER, "mail:2", "shop:1", same=False)
    await links.keep_link(other_way)
    assert [link for link in await links.links() if link.key == SAME.key] == [replace(SAME, same=False)]
    await links.forget_link(SAME)
    assert SAME.key not in [link.key for link in await links.links()]


async def test_a_link_that_was_changed_on_the_disk_makes_nobody_one(links: LocalStore, store_path: Path) -> None:
    with sqlite3.connect(store_path) as other:
        other.execute("UPDATE links SET second = 'shop:9' WHERE same = 1 AND kind = 'customer'")
        other.execute("UPDATE links SET same = 1 WHERE same = 0")
    assert await links.links() == [PEOPLE]


async def test_links_go_by_age(links: LocalStore, clock: Any) -> None:
    assert (await links.purge(clock.now + 300 * DAY)).links == 0
    assert (await links.purge(clock.now + 400 * DAY)).links == 3
    assert await links.links() == []


async def test_erasing_a_customer_takes_their_records_in_every_crm_and_the_links(links: LocalStore) -> None:
    await links.cache_customer("shop:1", "{}", 1.0, "crm:shop", ["phone:+441"])
    await links.cache_customer("mail:2", "{}", 1.0, "crm:mail", ["phone:+441"])
    await links.cache_customer("mail:3", "{}", 1.0, "crm:mail", ["phone:+441"])
    payload = {"customer_id": "mail:2", "also": [{"customer_id": "mail:2"}, {"customer_id": "old:9"}]}
    key = outbox_key("p", "i1", "wrap_up", 1)
    await links.enqueue([new_row(key, "wrap_up", "i1", "crm:mail", payload, created_at=1.0)], drop_draft=None)
    await links.save_draft(Draft("i2", "else:1", "words", (), (), 1, 0.0, also=("old:9",)))
    traces = Traces(drafts=1, waiting=1, customers=2, links=2)
    assert await links.traces("shop:1") == traces
    assert await links.erase_customer("shop:1") == traces
    assert await links.links() == [PEOPLE]  # colleagues are no customers
    assert [kept.customer_id for kept in await links.cached_by_key("phone:+441")] == ["mail:3"]
    assert await links.drafts() == []


def test_an_older_file_gets_the_table(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "old.db", isolation_level=None)
    prepare(connection, MIGRATIONS[:2])
    assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'links'").fetchone() == (0,)
    prepare(connection)
    assert connection.execute("SELECT count(*) FROM links").fetchone() == (0,)
    connection.close()
