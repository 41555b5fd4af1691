"""`outbox retry` sends what is parked too, and its exit code says whether all of it was delivered."""

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.tables.outbox_rows import OutboxRow, new_row, outbox_key
from desktop.domain.text.sentence import verbatim
from mock_backends.launcher import Running
from tests.cli.command_line import control, run

pytestmark = pytest.mark.thorough


def row(name: str, **more: Any) -> OutboxRow:
    """A wrap-up for the CRM of the profile."""
    key, now = outbox_key("work", name, "wrap_up", 1), time.time()
    record = {
        "key": key, "interaction_id": name, "customer_id": "C-4471", "agent_id": "maya", "channel": "voice",
        "queue": "Billing", "started_at": now - 60, "ended_at": now, "codes": [], "note": f"note of {name}",
        "follow_ups": [], "experts": [], "address": "+442079460018", **more,
    }  # fmt: skip
    return new_row(key, "wrap_up", name, "crm:mock", record, created_at=now)


@pytest.fixture
def path(env: dict[str, str]) -> Path:
    return Path(env["AGENT_DESKTOP_CONFIG"]).parent / "data" / "work.db"


@pytest.fixture
def crm(servers: Running) -> Iterator[str]:
    yield servers.urls["crm"]
    control(servers.urls["crm"], "PUT", "faults", {"rules": []})


def keep(path: Path, *rows: OutboxRow, parked: dict[str, str] | None = None) -> None:
    async def fill() -> None:
        store = await LocalStore.open(path)
        await store.enqueue(rows, drop_draft=None)
        for key, reason in (parked or {}).items():
            await store.park(key, verbatim(reason))
        await store.close()

    asyncio.run(fill())


def refusing(crm: str, status: int) -> None:
    control(crm, "PUT", "faults", {"rules": [{"match": "PUT /v1/wrap-ups/*", "effect": "status", "status": status}]})


def test_without_a_key_what_is_parked_is_sent_too(env: dict[str, str], path: Path, crm: str) -> None:
    one, two = row("r-one"), row("r-two")
    keep(path, one, two, parked={two.key: "the CRM refused it"})
    listed = json.loads(run("outbox", "list", env=env).out)
    assert [one["words"] for one in listed] == ["waits to be sent", "needs you: the CRM refused it"]
    done = run("outbox", "retry", env=env)
    assert [one["words"] for one in json.loads(done.out)] == ["delivered", "delivered"]
    assert done.code == 0, done.words
    again = run("outbox", "retry", env=env)
    assert (again.code, json.loads(again.out)) == (0, [])


def test_what_is_still_not_delivered_is_counted_and_ends_with_1(env: dict[str, str], path: Path, crm: str) -> None:
    good, bad = row("r-good"), row("r-bad", customer_id="no-such-customer")
    keep(path, good, bad, parked={bad.key: "no such customer"})
    done = run("outbox", "retry", env=env)
    assert done.code == 1
    assert "Delivered 1 of 2; 1 need you" in done.words
    assert sorted(one["state"] for one in json.loads(done.out)) == ["delivered", "parked"]
    refusing(crm, 503)
    third = row("r-third")
    keep(path, third)
    done = run("--timeout", "6", "outbox", "retry", env=env)
    assert done.code == 1
    assert "Delivered 0 of 2; 2 wait" in done.words


@pytest.mark.parametrize(("status", "code", "words"), [(422, 1, "needs you"), (503, 3, "waits"), (0, 0, "")])
def test_with_a_key_it_says_what_became_of_it(
    env: dict[str, str], path: Path, crm: str, status: int, code: int, words: str
) -> None:
    one, other = row(f"k-{status}"), row(f"other-{status}")
    keep(path, one, other, parked={one.key: "refused", other.key: "refused"})
    if status:
        refusing(crm, status)
    done = run("--timeout", "6", "outbox", "retry", one.key, env=env)
    assert done.code == code, done.words
    assert words in done.words
    (told,) = json.loads(done.out)
    assert told["interaction_id"] == one.interaction_id
    left = {found["key"]: found["state"] for found in json.loads(run("outbox", "list", env=env).out)}
    assert left[other.key] == "parked", "nobody asked for the other one"


def test_a_record_that_was_changed_on_the_disk_is_never_sent(env: dict[str, str], path: Path) -> None:
    one = row("r-damaged")
    keep(path, one)
    data = path.read_bytes()
    assert data.count(b"note of r-damaged") == 1
    path.write_bytes(data.replace(b"note of r-damaged", b"nope of r-damaged"))
    done = run("outbox", "retry", env=env)
    assert done.code == 1
    assert "1 need you" in done.words
    assert "damaged" in json.loads(done.out)[0]["words"]
    done = run("outbox", "retry", one.key, env=env)
    assert (done.code, done.out) == (1, "")
    assert "damaged" in done.words


def test_a_key_that_nobody_knows(env: dict[str, str]) -> None:
    done = run("outbox", "retry", "no-such", env=env)
    assert (done.code, done.out) == (1, "")
