"""Screen pops: five honest answers, the card with the ring, and every link can be undone."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.app.connections.backends import Backends
from desktop.app.screen_pop.contact_keys import carries, contact_key
from desktop.app.screen_pop.customer_json import customer_from, customer_json
from desktop.app.session import Session
from desktop.app.storage.local_store import LocalStore
from desktop.domain.entities.customer import Consent, CustomerDetails, CustomerPromise
from desktop.domain.entities.model import Address, QueueStats, Waiting
from desktop.domain.entities.screen_pop import ScreenPop
from desktop.domain.entities.words import Phase, PopAnswer, Role
from desktop.domain.state.events import AgentChanged, Change, QueueChanged
from desktop.domain.state.own_events import PopChanged
from desktop.domain.text.sentence import Sentence
from desktop.ports.base import Capability
from desktop.ports.errors import OutcomeUnknown, Rejected, Unavailable, Unsupported
from desktop.ports.phone_numbers import e164
from desktop.words.catalogue import in_words
from tests.app.app_fakes import (
    NUMBER,
    FakeContactCenter,
    FakeCrm,
    VirtualTime,
    customer,
    interaction,
    match,
    spin,
    until,
)


class Desk:
    def __init__(self, path: Path) -> None:
        self.time = VirtualTime()
        self.server = FakeContactCenter(self.time.timing)
        self.crm = FakeCrm()
        self.local: LocalStore | None = None

        async def open_local() -> LocalStore:
            return await LocalStore.open(path, clock=self.time.timing.clock)

        self.open_local = open_local
        self.session = Session("p", Backends(self.server, self.crm), open_local, timing=self.time.timing, region="DE")

    def pop(self, number: int = 1) -> ScreenPop:
        return self.session.store.drain().pops[f"i{number}"]

    @property
    def finds(self) -> int:
        return self.crm.script.count("find")

    async def ring(self, **changes: Any) -> None:
        self.server.happen(interaction(1, **changes), Change.OFFERED)
        await spin()


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


async def test_the_question_goes_out_before_the_offer_is_even_drawn(d: Desk) -> None:
    order: list[str] = []

    async def find() -> Any:
        order.append("find")
        return [match()]

    d.crm.script.then("find", find)
    d.session.store.on_pending = lambda: None
    await d.ring()
    d.session.store.listeners.append(lambda old, new: order.append("drawn"))
    d.session.store.drain()
    assert order[:1] == ["find"]


async def test_one_match_links_by_itself_and_brings_the_details(d: Desk) -> None:
    d.crm.matches = [match()]
    await d.ring()
    await until(lambda: d.pop().answer is PopAnswer.ONE)
    await until(lambda: d.session.store.drain().details["c1"].purchases is not None)
    assert (d.pop().chosen, d.pop().chosen_by, d.pop().cached) == ("c1", "only match", False)
    assert [match.verified for match in d.pop().matches] == [True]
    assert d.session.store.state.details["c1"].cases[0].subject == "Late parcel"
    await until(lambda: d.crm.script.count("link") == 1)


async def test_no_match(d: Desk) -> None:
    await d.ring()
    await until(lambda: d.pop().answer is PopAnswer.NO_MATCH)
    assert d.pop().chosen is None


async def test_many_never_link_by_themselves_and_the_agent_chooses(d: Desk) -> None:
    d.crm.matches = [match(1), match(2), match(1)]
    await d.ring()
    await until(lambda: d.pop().answer is PopAnswer.MANY)
    assert [each.customer.id for each in d.pop().matches] == ["c1", "c2"]
    assert d.pop().chosen is None
    d.session.pops.choose("i1", "nobody")
    assert d.pop().chosen is None
    d.session.pops.choose("i1", "c2")
    assert (d.pop().chosen, d.pop().chosen_by) == ("c2", "you")
    d.session.pops.unlink("i1")
    assert (d.pop().chosen, d.pop().answer) == (None, PopAnswer.MANY)
    await until(lambda: d.crm.script.count("unlink") == 1)


async def test_an_undone_link_does_not_come_back_by_itself(d: Desk) -> None:
    d.crm.matches = [match()]
    await d.ring()
    await until(lambda: d.pop().chosen == "c1")
    d.session.pops.unlink("i1")
    await d.ring(phase=Phase.ACTIVE)
    await spin(disk=True)
    assert (d.pop().chosen, len(d.pop().matches)) == (None, 1)
    await d.session.pops.retry("i1")
    await until(lambda: d.pop().chosen == "c1")


async def test_hits_that_do_not_carry_the_number_are_dropped(d: Desk) -> None:
    d.crm.matches = [
        match(1, "+49 30 99999999"),
        match(2, "030 / 123 456-78"),  # the same number, written as people do
        match(3, "not a number"),
    ]
    await d.ring()
    await until(lambda: d.pop().answer is PopAnswer.ONE)
    assert d.pop().chosen == "c2"


async def test_a_withheld_number_asks_nobody(d: Desk) -> None:
    await d.ring(customer=Address("phone", "anonymous", withheld=True))
    assert d.pop().answer is PopAnswer.NOT_ASKED
    assert d.pop().why == Sentence("customer.withheld")
    assert d.finds == 0


async def test_nobody_is_asked_for_a_withheld_number_later_either(d: Desk) -> None:
    await d.ring(customer=Address("phone", "anonymous", withheld=True))
    await d.session.pops.retry("i1")
    await spin(disk=True)
    assert (d.pop().answer, d.finds) == (PopAnswer.NOT_ASKED, 0)
    d.crm.script.then("search", *[Unavailable("down")] * 4)
    searching = asyncio.ensure_future(d.session.pops.search("i1", "Smith"))
    await d.time.run_until(searching.done)
    await spin(disk=True)
    assert (d.pop().answer, d.finds) == (PopAnswer.COULD_NOT_ASK, 0)
    again = asyncio.ensure_future(d.session.pops.search("i1", "Nobody at all"))
    await d.time.run_until(again.done)
    assert d.pop().answer is PopAnswer.NO_MATCH


async def test_a_failing_crm_is_never_no_match_and_is_asked_again(d: Desk) -> None:
    d.crm.matches = [match()]
    d.crm.script.then("find", *[Unavailable("down")] * 3)
    await d.ring()
    await d.time.run_until(lambda: d.pop().answer is PopAnswer.COULD_NOT_ASK, disk=True)
    assert in_words(d.pop().why) == "The customer could not be looked up. The CRM could not be reached: down."
    await d.time.run_until(lambda: d.pop().answer is PopAnswer.ONE, disk=True)
    assert d.finds == 4


async def test_retry_asks_at_once(d: Desk) -> None:
    d.crm.matches = [match()]
    d.crm.script.then("find", *[TypeError("bug")])
    await d.ring()
    await until(lambda: d.pop().answer is PopAnswer.COULD_NOT_ASK)
    now = d.time.now
    await d.session.pops.retry("i1")
    await until(lambda: d.pop().answer is PopAnswer.ONE)
    assert d.time.now == now


async def test_a_crm_that_hangs_gets_a_verdict(d: Desk) -> None:
    d.crm.script.always("find", "hang")
    await d.ring()
    assert d.pop().answer is PopAnswer.SEARCHING
    await d.time.advance(4.1, disk=True)
    assert d.pop().answer is PopAnswer.COULD_NOT_ASK


async def test_a_slow_crm_shows_the_card_from_before_at_once(tmp_path: Path) -> None:
    async with desk(tmp_path / "p.db") as d:
        d.crm.matches = [match()]
        await d.ring()
        await until(lambda: d.pop().chosen == "c1")
    async with desk(tmp_path / "p.db") as d:
        release = asyncio.Event()

        async def slow() -> Any:
            await release.wait()
            return [replace(match(), customer=replace(customer(), name="New Name"))]

        d.crm.script.then("find", slow)
        now = d.time.now
        await d.ring()
        await until(lambda: d.pop().cached)
        assert d.time.now == now
        assert (d.pop().answer, d.pop().chosen) == (PopAnswer.SEARCHING, "c1")
        assert d.pop().match is not None
        assert d.pop().match.customer.fetched_at is not None
        assert d.crm.script.count("link") == 0  # not on the word of a memory
        release.set()
        await until(lambda: d.pop().answer is PopAnswer.ONE)
        assert (d.pop().cached, d.pop().match.customer.name) == (False, "New Name")


async def test_a_dead_crm_leaves_the_card_from_before(tmp_path: Path) -> None:
    async with desk(tmp_path / "p.db") as d:
        d.crm.matches = [match()]
        await d.ring()
        await until(lambda: d.pop().chosen == "c1")
    async with desk(tmp_path / "p.db") as d:
        d.crm.script.always("find", Unavailable("down"))
        await d.ring()
        await until(lambda: d.pop().cached)
        await d.time.run_until(lambda: d.pop().answer is PopAnswer.COULD_NOT_ASK, disk=True)
        assert (d.pop().cached, d.pop().chosen) == (True, "c1")


async def test_the_head_of_the_queue_is_looked_up_before_it_rings(d: Desk) -> None:
    d.crm.matches = [match()]
    stats = QueueStats("sales", 1, d.time.wall, head=(Waiting("i1", Address("phone", NUMBER), d.time.wall),))
    d.server.tell(QueueChanged(stats))
    await until(lambda: d.finds == 1)
    await spin()
    d.server.tell(QueueChanged(replace(stats, version=2)))
    seen: list[PopAnswer] = []
    d.session.store.taps.append(
        lambda envelope: seen.append(envelope.event.pop.answer) if isinstance(envelope.event, PopChanged) else None
    )
    await d.ring()
    assert seen[0] is PopAnswer.ONE  # the first thing ever shown
    assert d.pop().chosen == "c1"
    assert d.finds == 1


async def test_who_only_watches_a_queue_looks_up_nobody_in_it(d: Desk) -> None:
    me = d.session.store.drain().agents[d.session.store.state.me]
    d.server.tell(AgentChanged(replace(me, version=me.version + 1, role=Role.SUPERVISOR, queues=())))
    await spin()
    d.server.tell(
        QueueChanged(QueueStats("sales", 1, d.time.wall, head=(Waiting("i1", Address("phone", NUMBER), d.time.wall),)))
    )
    await spin(disk=True)
    assert d.finds == 0


async def test_the_contact_ends_while_the_crm_is_thinking(d: Desk) -> None:
    release = asyncio.Event()

    async def slow() -> Any:
        await release.wait()
        return [match()]

    d.crm.script.then("find", slow)
    await d.ring()
    d.server.happen(interaction(1, phase=Phase.CLOSED), Change.CLOSED)
    await spin()
    release.set()
    await spin(disk=True)
    assert "i1" not in d.session.store.drain().pops
    assert d.crm.script.count("link") == 0


async def test_search_create_and_going_on_without(d: Desk) -> None:
    await d.ring()
    await until(lambda: d.pop().answer is PopAnswer.NO_MATCH)
    d.crm.found_by_text = [replace(match(5), matched_on="name")]
    await d.session.pops.search("i1", "  Five ")
    assert (d.pop().answer, d.pop().chosen) == (PopAnswer.ONE, None)  # found by text: only the agent may link it
    d.session.pops.choose("i1", "c5")
    assert d.pop().chosen == "c5"
    d.session.pops.without("i1")
    assert (d.pop().answer, d.pop().chosen) == (PopAnswer.NO_MATCH, None)
    d.crm.script.then("create_customer", Unavailable("down"))
    refused = await d.session.pops.create("i1", "Ada")
    assert refused.error == "Unavailable"
    assert in_words(refused.text).endswith("Press again once it is back."), "retry makes no record"
    d.crm.script.then("create_customer", OutcomeUnknown("No answer."))
    unknown = await d.session.pops.create("i1", "Ada")
    assert unknown.error == "OutcomeUnknown"
    assert in_words(unknown.text) == (
        "It is not known whether a record was created. The CRM did not answer: No answer."
        " Search for the customer before you create them again."
    )
    assert (await d.session.pops.create("i1", "Ada")).ok
    assert len(set(d.crm.script.keys("create_customer"))) == 1
    assert (d.pop().chosen, d.pop().chosen_by) == ("new", "you")
    assert (await d.session.pops.create("i1", " ")).error == "Rejected"


async def test_a_search_with_a_typing_mistake_finds_who_was_seen_before_and_only_then(d: Desk) -> None:
    d.crm.matches = [replace(match(), customer=replace(match().customer, name="Priya Natarajan"))]
    await d.ring()
    await until(lambda: d.pop().answer is PopAnswer.ONE)
    for typed in ("natarjan", "Priya Natarjaan", "nata"):
        (similar,) = await d.session.pops.find(typed)
        assert similar.customer.name == "Priya Natarajan"
        assert in_words(similar.reason) == "similar name, seen here before"
        assert not similar.verified
    assert not await d.session.pops.find("Priya Nobody")
    d.crm.found_by_text = [replace(match(5), matched_on="name")]
    assert [one.customer.id for one in await d.session.pops.find("natarjan")] == ["c5"]
    d.crm.script.always("search", Rejected("down"))
    assert not await d.session.pops.find("natarjan"), "a CRM that cannot be asked has not said that it has none"


async def test_a_part_that_fails_does_not_hide_the_others(d: Desk) -> None:
    d.crm.matches = [match()]
    d.crm.script.always("timeline", ValueError("bug"))
    await d.ring()
    await until(lambda: "timeline" in d.session.store.drain().details_failed.get("c1", {}))
    await until(lambda: d.session.store.drain().details["c1"].cases)
    assert d.session.store.state.details["c1"].timeline is None


async def test_what_a_crm_does_not_have_is_not_waited_for(d: Desk) -> None:
    d.crm.matches = [match()]
    d.crm.capabilities = d.crm.capabilities - {Capability.CASES}
    d.crm.script.always("purchases", Unsupported("no such thing here"))
    await d.session.close()
    d.session = Session("p", Backends(d.server, d.crm), d.open_local, timing=d.time.timing, region="DE")
    await d.session.start()
    await spin()
    await d.ring()
    await until(lambda: d.session.store.drain().details.get("c1", CustomerDetails()).timeline is not None)
    await until(lambda: len(d.session.store.drain().details["c1"].not_offered) == 2)
    details = d.session.store.state.details["c1"]
    assert (details.not_offered, details.cases, details.purchases) == ({"cases", "purchases"}, None, None)


async def test_nonsense_from_the_crm_is_not_an_answer(d: Desk) -> None:
    d.crm.script.always("find", lambda: asyncio.sleep(0, "boo"))
    await d.ring()
    await d.time.run_until(lambda: d.pop().answer is PopAnswer.COULD_NOT_ASK, disk=True)


def test_numbers_are_compared_in_e164() -> None:
    assert e164("0049 30 12345678", "DE") == NUMBER
    assert e164("+49 (0)30 123 456 78 ext. 9") == NUMBER
    assert e164("030 12345678") == ""
    assert e164("call me") == e164("") == ""
    assert contact_key(Address("email", " Ada@Example.ORG ")) == "email:ada@example.org"
    assert contact_key(Address("handle", "@Ada")) == contact_key(Address("handle", "ada"))
    assert not carries(customer(phone=""), "")


def test_a_customer_survives_the_cache() -> None:
    known = replace(
        customer(),
        consents=(Consent("sms", None),),
        promises=(CustomerPromise("call back", 5.0),),
        fields={"shoe size": "43"},
        fetched_at=1.5,
    )
    assert customer_from(customer_json(known)) == known
    for broken in ("", "[]", "{}", '{"id": 1}', "\x00"):
        assert customer_from(broken) is None


def test_a_card_of_another_version_is_read_with_what_both_know() -> None:
    known = replace(customer(), tier="Gold", fetched_at=1.5)
    kept = json.loads(customer_json(known))
    del kept["tier"]
    assert customer_from(json.dumps({**kept, "shoe_size": "43"})) == replace(known, tier="")


async def test_looking_for_somebody_else_keeps_the_link_until_another_is_chosen(d: Desk) -> None:
    d.crm.matches = [match(1)]
    await d.ring()
    await until(lambda: d.pop().chosen == "c1")
    d.crm.found_by_text = [match(5), match(6)]
    await d.session.pops.search("i1", "somebody")
    assert d.pop().chosen == "c1"
    assert [each.customer.id for each in d.pop().matches] == ["c5", "c6", "c1"]
    d.session.pops.choose("i1", "c6")
    assert (d.pop().chosen, d.pop().chosen_by) == ("c6", "you")


async def test_a_search_that_fails_does_not_end_the_asking_by_itself(d: Desk) -> None:
    d.crm.script.then("find", *[Unavailable("down")] * 4)
    await d.ring()
    await d.time.run_until(lambda: d.pop().answer is PopAnswer.COULD_NOT_ASK)
    d.crm.script.then("search", *[Unavailable("down")] * 4)
    searching = asyncio.ensure_future(d.session.pops.search("i1", "Smith"))
    await d.time.run_until(searching.done)
    d.crm.matches = [match(1)]
    await d.time.run_until(lambda: d.pop().answer is PopAnswer.ONE)
    assert d.pop().chosen == "c1"
