"""Two directories in one profile: one colleague where they are one, asked through whoever can, each failing alone."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.app.connections.backends import Backends
from desktop.app.session import Session
from desktop.app.storage.local_store import LocalStore
from desktop.domain.entities.identity import PERSON
from desktop.domain.entities.person import Person, Presence
from desktop.domain.entities.words import Health, Phase, PresenceState, Verb
from desktop.domain.select.experts import RankedExpert, rank_experts
from desktop.domain.state.events import Change, Envelope, PresenceSnapshot
from desktop.ports.base import Capability
from desktop.ports.errors import Unavailable
from tests.app.app_fakes import START, FakeContactCenter, FakePresence, VirtualTime, interaction, spin, until


class Directory(FakePresence):
    """A directory of whoever a test puts into it."""

    def __init__(self, *people: Person, state: PresenceState, **more: Any) -> None:
        super().__init__()
        self.staff = people
        self.seen = tuple(Presence(one.id, 1, state, START, **more) for one in people)
        self.offers = frozenset({Capability.SET_OWN, Capability.CHAT})
        self.watched: list[tuple[str, ...]] = []

    async def watch(self, person_ids: Sequence[str]) -> None:
        self.watched.append(tuple(person_ids))

    async def open(self) -> frozenset[Capability]:
        await super().open()
        return self.offers

    async def snapshot(self) -> Envelope:
        await self.script.play("snapshot")
        return Envelope("presence", PresenceSnapshot(self.staff, self.seen), START)


class Desk:
    def __init__(self, path: Path) -> None:
        self.time = VirtualTime()
        self.server = FakeContactCenter(self.time.timing)
        grace = Person("7", "Grace", skills={"tax": 3}, email="grace@x.example")
        self.xmpp = Directory(grace, Person("8", "Heidi", "Auditor"), state=PresenceState.AVAILABLE)
        self.teams = Directory(
            replace(grace, id="aa", email="GRACE@x.example", address="+441632960007"),
            Person("bb", "Ivan"),
            state=PresenceState.BUSY,
            in_call=True,
        )

        async def open_local() -> LocalStore:
            return await LocalStore.open(path, clock=self.time.timing.clock)

        both = {"presence:xmpp": self.xmpp, "presence:teams": self.teams}
        self.session = Session("p", Backends(self.server, presence=both), open_local, timing=self.time.timing)

    @property
    def ranked(self) -> dict[str, RankedExpert]:
        state = self.session.store.drain()
        return {one.person.name: one for one in rank_experts(state, "", self.session.store.now())}

    def health(self, source: str) -> Health:
        return self.session.store.drain().health[source].health


@asynccontextmanager
async def desk(path: Path) -> AsyncIterator[Desk]:
    d = Desk(path)
    try:
        await d.session.start()
        await spin(disk=True)
        yield d
    finally:
        await d.session.close()


@pytest.fixture
async def d(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(tmp_path / "p.db") as made:
        await until(lambda: len(made.ranked) == 3)
        yield made


async def test_one_colleague_of_both_is_as_busy_as_the_busier_word(d: Desk) -> None:
    grace = d.ranked["Grace"]
    assert grace.person.id == "xmpp:7"
    assert [(one.source, one.presence.state) for one in grace.sightings] == [
        ("presence:xmpp", PresenceState.AVAILABLE),
        ("presence:teams", PresenceState.BUSY),
    ]
    assert grace.presence is not None
    assert grace.presence.in_call


async def test_chat_goes_through_the_directory_that_can_with_its_own_id(tmp_path: Path) -> None:
    made = Desk(tmp_path / "p.db")
    made.xmpp.offers = frozenset({Capability.SET_OWN})
    await made.session.start()
    await until(lambda: len(made.ranked) == 3)
    assert (await made.session.commands.chat("xmpp:7", "Have you a moment?")).ok
    assert [call[1] for call in made.teams.script.calls if call[0] == "chat"] == [("aa", "Have you a moment?")]
    assert made.session.store.drain().chats["teams:aa"][0].text == "Have you a moment?"
    await made.session.close()


async def test_each_directory_hears_of_its_own_record_of_everybody_on_screen(d: Desk) -> None:
    d.session.on_screen.look(["xmpp:7", "teams:bb"])
    await d.time.advance(1)
    assert (d.xmpp.watched, d.teams.watched) == ([("7",)], [("aa", "bb")])
    d.session.links.part(PERSON, "teams:aa", ["xmpp:7"])
    d.session.store.drain()
    d.session.on_screen.look(["xmpp:7", "teams:bb"])
    await d.time.advance(1)
    assert (d.xmpp.watched[-1], d.teams.watched[-1]) == (("7",), ("bb",))


async def test_a_consult_names_the_person_by_number_where_the_contact_centre_knows_no_directory(d: Desk) -> None:
    d.server.happen(interaction(1, phase=Phase.ACTIVE), Change.OFFERED)
    await spin()
    assert (await d.session.commands.do(Verb.CONSULT, "i1", target="person:xmpp:7")).ok
    assert [call[1][1] for call in d.server.script.calls if call[0] == "consult"] == ["tel:+441632960007"]
    assert d.session.store.drain().past_help["xmpp:7"].asked == 1


async def test_links_of_people_are_taken_apart_and_put_back_and_last(tmp_path: Path) -> None:
    async with desk(tmp_path / "p.db") as d:
        await until(lambda: len(d.ranked) == 3)
        d.session.links.part(PERSON, "teams:aa", ["xmpp:7"])
        assert sorted(one.person.id for one in d.ranked.values() if one.person.name != "Grace") == [
            "teams:bb",
            "xmpp:8",
        ]
        assert "xmpp:7" not in d.session.store.state.same_people
        d.session.links.join(PERSON, "teams:bb", ["xmpp:8"])
        assert d.session.store.drain().same_people["teams:bb"] == ("xmpp:8", "teams:bb")
    async with desk(tmp_path / "p.db") as d:
        await until(lambda: d.session.store.drain().same_people.get("teams:bb") == ("xmpp:8", "teams:bb"))
        assert "xmpp:7" not in d.session.store.state.same_people
        d.session.links.join(PERSON, "teams:aa", ["xmpp:7"])
        assert d.session.store.drain().same_people["xmpp:7"] == ("xmpp:7", "teams:aa")


async def test_a_directory_that_hangs_or_fails_leaves_the_other_alone(tmp_path: Path) -> None:
    made = Desk(tmp_path / "p.db")
    made.teams.script.always("open", "hang")
    made.xmpp.script.then("events", Unavailable("cut"))
    task = asyncio.ensure_future(made.session.start())
    await until(lambda: "Heidi" in made.ranked)
    assert made.time.now == 0.0
    await made.time.run_until(task.done, disk=True)
    assert made.health("presence:teams") is Health.DOWN
    assert "Ivan" not in made.ranked
    made.teams.script.always("open", None)
    await made.time.run_until(lambda: "Ivan" in made.ranked, disk=True)
    await made.session.close()


async def test_our_own_presence_is_told_to_both_and_a_failing_one_holds_nobody_up(d: Desk) -> None:
    d.teams.script.always("set_own", Unavailable("down"))
    d.server.happen(interaction(1, phase=Phase.ACTIVE), Change.OFFERED)
    await until(lambda: d.xmpp.said)
    assert d.xmpp.said[0][0] is PresenceState.BUSY
    assert d.teams.said == []
