"""Notes and wrap-ups: on disk in time, and never lost."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.app.connections.backends import Backends
from desktop.app.screen_pop.pop import BY_AGENT
from desktop.app.session import Session
from desktop.app.storage.errors import StoreFull
from desktop.app.storage.local_store import LocalStore
from desktop.domain.entities.customer import Consent, FollowUp
from desktop.domain.entities.model import WrapUpRule
from desktop.domain.entities.words import Availability, CodeRule, Phase
from desktop.domain.entities.wrap_up_record import DraftView
from desktop.domain.state.events import Change, InteractionChanged
from desktop.domain.state.own_events import ClockRead
from desktop.domain.text.sentence import verbatim
from desktop.ports.base import Capability
from desktop.ports.errors import Unavailable
from desktop.words.catalogue import in_words
from tests.app.app_fakes import customer, interaction, match, until
from tests.app.notes.note_desk import Desk, again, make


@pytest.fixture
async def desks(tmp_path: Path) -> AsyncIterator[list[Desk]]:
    made: list[Desk] = []
    yield made
    for each in made:
        await each.session.close()


async def test_saves_soon_after_the_last_key_and_while_typing(
    desks: list[Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    d = await make(desks, tmp_path)
    asked: list[float] = []  # when the disk was asked, for how long it takes is not ours to say here
    save = LocalStore.save_draft

    async def noted(store: LocalStore, draft: Any, **when: Any) -> Any:
        asked.append(d.time.now)
        return await save(store, draft, **when)

    monkeypatch.setattr(LocalStore, "save_draft", noted)
    began = d.time.now
    d.session.notes.edit("i1", "H")
    view = d.session.notes.text("i1")
    assert view is not None
    assert (view.note, view.saved_at) == ("H", None)
    assert d.state.drafts["i1"].saved_at is None
    await d.time.advance(0.5)
    assert [at - began <= 0.5 for at in asked] == [True]
    await until(lambda: d.state.drafts["i1"].saved_at is not None)
    asked.clear()
    began = d.time.now
    for number in range(40):
        d.session.notes.edit("i1", "H" * (number + 2))
        await d.time.advance(0.1)
        if asked:
            await until(lambda: d.saves)
    assert asked
    assert asked[0] - began <= 2.0
    await d.time.advance(0.5)
    await d.time.run_until(lambda: d.state.drafts["i1"].saved_at is not None, disk=True)
    kept = await d.session.local.draft("i1")
    assert kept is not None
    assert kept.note == "H" * 41


async def test_close_flushes_and_a_restart_is_where_it_was(desks: list[Desk], tmp_path: Path) -> None:
    d = await make(desks, tmp_path)
    follow_up = FollowUp("callback", "call back", 1_800_000_100.0, "+4930999")
    d.session.notes.edit("i1", "half a sen", ("sold",), (follow_up,))
    d = await again(desks, d)
    view = d.session.notes.text("i1")
    assert view is not None
    assert (view.note, view.codes) == ("half a sen", ("sold",))
    assert d.session.notes.follow_ups("i1") == (follow_up,)
    assert d.state.drafts["i1"].saved_at is not None
    assert d.state.interactions["i1"].phase is Phase.WRAP_UP


async def test_after_a_restart_it_was_saved_when_it_was_and_not_when_it_was_loaded(
    desks: list[Desk], tmp_path: Path
) -> None:
    d = await make(desks, tmp_path)
    d.session.notes.edit("i1", "half a sen")
    await d.session.notes.flush()
    view = d.session.notes.text("i1")
    assert view is not None
    typed = view.saved_at
    for _ in range(2):  # what is learnt anew of the contact is kept with the words, and makes them no younger
        d = await again(desks, d)
        await d.time.advance(10.0, disk=True)
        view = d.session.notes.text("i1")
        assert view is not None
        assert view.saved_at == typed
        kept = await d.session.local.draft("i1")
        assert kept is not None
        assert kept.saved_at == typed
    await d.time.advance(60.0)
    d.session.notes.edit("i1", "half a sentence")
    await d.session.notes.flush()
    view = d.session.notes.text("i1")
    assert view is not None
    assert typed is not None
    assert view.saved_at is not None
    assert view.saved_at > typed


async def test_a_contact_that_goes_after_the_end_begins_nothing(desks: list[Desk], tmp_path: Path) -> None:
    d = await make(desks, tmp_path)
    d.session.notes.edit("i1", "for the next run")
    await d.session.close()
    before = asyncio.all_tasks()
    d.session.store.publish(InteractionChanged(Change.CLOSED, interaction(1, version=9, phase=Phase.CLOSED)))
    assert "i1" not in d.state.interactions
    assert asyncio.all_tasks() == before


async def test_the_time_of_saving_follows_a_server_clock_that_is_set_back(desks: list[Desk], tmp_path: Path) -> None:
    d = await make(desks, tmp_path)
    d.session.notes.edit("i1", "half a sen")
    await d.session.notes.flush()
    before = d.state.drafts["i1"].saved_at
    d.session.store.publish(ClockRead(d.state.skew - 3600.0), "contact_center")
    await until(lambda: d.state.drafts["i1"].saved_at == before - 3600.0)


async def test_a_change_of_status_discards_nothing(desks: list[Desk], tmp_path: Path) -> None:
    d = await make(desks, tmp_path)
    d.session.notes.edit("i1", "text")
    for availability in Availability:
        assert (await d.session.commands.set_availability(availability)).ok
    await d.time.advance(5, disk=True)
    assert d.state.drafts["i1"].note == "text"
    assert (await d.session.local.draft("i1")) is not None


@pytest.mark.parametrize("after", [False, True], ids=["before its deadline", "at its deadline"])
@pytest.mark.parametrize("how", ["closed", "vanished"])
async def test_that_the_time_ran_out_is_said_only_where_it_did(
    desks: list[Desk], tmp_path: Path, how: str, after: bool
) -> None:
    d = await make(desks, tmp_path)
    d.session.notes.edit("i1", "words")
    deadline = d.session.store.now() + (0 if after else 30)
    last = replace(d.server.interactions["i1"], version=8, wrap_up_deadline=deadline)
    d.server.happen(last)
    await until(lambda: d.state.interactions["i1"].wrap_up_deadline == deadline)
    if how == "closed":
        d.server.happen(replace(last, version=9, phase=Phase.CLOSED, wrap_up_deadline=None))
    else:
        del d.server.interactions["i1"]
        await d.session.feeds["contact_center"].refresh()
    await until(lambda: "i1" not in d.state.interactions)
    await d.time.run_until(lambda: d.state.outbox.parked == 1, disk=True)
    (row,) = await d.session.outbox.rows()
    ran_out = "the wrap-up time ran out before the note was finished"
    assert in_words(row.reason) == (ran_out if after else "the contact was closed before the note was finished")
    said = in_words(d.state.notices[-1].text)
    assert said.lower().startswith(in_words(row.reason)) and said.endswith("are in the outbox: alt+o shows them.")


@pytest.mark.parametrize("how", ["closed", "taken over", "vanished"])
async def test_a_forced_end_parks_the_draft_with_its_reason(desks: list[Desk], tmp_path: Path, how: str) -> None:
    d = await make(desks, tmp_path)
    d.session.notes.edit("i1", "the promise I made", ("sold",))
    if how == "closed":
        d.server.happen(replace(d.server.interactions["i1"], phase=Phase.CLOSED))
    elif how == "taken over":
        d.server.happen(replace(d.server.interactions["i1"], phase=Phase.ACTIVE, agent_id="agent-2"))
    else:
        del d.server.interactions["i1"]  # no event at all
        await d.session.feeds["contact_center"].refresh()
    await until(lambda: "i1" not in d.state.interactions)
    await d.time.run_until(lambda: d.state.outbox.parked == 1, disk=True)
    (row,) = await d.session.outbox.rows()
    assert row.state == "parked"
    assert "the promise I made" in row.payload
    assert "before the note was finished" in in_words(row.reason)
    assert "i1" not in d.state.drafts
    assert d.crm.written == []
    await d.session.outbox.retry(row.key)
    await d.time.run_until(lambda: d.crm.written, disk=True)
    assert d.crm.written[0].note == "the promise I made"


async def test_what_vanished_while_the_desktop_was_away_is_parked(desks: list[Desk], tmp_path: Path) -> None:
    d = await make(desks, tmp_path)
    d.session.notes.edit("i1", "not lost")
    await d.session.notes.flush()
    del d.server.interactions["i1"]
    d = await again(desks, d)
    assert d.session.notes.text("i1") is not None  # still there to be read at first
    await d.time.run_until(lambda: d.state.outbox.parked == 1, disk=True)
    (row,) = await d.session.outbox.rows()
    assert "not lost" in row.payload
    assert "came back" in in_words(row.reason)


async def test_a_moment_out_of_sight_parks_nothing(desks: list[Desk], tmp_path: Path) -> None:
    d = await make(desks, tmp_path)
    d.session.notes.edit("i1", "text")
    hidden = d.server.interactions.pop("i1")
    await d.session.feeds["contact_center"].refresh()
    assert "i1" not in d.state.interactions
    d.server.interactions["i1"] = hidden
    await d.session.feeds["contact_center"].refresh()
    await d.time.advance(5, disk=True)
    assert d.state.drafts["i1"].note == "text"


async def test_a_full_disk_is_said_and_the_text_stays(
    desks: list[Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    d = await make(desks, tmp_path)
    full = [True]
    save = LocalStore.save_draft

    async def refuse(store: LocalStore, draft: Any, **when: Any) -> Any:
        if full:
            raise StoreFull(verbatim("No room left"))
        return await save(store, draft, **when)

    monkeypatch.setattr(LocalStore, "save_draft", refuse)
    d.session.notes.edit("i1", "text")
    await d.time.advance(1, disk=True)
    assert d.state.drafts["i1"].problem == verbatim("No room left")
    full.clear()
    await d.time.advance(3, disk=True)
    await until(lambda: d.state.drafts["i1"].saved_at is not None)
    assert not d.state.drafts["i1"].problem


async def test_finishing_is_local_first_and_delivered_once(desks: list[Desk], tmp_path: Path) -> None:
    d = await make(desks, tmp_path)
    d.crm.matches = [match()]
    await d.session.pops.retry("i1")
    await d.time.run_until(lambda: d.state.pops["i1"].chosen == "c1", disk=True)
    d.session.notes.edit("i1", "done", ("sold",))
    both = [asyncio.ensure_future(d.session.wrap_ups.finish("i1", codes=("sold",), note="done")) for _ in range(2)]
    first, second = await asyncio.gather(*both)
    assert first.ok
    assert second.error in ("ignored", "NotFound")
    await until(lambda: d.crm.written)
    await d.time.advance(5, disk=True)
    assert [record.note for record in d.crm.written] == ["done"]
    assert d.crm.written[0].customer_id == "c1"
    assert "i1" not in d.state.interactions
    assert (await d.session.local.drafts()) == []
    assert d.state.outbox.waiting == d.state.outbox.parked == 0


async def test_finishing_without_a_crm_does_not_say_that_the_note_is_on_its_way(
    desks: list[Desk], tmp_path: Path
) -> None:
    d = Desk(tmp_path / "p.db")
    d.session = Session("p", Backends(d.server), d._open, timing=d.time.timing)
    desks.append(d)
    d.server.happen(interaction(1, phase=Phase.WRAP_UP))
    await d.start()
    result = await d.session.wrap_ups.finish("i1", codes=("sold",), note="done")
    assert result.ok
    assert in_words(result.text) == "Finished. This profile has no CRM: the note is kept in the outbox. alt+o shows it."
    await until(lambda: d.state.outbox.parked == 1)


async def test_when_the_contact_centre_fails_the_note_is_safe_and_pressing_again_makes_no_second(
    desks: list[Desk], tmp_path: Path
) -> None:
    d = await make(desks, tmp_path)
    d.server.script.then("wrap_up", Unavailable("down"), Unavailable("down"))
    for _ in range(2):
        result = await d.session.wrap_ups.finish("i1", codes=("sold",), note="done")
        assert (result.ok, result.error) == (False, "Unavailable")
        assert "safe" in in_words(result.text)
    d = await again(desks, d)
    assert (await d.session.wrap_ups.finish("i1", codes=("sold",), note="done")).ok
    await until(lambda: d.crm.written)
    await d.time.advance(3, disk=True)
    assert len(d.crm.written) == 1
    assert d.server.script.count("wrap_up") == 3
    assert len(set(d.server.script.keys("wrap_up")[:2])) == 1


async def test_another_text_after_an_earlier_finish_is_a_correction(desks: list[Desk], tmp_path: Path) -> None:
    d = await make(desks, tmp_path)
    d.server.script.then("wrap_up", Unavailable("down"))
    await d.session.wrap_ups.finish("i1", codes=("sold",), note="one")
    assert (await d.session.wrap_ups.finish("i1", codes=("sold",), note="two")).ok
    await d.time.run_until(lambda: len(d.crm.written) == 2, disk=True)
    assert [record.note for record in d.crm.written] == ["one", "two"]


async def test_the_rule_of_the_queue_is_checked_first(desks: list[Desk], tmp_path: Path) -> None:
    d = await make(desks, tmp_path, wrap_up_rule=WrapUpRule(codes=CodeRule.ONE, note_required=True))
    result = await d.session.wrap_ups.finish("i1", codes=(), note="")
    assert (result.ok, result.error) == (False, "Rejected")
    assert (await d.session.wrap_ups.finish("i9", codes=(), note="")).error == "NotFound"
    assert await d.session.outbox.rows() == []


async def test_a_disk_that_refuses_leaves_the_text_in_the_editor(
    desks: list[Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    d = await make(desks, tmp_path)
    d.session.notes.edit("i1", "done", ("sold",))

    async def refuse(*_: Any, **__: Any) -> Any:
        raise StoreFull(verbatim("No room left"))

    monkeypatch.setattr(LocalStore, "enqueue", refuse)
    result = await d.session.wrap_ups.finish("i1", codes=("sold",), note="done")
    assert (result.ok, result.error) == (False, "StoreFull")
    assert "still in the editor" in in_words(result.text)
    assert d.server.script.count("wrap_up") == 0
    assert d.state.drafts["i1"].note == "done"


async def test_follow_ups_get_rows_of_their_own(desks: list[Desk], tmp_path: Path) -> None:
    d = await make(desks, tmp_path)
    yes = replace(customer(), consents=(Consent("sms", True, 1.0),))
    d.crm.matches = [replace(match(), customer=yes)]
    await d.session.pops.retry("i1")
    await d.time.run_until(lambda: d.state.pops["i1"].chosen == "c1", disk=True)
    follow_ups = (
        FollowUp("callback", "call", 1_800_000_500.0),
        FollowUp("sms", "thanks"),
        FollowUp("case", "Late parcel"),
        FollowUp("task", "ask Grace"),
    )
    assert (await d.session.wrap_ups.finish("i1", codes=("sold",), note="n", follow_ups=follow_ups)).ok
    await d.time.run_until(lambda: d.state.outbox.waiting == 0, disk=True)
    assert d.server.script.count("callback") == 1
    assert d.crm.script.count("create_case") == 1
    assert d.crm.written[0].follow_ups == follow_ups
    (parked,) = await d.session.outbox.rows()  # this profile names nobody who sends messages
    assert (parked.target, parked.state) == ("messaging", "parked")
    assert '"granted":true' in parked.payload.replace(" ", "")


@pytest.mark.parametrize("takes_tasks", [True, False])
async def test_a_task_goes_to_the_crm_that_takes_tasks(desks: list[Desk], tmp_path: Path, takes_tasks: bool) -> None:
    d = Desk(tmp_path / "p.db")
    desks.append(d)
    d.crm.capabilities |= {Capability.TASKS} if takes_tasks else frozenset()
    d.crm.matches = [match()]
    d.server.happen(interaction(1, phase=Phase.WRAP_UP))
    await d.start()
    await d.session.pops.retry("i1")
    await d.time.run_until(lambda: d.state.pops["i1"].chosen == "c1", disk=True)
    follow_ups = (FollowUp("task", "ask Grace", 1_800_000_500.0),)
    assert (await d.session.wrap_ups.finish("i1", codes=("sold",), note="n", follow_ups=follow_ups)).ok
    await d.time.run_until(lambda: d.state.outbox.waiting == 0, disk=True)
    asked = [arguments for name, arguments, _ in d.crm.script.calls if name == "create_task"]
    assert asked == ([("c1", "ask Grace", 1_800_000_500.0)] if takes_tasks else [])
    assert d.crm.written[0].follow_ups == follow_ups


async def test_a_correction_sends_no_follow_up_twice(desks: list[Desk], tmp_path: Path) -> None:
    d = await make(desks, tmp_path)
    first, second = FollowUp("callback", "call", 1_800_000_500.0), FollowUp("callback", "again", 1_800_000_900.0)
    d.server.script.then("wrap_up", Unavailable("down"))
    await d.session.wrap_ups.finish("i1", codes=("sold",), note="one", follow_ups=(first,))
    assert (await d.session.wrap_ups.finish("i1", codes=("sold",), note="two", follow_ups=(first, second))).ok
    await d.time.run_until(lambda: len(d.crm.written) == 2 and d.state.outbox.waiting == 0, disk=True)
    assert d.server.script.count("callback") == 2
    assert d.crm.written[1].follow_ups == (first, second)


async def test_a_note_is_not_taken_away_while_it_is_being_written(desks: list[Desk], tmp_path: Path) -> None:
    d = await make(desks, tmp_path)
    d.session.notes.edit("i1", "the", ("sold",))
    d.server.happen(replace(d.server.interactions["i1"], phase=Phase.CLOSED))
    await until(lambda: "i1" not in d.state.interactions)
    for word in ("the promise", "the promise I", "the promise I made"):
        await d.time.advance(1.5, disk=True)
        d.session.notes.edit("i1", word, ("sold",))
    assert "i1" in d.state.drafts
    await d.time.run_until(lambda: d.state.outbox.parked == 1, disk=True)
    (row,) = await d.session.outbox.rows()
    assert "the promise I made" in row.payload


NOTHING = DraftView("", (), 1, None)


class LateDisk(Desk):
    """Its disk will not do at the first try."""

    refused = False

    async def _open(self) -> LocalStore:
        if not self.refused:
            self.refused = True
            raise StoreFull(verbatim("No room left"))
        return await super()._open()


async def test_a_draft_that_can_be_read_only_later_is_not_overwritten(desks: list[Desk], tmp_path: Path) -> None:
    d = await make(desks, tmp_path)
    d.session.notes.edit("i1", "written before the restart", ("sold",))
    await d.session.close()
    desks.remove(d)
    late = LateDisk(d.path, d.server, d.crm)
    desks.append(late)
    await late.start()
    replaced: list[tuple[str, str]] = []
    late.session.notes.replaced = lambda interaction_id, note: replaced.append((interaction_id, note))
    late.session.notes.edit("i1", "written after it", half=FollowUp("sms", "half"))
    await late.time.run_until(lambda: late.state.drafts["i1"].saved_at is not None, disk=True)
    both = "written before the restart\nwritten after it"
    assert (late.state.drafts["i1"].note, late.state.drafts["i1"].codes) == (both, ("sold",))
    assert replaced[-1] == ("i1", both)
    (kept,) = await late.session.local.drafts()
    assert (kept.note, kept.codes, kept.half is not None) == (both, ("sold",), True)
    assert await late.session.outbox.rows() == []


@pytest.mark.parametrize("writes_on", [False, True])
async def test_a_link_by_hand_that_can_be_read_only_later_stands(
    desks: list[Desk], tmp_path: Path, writes_on: bool
) -> None:
    """The search has settled with several customers and none chosen when the disk tells of the agent's choice."""
    d = Desk(tmp_path / "p.db")
    desks.append(d)
    d.crm.matches = [match("1"), match("2")]
    d.server.happen(interaction(1, phase=Phase.WRAP_UP))
    await d.start()
    await d.time.run_until(lambda: d.state.pops["i1"].matches, disk=True)
    d.session.pops.choose("i1", "c2")
    d.session.notes.edit("i1", "written before the restart")
    await d.session.close()
    desks.remove(d)
    late = LateDisk(d.path, d.server, d.crm)
    desks.append(late)
    await late.start()
    await late.time.run_until(lambda: late.state.pops["i1"].matches, disk=True)
    assert late.state.pops["i1"].chosen is None
    if writes_on:
        late.session.notes.edit("i1", "written after it")
    await late.time.run_until(lambda: "before" in late.state.drafts.get("i1", NOTHING).note, disk=True)
    assert (late.state.pops["i1"].chosen, late.state.pops["i1"].chosen_by) == ("c2", BY_AGENT)
    await late.session.notes.flush()
    (kept,) = await late.session.local.drafts()
    assert kept.customer_id == "c2"


async def test_the_same_words_are_told_again_after_a_while(desks: list[Desk], tmp_path: Path) -> None:
    d = await make(desks, tmp_path)
    for seconds, told in ((0, 1), (3, 1), (20, 2)):
        await d.time.advance(seconds)
        d.session.store.notice(verbatim("No contact to accept."))
        assert [in_words(notice.text) for notice in d.state.notices].count("No contact to accept.") == told


async def test_a_note_written_on_after_it_was_handed_over_can_be_sent_when_its_contact_went_away(
    desks: list[Desk], tmp_path: Path
) -> None:
    d = await make(desks, tmp_path)
    d.server.script.always("wrap_up", Unavailable("down"))
    assert not (await d.session.wrap_ups.finish("i1", codes=["sold"], note="Bought it.")).ok
    await until(lambda: len(d.crm.written) == 1)
    d.session.notes.edit("i1", "Bought it, and a spare part.", ("sold",))
    await d.session.notes.flush()
    d.server.happen(replace(d.server.interactions["i1"], phase=Phase.CLOSED))
    await d.time.run_until(lambda: d.state.outbox.parked == 1, disk=True)
    (row,) = await d.session.local.outbox()
    await d.session.outbox.retry(row.key)
    await until(lambda: len(d.crm.written) == 2)
    assert d.crm.written[1].note == "Bought it, and a spare part."
    assert d.crm.written[1].key != d.crm.written[0].key
