"""Search while one types: at rest only, the newest text only, what is kept here at once, and honest about each CRM."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.app.connections.backends import Backends
from desktop.app.screen_pop.customer_search import PAUSE_SECONDS
from desktop.app.session import Session
from desktop.app.storage.local_store import LocalStore
from desktop.domain.entities.customer import FoundCustomers
from desktop.domain.entities.words import PopAnswer
from desktop.domain.state.events import Change
from desktop.ports.errors import Rejected
from tests.app.app_fakes import FakeContactCenter, FakeCrm, VirtualTime, customer, interaction, match, spin, until


class Desk:
    """A desk with one CRM, or with two: `crms` by their names."""

    def __init__(self, path: Path, *names: str) -> None:
        self.time = VirtualTime()
        self.server = FakeContactCenter(self.time.timing)
        self.crms = {name: FakeCrm() for name in names or ("crm",)}
        self.told: list[FoundCustomers] = []

        async def open_local() -> LocalStore:
            return await LocalStore.open(path, clock=self.time.timing.clock)

        crm: Any = self.crms if names else self.crms["crm"]
        backends = Backends(self.server, crm)
        self.session = Session("p", backends, open_local, timing=self.time.timing, region="DE")

    @property
    def crm(self) -> FakeCrm:
        return next(iter(self.crms.values()))

    @property
    def last(self) -> FoundCustomers:
        return self.told[-1]

    @property
    def linked(self) -> str | None:
        pop = self.session.store.drain().pops.get("i1")
        return pop.chosen if pop is not None else None

    def typed(self, text: str) -> None:
        self.session.search.typed(text, self.told.append)

    def asked(self) -> list[str]:
        return [call[1][0] for call in self.crm.script.calls if call[0] == "search"]

    async def rest(self) -> None:
        await spin(disk=True)
        await self.time.advance(PAUSE_SECONDS + 0.01, disk=True)


async def started(made: Desk) -> Desk:
    await made.session.start()
    await spin()
    return made


@pytest.fixture
async def d(tmp_path: Path) -> AsyncIterator[Desk]:
    made = await started(Desk(tmp_path / "p.db"))
    yield made
    await made.session.close()


async def test_the_crm_is_asked_once_the_keys_rest_and_not_for_every_key(d: Desk) -> None:
    d.crm.found_by_text = [match(5)]
    for text in ("s", "sm", "smi", "smit", "smith"):
        d.typed(text)
        await d.time.advance(PAUSE_SECONDS / 3, disk=True)
    assert d.asked() == []
    await d.rest()
    assert d.asked() == ["smith"]
    assert [one.customer.id for one in d.last.matches] == ["c5"]
    assert [(one.source, one.answer) for one in d.last.answers] == [("crm", PopAnswer.ONE)]


async def test_fewer_than_three_signs_cost_no_request_unless_the_agent_asks(d: Desk) -> None:
    d.typed("sm")
    await d.rest()
    assert (d.asked(), d.last.answers) == ([], ())
    d.session.search.ask("s", d.told.append)
    await d.rest()
    assert d.asked() == []
    d.session.search.ask("sm", d.told.append)
    await d.rest()
    assert d.asked() == ["sm"]


async def test_an_answer_to_an_older_text_is_never_told(d: Desk) -> None:
    release = asyncio.Event()
    d.crm.script.then("search", release.wait)
    d.crm.found_by_text = [match(5)]
    d.typed("smith")
    await d.rest()
    assert d.last.answers[0].answer is PopAnswer.SEARCHING
    d.typed("ortega")
    await d.rest()
    assert d.last.text == "ortega"
    told = len(d.told)
    release.set()
    await d.rest()
    assert [one.text for one in d.told[told:]] == []


async def test_nobody_is_told_once_the_search_is_closed(d: Desk) -> None:
    d.typed("smith")
    d.session.search.stop()
    await d.rest()
    assert (d.asked(), d.told) == ([], [])


async def test_an_answer_serves_again_for_a_minute_with_its_true_age(d: Desk) -> None:
    d.crm.found_by_text = [match(5)]
    d.typed("smith")
    await d.rest()
    since = d.last.answers[0].since
    d.typed("smit")
    d.typed("Smith")
    await d.rest()
    assert d.asked() == ["smith"]
    assert (d.last.text, d.last.answers[0].since) == ("Smith", since)
    await d.time.advance(61)
    d.typed("smith")
    await d.rest()
    assert d.asked() == ["smith", "smith"]


async def test_a_crm_that_fails_is_not_one_that_has_nobody(d: Desk) -> None:
    d.crm.script.then("search", Rejected("no search today"))
    d.typed("smith")
    await d.rest()
    assert d.last.answers[0].answer is PopAnswer.COULD_NOT_ASK
    d.typed("smith ")
    await d.rest()
    assert d.last.answers[0].answer is PopAnswer.NO_MATCH, "it is asked again"


async def test_whom_this_machine_knows_is_there_before_any_answer_and_keeps_the_place(d: Desk) -> None:
    known = replace(customer(1), name="Priya Smith", company="Kestrel Optics", place="SE1 1AB London")
    d.crm.matches = [replace(match(1), customer=known)]
    d.server.happen(interaction(1), Change.OFFERED)
    await until(lambda: d.linked == "c1")
    await spin(disk=True)
    d.crm.script.always("search", "hang")
    for text in ("smi", "kestrel", "se1 1ab", "30 123"):
        d.typed(text)
        await until(lambda wanted=text: bool(d.told) and d.last.text == wanted)  # type: ignore[misc]
        assert [one.customer.id for one in d.last.matches] == ["c1"], text
        assert d.last.kept == {"c1"}
        assert d.last.answers == ()
    d.crm.script.always("search", None)
    d.crm.found_by_text = [match(5), replace(match(1), customer=replace(known, tier="Gold"))]
    d.typed("smith")
    await d.rest()
    assert [one.customer.id for one in d.last.matches] == ["c1", "c5"], "nothing moves under the cursor"
    assert (d.last.matches[0].customer.tier, d.last.kept) == ("Gold", frozenset())
    assert [one.customer.id for one in await d.session.search.known("priya")] == ["c1"]


async def test_of_two_crms_a_slow_one_holds_up_nobody(tmp_path: Path) -> None:
    d = await started(Desk(tmp_path / "p.db", "crm:shop", "crm:mail"))
    release = asyncio.Event()
    d.crms["crm:mail"].script.then("search", release.wait)
    d.crm.found_by_text = [match(5)]
    d.typed("smith")
    await d.rest()
    assert {one.source: one.answer for one in d.last.answers} == {
        "crm:shop": PopAnswer.ONE,
        "crm:mail": PopAnswer.SEARCHING,
    }
    assert len(d.last.matches) == 1
    release.set()
    await d.rest()
    assert d.last.answers[1].answer is PopAnswer.NO_MATCH
    await d.session.close()


async def test_whom_a_search_found_can_be_linked_and_who_was_linked_before_stays_on_offer(d: Desk) -> None:
    d.crm.matches = [match(1)]
    d.server.happen(interaction(1), Change.OFFERED)
    await until(lambda: d.linked == "c1")
    d.session.pops.link("i1", match(5))
    pop = d.session.store.drain().pops["i1"]
    assert (pop.chosen, pop.chosen_by, pop.decided) == ("c5", "you", True)
    assert {one.customer.id for one in pop.matches} == {"c1", "c5"}
    d.session.pops.choose("i1", "c1")
    assert d.session.store.drain().pops["i1"].chosen == "c1"
    await until(lambda: d.crm.script.count("link") >= 1)
