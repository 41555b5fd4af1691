"""The manager link is cut or the server restarts while things happen: what is shown afterwards is what is."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from desktop.domain.entities.words import Availability, LegKind, LegPhase, Phase
from desktop.ports.errors import AuthFailed, BackendError
from desktop.testing.fault_proxy import FaultProxy, Mode
from tests.real.asterisk.desk import Desk, options
from tests.real.asterisk.phones import Phones, until
from tests.real.servers.asterisk import Asterisk


@pytest.fixture
async def proxy(server: Asterisk) -> AsyncIterator[FaultProxy]:
    async with FaultProxy("127.0.0.1", server.ami) as one:
        yield one


@pytest.fixture
async def cut(server: Asterisk, phones: Phones, proxy: FaultProxy) -> AsyncIterator[Desk]:
    """A desk whose link goes through the proxy."""
    await phones.get("agent1")
    async with Desk(options(server, port=str(proxy.port))) as one:
        yield one
    server.cli("queue remove member PJSIP/agent1 from support")


async def test_an_offer_made_while_the_link_was_down(cut: Desk, phones: Phones, proxy: FaultProxy) -> None:
    await cut.become(Availability.AVAILABLE)
    await proxy.set(Mode.REFUSE)
    await (await phones.get("customer")).dial("support")
    ringing = await (await phones.get("agent1")).ringing()
    await proxy.set(Mode.PASS)
    offer = await cut.offer()
    assert cut.gaps >= 1  # it is said that something was missed, never passed over
    assert offer.phone_call == ringing.call_id
    assert (offer.customer.value, offer.queue, dict(offer.attributes)["CASE"]) == ("1005", "support", "4711")


async def test_everything_of_a_call_is_found_again(cut: Desk, phones: Phones, proxy: FaultProxy) -> None:
    await cut.become(Availability.AVAILABLE)
    caller, phone, expert = await phones.get("customer"), await phones.get("agent1"), await phones.get("expert")
    await caller.dial("support")
    call = await cut.talk(phone)
    await cut.backend.mute(call.id, on=True, key=cut.key())
    await proxy.drop()
    await until(lambda: cut.gaps == 1, "the gap is told")
    assert cut.only.muted and cut.only.id == call.id and cut.only.answered_at == call.answered_at
    asked = await cut.backend.consult(call.id, "tel:1050", key=cut.key())
    await proxy.set(Mode.REFUSE)
    await expert.answer()
    await until(lambda: expert.talks, "the expert talks")
    await proxy.set(Mode.PASS)
    found = await cut.see(lambda one: one.legs and one.legs[-1].phase is LegPhase.ACTIVE, "the expert's answer is seen")
    assert found.legs[-1].id == asked.legs[-1].id and found.held
    joined = await cut.backend.conference(call.id, found.legs[-1].id, key=cut.key())
    assert joined.legs[-1].kind is LegKind.CONFERENCE
    await proxy.set(Mode.REFUSE)
    await expert.hang_up()
    await proxy.set(Mode.PASS)
    await cut.see(lambda one: one.legs[-1].phase is LegPhase.COMPLETED, "the expert's going is seen")
    await proxy.set(Mode.REFUSE)
    await caller.hang_up()
    await until(lambda: not phone.talks, "the call is over")
    await proxy.set(Mode.PASS)
    await cut.reach(Phase.WRAP_UP)  # the call went unseen, and the agent can still write it up
    await cut.finish(call.id)


async def test_a_wrap_up_survives_the_desktop(server: Asterisk, phones: Phones) -> None:
    async with Desk(options(server)) as first:
        await phones.get("agent1")
        await first.become(Availability.AVAILABLE)
        caller = await phones.get("customer")
        await caller.dial("support")
        call = await first.talk(await phones.get("agent1"))
        await first.become(Availability.NOT_READY, "lunch", after_current=True)
        await caller.hang_up()
        await until(lambda: "paused:wrap-up" in server.cli("queue show support"), "the server pauses the agent")
        deadline = (await first.see(lambda one: one.wrap_up_deadline, "a deadline")).wrap_up_deadline
    async with Desk(options(server)) as second:
        again = await second.reach(Phase.WRAP_UP)
        assert (again.id, again.queue, again.customer.value) == (call.id, "support", "1005")
        assert again.wrap_up_deadline == deadline
        more = await second.backend.extend_wrap_up(again.id, key=second.key())
        assert more.wrap_up_deadline is not None and deadline is not None and more.wrap_up_deadline > deadline
        await second.finish(again.id)
        await until(lambda: (second.agent.observed, second.agent.reason) == (Availability.NOT_READY, "lunch"), "lunch")
        await second.become(Availability.OFFLINE)


async def test_a_call_is_found_by_a_desktop_that_starts_in_the_middle(server: Asterisk, phones: Phones) -> None:
    async with Desk(options(server)) as first:
        phone, caller = await phones.get("agent1"), await phones.get("customer")
        await first.become(Availability.AVAILABLE)
        await caller.dial("support")
        call = await first.talk(phone)
        await phone.hold(on=True)
        await first.see(lambda one: one.held, "held")
        await first.backend.mute(call.id, on=True, key=first.key())
    async with Desk(options(server)) as second:
        found = await second.see(lambda one: one.phone_call, "the call")
        assert (found.id, found.phase, found.held, found.muted) == (call.id, Phase.ACTIVE, True, True)
        assert dict(found.attributes) == dict(call.attributes)
        await caller.hang_up()
        await second.finish((await second.reach(Phase.WRAP_UP)).id)
        await second.become(Availability.OFFLINE)


async def test_a_wrong_secret_and_a_user_without_rights(server: Asterisk) -> None:
    for changes in ({"secret": "wrong"}, {"user": "reader"}, {"user": "nobody-here"}):
        desk = Desk(options(server, **changes))
        with pytest.raises(AuthFailed) as caught:
            await desk.backend.open()
        assert "wrong" not in f"{caught.value}{caught.value.detail}"
        await desk.backend.close()


@pytest.mark.parametrize("hard", [False, True], ids=["stopped", "killed"])
async def test_the_server_restarts_in_the_middle_of_a_call(
    server: Asterisk, phones: Phones, desk: Desk, hard: bool
) -> None:
    await desk.become(Availability.AVAILABLE)
    caller = await phones.get("customer")
    await caller.dial("support")
    await desk.talk(await phones.get("agent1"))
    await asyncio.to_thread(server.restart, hard=hard)
    await until(lambda: desk.gaps, "the gap is told")
    await until(lambda: desk.agent.observed is Availability.OFFLINE, "the server knows nobody any more")
    assert not server.channels()
    for one in list(desk.interactions.values()):  # the call died with the server; it can be written up
        assert one.phase is Phase.WRAP_UP
        await desk.finish(one.id)
    assert (await desk.become(Availability.AVAILABLE)).observed is Availability.AVAILABLE
    with pytest.raises(BackendError):
        await desk.backend.end("no such call", key=desk.key())
