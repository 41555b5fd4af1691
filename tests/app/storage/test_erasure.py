"""What leaves the machine: by age, and by a customer's wish without a byte left (S14)."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from desktop.app.storage.erasure import DAY, Traces
from desktop.app.storage.errors import StoreLocked
from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.tables.drafts import Draft
from desktop.app.storage.tables.outbox_rows import new_row, outbox_key
from desktop.domain.entities.message import InboundMessage
from desktop.domain.entities.model import Address
from desktop.domain.entities.words import Channel
from desktop.domain.text.sentence import verbatim

SECRETS = ("Ottilie", "zitronenfalter", "+493012345", "ottilie@example.org", "Bären", "card 4111")
"""Words only the customer to be erased has; none of them names the customer."""


async def keep_much_about(store: LocalStore, customer: str, words: tuple[str, ...], rows: int) -> Traces:
    """Write about a customer everywhere the store keeps anything; returns how many rows that is."""
    for number in range(rows):
        interaction_id = f"{customer}-{number}"
        text = " ".join(words) * 20
        await store.save_draft(Draft(interaction_id, customer, text, (), ({"note": text},), 1, 0.0))
        if number % 2:
            # This row's payload does not name the customer; its interaction does.
            key = outbox_key("p", interaction_id, "wrap_up", 1)
            row = new_row(key, "wrap_up", interaction_id, "crm:mock", {"note": text}, created_at=1.0)
            await store.enqueue([row], drop_draft=interaction_id)
    key = outbox_key("p", f"{customer}-x", "consent", 1)
    payload = {"nested": [{"customer_id": customer}], "text": " ".join(words)}
    await store.enqueue(
        [new_row(key, "consent", f"{customer}-x", "crm:mock", payload, created_at=1.0)], drop_draft=None
    )
    await store.cache_customer(customer, f'{{"name":"{" ".join(words)}"}}', 1.0, "mock", [*words, "shared"])
    return Traces(drafts=rows - rows // 2, waiting=rows // 2 + 1, customers=1)


def hits(folder: Path, words: tuple[str, ...]) -> dict[str, int]:
    """How often each word is in any file, in UTF-8 or as JSON escapes."""
    found: dict[str, int] = {}
    for file in folder.iterdir():
        content = file.read_bytes()
        for word in words:
            spellings = {word.encode(), word.encode("unicode_escape").replace(b"\\x", b"\\u00")}
            count = sum(content.count(spelling) for spelling in spellings)
            if count:
                found[f"{file.name}: {word}"] = count
    return found


async def test_an_erased_customer_leaves_no_byte(store: LocalStore, store_path: Path) -> None:
    others = await keep_much_about(store, "cust-b", ("Benedikt", "hummel", "+4940999"), 10)
    made = await keep_much_about(store, "cust-a", SECRETS, 30)
    assert hits(store_path.parent, ("cust-a", *SECRETS))
    assert await store.traces("cust-a") == made
    assert await store.erase_customer("cust-a") == made
    assert hits(store_path.parent, ("cust-a", *SECRETS)) == {}
    assert await store.erase_customer("cust-a") == Traces()
    # The others' words are all there.
    assert (await store.check()).is_sound
    assert [found.customer_id for found in await store.cached_by_key("shared")] == ["cust-b"]
    assert await store.erase_customer("cust-b") == others
    await store.close()
    assert hits(store_path.parent, ("cust-a", "cust-b", "hummel", *SECRETS)) == {}


async def test_messages_from_a_customers_addresses_go_with_them(store: LocalStore, store_path: Path) -> None:
    senders = ("+493012345", "+4940999", "+4977")
    for number in senders:
        sender = Address("phone", number)
        await store.keep_message(InboundMessage(f"m{number}", 1.0, Channel.SMS, sender, f"words of {number}"))
    await store.cache_customer("cust-a", "{}", 1.0, "mock", ["phone:+493012345"])
    payload = {"customer_id": "cust-a", "address": "+4977"}
    await store.enqueue([new_row("k", "wrap_up", "i1", "crm", payload, created_at=1.0)], drop_draft=None)
    assert (await store.traces("cust-a")).messages == 2
    assert (await store.erase_customer("cust-a")).messages == 2
    assert [one.sender.value for one in await store.messages()] == ["+4940999"]
    assert hits(store_path.parent, ("+493012345", "+4977")) == {}


async def test_what_was_kept_while_there_was_one_crm_goes_too(store: LocalStore, store_path: Path) -> None:
    """Since then the profile names two, and ids have the name of their CRM before them."""
    for target in ("crm:shop", "crm:mail"):
        draft = Draft(f"draft {target}", "42", f"words {target}", (), (), 1, 0.0, target=target)
        await store.save_draft(draft)
        payload = {"customer_id": "42", "note": f"note {target}"}
        await store.enqueue([new_row(target, "wrap_up", target, target, payload, created_at=1.0)], drop_draft=None)
    await store.cache_customer("42", '{"name": "Ottilie"}', 1.0, "crm:shop", ["phone:+493012345"])
    assert await store.erase_customer("shop:42") == Traces(drafts=1, waiting=1, customers=1)
    assert hits(store_path.parent, ("words crm:shop", "note crm:shop", "Ottilie")) == {}
    assert [draft.target for draft in await store.drafts()] == ["crm:mail"]
    assert [row.target for row in await store.outbox()] == ["crm:mail"]


async def test_a_card_of_another_crm_under_the_same_address_goes_too(store: LocalStore, store_path: Path) -> None:
    for one, source in (("shop:1", "crm:shop"), ("mail:7", "crm:mail"), ("shop:2", "crm:shop")):
        await store.cache_customer(one, f'{{"name": "Name of {one}"}}', 1.0, source, ["phone:+493012345"])
    assert (await store.erase_customer("shop:1")).customers == 2
    assert hits(store_path.parent, ("Name of shop:1", "Name of mail:7")) == {}
    assert [one.customer_id for one in await store.cached_by_key("phone:+493012345")] == ["shop:2"]


async def test_a_card_under_an_address_named_for_erasing_goes_too(store: LocalStore, store_path: Path) -> None:
    await store.cache_customer("mail:7", '{"name": "Name of mail:7"}', 1.0, "crm:mail", ["phone:+493012345"])
    await store.cache_customer("mail:8", '{"name": "Name of mail:8"}', 1.0, "crm:mail", ["phone:+493099999"])
    assert (await store.erase_customer("shop:1", ["+493012345"])).customers == 1
    assert hits(store_path.parent, ("Name of mail:7",)) == {}
    assert [one.customer_id for one in await store.cached_by_key("phone:+493099999")] == ["mail:8"]


async def test_erasing_beside_a_reader_says_that_it_must_be_done_again(store: LocalStore, store_path: Path) -> None:
    await keep_much_about(store, "cust-a", SECRETS, 3)
    reader = sqlite3.connect(store_path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM drafts").fetchone()
    with pytest.raises(StoreLocked):
        await store.erase_customer("cust-a")
    reader.execute("COMMIT")
    reader.close()
    assert await store.erase_customer("cust-a") == Traces()
    assert hits(store_path.parent, ("cust-a", *SECRETS)) == {}


async def test_only_what_names_the_customer_is_theirs(store: LocalStore) -> None:
    payload = {"codes": ["sold"], "note": "", "customer_id": "c1"}
    rows = [
        new_row(outbox_key("p", name, "wrap_up", 1), "wrap_up", name, "crm:mock", payload, created_at=1.0)
        for name in ("one", "two", "three")
    ]
    await store.enqueue(rows, drop_draft=None)
    await store.mark_delivered(rows[0].key, "r")
    await store.park(rows[1].key, verbatim("why"))
    for word in ("sold", "note", "", "c", "one"):
        assert await store.erase_customer(word) == Traces()
    assert await store.erase_customer("c1") == Traces(waiting=1, parked=1, delivered=1)


def row(interaction_id: str, at: float) -> Any:
    key = outbox_key("p", interaction_id, "wrap_up", 1)
    return new_row(key, "wrap_up", interaction_id, "crm:mock", {}, created_at=at)


async def test_purging_keeps_what_nobody_else_has(store: LocalStore, clock: Any) -> None:
    start = clock.now
    for name in ("unsent", "sent", "written on"):
        await store.save_draft(Draft(name, None, name, (), (), 1, 0.0))
    rows = [row(name, start) for name in ("sent", "written on", "parked", "waiting")]
    await store.enqueue(rows, drop_draft=None)
    clock.now += 1
    await store.save_draft(Draft("written on", None, "more words since", (), (), 1, 0.0))
    await store.mark_delivered(rows[0].key, "r")
    await store.mark_delivered(rows[1].key, "r")
    await store.park(rows[2].key, verbatim("why"))
    await store.cache_customer("c1", "{}", start, "mock", ["k"])
    await store.cache_customer("c2", "{}", start + 400 * DAY, "mock", ["k"])  # by a CRM whose clock is wrong

    nothing = await store.purge(start + 0.5 * DAY)
    assert (nothing.delivered, nothing.customers) == (0, 1)
    day = await store.purge(start + 2 * DAY)
    assert (day.delivered, day.customers) == (0, 1)
    assert await store.cached_by_key("k") == []
    month = await store.purge(start + 400 * DAY)
    assert (month.delivered, month.customers) == (2, 0)
    assert {kept.interaction_id for kept in await store.drafts()} == {"unsent", "sent", "written on"}
    assert {kept.interaction_id for kept in await store.outbox(include_delivered=True)} == {"parked", "waiting"}
