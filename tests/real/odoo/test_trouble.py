"""Bad days: wrong credentials, mistakes, a slow server, and one that dies while it writes."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from desktop.backends.odoo.connection import Odoo as Connection
from desktop.backends.odoo.settings import connect as connection_of
from desktop.domain.entities.model import Address
from desktop.ports.errors import AuthFailed, BackendBug, OutcomeUnknown, Unavailable, Unsupported
from desktop.testing import fresh
from tests.real.odoo.conftest import Connect
from tests.real.odoo.test_writes import wrap_up
from tests.real.servers.odoo import DATABASE, Odoo


def _connection(odoo: Odoo) -> Connection:
    return connection_of({"url": odoo.url, "database": DATABASE, "api_key": odoo.keys["agent"]})


@pytest.mark.parametrize(
    ("model", "method", "arguments"),
    [
        ("res.partner", "search_read", {"domain": [["nofield", "=", 1]]}),
        ("res.partner", "search_read", {"domain": [], "fields": ["nofield"]}),
        ("res.partner", "search", {"domain": [], "no_argument": 1}),
        ("res.partner", "search", {"domain": "x"}),
    ],
)
async def test_a_mistake_of_ours_is_no_outage(odoo: Odoo, model: str, method: str, arguments: dict[str, Any]) -> None:
    connection = _connection(odoo)
    with pytest.raises(BackendBug) as caught:
        await connection.ask(model, method, **arguments)
    assert ("nofield" in caught.value.detail) == ("nofield" in str(arguments))
    with pytest.raises(Unsupported):
        await connection.ask("no.model", "search_read", domain=[])
    await connection.close()


async def test_wrong_credentials_are_told_apart_from_a_wrong_address(connect: Connect) -> None:
    with pytest.raises(AuthFailed):
        await connect(api_key="0" * 40).open()
    with pytest.raises(Unavailable, match="no database of that name"):
        await connect(database="nobody").open()
    with pytest.raises(Unavailable):
        await connect(url="http://127.0.0.1:1").open()


async def test_a_key_that_is_taken_away_stops_working_at_once(odoo: Odoo, connect: Connect) -> None:
    crm = connect()
    await crm.open()
    user = odoo.call("res.users", "context_get", user="agent")["uid"]
    odoo.call("res.users", "write", ids=[user], vals={"active": False})
    try:
        with pytest.raises(AuthFailed):
            await crm.find(Address("phone", fresh.number()))
    finally:
        odoo.call("res.users", "write", ids=[user], vals={"active": True})
    assert await crm.find(Address("phone", fresh.number())) == ()


async def test_a_restart_in_the_middle_is_survived(odoo: Odoo, connect: Connect) -> None:
    number = fresh.number()
    ada = odoo.create("res.partner", name=fresh.name(), phone=number)
    crm = connect()
    assert await crm.find(Address("phone", number))
    odoo.kill()
    with pytest.raises(Unavailable):
        await crm.find(Address("phone", number))
    with pytest.raises(Unavailable):
        await connect().customer(str(ada))
    await asyncio.to_thread(odoo.run)
    assert [one.customer.id for one in await crm.find(Address("phone", number))] == [str(ada)]


@contextmanager
def held_up(odoo: Odoo) -> Iterator[None]:
    """Nobody can write a message while the block runs."""
    words = "BEGIN; LOCK TABLE mail_message IN SHARE MODE; SELECT pg_sleep(60)"
    holder = odoo.psql(words)
    try:
        odoo.wait_until(lambda: _locks(odoo, "mode = 'ShareLock' AND granted") == 1, "the table was not locked")
        yield
    finally:
        odoo.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)'")
        holder.wait(10)


def writes_waiting(odoo: Odoo) -> int:
    """How many transactions wait to write a message."""
    return _locks(odoo, "mode = 'RowExclusiveLock' AND NOT granted")


def _locks(odoo: Odoo, which: str) -> int:
    return int(odoo.sql(f"SELECT count(*) FROM pg_locks WHERE relation = 'mail_message'::regclass AND {which}"))


async def test_odoo_dies_while_it_writes_and_the_record_is_there_once(odoo: Odoo, connect: Connect) -> None:
    crm, record = connect(), wrap_up(str(odoo.create("res.partner", name=fresh.name())))
    await crm.open()
    with held_up(odoo):
        writing = asyncio.ensure_future(crm.log_wrap_up(record))
        await asyncio.to_thread(odoo.wait_until, lambda: writes_waiting(odoo) == 1, "nothing was being written")
        odoo.kill()
        with pytest.raises(OutcomeUnknown):
            await writing
    await asyncio.to_thread(odoo.run)
    assert odoo.written(record.key) == []
    assert await crm.log_wrap_up(record) == await crm.log_wrap_up(record)
    assert len(odoo.written(record.key)) == 1


async def test_a_slow_write_that_we_gave_up_is_there_once(odoo: Odoo, connect: Connect) -> None:
    crm, record = connect(), wrap_up(str(odoo.create("res.partner", name=fresh.name())))
    await crm.open()
    with held_up(odoo):
        writing = asyncio.ensure_future(crm.log_wrap_up(record))
        await asyncio.to_thread(odoo.wait_until, lambda: writes_waiting(odoo) == 1, "nothing was being written")
        writing.cancel()  # as the host does when it has waited long enough
        again = asyncio.ensure_future(crm.log_wrap_up(record))
        await asyncio.to_thread(odoo.wait_until, lambda: writes_waiting(odoo) == 2, "nothing was written again")
    number = await again
    assert await crm.log_wrap_up(record) == number
    assert odoo.written(record.key) == [int(number)]


async def test_a_database_that_went_away_is_an_outage(odoo: Odoo, connect: Connect) -> None:
    crm = connect()
    await crm.open()
    odoo.stop_database()
    try:
        with pytest.raises(Unavailable):
            await crm.find(Address("phone", fresh.number()))
    finally:
        await asyncio.to_thread(odoo.run_database)
    until = time.monotonic() + 20
    while True:
        try:
            assert await crm.find(Address("phone", fresh.number())) == ()
            break
        except Unavailable:
            assert time.monotonic() < until
