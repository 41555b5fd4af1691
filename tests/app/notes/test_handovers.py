"""A contact that another agent has now: note and link go on with it, and stay the words of who wrote them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.domain.entities.customer import Customer, Match
from desktop.domain.entities.model import Address, Interaction, Previous
from desktop.domain.entities.words import Outcome, Phase, PopAnswer
from desktop.ports.base import Capability
from desktop.ports.errors import Unavailable
from desktop.words.catalogue import in_words
from tests.app.app_fakes import FakeContactCenter, FakeCrm, VirtualTime, customer, interaction, until
from tests.app.notes.note_desk import Desk

HIDDEN = Address("phone", "", withheld=True)
KNOWN = Previous("i9", "bo", "Bo", "Promised a refund.", "c1", 5.0)


class Centre(FakeContactCenter):
    """One that hands on what an agent knew."""

    async def open(self) -> frozenset[Capability]:
        return frozenset({*await super().open(), Capability.HANDOVER})

    async def hand_over(self, interaction_id: str, *, note: str, customer_id: str, key: str) -> Interaction:
        await self.script.play("hand_over", interaction_id, note, customer_id, key=key)
        return self.interactions[interaction_id]


class Crm(FakeCrm):
    """One that also finds by id."""

    async def customer(self, customer_id: str) -> Customer:
        await self.script.play("customer", customer_id)
        return replace(customer(), id=customer_id)


@pytest.fixture
async def desks(tmp_path: Path) -> AsyncIterator[list[Desk]]:
    made: list[Desk] = []
    yield made
    for each in made:
        await each.session.close()


async def begun(desks: list[Desk], tmp_path: Path, contact: Interaction, *matches: Match) -> Desk:
    crm = Crm()
    crm.matches = list(matches)
    d = Desk(tmp_path / "p.db", Centre(VirtualTime().timing), crm)
    desks.append(d)
    d.server.happen(contact)
    return await d.start()


def handed(d: Desk) -> list[Any]:
    return [call[1] for call in d.server.script.calls if call[0] == "hand_over"]


def match() -> Match:
    return Match(customer(), "phone", "same number", verified=True)


async def test_note_and_link_go_on_and_the_record_stays_mine(desks: list[Desk], tmp_path: Path) -> None:
    d = await begun(desks, tmp_path, interaction(1, phase=Phase.ACTIVE), match())
    await until(lambda: d.state.pops["i1"].chosen)
    d.session.notes.edit("i1", "Promised a refund.")
    talking = d.server.interactions["i1"]
    d.server.happen(replace(talking, version=9, phase=Phase.WRAP_UP, outcome=Outcome.TRANSFERRED))
    await until(lambda: handed(d))
    assert handed(d) == [("i1", "Promised a refund.", customer().id)]
    assert d.session.notes.text("i1").note == "Promised a refund."
    await d.session.wrap_ups.finish("i1", codes=("sold",))
    await until(lambda: d.crm.written)
    assert [one.note for one in d.crm.written] == ["Promised a refund."]
    assert len(handed(d)) == 1


@pytest.mark.parametrize("outcome", [Outcome.HANDLED, None])
async def test_a_contact_that_i_ended_goes_on_to_nobody(
    desks: list[Desk], tmp_path: Path, outcome: Outcome | None
) -> None:
    d = await begun(desks, tmp_path, interaction(1, phase=Phase.ACTIVE), match())
    d.session.notes.edit("i1", "Promised a refund.")
    d.server.happen(replace(d.server.interactions["i1"], version=9, phase=Phase.WRAP_UP, outcome=outcome))
    await until(lambda: d.state.interactions["i1"].phase is Phase.WRAP_UP)
    assert handed(d) == []


async def test_when_it_cannot_be_handed_on_that_is_said_and_the_note_is_kept(desks: list[Desk], tmp_path: Path) -> None:
    d = await begun(desks, tmp_path, interaction(1, phase=Phase.ACTIVE))
    d.server.script.always("hand_over", Unavailable("No route."))
    d.session.notes.edit("i1", "Promised a refund.")
    gone = replace(d.server.interactions["i1"], version=9, phase=Phase.WRAP_UP, outcome=Outcome.TRANSFERRED)
    d.server.happen(gone)
    await until(lambda: any("was not passed on" in in_words(one.text) for one in d.state.notices))
    assert d.session.notes.text("i1").note == "Promised a refund."


async def test_the_customer_of_a_contact_that_goes_on_is_linked_at_once(desks: list[Desk], tmp_path: Path) -> None:
    other = Match(replace(customer(), id="c2"), "phone", "same number", verified=True)
    contact = interaction(1, phase=Phase.ACTIVE, previous=KNOWN)
    d = await begun(desks, tmp_path, contact, match(), other)
    await until(lambda: d.state.pops["i1"].chosen)
    pop = d.state.pops["i1"]
    assert (pop.chosen, pop.chosen_by, pop.decided) == ("c1", "Bo", True)
    d.session.pops.unlink("i1")
    assert d.state.pops["i1"].chosen is None, "it can be undone like any other"


async def test_a_customer_whom_no_search_finds_is_fetched(desks: list[Desk], tmp_path: Path) -> None:
    contact = interaction(1, phase=Phase.ACTIVE, customer=HIDDEN)
    d = await begun(desks, tmp_path, contact)
    await until(lambda: d.state.pops["i1"].answer is not PopAnswer.SEARCHING)
    assert d.state.pops["i1"].chosen is None
    d.server.happen(replace(d.server.interactions["i1"], version=9, previous=KNOWN))
    await until(lambda: d.state.pops["i1"].chosen)
    assert d.state.pops["i1"].chosen == "c1"
