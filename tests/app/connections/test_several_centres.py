"""Two contact centres in one profile: one work list and one agent, ids that cannot go astray, and each on its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.app.connections.backends import Backends
from desktop.app.connections.centre_ids import CentreIds
from desktop.app.connections.contact_centers import ContactCenters
from desktop.app.session import Session
from desktop.app.storage.local_store import LocalStore
from desktop.domain.alerts.engine import AlertEngine
from desktop.domain.entities.floor import AgentMessage, FloorVerb
from desktop.domain.entities.model import NotReadyReason, QueueStats
from desktop.domain.entities.own_agent import OwnAtCentre, together
from desktop.domain.entities.words import Availability, Channel, Health, Phase, Role, Verb
from desktop.domain.reduce.reducer import reduce
from desktop.domain.select import verbs_on_offer
from desktop.domain.select.audience import Audience, audience
from desktop.domain.select.centres import own_team, queues_beside, reasons_at
from desktop.domain.select.floor_verbs import for_agent, standing
from desktop.domain.state.events import Change, ContactCenterSnapshot, Envelope
from desktop.domain.state.state import AppState, Position, SourceHealth
from desktop.ports.base import Capability
from desktop.ports.errors import Rejected, Unavailable
from desktop.words.catalogue import in_words
from tests.app.app_fakes import FakeContactCenter, VirtualTime, agent, interaction, spin, until
from tests.domain.state.floor_states import rule

VOICE, WRITTEN = "contact_center:voice", "contact_center:written"


class Desk:
    def __init__(self, path: Path) -> None:
        self.time = VirtualTime()
        self.voice, self.written = FakeContactCenter(self.time.timing), FakeContactCenter(self.time.timing)
        self.voice.agent = agent(capacity={"voice": 1, "chat": 1}, in_use={"voice": 1})
        self.written.agent = agent(capacity={"chat": 3}, in_use={"chat": 2})

        async def open_local() -> LocalStore:
            return await LocalStore.open(path, clock=self.time.timing.clock)

        both = {VOICE: self.voice, WRITTEN: self.written}
        self.session = Session("p", Backends(both), open_local, timing=self.time.timing)

    @property
    def state(self) -> AppState:
        return self.session.store.drain()

    async def ring(self, **changes: Any) -> None:
        """Both offer a contact with the same id."""
        self.voice.happen(interaction(1, agent_id=self.voice.agent.id, **changes), Change.OFFERED)
        chat = interaction(1, agent_id=self.written.agent.id, channel=Channel.CHAT, **changes)
        self.written.happen(chat, Change.OFFERED)
        await until(lambda: len(self.state.interactions) == 2)


@asynccontextmanager
async def desk(path: Path) -> AsyncIterator[Desk]:
    d = Desk(path)
    try:
        await d.session.start()
        await spin()
        yield d
    finally:
        await d.session.close()


@pytest.fixture
async def d(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(tmp_path / "p.db") as made:
        yield made


async def test_the_same_id_at_both_is_two_contacts_of_one_agent(d: Desk) -> None:
    await d.ring()
    assert set(d.state.interactions) == {"voice:i1", "written:i1"}
    assert {one.agent_id for one in d.state.interactions.values()} == {d.state.me}
    assert set(d.state.agents) == {d.state.me}


async def test_capacity_is_that_of_both(d: Desk) -> None:
    me = d.state.agents[d.state.me]
    assert (me.capacity, me.in_use) == ({"voice": 1, "chat": 4}, {"voice": 1, "chat": 2})


async def test_each_is_accepted_where_it_is(d: Desk) -> None:
    await d.ring()
    assert (await d.session.commands.do(Verb.ACCEPT, "written:i1")).ok
    assert (d.voice.script.count("accept"), d.written.script.count("accept")) == (0, 1)
    await until(lambda: d.state.interactions["written:i1"].phase is not Phase.OFFERED)
    assert d.state.interactions["voice:i1"].phase is Phase.OFFERED


async def test_nothing_is_transferred_to_the_other(d: Desk) -> None:
    await d.ring(phase=Phase.ACTIVE)
    result = await d.session.commands.do(Verb.BLIND_TRANSFER, "voice:i1", target="queue:written:chats")
    assert not result.ok
    assert "another contact centre" in in_words(result.text)
    assert d.voice.script.count("blind_transfer") == d.written.script.count("blind_transfer") == 0


async def test_one_availability_is_told_to_both(d: Desk) -> None:
    assert (await d.session.commands.set_availability(Availability.AVAILABLE)).ok
    assert d.voice.script.count("set_availability") == d.written.script.count("set_availability") == 1


async def test_what_one_refuses_the_other_has_and_it_is_named(d: Desk) -> None:
    d.written.script.then("set_availability", Rejected("Not on a Sunday."))
    result = await d.session.commands.set_availability(Availability.AVAILABLE)
    assert not result.ok
    said = in_words(result.text)
    assert "contact centre (written)" in said
    assert "Not on a Sunday" in said
    assert "voice" not in said
    assert d.voice.script.count("set_availability") == 1


async def test_one_is_gone_and_comes_back_while_the_other_works(d: Desk) -> None:
    await d.ring()
    d.written.script.always("snapshot", Unavailable("Gone."))
    d.written.restart_server()
    feed = d.session.feeds[WRITTEN]
    feed.restart(heal=True)
    await d.time.run_until(lambda: d.state.health[WRITTEN].health is not Health.LIVE)
    assert (await d.session.commands.do(Verb.ACCEPT, "voice:i1")).ok
    assert "written:i1" in d.state.interactions
    d.written.script.always("snapshot", None)
    d.written.interactions.clear()
    await d.time.run_until(lambda: "written:i1" not in d.state.interactions)
    assert "voice:i1" in d.state.interactions


async def test_a_centre_that_never_came_keeps_no_draft_from_waiting_for_it(tmp_path: Path) -> None:
    async with desk(tmp_path / "p.db") as d:
        await d.ring(phase=Phase.ACTIVE)
        d.session.notes.edit("voice:i1", note="spoken")
        d.session.notes.edit("written:i1", note="typed")
        await d.session.notes.flush()
    again = Desk(tmp_path / "p.db")
    again.voice.interactions = {"i1": replace(interaction(1, agent_id=again.voice.agent.id), phase=Phase.ACTIVE)}
    again.written.script.always("open", Unavailable("Gone."))
    await again.session.start()
    await again.time.advance(60, disk=True)
    await asyncio.sleep(0)
    assert {one: again.state.drafts[one].note for one in sorted(again.state.drafts)} == {
        "voice:i1": "spoken",
        "written:i1": "typed",
    }
    await again.session.close()


async def test_a_centre_of_less_is_offered_only_what_it_can_do(tmp_path: Path) -> None:
    d = Desk(tmp_path / "p.db")
    d.voice.capabilities |= {Capability.HELP, Capability.READ}
    d.written.capabilities -= {Capability.CONSULT, Capability.BLIND_TRANSFER}
    await d.session.start()
    await d.ring(phase=Phase.ACTIVE)
    call, chat = (d.state.interactions[one] for one in ("voice:i1", "written:i1"))
    assert {Verb.CONSULT, Verb.BLIND_TRANSFER} <= set(verbs_on_offer(d.state, call))
    assert not {Verb.CONSULT, Verb.BLIND_TRANSFER} & set(verbs_on_offer(d.state, chat))
    assert not (await d.session.commands.do(Verb.BLIND_TRANSFER, "written:i1", target="queue:written:chats")).ok
    d.written.happen(replace(d.written.interactions["i1"], version=9, unread=1), Change.UPDATED)
    await until(lambda: d.state.interactions["written:i1"].unread == 1)
    d.session.threads.see("written:i1")
    await spin()
    assert d.written.script.count("mark_read") == 0
    await d.session.close()


def supervisors(role: Role = Role.AGENT) -> AppState:
    """A supervisor at voice who is `role` at written, with an agent on a call at each."""
    boss = agent(id="me", role=Role.SUPERVISOR, team="Billing")
    own = {
        VOICE: OwnAtCentre("voice:sam", boss),
        WRITTEN: OwnAtCentre("written:ines", replace(boss, role=role, team="Care")),
    }
    others = [
        agent(id=one, name=one, team=team, in_use={"voice": 1})
        for one, team in (("voice:tom", "Billing"), ("written:tom", "Care"), ("written:ivo", "Billing"))
    ]
    return AppState(
        me="me",
        sources=(VOICE, WRITTEN),
        own=own,
        agents={one.id: one for one in (together([one.agent for one in own.values() if one.agent]), *others)},
        capabilities={VOICE: frozenset({"monitor", "agent_message"}), WRITTEN: frozenset({"supervise"})},
    )


def test_what_a_supervisor_may_do_is_said_by_the_agent_s_own_centre() -> None:
    state = supervisors(Role.SUPERVISOR)
    at_voice = for_agent(state.agents["voice:tom"], standing(state))
    at_written = for_agent(state.agents["written:tom"], standing(state))
    assert set(at_voice) == {FloorVerb.LISTEN, FloorVerb.MESSAGE}
    assert set(at_written) == {FloorVerb.AGENT_STATE}
    assert for_agent(supervisors().agents["written:tom"], standing(supervisors())) == ()


def test_the_own_team_is_that_at_the_agent_s_own_centre() -> None:
    state = supervisors(Role.SUPERVISOR)
    meant = audience(state.agents.values(), state.me, Audience.TEAM, lambda one: own_team(state, one))
    assert [one.id for one in meant] == ["voice:tom", "written:tom"]


def test_a_reason_that_both_have_is_offered_once() -> None:
    both = [
        NotReadyReason("lunch", "Lunch", VOICE),
        NotReadyReason("L", "lunch", WRITTEN),
        NotReadyReason("x", "Exam", WRITTEN),
    ]
    state = replace(supervisors(), reasons=tuple(both))
    assert [one.id for one in reasons_at(state)] == ["lunch", "x"]
    assert [one.id for one in reasons_at(state, "written:tom")] == ["L", "x"]


async def test_a_reason_is_told_each_by_its_own_word(d: Desk) -> None:
    router = ContactCenters({VOICE: d.voice, WRITTEN: d.written})
    router.streams[VOICE].reasons = (NotReadyReason("lunch", "Lunch"), NotReadyReason("x", "Exam"))
    router.streams[WRITTEN].reasons = (NotReadyReason("L", "lunch"),)
    await router.set_availability(Availability.NOT_READY, reason="lunch", after_current=False, key="k")
    told = [centre.script.calls[-1] for centre in (d.voice, d.written)]
    assert [router.reason_at(one, "x") for one in (VOICE, WRITTEN)] == ["x", ""]
    assert ["L" in str(one) for one in told] == [False, True]


def test_alerts_judge_by_what_is_heard_of_each_and_not_of_one_that_is_gone() -> None:
    now = 1_000.0
    engine = AlertEngine((rule("waiting", 5.0, low_is_bad=False),))
    long_ago = {name: QueueStats(name, 1, now - 90, waiting=9) for name in ("voice:Billing", "written:Billing")}
    state = AppState(
        sources=(VOICE, WRITTEN),
        queues=long_ago,
        health={
            VOICE: SourceHealth(Health.DOWN, now - 90, last_heard=now - 90),
            WRITTEN: SourceHealth(Health.LIVE, now - 90, last_heard=now),
        },
        positions={one: Position("e", 1) for one in (VOICE, WRITTEN)},
    )
    engine.look(state, None, now)
    assert [one.subject for one in engine.alerts.values()] == ["written:Billing"]
    assert dict(engine.blind) == {"waiting": 1}


def test_a_contact_can_go_to_the_queues_of_its_own_only() -> None:
    names = ("written:Billing", "voice:Sales", "voice:Billing")
    state = replace(supervisors(), queues={name: QueueStats(name, 1, 0.0) for name in names})
    assert [one.name for one in queues_beside(state, "voice:i1")] == ["voice:Billing", "voice:Sales"]
    assert [one.name for one in queues_beside(state, "written:Billing")] == ["written:Billing"]


def test_the_supervisor_who_wrote_last_is_last_whoever_s_snapshot_comes_last() -> None:
    state = supervisors()
    for source, at in ((VOICE, 20.0), (WRITTEN, 10.0)):
        ids = CentreIds(source)
        line = AgentMessage("m1", at, "sam", "Sam", "tom", "Hello")
        snapshot = ContactCenterSnapshot("tom", (), (agent(id="tom"),), (), agent_messages=(line,))
        state = reduce(state, [ids.envelope(Envelope(source, snapshot, 30.0, "e", 1))])
    assert list(state.agent_messages) == ["written:m1", "voice:m1"]
    assert {(one.by, one.to) for one in state.agent_messages.values()} == {("voice:sam", "me"), ("written:sam", "me")}
