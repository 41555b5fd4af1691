"""Two CRMs in one profile: asked at once, shown as they come, one customer where they are one, and honest answers."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.app.connections.backends import Backends
from desktop.app.session import Session
from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.tables.outbox_rows import new_row
from desktop.domain.entities.customer import Customer, FollowUp, Match
from desktop.domain.entities.identity import BY_HAND, CUSTOMER
from desktop.domain.entities.model import Address
from desktop.domain.entities.screen_pop import ScreenPop
from desktop.domain.entities.words import Health, Phase, PopAnswer
from desktop.domain.select import details_of
from desktop.domain.state.events import Change
from desktop.domain.text.sentence import verbatim
from desktop.ports.errors import Unavailable
from desktop.words.catalogue import in_words
from tests.app.app_fakes import FakeContactCenter, FakeCrm, VirtualTime, customer, interaction, spin, until


def found(customer_id: str, **changes: Any) -> Match:
    return Match(replace(customer(), id=customer_id, **changes), "phone", "same number")


class Shop(FakeCrm):
    """A CRM whose records can be had by their id."""

    async def customer(self, customer_id: str) -> Customer:
        await self.script.play("customer", customer_id)
        return replace(customer(phone="+441632960999"), id=customer_id, name=f"Record {customer_id}")


class Desk:
    def __init__(self, path: Path, *, broken: bool = False, write_back: str = "first") -> None:
        self.time = VirtualTime()
        self.server = FakeContactCenter(self.time.timing)
        self.shop, self.mail = Shop(), Shop()

        async def open_local() -> LocalStore:
            return await LocalStore.open(path, clock=self.time.timing.clock)

        crms = {"crm:shop": self.shop} if broken else {"crm:shop": self.shop, "crm:mail": self.mail}
        out = {"crm:mail": verbatim("The crm backend 'mail' cannot be imported: no libfoo.")} if broken else {}
        backends = Backends(self.server, crms, broken=out)
        self.session = Session("p", backends, open_local, timing=self.time.timing, region="DE", write_back=write_back)

    @property
    def pop(self) -> ScreenPop:
        return self.session.store.drain().pops["i1"]

    @property
    def ids(self) -> list[tuple[str, ...]]:
        return [match.ids for match in self.pop.matches]

    def health(self, source: str) -> Health:
        return self.session.store.drain().health[source].health

    async def ring(self, **changes: Any) -> None:
        self.server.happen(interaction(1, **changes), Change.OFFERED)
        await spin()


@asynccontextmanager
async def desk(path: Path, **options: Any) -> AsyncIterator[Desk]:
    d = Desk(path, **options)
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


async def test_records_of_both_with_the_same_number_are_one_customer_with_the_evidence(d: Desk) -> None:
    d.shop.matches = [found("7", name="Ada Lovelace", tier="")]
    d.mail.matches = [found("7", name="Ada L.", tier="Gold")]
    await d.ring()
    await until(lambda: d.ids == [("shop:7", "mail:7")])
    assert (d.pop.answer, d.pop.chosen) == (PopAnswer.ONE, "shop:7")
    match = d.pop.match
    assert match is not None
    assert (match.customer.name, match.customer.tier) == ("Ada Lovelace", "Gold")
    assert [in_words(record.why) for record in match.records] == ["", "same number"]
    assert [record.customer.source for record in match.records] == ["crm:shop", "crm:mail"]
    await until(lambda: d.shop.script.count("link") == d.mail.script.count("link") == 1)
    assert [call[1] for call in d.mail.script.calls if call[0] == "link"] == [("i1", "7")]  # its own id, not ours


async def test_the_first_answer_is_shown_at_once_and_the_second_joins_it(d: Desk) -> None:
    release = asyncio.Event()

    async def slow() -> Any:
        await release.wait()
        return [found("1", name="Slow but first")]

    d.shop.script.always("find", slow)
    d.mail.matches = [found("2")]
    await d.ring()
    await until(lambda: d.pop.chosen == "mail:2")
    assert d.pop.answer is PopAnswer.ONE
    assert [(one.source, one.answer) for one in d.pop.answers] == [
        ("crm:shop", PopAnswer.SEARCHING),
        ("crm:mail", PopAnswer.ONE),
    ]
    assert d.mail.script.count("link") == 0  # the CRM is told when all have answered
    release.set()
    await until(lambda: d.pop.chosen == "shop:1")
    assert d.ids == [("shop:1", "mail:2")]
    assert d.pop.match is not None
    assert d.pop.match.customer.name == "Slow but first"


async def test_a_hanging_crm_never_hides_nor_blocks_the_other(d: Desk) -> None:
    d.shop.script.always("find", "hang")
    d.mail.matches = [found("2")]
    now = d.time.now
    await d.ring()
    await until(lambda: d.pop.chosen == "mail:2")
    await until(lambda: details_of(d.session.store.drain(), d.pop.match).timeline)
    assert d.time.now == now  # nobody waited
    await d.time.advance(5.0, disk=True)
    assert d.pop.chosen == "mail:2"
    assert [one.answer for one in d.pop.answers] == [PopAnswer.COULD_NOT_ASK, PopAnswer.ONE]
    assert "CRM (shop)" in in_words(d.pop.answers[0].why)
    assert d.health("crm:mail") is Health.LIVE
    assert d.health("crm:shop") is not Health.LIVE


async def test_nobody_found_is_said_only_when_every_crm_says_so(d: Desk) -> None:
    d.shop.script.always("find", Unavailable("down"))
    await d.ring()
    await d.time.run_until(lambda: d.pop.answer is PopAnswer.COULD_NOT_ASK, disk=True)
    assert [one.answer for one in d.pop.answers] == [PopAnswer.COULD_NOT_ASK, PopAnswer.NO_MATCH]
    assert d.pop.matches == ()
    d.shop.script.always("find", None)
    await d.time.run_until(lambda: d.pop.answer is PopAnswer.NO_MATCH, disk=True)


async def test_two_with_that_number_in_one_crm_are_for_the_agent_to_choose(d: Desk) -> None:
    d.shop.matches = [found("1", name="Ada")]
    d.mail.matches = [found("2", name="Ada"), found("3", name="Bob")]
    await d.ring()
    await until(lambda: len(d.pop.matches) == 3)
    assert (d.pop.answer, d.pop.chosen) == (PopAnswer.MANY, None)
    d.session.pops.choose("i1", "mail:3")
    assert (d.pop.chosen, d.pop.chosen_by) == ("mail:3", "you")


async def test_records_are_linked_and_taken_apart_by_hand_and_that_lasts(tmp_path: Path) -> None:
    async with desk(tmp_path / "p.db") as d:
        d.shop.matches, d.mail.matches = [found("1")], [found("2")]
        await d.ring()
        await until(lambda: d.ids == [("shop:1", "mail:2")])
        d.session.links.say(CUSTOMER, "shop:1", "mail:2", same=False)
        await until(lambda: d.ids == [("shop:1",), ("mail:2",)])
        assert (d.pop.answer, d.pop.chosen) == (PopAnswer.MANY, "shop:1")  # whom the contact is with stays
        d.session.links.say(CUSTOMER, "mail:2", "shop:1", same=None)
        await until(lambda: d.ids == [("shop:1", "mail:2")])
        d.session.links.say(CUSTOMER, "shop:1", "mail:9", same=True)
        # The number says mail:2, the agent says mail:9, and one CRM has nobody twice: the agent is right.
        await until(lambda: d.ids == [("shop:1", "mail:9"), ("mail:2",)])
    async with desk(tmp_path / "p.db") as d:
        d.shop.matches, d.mail.matches = [found("1")], []
        await d.ring()
        await until(lambda: d.ids == [("shop:1", "mail:9")])  # fetched by its id, since the number does not find it
        assert d.pop.match is not None
        assert d.pop.match.records[1].why == BY_HAND
        assert d.shop.script.count("customer") == 0
        assert [call[1] for call in d.mail.script.calls if call[0] == "customer"] == [("9",)]


async def test_a_crm_whose_plug_in_cannot_be_loaded_is_said_and_the_other_works(tmp_path: Path) -> None:
    async with desk(tmp_path / "p.db", broken=True) as d:
        d.shop.matches = [found("1")]
        await d.ring()
        await until(lambda: d.pop.chosen == "shop:1")
        assert d.health("crm:mail") is Health.DOWN
        assert "no libfoo" in in_words(d.pop.answers[1].why)
        assert any("no libfoo" in in_words(notice.text) for notice in d.session.store.state.notices)
        d.shop.matches = []
        await d.session.pops.retry("i1")
        await until(lambda: d.pop.answer is PopAnswer.COULD_NOT_ASK)  # one CRM's silence is no "nobody has it"


async def test_cases_and_timeline_of_both_are_one_list_and_a_failing_part_is_said(d: Desk) -> None:
    d.shop.matches, d.mail.matches = [found("1")], [found("2")]
    d.mail.script.always("timeline", Unavailable("timeline is down"))
    await d.ring()
    await until(lambda: d.ids == [("shop:1", "mail:2")])
    await d.time.run_until(
        lambda: "mail" in str(details_of(d.session.store.drain(), d.pop.match).failed.get("timeline")), disk=True
    )
    details = details_of(d.session.store.drain(), d.pop.match)
    assert details.cases is not None
    assert [one.source for one in details.cases] == ["crm:shop", "crm:mail"]
    assert details.timeline is not None
    assert [one.source for one in details.timeline] == ["crm:shop"]


@pytest.mark.parametrize(("write_back", "targets"), [("first", ["crm:shop"]), ("all", ["crm:shop", "crm:mail"])])
async def test_a_wrap_up_goes_where_the_profile_says_once_each(
    tmp_path: Path, write_back: str, targets: list[str]
) -> None:
    async with desk(tmp_path / "p.db", write_back=write_back) as d:
        d.shop.matches, d.mail.matches = [found("1")], [found("2")]
        await d.ring(phase=Phase.WRAP_UP)
        await until(lambda: d.ids == [("shop:1", "mail:2")])
        assert (await d.session.wrap_ups.finish("i1", codes=["sold"], note="Bought it.")).ok
        kept = await d.session.local.outbox(include_delivered=True)
        assert [row.target for row in kept] == targets
        assert len({row.key for row in kept}) == len(targets)
        await until(lambda: d.session.store.drain().outbox.waiting == 0)
        assert [record.customer_id for record in d.shop.written] == ["1"]
        assert [record.customer_id for record in d.mail.written] == (["2"] if write_back == "all" else [])
        # Erasing either record finds what was written about both.
        assert json.loads(kept[0].payload)["also"] == [{"customer_id": "shop:1"}, {"customer_id": "mail:2"}]
        assert (await d.session.local.erase_customer("mail:2")).delivered == len(targets)


async def test_an_outage_of_one_target_holds_up_nothing_of_the_other(tmp_path: Path) -> None:
    async with desk(tmp_path / "p.db", write_back="all") as d:
        d.shop.matches, d.mail.matches = [found("1")], [found("2")]
        d.shop.script.always("log_wrap_up", Unavailable("down"))
        await d.ring(phase=Phase.WRAP_UP)
        await until(lambda: d.ids == [("shop:1", "mail:2")])
        assert (await d.session.wrap_ups.finish("i1", codes=["sold"], note="Bought it.")).ok
        await until(lambda: len(d.mail.written) == 1)
        await until(lambda: d.session.store.drain().outbox.waiting == 1)
        assert d.shop.written == []
        assert "CRM (shop)" in in_words(d.session.store.state.outbox.why)


async def test_rows_of_an_older_profile_with_one_crm_go_to_the_first(d: Desk) -> None:
    row = new_row("k1", "case", "i9", "crm", {"customer_id": "42", "subject": "s", "text": "t"}, created_at=0.0)
    d.session.outbox.adopt(await d.session.local.enqueue([row], drop_draft=None))
    await until(lambda: d.shop.script.count("create_case") == 1)
    assert d.shop.script.calls[-1][1][0] == "42"


async def test_a_search_asks_both_and_a_failing_one_is_named(d: Desk) -> None:
    await d.ring()
    await until(lambda: d.pop.answer is PopAnswer.NO_MATCH)
    d.shop.script.always("search", Unavailable("down"))
    d.mail.found_by_text = [found("5", name="Ada")]
    searching = asyncio.ensure_future(d.session.pops.search("i1", "ada"))
    await until(lambda: d.ids == [("mail:5",)])
    assert d.pop.chosen is None  # found by text: only the agent may link it
    await d.time.run_until(searching.done)
    assert [one.answer for one in d.pop.answers] == [PopAnswer.COULD_NOT_ASK, PopAnswer.ONE]
    assert d.ids == [("mail:5",)]


async def test_what_memory_knows_of_one_is_shown_while_the_other_answers(tmp_path: Path) -> None:
    async with desk(tmp_path / "p.db") as d:
        d.shop.matches, d.mail.matches = [found("1", tier="Gold")], [found("2")]
        await d.ring()
        await until(lambda: d.ids == [("shop:1", "mail:2")])
        await spin(disk=True)
    async with desk(tmp_path / "p.db") as d:
        d.shop.script.always("find", "hang")
        d.mail.matches = [found("2", name="Fresh")]
        await d.ring()
        await until(lambda: d.ids == [("shop:1", "mail:2")])
        assert (d.pop.answer, d.pop.cached) == (PopAnswer.ONE, False)
        assert d.pop.match is not None
        assert d.pop.match.customer.tier == "Gold"
        assert d.shop.script.count("link") == 0  # not on the word of a memory


async def test_a_follow_up_is_not_lost_when_the_customer_is_found_in_another_crm_between_two_finishes(d: Desk) -> None:
    d.mail.found_by_text = [found("5", name="Ada")]
    d.server.script.always("wrap_up", Unavailable("down"))
    await d.ring(phase=Phase.WRAP_UP)
    await until(lambda: d.pop.answer is PopAnswer.NO_MATCH)
    first, second = FollowUp("sms", "Thank you.", to="+441632960001"), FollowUp("sms", "See you.", to="+441632960002")
    assert not (await d.session.wrap_ups.finish("i1", codes=["sold"], note="Bought it.", follow_ups=[first])).ok
    await d.session.pops.search("i1", "ada")
    d.session.pops.choose("i1", "mail:5")
    d.session.store.drain()
    for _ in range(2):
        assert not (await d.session.wrap_ups.finish("i1", codes=["sold"], note="Again.", follow_ups=[second])).ok
    kept = await d.session.local.outbox(include_delivered=True)
    said = [json.loads(row.payload)["text"] for row in kept if row.kind == "follow_up"]
    assert said == ["Thank you.", "See you."]
    assert [row.target for row in kept if row.kind == "wrap_up"] == ["crm:shop", "crm:mail"]


@pytest.mark.parametrize("name", ["other", "shop"])
async def test_another_crm_in_the_profile_gets_neither_the_cards_nor_the_drafts_of_the_one_before(
    tmp_path: Path, name: str
) -> None:
    """The same number is another person there."""

    def session(crm: Shop, time: VirtualTime, server: FakeContactCenter, called: str) -> Session:
        async def open_local() -> LocalStore:
            return await LocalStore.open(tmp_path / "p.db", clock=time.timing.clock)

        return Session("p", Backends(server, crm, targets={"crm": f"crm:{called}"}), open_local, timing=time.timing)

    time, before, after = VirtualTime(), Shop(), Shop()
    before.matches = [found("42")]
    server = FakeContactCenter(time.timing)
    first = session(before, time, server, "shop")
    await first.start()
    server.happen(interaction(1, phase=Phase.WRAP_UP), Change.OFFERED)
    await spin()
    await until(lambda: first.store.drain().pops["i1"].chosen == "42")
    first.notes.edit("i1", "Bought it.")
    await first.notes.flush()
    await spin(disk=True)
    await first.close()

    after.script.always("find", "hang")
    server = FakeContactCenter(time.timing)
    second = session(after, time, server, name)
    await second.start()
    server.happen(interaction(2), Change.OFFERED)
    await spin(disk=True)
    seen = second.store.drain().pops["i2"].chosen
    assert seen == ("42" if name == "shop" else None)
    await time.run_until(lambda: second.store.drain().outbox.parked == 1, disk=True)
    (row,) = await second.local.outbox()
    assert json.loads(row.payload)["facts"]["records"] == [["crm:shop", "42"]]
    await second.outbox.retry(row.key)
    (sent,) = await second.local.outbox(include_delivered=True)
    assert (sent.target, json.loads(sent.payload)["customer_id"]) == ("crm:shop", "42")
    await second.close()


async def test_what_was_linked_to_the_caller_before_is_not_shown_of_the_next(d: Desk) -> None:
    d.session.links.say(CUSTOMER, "mail:9", "shop:1", same=True)
    d.shop.matches = [found("1")]
    await d.ring()
    await until(lambda: d.ids == [("shop:1", "mail:9")])
    other = Address("phone", "+441632960002")
    d.shop.matches = [found("2", addresses=(other,))]
    d.server.happen(replace(interaction(1), customer=other, version=50), Change.UPDATED)
    await until(lambda: d.ids == [("shop:2",)])
    assert (d.pop.answer, d.pop.chosen) == (PopAnswer.ONE, "shop:2")


async def test_a_link_that_is_taken_back_leaves_the_contact_with_whom_it_was(d: Desk) -> None:
    d.mail.matches = [found("7", name="Ada")]
    await d.ring()
    await until(lambda: d.pop.chosen == "mail:7")
    d.session.links.join(CUSTOMER, "shop:2", ["mail:7"])  # Bob, by mistake; his record has precedence
    await until(lambda: d.ids == [("shop:2", "mail:7")])
    d.session.links.part(CUSTOMER, "shop:2", ["mail:7"])
    await until(lambda: len(d.ids) == 2)
    assert d.pop.chosen == "mail:7"


async def test_a_linked_record_comes_although_everybody_was_asked_again_meanwhile(d: Desk) -> None:
    d.session.links.say(CUSTOMER, "mail:9", "shop:1", same=True)
    d.shop.matches = [found("1")]
    gate = asyncio.Event()

    async def slow() -> Any:
        await gate.wait()

    d.mail.script.then("customer", slow)
    await d.ring()
    await until(lambda: d.mail.script.count("customer") == 1)
    await d.session.pops.retry("i1")
    await spin()
    gate.set()
    await until(lambda: d.ids == [("shop:1", "mail:9")])
