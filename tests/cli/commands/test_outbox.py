"""`outbox`: what a parked wrap-up lacks is listed, and what is dropped is gone."""

import asyncio
from pathlib import Path

import pytest

from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.tables.drafts import Draft
from desktop.app.storage.tables.outbox_rows import new_row
from desktop.domain.notes.contact_facts import ContactFacts
from desktop.domain.text.sentence import verbatim
from tests.cli.command_line import clean_env, run


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """A profile whose servers are away, with a wrap-up that was not finished and a note that waits."""
    config = tmp_path / "config.toml"
    config.write_text(
        f"""default = "work"
[profiles.work]
data_dir = "{tmp_path / "data"}"
[profiles.work.contact_center]
backend = "mock"
url = "http://127.0.0.1:9"
"""
    )

    async def fill() -> None:
        (tmp_path / "data").mkdir()
        store = await LocalStore.open(tmp_path / "data" / "work.db")
        try:
            facts = ContactFacts(agent_id="maya", customer_name="Priya", channel="voice", code_rule="one")
            draft = Draft("i1", None, "charged twice", (), ({"kind": "sms", "text": "soon"},), 1, 1.0, facts=facts)
            await store.save_draft(draft)
            await store.park_draft("i1", verbatim("the contact was closed before the note was finished"), draft=draft)
            await store.enqueue(
                [new_row("k2", "wrap_up", "i2", "crm", {"note": "waits"}, created_at=2.0)], drop_draft=None
            )
        finally:
            await store.close()

    asyncio.run(fill())
    return clean_env(tmp_path, AGENT_DESKTOP_CONFIG=str(config), AGENT_DESKTOP_CONTACT_CENTER_TOKEN="t")


def test_what_a_wrap_up_lacks_is_listed(env: dict[str, str]) -> None:
    record = next(row for row in run("outbox", "list", env=env).json if row["kind"] == "record")
    assert (record["customer"], record["author"], record["state"]) == ("Priya", "maya", "parked")
    assert record["missing"] == ["codes", "customer"]
    assert record["intact"] is True
    shown = run("outbox", "show", record["key"], env=env).json
    assert shown["missing"] == ["codes", "customer"]
    assert shown["payload"]["note"] == "charged twice"
    assert shown["payload"]["follow_ups"] == [{"kind": "sms", "text": "soon"}]


@pytest.mark.thorough
def test_what_is_parked_can_be_dropped_and_what_waits_cannot(env: dict[str, str]) -> None:
    record = next(row for row in run("outbox", "list", env=env).json if row["kind"] == "record")
    for key, words in (("no-such", "no record 'no-such'"), ("k2", "does not need attention")):
        ran = run("outbox", "drop", key, env=env)
        assert (ran.code, ran.out) == (1, "")
        assert words in ran.words
    assert run("outbox", "drop", record["key"], env=env).json["key"] == record["key"]
    assert [row["key"] for row in run("outbox", "list", "--all", env=env).json] == ["k2"]
    assert run("outbox", "drop", record["key"], env=env).code == 1
