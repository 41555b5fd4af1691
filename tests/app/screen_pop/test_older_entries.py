"""A timeline is read on where the agent has come to its end: page by page, without gaps, and failing is told."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.domain.entities.customer import Match, TimelineEntry
from desktop.domain.entities.words import Older
from desktop.domain.state.own_events import DetailsChanged
from desktop.ports.errors import Rejected
from desktop.words.catalogue import in_words
from tests.app.app_fakes import START, until
from tests.app.screen_pop.test_screen_pops import Desk, desk, match


@pytest.fixture
async def d(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(tmp_path / "p.db") as made:
        yield made


def history(count: int, *, together: int = 1) -> list[TimelineEntry]:
    """So many entries, newest first, always so many in the same second."""
    return [TimelineEntry(f"t{n}", START - n // together, "note", f"Note {n}") for n in range(count)]


async def opened(d: Desk, entries: list[TimelineEntry]) -> None:
    """A call of a customer with this history, whose first page is there."""
    d.crm.history, d.crm.matches = entries, [match()]
    await d.ring()
    await until(lambda: (known := d.session.store.drain().details.get("c1")) is not None and known.timeline is not None)


def customer(d: Desk) -> Match:
    """Whom the contact is linked to."""
    found = d.pop().match
    assert found is not None
    return found


def details(d: Desk) -> Any:
    return d.session.store.drain().details["c1"]


async def test_a_short_timeline_has_nothing_older(d: Desk) -> None:
    await opened(d, history(3))
    assert details(d).older is Older.NONE
    asked = d.crm.script.count("timeline")
    d.session.pops.read_on(customer(d))
    await asyncio.sleep(0)
    assert d.crm.script.count("timeline") == asked


async def test_older_entries_come_page_by_page_and_each_once(d: Desk) -> None:
    everything = history(230, together=7)  # pages end in the middle of a second
    await opened(d, everything)
    assert (len(details(d).timeline), details(d).older) == (50, Older.MORE)
    while details(d).older is Older.MORE:
        known, asked = len(details(d).timeline), d.crm.script.count("timeline")
        d.session.pops.read_on(customer(d))
        assert details(d).older is Older.LOADING
        d.session.pops.read_on(customer(d))  # again, while it is under way: nothing
        await until(lambda: details(d).older is not Older.LOADING)
        assert len(details(d).timeline) > known
        assert d.crm.script.count("timeline") == asked + 1
    assert [entry.id for entry in details(d).timeline] == [entry.id for entry in everything]
    assert details(d).older is Older.NONE


async def test_more_in_one_moment_than_a_page_holds_is_no_endless_loop(d: Desk) -> None:
    await opened(d, [*history(260, together=260), TimelineEntry("first", START - 9, "note", "First")])
    for _ in range(5):
        d.session.pops.read_on(customer(d))
        await until(lambda: details(d).older is not Older.LOADING)
    assert details(d).older is Older.NONE
    assert details(d).timeline[-1].id == "first"


async def test_that_older_ones_cannot_be_had_is_told_and_asking_again_helps(d: Desk) -> None:
    await opened(d, history(120))
    d.crm.script.always("timeline", Rejected("down"))
    d.session.pops.read_on(customer(d))
    await until(lambda: details(d).older is Older.FAILED)
    why = in_words(d.session.store.state.details_failed["c1"]["older"])
    assert why.startswith("Older entries were not loaded."), why
    assert len(details(d).timeline) == 50, "what was there stays"
    d.crm.script.always("timeline", None)
    d.session.pops.read_on(customer(d))
    await until(lambda: len(details(d).timeline) == 120)
    assert "c1" not in d.session.store.state.details_failed


async def test_reading_the_first_page_again_keeps_the_older_ones_unless_there_is_a_gap(d: Desk) -> None:
    await opened(d, history(120))
    d.session.pops.read_on(customer(d))
    await until(lambda: len(details(d).timeline) == 120)
    d.crm.history = [TimelineEntry("new", START + 1, "note", "New"), *history(120)]
    d.session.pops.look_at(customer(d))
    await until(lambda: details(d).timeline[0].id == "new")
    assert (len(details(d).timeline), details(d).older) == (121, Older.NONE)
    d.crm.history = [TimelineEntry(f"n{n}", START + 100 - n, "note", "New") for n in range(90)]
    d.session.pops.look_at(customer(d))
    await until(lambda: details(d).timeline[0].id == "n0")
    assert (len(details(d).timeline), details(d).older) == (50, Older.MORE)


async def test_an_answer_to_what_is_no_longer_the_end_is_left_out(d: Desk) -> None:
    await opened(d, history(120))
    held = asyncio.Event()

    async def wait() -> None:
        await held.wait()

    d.crm.script.then("timeline", wait)
    d.session.pops.read_on(customer(d))
    await until(lambda: details(d).older is Older.LOADING)
    anew = tuple(TimelineEntry(f"n{n}", START + 100 - n, "note", "New") for n in range(50))
    d.session.store.publish(DetailsChanged("c1", replace(details(d), timeline=anew, older=Older.MORE)), "crm")
    held.set()
    await asyncio.sleep(0.05)
    assert (details(d).timeline, details(d).older) == (anew, Older.MORE)
