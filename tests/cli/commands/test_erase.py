"""`erase`: one customer leaves this machine without a byte, and nobody's unsent words go unasked."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest

from desktop.app.reviews.scorecard_draft import ScorecardDraft
from desktop.app.storage.instance_lock import InstanceLock
from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.tables.drafts import Draft
from desktop.app.storage.tables.outbox_rows import new_row, outbox_key
from desktop.app.storage.tables.review_drafts import ReviewDraft
from desktop.domain.reviews.scorecards import Answer, Form, Question, Section
from desktop.domain.text.sentence import verbatim
from tests.cli.command_line import clean_env, run

pytestmark = pytest.mark.thorough

THEIRS = ("cust-a", "Ottilie", "zitronenfalter", "+493012345", "a-parked", "a-draft")
OTHERS = ("cust-b", "Benedikt", "hummel")
COUNTED = ("drafts", "waiting", "parked", "delivered", "customers", "messages", "links", "words", "reasons")
NOTHING = dict.fromkeys((*COUNTED, "set_aside"), 0)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def env(tmp_path: Path, data: Path) -> dict[str, str]:
    """A profile whose servers are away."""
    config = tmp_path / "config.toml"
    config.write_text(
        f"""default = "work"
[profiles.work]
data_dir = "{data}"
[profiles.work.contact_center]
backend = "mock"
url = "http://127.0.0.1:9"
"""
    )
    return clean_env(tmp_path, AGENT_DESKTOP_CONFIG=str(config))


async def _keep(path: Path, *, unsent: bool) -> None:
    store = await LocalStore.open(path)
    for customer, words in (("cust-a", THEIRS), ("cust-b", OTHERS)):
        text, letter = " ".join(words) * 50, customer[-1]
        interactions = ["sent", "parked", "waiting"] if unsent else ["sent"]
        for name in interactions:
            interaction_id = f"{letter}-{name}"
            payload = {"customer_id": customer, "note": text}
            key = outbox_key("work", interaction_id, "wrap_up", 1)
            row = new_row(key, "wrap_up", interaction_id, "crm", payload, created_at=1.0)
            await store.save_draft(Draft(interaction_id, customer, text, (), (), 1, 0.0))
            await store.enqueue([row], drop_draft=interaction_id)
            if name == "sent":
                await store.mark_delivered(key, text)
            if name == "parked":
                await store.park(key, verbatim(text))
        if unsent:
            await store.save_draft(Draft(f"{letter}-draft", customer, text, (), ({"text": text},), 1, 0.0))
        await store.cache_customer(customer, f'{{"name": "{text}"}}', 1.0, "mock", words)
    await store.close()


def keep(data: Path, *, unsent: bool) -> None:
    asyncio.run(_keep(data / "work.db", unsent=unsent))
    (data / "work.log").write_text("KeyError: 'cust-a'")


def found(data: Path, words: tuple[str, ...]) -> set[str]:
    """Which of the words are in any file of the folder."""
    contents = [file.read_bytes() for file in data.rglob("*") if file.is_file()]
    assert contents
    return {word for word in words if any(word.encode() in content for content in contents)}


def answer(**counts: Any) -> dict[str, Any]:
    return {"customer_id": "cust-a", **NOTHING, "log": False, "saved_files": 0, **counts}


def test_a_customer_leaves_no_byte_and_the_others_stay(env: dict[str, str], data: Path) -> None:
    keep(data, unsent=False)
    assert found(data, THEIRS) == set(THEIRS)
    ran = run("erase", "cust-a", env=env)
    assert (ran.code, ran.words) == (0, "")
    assert ran.json == answer(delivered=1, customers=1, log=True)
    assert found(data, THEIRS) == set()
    assert found(data, OTHERS) == set(OTHERS)
    again = run("erase", "cust-a", env=env)
    assert (again.code, again.json) == (0, answer())


def test_files_saved_from_contacts_are_told_since_nothing_says_whose_they_are(env: dict[str, str], data: Path) -> None:
    keep(data, unsent=False)
    folder = data / "work.files"
    folder.mkdir()
    (folder / ".half.part").write_bytes(b"x")
    (folder / "bill.pdf").write_bytes(b"%PDF")
    ran = run("erase", "cust-a", env=env)
    assert (ran.code, ran.json["customers"], ran.json["saved_files"]) == (0, 1, 1)
    assert "1 file saved from contacts is still in" in ran.words and str(folder) in ran.words
    assert (folder / "bill.pdf").exists()


def test_what_was_not_sent_goes_only_when_that_is_said(env: dict[str, str], data: Path) -> None:
    keep(data, unsent=True)
    before = run("outbox", "list", "--all", env=env).json
    refused = run("erase", "cust-a", env=env)
    assert (refused.code, refused.out) == (1, "")
    assert (
        "nowhere else: 3 (notes in progress 1, scorecards and coaching notes 0, waiting 1, parked 1)" in refused.words
    )
    assert "--unsent" in refused.words
    assert run("outbox", "list", "--all", env=env).json == before
    assert found(data, THEIRS) == set(THEIRS)
    assert (data / "work.log").exists()

    ran = run("erase", "cust-a", "--unsent", env=env)
    assert ran.code == 0, ran.words
    assert ran.json == answer(drafts=1, waiting=1, parked=1, delivered=1, customers=1, log=True)
    assert found(data, THEIRS) == set()
    assert found(data, OTHERS) == set(OTHERS)
    left = [row["interaction_id"] for row in run("outbox", "list", "--all", env=env).json]
    assert left == ["b-sent", "b-parked", "b-waiting", "b-draft"]


FORM = Form("voice", "Calls", (Section("All", (Question("greeting", "Was there a greeting?"),)),))


async def _judge(path: Path, *, linked: bool, parked: bool = False) -> None:
    """A supervisor's unfinished words about the customers' calls, as the desktop keeps them."""
    store = await LocalStore.open(path)
    for letter, words in (("a", THEIRS), ("b", OTHERS)):
        text = " ".join(words)
        address = "+493012345" if letter == "a" else "+4930999"
        if linked:  # this machine worked the call once
            await store.save_draft(Draft(f"{letter}-draft", f"cust-{letter}", "", (), (), 1, 0.0))
            await store.discard_draft(f"{letter}-draft")
            address = ""
        answers = (Answer("greeting", "no", text),)
        card = ScorecardDraft(f"{letter}-draft", "maya", "Maya", FORM, answers, text, customer=address)
        note = {"agent_id": "maya", "evaluation": f"e-{letter}", "text": text, "interaction_id": card.interaction_id}
        reply = {"note_id": f"n-{letter}", "text": text, "customer": address, "interaction_id": card.interaction_id}
        for subject, body in (
            (card.subject, card.body()),
            (f"note/maya/e-{letter}", note),
            (f"reply/n-{letter}", reply),
        ):
            await store.save_review_draft(ReviewDraft(subject, json.dumps(body)))
            if parked:
                await store.park_review_draft(subject, verbatim("the text was damaged on this machine"))
    await store.set_preference("floor", {"formula": "f", "reasons": ["Ottilie complained", "zitronenfalter"]})
    await store.close()


@pytest.mark.parametrize("parked", [False, True])
@pytest.mark.parametrize("linked", [True, False])
def test_what_a_supervisor_wrote_of_their_call_goes_too(
    env: dict[str, str], data: Path, linked: bool, parked: bool
) -> None:
    asyncio.run(_judge(data / "work.db", linked=linked, parked=parked))
    assert found(data, THEIRS) >= set(THEIRS) - {"cust-a"}
    command = ("erase", "cust-a") if linked else ("erase", "cust-a", "--address", "+493012345")
    refused = run(*command, env=env)
    assert refused.code == 1
    assert ("parked 3" if parked else "scorecards and coaching notes 3") in refused.words
    ran = run(*command, "--unsent", env=env)
    assert ran.code == 0, ran.words
    assert ran.json == answer(reasons=2, **({"parked": 3} if parked else {"words": 3}))
    assert found(data, THEIRS) == set()
    assert found(data, OTHERS) >= set(OTHERS) - {"cust-b"}


def test_the_link_to_a_call_outlives_a_month_while_words_about_it_are_kept(data: Path) -> None:
    async def keep_long() -> int:
        await _judge(data / "work.db", linked=True)
        store = await LocalStore.open(data / "work.db")
        await store.purge(time.time() + 40 * 86_400)
        found = await store.traces("cust-a")
        await store.close()
        return found.words

    assert asyncio.run(keep_long()) == 3


def test_what_is_damaged_is_searched_for_their_traces(env: dict[str, str], data: Path) -> None:
    async def damage() -> None:
        store = await LocalStore.open(data / "work.db")
        text = '{"interaction_id": "a-draft", "customer": "+493012345", "comment": "zitronenfalter'
        await store.save_review_draft(ReviewDraft("note/maya/e-1", text))
        await store.close()

    asyncio.run(damage())
    ran = run("erase", "cust-a", "--address", "+493012345", "--unsent", env=env)
    assert ran.json == answer(words=1)
    assert found(data, THEIRS) == set()


def test_a_damaged_file_that_was_set_aside_is_not_forgotten(env: dict[str, str], data: Path) -> None:
    keep(data, unsent=False)
    aside = data / "work.db.damaged-1700000000"
    aside.write_text("Ottilie")
    refused = run("erase", "cust-a", env=env)
    assert refused.code == 1
    assert str(aside) in refused.words
    assert found(data, THEIRS) == set(THEIRS)
    ran = run("erase", "cust-a", "--unsent", env=env)
    assert ran.json == answer(delivered=1, customers=1, set_aside=1, log=True)
    assert found(data, THEIRS) == set()


def test_it_says_no_while_a_desktop_runs(env: dict[str, str], data: Path) -> None:
    keep(data, unsent=False)
    lock = InstanceLock(data / "work.lock")
    lock.acquire()
    try:
        ran = run("erase", "cust-a", "--unsent", env=env)
    finally:
        lock.release()
    assert (ran.code, ran.out) == (1, "")
    assert "already open" in ran.words
    assert "Close it first." in ran.words
    assert found(data, ("Ottilie",))


def test_without_anything_kept_nothing_is_made(env: dict[str, str], data: Path) -> None:
    ran = run("erase", "cust-a", env=env)
    assert (ran.code, ran.json) == (0, answer())
    assert not (data / "work.db").exists()


def test_a_file_that_is_damaged_is_told_and_left(env: dict[str, str], data: Path) -> None:
    data.mkdir()
    (data / "work.db").write_bytes(b"this is no database" * 100)
    ran = run("erase", "cust-a", env=env)
    assert (ran.code, ran.out) == (3, "")
    assert "damaged" in ran.words
    assert "Traceback" not in ran.words
    assert (data / "work.db").read_bytes().startswith(b"this is no database")
