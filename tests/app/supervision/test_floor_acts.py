"""A supervisor's acts without a server: once, in time, in words, and looked up when nobody answers."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from desktop.app.commands.runner import CommandRunner
from desktop.app.connections.event_feed import EventFeed
from desktop.app.store import Store
from desktop.app.supervision.notices import FloorNotices
from desktop.app.supervision.supervisor_commands import SupervisorCommands
from desktop.domain.entities.floor import AgentWork, AuditEntry, FloorVerb
from desktop.domain.entities.model import Agent, Interaction
from desktop.domain.entities.words import Availability, Channel, Monitoring, Phase, Role
from desktop.domain.state.events import AgentChanged, Change
from desktop.domain.state.floor_events import FloorChanged, SupervisorActed
from desktop.domain.state.own_events import CapabilitiesKnown
from desktop.ports import errors
from desktop.ports.base import Capability
from desktop.ports.errors import Conflict, Forbidden, Unavailable
from desktop.words.catalogue import in_words
from tests.app.app_fakes import ME, FakeContactCenter, VirtualTime, agent, interaction, make_asking, told

BO = Agent("bo", 1, "Bo", Role.AGENT, "red", Availability.AVAILABLE, 0.0)


class Floor(FakeContactCenter):
    """A contact centre with one contact of another agent's."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.agent = agent(role=Role.SUPERVISOR)
        self.contact = interaction(7, agent_id="bo", phase=Phase.ACTIVE)

    async def take_over(self, interaction_id: str, *, why: str, key: str) -> Interaction:
        await self.script.play("take_over", interaction_id, why=why, key=key)
        return replace(self.contact, agent_id=ME)

    async def move(self, interaction_id: str, queue: str, *, why: str, key: str) -> Interaction:
        await self.script.play("move", interaction_id, queue, why=why, key=key)
        self.contact = replace(self.contact, queue=queue)
        return self.contact

    async def set_agent_availability(
        self, agent_id: str, availability: Availability, *, reason: str, why: str, key: str
    ) -> Agent:
        await self.script.play("set_agent_availability", agent_id, why=why, key=key)
        return replace(BO, version=2, observed=availability, reason=reason)

    async def monitor(self, agent_id: str, mode: Monitoring, *, why: str, key: str) -> str:
        await self.script.play("monitor", agent_id, mode, why=why, key=key)
        return f"mon-{agent_id}"

    async def end_monitor(self, monitor_id: str, *, key: str) -> None:
        await self.script.play("end_monitor", monitor_id, key=key)

    async def waiting(self, queue: str, *, limit: int = 50) -> Sequence[Interaction]:
        await self.script.play("waiting", queue)
        return (self.contact,)

    async def interaction(self, interaction_id: str) -> Interaction:
        await self.script.play("interaction", interaction_id)
        return self.contact


class Desk:
    def __init__(self) -> None:
        self.time = VirtualTime()
        self.store = Store(self.time.timing.clock)
        self.server = Floor(self.time.timing)
        backend_calls = make_asking(self.time, self.store)
        self.feed = EventFeed("contact_center", self.server, self.store, backend_calls)
        self.acts = SupervisorCommands(
            CommandRunner(self.store, backend_calls, self.server, lambda _: self.feed.refresh())
        )
        self.script = self.server.script

    def offers(self, *capabilities: Capability) -> None:
        self.store.publish(CapabilitiesKnown(frozenset(one.value for one in capabilities)), "contact_center")
        self.store.drain()

    def works(self, who: Agent, *work: AgentWork) -> None:
        known = self.store.drain().agents.get(who.id, who)
        self.store.publish(FloorChanged(agents=(replace(who, version=known.version + 1, work=work),)), "contact_center")
        self.store.drain()


async def desk() -> Desk:
    made = Desk()
    await made.feed.refresh()
    made.offers(*Capability)
    return made


async def test_a_double_press_is_one_act_while_it_is_under_way_and_a_moment_after() -> None:
    d = await desk()
    first = asyncio.ensure_future(d.acts.take_over("i7", "angry"))
    second = asyncio.ensure_future(d.acts.take_over("i7", "angry"))
    await asyncio.sleep(0)
    assert d.store.drain().pending["i7"] == {"take_over"}
    assert (await first).ok and (await second).error == "ignored"
    assert (await d.acts.take_over("i7", "angry")).error == "ignored"
    assert d.script.count("take_over") == 1
    assert "i7" not in d.store.drain().pending
    await d.time.advance(2.0)
    await d.acts.take_over("i7", "angry")
    keys = d.script.keys("take_over")
    assert len(keys) == len(set(keys)) == 2, "later it is another act"


@pytest.mark.parametrize("why", ["", "   ", "\n"])
async def test_without_a_reason_nothing_is_asked(why: str) -> None:
    d = await desk()
    result = await d.acts.move("i7", "billing", why)
    assert (
        not result.ok and "Give a reason" in in_words(result.text) and "Nothing was changed." in in_words(result.text)
    )
    assert d.script.calls == [call for call in d.script.calls if call[0] != "move"]


async def test_what_nobody_answered_is_looked_up_and_was_done() -> None:
    d = await desk()

    async def late() -> None:
        d.server.contact = replace(d.server.contact, queue="billing")
        await asyncio.get_running_loop().create_future()

    d.script.then("move", late)
    press = asyncio.ensure_future(d.acts.move("i7", "billing", "wrong queue"))
    await d.time.run_until(press.done)
    assert press.result().ok and "answered late, but it was done" in in_words(press.result().text)


async def test_what_nobody_answered_and_was_not_done_goes_out_again_under_its_key_and_its_first_reason() -> None:
    d = await desk()
    d.script.then("move", "hang")
    press = asyncio.ensure_future(d.acts.move("i7", "billing", "wrong queue"))
    await d.time.run_until(press.done)
    result = press.result()
    assert (result.ok, result.error) == (False, "OutcomeUnknown")
    assert in_words(result.text).startswith("It was not moved.") and "not done twice" in in_words(result.text)
    assert (await d.acts.move("i7", "billing", "another reason")).ok
    first, again = (call[2] for call in d.script.calls if call[0] == "move")
    assert first == again, "the same key and the same reason, so that the server knows it again"


async def test_who_is_not_allowed_is_not_told_to_sign_in_again() -> None:
    d = await desk()
    d.script.then("take_over", Forbidden("Only a supervisor may do this."))
    result = await d.acts.take_over("i7", "mine")
    assert result.error == "Forbidden"
    assert in_words(result.text) == (
        "The conversation was not taken over. The contact centre does not allow it: Only a supervisor may do this."
        " Nothing was changed. Ask your administrator for access."
    )


async def test_every_error_says_what_did_not_happen_what_is_safe_and_what_to_press() -> None:
    d = await desk()
    for kind in (errors.Unavailable, errors.Conflict, errors.NotFound, errors.Rejected, errors.Unsupported):
        d.script.then("take_over", kind("because"))
        result = await d.acts.take_over("i7", "mine")
        assert in_words(result.text).startswith("The conversation was not taken over. The contact centre "), result
        assert "because" in in_words(result.text) and "Nothing was changed." in in_words(result.text)
        assert in_words(result.text).rstrip(".").count(". ") >= 2
    looked = await d.acts.waiting("Billing")
    assert looked.ok and looked.value is not None
    d.script.then("waiting", Unavailable("gone"))
    looked = await d.acts.waiting("Billing")
    assert (
        not looked.ok
        and looked.value is None
        and in_words(looked.text).startswith("The waiting customers could not be loaded.")
    )


async def test_a_loser_looks_at_what_is_there() -> None:
    d = await desk()
    before = d.script.count("snapshot")
    d.script.then("move", Conflict("Ines has just done something with it (take over)."))
    result = await d.acts.move("i7", "billing", "x")
    assert "Ines has just done something with it (take over)." in in_words(result.text)
    assert d.script.count("snapshot") == before + 1


async def test_whom_one_listens_to_is_known_until_the_call_is_over() -> None:
    d = await desk()
    call = AgentWork("i7", Channel.VOICE, Phase.ACTIVE, "sales", 0.0)
    d.works(BO, call)
    assert (await d.acts.monitor("bo", Monitoring.LISTEN, "new")).ok
    now = d.acts.monitoring
    assert now is not None and (now.agent_id, now.mode, now.interaction_id) == ("bo", Monitoring.LISTEN, "i7")
    assert (await d.acts.monitor("bo", Monitoring.WHISPER, "new")).ok
    assert d.acts.standing.mode is Monitoring.WHISPER
    d.works(BO, replace(call, phase=Phase.WRAP_UP))
    assert d.acts.monitoring is None


async def test_another_call_is_listened_to_after_the_first_one_was_left() -> None:
    d = await desk()
    d.works(BO, AgentWork("i7", Channel.VOICE, Phase.ACTIVE, "sales", 0.0))
    cy = replace(BO, id="cy", name="Cy")
    d.works(cy, AgentWork("i8", Channel.VOICE, Phase.ACTIVE, "sales", 0.0))
    await d.acts.monitor("bo", Monitoring.LISTEN, "new")
    await d.acts.monitor("cy", Monitoring.BARGE, "new")
    names = [call[0] for call in d.script.calls if "monitor" in call[0]]
    assert names == ["monitor", "end_monitor", "monitor"]
    assert (await d.acts.end_monitor()).ok and d.acts.monitoring is None
    assert (await d.acts.end_monitor()).ok, "that nobody is listened to is no failure"


async def test_an_acknowledgement_stays_here_where_the_centre_passes_none_on() -> None:
    d = await desk()
    d.offers(Capability.SUPERVISE)
    assert (await d.acts.acknowledge("waiting|Billing", "on it")).ok
    known = d.store.drain().acknowledgements["waiting|Billing"]
    assert (known.by, known.by_name, known.text) == (ME, "Ada", "on it")


async def test_a_state_that_was_changed_is_seen_at_once() -> None:
    d = await desk()
    d.works(BO)
    version = d.store.state.agents["bo"].version
    d.script.then("set_agent_availability", None)
    result = await d.acts.set_agent_availability("bo", Availability.NOT_READY, "coaching", "we talk")
    assert result.ok
    assert d.store.drain().agents["bo"].version >= version


async def test_an_agent_is_told_who_did_what_and_why_with_hostile_words_on_one_line() -> None:
    d = await desk()
    FloorNotices(d.store)
    act = AuditEntry(
        "a1", 1.0, "sam", "Sam\nRivera", FloorVerb.TAKE_OVER.value, "i7", "they ask\r\nfor\tme", detail="x"
    )
    d.store.publish(SupervisorActed(act), "contact_center")
    d.store.publish(SupervisorActed(replace(act, by=ME)), "contact_center")
    d.store.publish(SupervisorActed(replace(act, verb="some_new_thing")), "contact_center")
    d.store.publish(AgentChanged(agent(version=9)), "contact_center")
    assert told(d.store) == [
        "Sam Rivera took the conversation over (x). Why: they ask for me",
        "Sam Rivera some new thing (x). Why: they ask for me",
    ]


async def test_a_contact_that_is_mine_now_was_taken_over_though_nobody_answered() -> None:
    d = await desk()

    async def late() -> None:
        d.server.happen(interaction(9, agent_id=ME, phase=Phase.ACTIVE), Change.CONNECTED)
        await asyncio.get_running_loop().create_future()

    d.script.then("take_over", late)
    press = asyncio.ensure_future(d.acts.take_over("i7", "angry"))
    await d.time.run_until(press.done)
    assert press.result().ok, in_words(press.result().text)
