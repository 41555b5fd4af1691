"""Conversations at a real Synapse, as customers see them with a program of their own."""

import asyncio

from desktop.domain.entities.words import Phase
from desktop.testing import fresh
from desktop.testing.contracts.base import until
from tests.real.matrix.customer import Customer
from tests.real.matrix.rig import Account
from tests.real.matrix.work import PATIENCE, opened, put_away, seen, shown, taken
from tests.real.servers.synapse import Synapse


async def _begun(synapse: Synapse) -> tuple[Account, Customer, str]:
    account = await asyncio.to_thread(Account, synapse)
    customer = await asyncio.to_thread(account.customer)
    room = await asyncio.to_thread(customer.begin, account.id)
    await asyncio.to_thread(customer.write, room, "Hello?")
    return account, customer, room


async def test_an_encrypted_room_is_declined_and_the_customer_reads_why(synapse: Synapse) -> None:
    account = await asyncio.to_thread(Account, synapse)
    customer = await asyncio.to_thread(account.customer)
    algorithm = {"algorithm": "m.megolm.v1.aes-sha2"}
    state = [{"type": "m.room.encryption", "state_key": "", "content": algorithm}]
    room = await asyncio.to_thread(customer.begin, account.id, initial_state=state)
    async with opened(account) as desk:

        async def reason() -> str | None:
            await shown(desk)
            left = await asyncio.to_thread(customer.ask, "GET", f"/rooms/{room}/state/m.room.member/{account.id}")
            return left.get("reason") if left["membership"] == "leave" else None

        assert "cannot read encrypted rooms" in await until(reason, PATIENCE, "the refusal")


async def test_what_was_written_while_nobody_listened_is_all_there(synapse: Synapse) -> None:
    account, customer, room = await _begun(synapse)
    async with opened(account) as desk:
        contact = await taken(desk)
    for number in range(60):  # three times what one answer of the server holds
        await asyncio.to_thread(customer.write, room, str(number))
    async with opened(account) as desk:
        now = await seen(desk, lambda one: one.id == contact.id, "the contact")
        assert (now.phase, [one.text for one in now.messages]) == (Phase.ACTIVE, ["Hello?", *map(str, range(60))])


async def test_a_new_token_sends_no_reply_twice(synapse: Synapse) -> None:
    account, customer, room = await _begun(synapse)
    key = fresh.new_key()
    async with opened(account) as desk:
        contact = await taken(desk)
        await desk.send_message(contact.id, "Only once.", key=key)
    another = await asyncio.to_thread(synapse.sign_in, account.name, "new-laptop")
    async with opened(account, token=another) as desk:
        await desk.send_message(contact.id, "Only once.", key=key)
    assert await asyncio.to_thread(customer.read_from, room, account.id) == ["Only once."]


async def test_a_customer_comes_back_to_the_next_agent(synapse: Synapse) -> None:
    account, customer, room = await _begun(synapse)
    async with opened(account) as desk:
        first = await taken(desk)
        await put_away(desk, first.id)
        html = {"msgtype": "m.text", "body": "b", "format": "org.matrix.custom.html", "formatted_body": "<b>Again</b>"}
        await asyncio.to_thread(customer.send, room, html)
    async with opened(account, "noor") as desk:
        again = await taken(desk)
        assert (again.id != first.id, again.agent_id) == (True, "noor")
        assert [(one.text, one.media_type) for one in again.messages] == [
            ("Hello?", "text/plain"),
            ("<b>Again</b>", "text/html"),
        ]
    seen_by_customer = await asyncio.to_thread(customer.said, room)
    assert "order" not in str([one["content"] for one in seen_by_customer])
