"""Calling out and callbacks, on a real Asterisk."""

import asyncio

import pytest

from desktop.domain.entities.model import Address
from desktop.domain.entities.words import Availability, Direction, Outcome, Phase
from desktop.ports.base import Capability
from desktop.ports.errors import Rejected
from tests.real.asterisk.desk import Desk, options
from tests.real.asterisk.phones import Phones, until
from tests.real.servers.asterisk import Asterisk

NUMBER = Address("phone", "+442079460958")


async def test_calling_a_customer(desk: Desk, phones: Phones) -> None:
    phone, customer = await phones.get("agent1"), await phones.get("customer")
    key = desk.key()
    call = await desk.backend.dial(NUMBER, queue="support", key=key)
    assert (call.phase, call.direction, call.queue) == (Phase.CONNECTING, Direction.OUTBOUND, "support")
    assert (await desk.backend.dial(NUMBER, queue="support", key=key)).id == call.id
    with_call = await desk.see(lambda one: one.phone_call, "the phone's call")
    assert with_call.phone_call == (await phone.ringing()).call_id
    await phone.answer()
    await customer.answer()
    await desk.reach(Phase.ACTIVE)
    assert len(phone.calls) == len(customer.calls) == 1  # once, whatever the number of presses
    await customer.hang_up()
    await desk.finish((await desk.reach(Phase.WRAP_UP)).id)


async def test_a_call_out_that_nobody_takes(desk: Desk, phones: Phones) -> None:
    phone, customer = await phones.get("agent1"), await phones.get("customer")
    await desk.backend.dial(NUMBER, queue="", key=desk.key())
    await phone.answer()
    await (await customer.ringing()).reject()
    await until(lambda: not desk.interactions, "the call is over")
    await phone.hang_up()
    call = await desk.backend.dial(NUMBER, queue="", key=desk.key())
    await (await phone.ringing()).reject()
    await until(lambda: not desk.interactions, "the agent's own phone refused")
    for wrong in (Address("phone", "+49 1,2"), Address("email", "a@b"), Address("phone", "9999"), Address("phone", "")):
        with pytest.raises(Rejected):
            await desk.backend.dial(wrong, queue="", key=desk.key())
    assert call.outcome is None or call.outcome is Outcome.FAILED


async def test_a_callback_is_called_once_by_one_of_two_desktops(server: Asterisk, phones: Phones) -> None:
    chosen = options(server, user="trusted", queues="billing")
    async with Desk(chosen) as one, Desk(options(server, "PJSIP/agent2", user="trusted", queues="billing")) as two:
        assert Capability.CALLBACK in one.offered
        at = (await one.backend.snapshot()).at + 6.0
        plan = {"queue": "billing", "address": NUMBER, "at": at, "note": "after lunch, please", "key": one.key()}
        planned = await one.backend.callback("", **plan)  # type: ignore[arg-type]
        assert await two.backend.callback("", **plan) == planned  # type: ignore[arg-type]
        await asyncio.to_thread(server.restart)  # it is kept by the server, over a restart too
        phone, customer = await phones.get("agent1"), await phones.get("customer")
        await one.become(Availability.AVAILABLE)
        await until(lambda: one.with_phase(Phase.OFFERED), "the callback is offered", seconds=20.0)
        offer = await one.offer()
        assert (offer.customer, offer.queue, offer.subject) == (NUMBER, "billing", "after lunch; please")
        await one.talk(phone)
        await customer.answer()
        await until(lambda: customer.talks, "the customer is called")
        assert "/agent-desktop-callback" not in server.cli("database show agent-desktop-callback")
        await asyncio.sleep(0.5)
        assert len(customer.calls) == 1
        await customer.hang_up()
        await one.finish((await one.reach(Phase.WRAP_UP)).id)
        for bad in ({"queue": "no-such"}, {"address": Address("phone", "9999")}, {"address": Address("email", "a@b")}):
            with pytest.raises(Rejected):
                await one.backend.callback("", **(plan | bad | {"key": one.key()}))  # type: ignore[arg-type]
        await one.become(Availability.OFFLINE)
