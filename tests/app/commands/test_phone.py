"""The agent's phone: whose call is it, offer or call first, and what is told when the phone cannot be reached."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from desktop.app.connections.backends import Backends
from desktop.app.session import Session
from desktop.app.storage.local_store import LocalStore
from desktop.domain.entities.model import Address
from desktop.domain.entities.phone import CallEnd, CallState, Registration
from desktop.domain.entities.words import Health, Phase, Verb
from desktop.domain.select import calls_of_nobody, phone_call, verbs_on_offer
from desktop.domain.state.events import Change, PhoneCallChanged
from desktop.ports.base import Capability
from desktop.ports.errors import Unavailable
from desktop.words.catalogue import in_words
from tests.app.app_fakes import FakeContactCenter, VirtualTime, interaction, spin, told
from tests.app.commands.fake_phone import FakePhone

PHONE = frozenset({Capability.PHONE, Capability.CONSULT})


class Desk:
    """A contact centre whose calls the phone carries: it notices what happens on the phone, as a real one does."""

    def __init__(self, path: Any) -> None:
        self.time = VirtualTime()
        self.server = FakeContactCenter(self.time.timing)
        self.server.capabilities = PHONE
        self.phone = FakePhone(self.time.timing)
        self.notices_phone = True
        backends = Backends(contact_center=self.server, voice=self.phone)
        self.session = Session("p", backends, lambda: LocalStore.open(path), timing=self.time.timing)
        self.store = self.session.store
        self.store.taps.append(self._notice)

    def _notice(self, envelope: Any) -> None:
        event = envelope.event
        if not isinstance(event, PhoneCallChanged) or not self.notices_phone:
            return
        known = next((i for i in self.server.interactions.values() if i.phone_call == event.call.id), None)
        if known is None:
            return
        if event.call.state is CallState.ACTIVE:
            self.server.happen(replace(known, phase=Phase.ACTIVE, held=False), Change.CONNECTED)
        elif event.call.state is CallState.HELD:
            self.server.happen(replace(known, held=True))
        elif event.call.ended is CallEnd.REJECTED:
            self.server.happen(replace(known, agent_id=None, phase=Phase.QUEUED), Change.OFFER_ENDED, "declined")
        elif event.call.ended is CallEnd.HUNG_UP:
            self.server.happen(replace(known, phase=Phase.WRAP_UP), Change.WRAP_UP)

    def offer(self, number: int = 1, **changes: Any) -> None:
        self.server.happen(interaction(number, **changes), Change.OFFERED)

    @property
    def state(self) -> Any:
        return self.store.drain()

    async def settle(self) -> None:
        await spin(40)
        self.store.drain()

    async def do(self, verb: Verb, **arguments: str) -> Any:
        asked = asyncio.ensure_future(self.session.commands.do(verb, "i1", **arguments))
        await spin(60)
        return await asked


@pytest.fixture
async def d(tmp_path: Any) -> AsyncIterator[Desk]:
    made = Desk(tmp_path / "p.db")
    await made.session.start()
    await made.session.first_look(5.0)
    await made.settle()
    yield made
    await made.session.close()


async def test_a_call_is_worked_on_the_phone_and_shown_by_the_contact_centre(d: Desk) -> None:
    d.offer(phone_call="sip-1")
    d.phone.ring()
    await d.settle()
    assert (await d.do(Verb.ACCEPT)).ok
    assert d.state.interactions["i1"].phase is Phase.ACTIVE
    assert (await d.do(Verb.HOLD)).ok
    assert d.state.interactions["i1"].held
    assert (await d.do(Verb.RESUME)).ok
    assert not d.state.interactions["i1"].held
    assert (await d.do(Verb.DTMF, digits="12#")).ok
    assert (await d.do(Verb.END)).ok
    assert d.state.interactions["i1"].phase is Phase.WRAP_UP
    asked = [(name, arguments[1:]) for name, arguments, _ in d.phone.script.calls if name in dir(d.phone)]
    done = [one for one in asked if one[0] not in ("open", "snapshot", "events")]
    assert done == [("answer", ()), ("hold", (True,)), ("hold", (False,)), ("dtmf", ("12#",)), ("hang_up", ())]
    assert not {"accept", "hold", "dtmf", "end"} & {name for name, _, _ in d.server.script.calls}


async def test_muting_shows_although_no_contact_centre_can_see_it(d: Desk) -> None:
    d.offer(phone_call="sip-1", phase=Phase.ACTIVE)
    d.phone.ring(state=CallState.ACTIVE)
    await d.settle()
    assert (await d.do(Verb.MUTE)).ok
    assert d.state.interactions["i1"].muted
    d.server.happen(replace(d.server.interactions["i1"], subject="refund"))  # which knows nothing of it
    await d.settle()
    assert d.state.interactions["i1"].muted
    assert (await d.do(Verb.UNMUTE)).ok
    assert not d.state.interactions["i1"].muted


async def test_a_contact_centre_that_mutes_itself_is_asked_and_believed(tmp_path: Any) -> None:
    desk = Desk(tmp_path / "p.db")
    desk.server.capabilities = PHONE | {Capability.MUTE}
    await desk.session.start()
    await desk.session.first_look(5.0)
    desk.offer(phone_call="sip-1", phase=Phase.ACTIVE)
    desk.phone.ring(state=CallState.ACTIVE)
    await desk.settle()
    desk.server.happen(replace(desk.server.interactions["i1"], muted=True))
    await desk.settle()
    assert desk.state.interactions["i1"].muted
    assert Verb.UNMUTE in verbs_on_offer(desk.state, desk.state.interactions["i1"])
    await desk.do(Verb.UNMUTE)
    assert desk.phone.script.count("mute") == 0
    await desk.session.close()


async def test_what_the_phone_cannot_do_is_not_on_offer(d: Desk) -> None:
    assert Capability.MUTE.value in d.state.capabilities["voice"]
    without = replace(d.state, capabilities={**d.state.capabilities, "voice": frozenset({"hold"})})
    talking = interaction(1, phase=Phase.ACTIVE)
    assert {Verb.MUTE, Verb.DTMF} & set(verbs_on_offer(without, talking)) == set()
    assert Verb.HOLD in verbs_on_offer(without, talking)


async def test_a_contact_centre_that_carries_its_own_calls_does_not_ask_the_phone(tmp_path: Any) -> None:
    desk = Desk(tmp_path / "p.db")
    desk.server.capabilities = frozenset({Capability.HOLD})
    await desk.session.start()
    desk.offer()
    desk.phone.ring()
    await desk.settle()
    assert (await desk.do(Verb.ACCEPT)).ok
    assert desk.server.script.count("accept") == 1
    assert desk.phone.script.count("answer") == 0
    await desk.session.close()


async def test_accept_waits_for_the_call_that_comes_after_the_offer(d: Desk) -> None:
    d.offer(phone_call="sip-1")
    await d.settle()
    asked = asyncio.ensure_future(d.session.commands.do(Verb.ACCEPT, "i1"))
    await d.time.advance(1.0)
    assert not asked.done()
    assert "accept" in d.state.pending["i1"]
    d.phone.ring()
    await d.settle()
    assert (await asked).ok
    assert d.phone.script.count("answer") == 1


async def test_the_call_id_may_come_after_the_call(d: Desk) -> None:
    d.phone.ring(number="anonymous")
    d.offer()
    await d.settle()
    asked = asyncio.ensure_future(d.session.commands.do(Verb.ACCEPT, "i1"))
    await d.time.advance(0.5)
    d.server.happen(replace(d.server.interactions["i1"], phone_call="sip-1"))
    await d.settle()
    assert (await asked).ok


async def test_a_call_that_never_comes_is_told_in_words_and_soon(d: Desk) -> None:
    d.offer(phone_call="sip-1")
    await d.settle()
    asked = asyncio.ensure_future(d.session.commands.do(Verb.ACCEPT, "i1"))
    await d.time.advance(3.5)
    result = await asked
    assert (result.ok, result.error) == (False, "Conflict")
    assert "The call is not on your phone yet" in in_words(result.text)
    assert "i1" not in d.state.pending


async def test_an_offer_that_ends_while_its_call_is_awaited_ends_the_waiting(d: Desk) -> None:
    d.offer(phone_call="sip-1")
    await d.settle()
    asked = asyncio.ensure_future(d.session.commands.do(Verb.ACCEPT, "i1"))
    await d.time.advance(0.2)
    d.server.happen(replace(d.server.interactions["i1"], phase=Phase.CLOSED), Change.CLOSED, "abandoned")
    await d.time.advance(0.9)
    result = await asked
    assert (result.ok, result.error) == (False, "Conflict")
    assert "not with you" in in_words(result.text)


async def test_a_double_press_answers_once(d: Desk) -> None:
    d.offer(phone_call="sip-1")
    await d.settle()
    presses = [asyncio.ensure_future(d.session.commands.do(Verb.ACCEPT, "i1")) for _ in range(3)]
    d.phone.ring()
    await d.settle()
    assert sorted([(await press).error for press in presses]) == ["", "ignored", "ignored"]
    assert d.phone.script.count("answer") == 1


async def test_the_phone_took_it_but_the_contact_centre_does_not_show_it(d: Desk) -> None:
    d.notices_phone = False
    d.offer(phone_call="sip-1")
    d.phone.ring()
    await d.settle()
    asked = asyncio.ensure_future(d.session.commands.do(Verb.ACCEPT, "i1"))
    await d.time.advance(5.5)
    result = await asked
    assert result.ok
    assert "does not show it yet" in in_words(result.text)
    assert d.state.interactions["i1"].phase is Phase.OFFERED  # never a guess in the fact's place


async def test_a_phone_that_is_not_registered_is_down_and_said_loudly(d: Desk) -> None:
    d.phone.register(Registration.UNREGISTERED, "503 Service Unavailable")
    await d.settle()
    assert d.state.health["voice"].health is Health.DOWN
    assert "503 Service Unavailable" in in_words(d.state.health["voice"].why)
    assert any("Your phone is not registered" in text and "cannot reach you" in text for text in told(d.store))
    assert d.state.notices[-1].severity == "error"
    await d.time.advance(11.0)  # its stream lives on, and says nothing of the registration
    assert d.state.health["voice"].health is Health.DOWN
    d.offer(phone_call="sip-1")
    await d.settle()
    result = await d.do(Verb.ACCEPT)
    assert (result.ok, result.error) == (False, "Unavailable")
    assert "Your phone is not registered" in in_words(result.text)
    d.phone.register(Registration.REGISTERED)
    await d.settle()
    assert d.state.health["voice"].health is Health.LIVE
    assert told(d.store)[-1] == "Your phone is registered again."


async def test_trying_again_makes_no_phone_live_that_is_not_registered(d: Desk) -> None:
    d.phone.register(Registration.UNREGISTERED, "403 Forbidden")
    await d.settle()
    d.session.retry()  # its stream ends and begins anew, and lives
    await d.time.advance(6.0)
    health = d.state.health["voice"]
    assert (health.health, in_words(health.why)) == (Health.DOWN, "403 Forbidden")


async def test_a_call_goes_on_while_the_registration_is_lost(d: Desk) -> None:
    d.offer(phone_call="sip-1", phase=Phase.ACTIVE)
    d.phone.ring(state=CallState.ACTIVE)
    d.phone.register(Registration.UNREGISTERED)
    await d.settle()
    assert (await d.do(Verb.HOLD)).ok


async def test_a_phone_that_cannot_be_opened_is_down_and_tried_again(tmp_path: Any) -> None:
    desk = Desk(tmp_path / "p.db")
    desk.phone.script.then("open", Unavailable("The phone could not be registered: no answer."))
    await desk.session.start()
    assert desk.state.health["voice"].health is Health.DOWN
    desk.offer(phone_call="sip-1")
    await desk.settle()
    result = await desk.session.commands.do(Verb.ACCEPT, "i1")
    assert (result.ok, result.error) == (False, "Unavailable")
    assert "Your phone is not registered" in in_words(result.text)
    assert desk.server.script.count("accept") == 0
    await desk.time.advance(40.0)
    assert desk.state.health["voice"].health is Health.LIVE
    await desk.session.close()


# Whose call is it


async def test_without_a_call_id_the_number_decides_when_exactly_one_fits(d: Desk) -> None:
    d.offer(customer=Address("phone", "+442079460958"))
    d.phone.ring("a", "02079460958")
    d.phone.ring("b", "1002")
    await d.settle()
    found = phone_call(d.state, d.state.interactions["i1"])
    assert found is not None
    assert found.id == "a"
    assert [call.id for call in calls_of_nobody(d.state)] == ["b"]


async def test_two_calls_of_one_number_decide_nothing(d: Desk) -> None:
    d.phone.ring("a")
    d.phone.ring("b")
    d.offer()
    await d.settle()
    assert phone_call(d.state, d.state.interactions["i1"]) is None
    assert len(calls_of_nobody(d.state)) == 2


async def test_two_offers_of_one_number_decide_nothing(d: Desk) -> None:
    d.offer(1)
    d.offer(2)
    d.phone.ring("a")
    await d.settle()
    assert phone_call(d.state, d.state.interactions["i1"]) is None
    assert phone_call(d.state, d.state.interactions["i2"]) is None


async def test_what_was_found_out_once_stays(d: Desk) -> None:
    d.offer()
    d.phone.ring("a")
    await d.settle()
    d.phone.ring("b")
    await d.settle()
    assert phone_call(d.state, d.state.interactions["i1"]).id == "a"


async def test_a_withheld_number_is_the_withheld_call(d: Desk) -> None:
    d.phone.ring("a", "")
    d.offer(customer=Address("phone", "", withheld=True))
    await d.settle()
    assert phone_call(d.state, d.state.interactions["i1"]).id == "a"


async def test_another_call_id_is_another_call_whatever_the_number(d: Desk) -> None:
    d.offer(phone_call="sip-9")
    d.phone.ring("sip-1")
    await d.settle()
    assert phone_call(d.state, d.state.interactions["i1"]) is None


# Calls that are no contact


async def test_a_colleagues_call_is_answered_and_ended(d: Desk) -> None:
    d.phone.ring("c", "1002", name="Jana")
    await d.settle()
    assert [call.name for call in calls_of_nobody(d.state)] == ["Jana"]
    assert (await d.session.commands.answer_call("c")).ok
    await d.settle()
    assert d.state.phone_calls["c"].state is CallState.ACTIVE
    assert (await d.session.commands.hang_up_call("c")).ok
    await d.settle()
    assert not d.state.phone_calls
    again = await d.session.commands.hang_up_call("c")
    assert (again.ok, again.error) == (False, "NotFound")


async def test_a_colleagues_call_in_vain_is_told(d: Desk) -> None:
    d.phone.ring("c", "1002", name="Jana")
    await d.settle()
    d.phone.end("c")
    await d.settle()
    assert told(d.store) == ["A call to your phone was not answered: Jana 1002."]


async def test_a_call_without_sound_is_said(d: Desk) -> None:
    d.offer(phone_call="sip-1", phase=Phase.ACTIVE)
    call = d.phone.ring(state=CallState.ACTIVE)
    d.phone.become(replace(call, why="arecord ended: you are not heard."))
    await d.settle()
    assert told(d.store) == ["Your phone: arecord ended: you are not heard. The call goes on."]
    assert d.state.notices[-1].severity == "error"


async def test_the_end_of_an_offer_is_not_told_as_a_missed_call(d: Desk) -> None:
    d.offer(phone_call="sip-1")
    d.phone.ring()
    await d.settle()
    d.server.happen(replace(d.server.interactions["i1"], phase=Phase.CLOSED), Change.CLOSED, "abandoned")
    await d.settle()
    assert calls_of_nobody(d.state) == ()  # the phone still rings for a moment, and is no stranger's
    d.phone.end()
    await d.settle()
    assert not any("not answered" in text for text in told(d.store))
