"""What becomes of a record that was not finished in the ordinary way: it is delivered whole, or visibly waits."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.app.connections.backends import Backends
from desktop.app.notes.outbox_items import Amendment
from desktop.app.screen_pop.pop import BY_AGENT
from desktop.app.session import Session
from desktop.app.storage.errors import StoreFull
from desktop.app.storage.local_store import LocalStore
from desktop.app.storage.tables.parked_record_rows import NotSendable
from desktop.domain.entities.customer import Consent, FollowUp
from desktop.domain.entities.words import Phase
from desktop.domain.text.sentence import verbatim
from desktop.ports.errors import Forbidden, OutcomeUnknown, Rejected, Unavailable
from desktop.words.catalogue import in_words
from tests.app.app_fakes import FakeMessaging, agent, customer, interaction, match, spin, until
from tests.app.notes.note_desk import Desk, again, make

CALLBACK = FollowUp("callback", "about the refund", 1_800_000_500.0)
SMS = FollowUp("sms", "Your refund is on its way.")
AGREES = replace(match(), customer=replace(customer(), consents=(Consent("sms", True, 1.0),)))


@pytest.fixture
async def desks(tmp_path: Path) -> AsyncIterator[list[Desk]]:
    made: list[Desk] = []
    yield made
    for each in made:
        await each.session.close()


class WithSender(Desk):
    """A desk that can send text messages."""

    def __init__(self, path: Path, server: Any = None, crm: Any = None, sender: FakeMessaging | None = None) -> None:
        super().__init__(path, server, crm)
        self.sender = sender or FakeMessaging()
        backends = Backends(self.server, self.crm, messaging=self.sender)
        self.session = Session("p", backends, self._open, timing=self.time.timing)


async def begun(desks: list[Desk], tmp_path: Path) -> WithSender:
    """A wrap-up of a known customer, with a note and two follow-ups that are planned."""
    d = WithSender(tmp_path / "p.db")
    desks.append(d)
    d.crm.matches = [AGREES]
    d.server.happen(interaction(1, phase=Phase.WRAP_UP))
    await d.start()
    await d.session.pops.retry("i1")
    await d.time.run_until(lambda: d.state.pops["i1"].chosen == "c1", disk=True)
    d.session.notes.edit("i1", "promised a refund", ("sold",), (CALLBACK, SMS))
    await d.session.notes.flush()
    return d


async def parked(d: Desk) -> Any:
    await d.time.run_until(lambda: d.state.outbox.parked == 1, disk=True)
    (row,) = await d.session.outbox.rows()
    return row


async def delivered(d: WithSender) -> None:
    await d.time.run_until(lambda: d.crm.written and d.state.outbox.waiting == 0, disk=True)
    (record,) = d.crm.written
    assert (record.note, record.codes, record.follow_ups) == ("promised a refund", ("sold",), (CALLBACK, SMS))
    assert (record.channel, record.queue, record.customer_id) == ("voice", interaction(1).queue, "c1")
    assert (record.agent_id, record.address) == ("agent-1", interaction(1).customer.value)
    assert d.server.script.count("callback") == 1
    assert [message.text for message in d.sender.sent] == [SMS.text]


async def test_a_parked_record_is_sent_with_all_its_follow_ups(desks: list[Desk], tmp_path: Path) -> None:
    d = await begun(desks, tmp_path)
    d.server.happen(replace(d.server.interactions["i1"], phase=Phase.CLOSED))
    row = await parked(d)
    assert (row.kind, row.customer) == ("record", customer().name)
    await d.session.outbox.retry(row.key)
    await delivered(d)


async def test_a_contact_that_went_while_the_desktop_was_away_is_still_known(desks: list[Desk], tmp_path: Path) -> None:
    d = await begun(desks, tmp_path)
    await d.session.close()
    desks.remove(d)
    del d.server.interactions["i1"]
    next_run = WithSender(d.path, d.server, d.crm, d.sender)
    desks.append(next_run)
    await next_run.start()
    row = await parked(next_run)
    await next_run.session.outbox.retry(row.key)
    await delivered(next_run)


async def test_another_agent_on_the_profile_signs_nobody_elses_words(desks: list[Desk], tmp_path: Path) -> None:
    d = await begun(desks, tmp_path)
    await d.session.close()
    desks.remove(d)
    del d.server.interactions["i1"]
    me, d.server.agent = d.server.agent, agent(id="agent-2", name="Ben")
    next_run = WithSender(d.path, d.server, d.crm, d.sender)
    desks.append(next_run)
    await next_run.start()
    row = await parked(next_run)
    assert row.author == "agent-1"
    await next_run.session.outbox.retry(row.key)
    await next_run.time.advance(30, disk=True)
    assert (next_run.crm.written, next_run.sender.sent) == ([], [])
    assert next_run.state.outbox.waiting == 3
    await next_run.session.close()
    desks.remove(next_run)
    d.server.agent = me
    back = WithSender(d.path, d.server, d.crm, d.sender)
    desks.append(back)
    await back.start()
    await delivered(back)


async def test_a_contact_that_comes_back_brings_its_words_back(desks: list[Desk], tmp_path: Path) -> None:
    d = await begun(desks, tmp_path)
    hidden = d.server.interactions.pop("i1")
    await d.session.feeds["contact_center"].refresh()
    await parked(d)
    d.server.interactions["i1"] = hidden
    await d.session.feeds["contact_center"].refresh()
    await d.time.run_until(lambda: "i1" in d.state.drafts, disk=True)
    assert d.state.drafts["i1"].note == "promised a refund"
    assert (await d.session.outbox.rows(), d.state.outbox.parked) == ([], 0)
    assert (await d.session.wrap_ups.finish("i1")).ok
    await delivered(d)


async def test_one_refusal_parks_one_row_and_the_others_go_on(desks: list[Desk], tmp_path: Path) -> None:
    d = await make(desks, tmp_path)
    d.server.happen(interaction(2, phase=Phase.WRAP_UP))
    d.crm.script.then("log_wrap_up", Forbidden("Not yours."))
    for name in ("i1", "i2"):
        await d.session.wrap_ups.finish(name, codes=("sold",), note=name)
    await d.time.run_until(lambda: len(d.crm.written) == 1, disk=True)
    (row,) = await d.session.outbox.rows()
    assert (row.state, row.reason) == ("parked", verbatim("Not yours."))


async def test_no_target_waits_for_another(desks: list[Desk], tmp_path: Path) -> None:
    d = await begun(desks, tmp_path)
    d.crm.script.always("log_wrap_up", "hang")
    d.server.happen(interaction(2, phase=Phase.WRAP_UP))
    await d.session.wrap_ups.finish("i2", codes=("sold",), note="first")
    await d.time.advance(1, disk=True)
    began = d.time.now
    await d.session.wrap_ups.finish("i1")
    await until(lambda: d.sender.sent)
    assert d.time.now == began


async def test_finished_and_killed_before_the_contact_centre_knew(desks: list[Desk], tmp_path: Path) -> None:
    d = await make(desks, tmp_path)
    d.server.script.then("wrap_up", Unavailable("down"))
    d.session.notes.edit("i1", "done", ("sold",))
    assert not (await d.session.wrap_ups.finish("i1")).ok
    d = await again(desks, d)
    assert d.state.handed_over["i1"].codes == ("sold",)
    assert d.session.notes.text("i1") is None
    result = await d.session.wrap_ups.finish("i1")
    assert result.ok
    await d.time.advance(5, disk=True)
    assert [record.note for record in d.crm.written] == ["done"]
    told = [given[1:] for name, given, _ in d.server.script.calls if name == "wrap_up"]
    assert told == [(("sold",), True)] * 2


class SlowDisk(Desk):
    """Its disk takes as long as the test wants."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.held = asyncio.Event()
        self.held.set()
        self.asked = asyncio.Event()

    async def _open(self) -> LocalStore:
        store = await super()._open()
        enqueue = store.enqueue

        async def slow(*args: Any, **named: Any) -> Any:
            self.asked.set()
            await self.held.wait()
            return await enqueue(*args, **named)

        store.enqueue = slow  # type: ignore[method-assign]
        return store


async def slow(desks: list[Desk], tmp_path: Path) -> SlowDisk:
    d = SlowDisk(tmp_path / "p.db")
    desks.append(d)
    d.server.happen(interaction(1, phase=Phase.WRAP_UP))
    await d.start()
    d.session.notes.edit("i1", "Bought it.", ("sold",))
    d.held.clear()
    return d


async def test_what_is_typed_while_the_disk_writes_is_kept_and_sent_once(desks: list[Desk], tmp_path: Path) -> None:
    d = await slow(desks, tmp_path)
    shown: list[str] = []
    d.session.notes.replaced = lambda interaction_id, note: shown.append(note)
    finishing = asyncio.ensure_future(d.session.wrap_ups.finish("i1"))
    await d.asked.wait()
    d.session.notes.edit("i1", "Bought it. And a spare part.", ("sold",))
    d.held.set()
    assert (await finishing).ok
    assert shown[-1] == "And a spare part."
    row = await parked(d)
    await d.session.outbox.retry(row.key)
    await d.time.run_until(lambda: len(d.crm.written) == 2, disk=True)
    assert [(one.note, one.codes) for one in d.crm.written] == [("Bought it.", ("sold",)), ("And a spare part.", ())]


async def test_a_callback_planned_from_the_field_while_it_is_handed_over_goes_once(
    desks: list[Desk], tmp_path: Path
) -> None:
    """What is planned has lost the words that said when."""
    d = await slow(desks, tmp_path)
    typed = replace(CALLBACK, text=f"tomorrow 10am {CALLBACK.text}")
    d.session.notes.edit("i1", half=typed)
    finishing = asyncio.ensure_future(d.session.wrap_ups.finish("i1"))
    await d.asked.wait()
    d.session.notes.edit("i1", follow_ups=(CALLBACK,), half=None)
    d.held.set()
    assert (await finishing).ok
    assert d.session.notes.text("i1") is None


async def test_a_record_is_known_to_be_parked_though_its_last_words_came_too_late(
    desks: list[Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They change while it is being parked, and then the disk takes nothing more."""
    d = await make(desks, tmp_path)
    local = d.session.local
    park = local.park_draft

    async def typed_meanwhile(*args: Any, **named: Any) -> Any:
        kept = await park(*args, **named)
        d.session.notes.edit("i1", "Bought it. And a spare part.")
        return kept

    async def full(*args: Any) -> Any:
        raise StoreFull(verbatim("No room left"))

    monkeypatch.setattr(local, "park_draft", typed_meanwhile)
    monkeypatch.setattr(local, "replace_parked", full)
    d.session.notes.edit("i1", "Bought it.", ("sold",))
    d.server.happen(replace(d.server.interactions["i1"], phase=Phase.CLOSED))
    await d.time.run_until(lambda: d.state.outbox.parked == 1, disk=True)
    monkeypatch.undo()
    await d.time.run_until(lambda: d.state.outbox.parked == 2, disk=True)
    rows = await d.session.outbox.rows()
    assert [json.loads(row.payload)["note"] for row in rows] == ["Bought it.", "And a spare part."]


async def test_a_finish_that_is_given_up_is_still_one_record(desks: list[Desk], tmp_path: Path) -> None:
    d = await slow(desks, tmp_path)
    finishing = asyncio.ensure_future(d.session.wrap_ups.finish("i1"))
    await d.asked.wait()
    finishing.cancel()
    await spin()
    d.held.set()
    await until(lambda: d.session.notes.text("i1") is None)
    await d.session.notes.flush()
    assert await d.session.local.drafts() == []
    assert (await d.session.wrap_ups.finish("i1")).ok
    await d.time.advance(5, disk=True)
    assert [record.note for record in d.crm.written] == ["Bought it."]


async def test_a_disk_that_is_full_after_a_delivery_sends_nothing_twice(
    desks: list[Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    d = await begun(desks, tmp_path)
    mark = LocalStore.mark_delivered
    full = [True]

    async def refuse(store: LocalStore, key: str, receipt: str) -> Any:
        if full:
            raise StoreFull(verbatim("No room left"))
        return await mark(store, key, receipt)

    monkeypatch.setattr(LocalStore, "mark_delivered", refuse)
    assert (await d.session.wrap_ups.finish("i1")).ok
    await d.time.advance(120, disk=True)
    assert d.state.outbox.waiting == 3
    full.clear()
    await d.time.run_until(lambda: d.state.outbox.waiting == 0, disk=True)
    await delivered(d)


async def test_a_receipt_that_no_column_takes_ends_its_row_all_the_same(desks: list[Desk], tmp_path: Path) -> None:
    d = await make(desks, tmp_path)

    async def receipt() -> str:
        return "r\udc80"

    d.crm.script.then("log_wrap_up", receipt)
    await d.session.wrap_ups.finish("i1", codes=("sold",), note="one")
    await d.time.run_until(lambda: d.state.outbox.waiting == 0, disk=True)
    (row,) = await d.session.local.outbox(include_delivered=True)
    assert (row.state, row.receipt) == ("delivered", "r\\udc80")


async def test_a_sender_without_keys_is_not_asked_twice_when_nobody_knows(desks: list[Desk], tmp_path: Path) -> None:
    d = await begun(desks, tmp_path)
    d.sender.holds_keys = False
    d.sender.script.then("send", OutcomeUnknown("No answer."))
    assert (await d.session.wrap_ups.finish("i1")).ok
    await d.time.run_until(lambda: d.state.outbox.parked == 1, disk=True)
    await d.time.advance(600, disk=True)
    assert d.sender.script.count("send") == 1


async def test_what_is_parked_can_be_completed(desks: list[Desk], tmp_path: Path) -> None:
    d = await make(desks, tmp_path)
    d.session.notes.edit("i1", "promised a refund", half=FollowUp("sms", "Thank"))
    d.server.happen(replace(d.server.interactions["i1"], phase=Phase.CLOSED))
    await parked(d)
    (item,) = await d.session.outbox.items()
    assert set(item.missing) >= {"customer", "half"}
    with pytest.raises(NotSendable):
        await d.session.outbox.retry(item.key)
    change = Amendment(codes=("sold",), half=None, customer=AGREES, follow_ups=(CALLBACK, SMS))
    key = await d.session.wrap_ups.change(item.key, change)
    (again_,) = await d.session.outbox.items()
    assert (again_.key, again_.codes, again_.customer, again_.half) == (key, ("sold",), customer().name, None)
    await d.session.outbox.retry(key)
    await d.time.run_until(lambda: d.crm.written, disk=True)
    (record,) = d.crm.written
    assert (record.customer_id, record.codes, record.follow_ups) == ("c1", ("sold",), (CALLBACK, SMS))
    kept = await d.session.local.outbox(include_delivered=True)
    (message,) = [json.loads(row.payload) for row in kept if row.target == "messaging"]
    assert message["consent"]["granted"] is True


async def test_what_was_refused_goes_out_under_a_new_key_once_it_is_changed(desks: list[Desk], tmp_path: Path) -> None:
    d = await make(desks, tmp_path)
    d.crm.script.then("log_wrap_up", Forbidden("Too long."))
    await d.session.wrap_ups.finish("i1", codes=("sold",), note="far too long")
    row = await parked(d)
    key = await d.session.wrap_ups.change(row.key, Amendment(note="short"))
    assert key != row.key
    await d.session.outbox.retry(key)
    await d.time.run_until(lambda: d.crm.written, disk=True)
    assert [(one.note, one.key) for one in d.crm.written] == [("short", key)]


async def test_what_was_refused_once_is_sent_again_under_a_new_key(desks: list[Desk], tmp_path: Path) -> None:
    """The far side may answer a key it has refused with the same refusal for ever."""
    d = await make(desks, tmp_path)
    d.crm.script.then("log_wrap_up", Rejected("Not now."))
    await d.session.wrap_ups.finish("i1", codes=("sold",), note="agreed")
    row = await parked(d)
    await d.session.outbox.retry(row.key)
    await d.time.run_until(lambda: d.crm.written, disk=True)
    (record,) = d.crm.written
    assert record.note == "agreed"
    assert record.key != row.key
    assert (await d.session.local.outbox()) == []


@pytest.mark.parametrize("discarded", [True, False])
async def test_a_parked_note_says_what_became_of_its_follow_ups(
    desks: list[Desk], tmp_path: Path, discarded: bool
) -> None:
    d = await make(desks, tmp_path)
    d.crm.script.then("log_wrap_up", Rejected("Not now."))
    d.server.script.then("callback", Rejected("Not then."))
    await d.session.wrap_ups.finish("i1", codes=("sold",), note="agreed", follow_ups=(CALLBACK,))
    await d.time.run_until(lambda: d.state.outbox.parked == 2, disk=True)
    (callback,) = [one for one in await d.session.outbox.items() if one.kind == "callback"]
    if discarded:
        await d.session.outbox.discard(callback.key)
    else:
        await d.session.wrap_ups.change(callback.key, Amendment(note="another matter", due=CALLBACK.due + 60.0))
    (note,) = [one for one in await d.session.outbox.items() if one.kind == "wrap_up"]
    wanted = () if discarded else (replace(CALLBACK, text="another matter", due=CALLBACK.due + 60.0),)
    assert note.follow_ups == wanted
    await d.session.outbox.retry(note.key)
    await d.time.run_until(lambda: d.crm.written, disk=True)
    assert d.crm.written[0].follow_ups == wanted


async def test_what_is_discarded_is_gone_and_nothing_else(desks: list[Desk], tmp_path: Path) -> None:
    d = await begun(desks, tmp_path)
    d.server.happen(replace(d.server.interactions["i1"], phase=Phase.CLOSED))
    row = await parked(d)
    await d.session.outbox.discard(row.key)
    assert (await d.session.outbox.rows(), d.state.outbox.parked) == ([], 0)
    with pytest.raises(LookupError):
        await d.session.outbox.discard(row.key)


async def test_a_link_by_hand_lasts_over_a_restart(desks: list[Desk], tmp_path: Path) -> None:
    d = await begun(desks, tmp_path)
    d.session.pops.unlink("i1")
    d.state  # noqa: B018 - drains
    await d.session.notes.flush()
    (kept,) = await d.session.local.drafts()
    assert (kept.customer_id, kept.facts is not None and kept.facts.link_decided) == (None, True)
    d = await again(desks, d)
    await d.session.pops.retry("i1")
    await d.time.run_until(lambda: d.state.pops["i1"].matches, disk=True)
    assert d.state.pops["i1"].chosen is None


@pytest.mark.parametrize("others", [0, 1, 2])
async def test_a_customer_chosen_from_a_search_is_still_chosen_after_a_restart(
    desks: list[Desk], tmp_path: Path, others: int
) -> None:
    """The contact's address finds nobody, somebody else, or several, of whom none is the one chosen."""
    d = Desk(tmp_path / "p.db")
    desks.append(d)
    d.crm.matches = [match(str(number)) for number in range(2, 2 + others)]
    d.crm.found_by_text = [match("9")]
    d.server.happen(interaction(1, phase=Phase.WRAP_UP))
    await d.start()
    await d.session.pops.search("i1", "Customer 9")
    d.session.pops.choose("i1", "c9")
    d.session.notes.edit("i1", "promised a refund", ("sold",))
    await d.session.notes.flush()
    fetched: list[str] = []

    async def record(customer_id: str) -> Any:
        fetched.append(customer_id)
        return match("9").customer

    d.crm.customer = record  # type: ignore[method-assign]
    d = await again(desks, d)
    linked: set[str | None] = set()
    d.session.store.listeners.append(lambda old, new: linked.add(new.pops["i1"].chosen if "i1" in new.pops else None))
    await d.session.pops.retry("i1")
    await d.time.run_until(lambda: d.state.pops["i1"].chosen == "c9", disk=True)
    assert (fetched, linked - {None}, d.state.pops["i1"].chosen_by) == (["c9"], {"c9"}, BY_AGENT)
    assert (await d.session.wrap_ups.finish("i1")).ok
    await d.time.run_until(lambda: d.crm.written, disk=True)
    assert d.crm.written[0].customer_id == "c9"


async def test_what_was_chosen_by_hand_is_not_lost_before_it_can_be_shown(desks: list[Desk], tmp_path: Path) -> None:
    """The CRM no longer has the record that was chosen: nobody else is linked, and the note says whom it was for."""
    d = Desk(tmp_path / "p.db")
    desks.append(d)
    d.crm.matches = [match("2")]
    d.crm.found_by_text = [match("9")]
    d.server.happen(interaction(1, phase=Phase.WRAP_UP))
    await d.start()
    await d.session.pops.search("i1", "Customer 9")
    d.session.pops.choose("i1", "c9")
    d.session.notes.edit("i1", "promised a refund", ("sold",))
    await d.session.notes.flush()
    d = await again(desks, d)
    await d.session.pops.retry("i1")
    await d.time.run_until(lambda: d.state.pops["i1"].matches, disk=True)
    d.session.notes.edit("i1", "promised a refund today")
    await d.session.notes.flush()
    (kept,) = await d.session.local.drafts()
    assert (d.state.pops["i1"].chosen, kept.customer_id) == (None, "c9")


async def test_a_callback_without_a_time_is_not_finished_with(desks: list[Desk], tmp_path: Path) -> None:
    d = await make(desks, tmp_path)
    d.session.notes.edit("i1", "done", ("sold",), half=FollowUp("callback", "tomorrow"))
    result = await d.session.wrap_ups.finish("i1")
    assert (result.ok, result.error) == (False, "Rejected")
    assert await d.session.local.outbox() == []
    d.session.notes.edit("i1", half=None)
    assert (await d.session.wrap_ups.finish("i1")).ok


async def linked_then_unlinked(desks: list[Desk], tmp_path: Path) -> Desk:
    """A contact that linked itself, and a link that the agent takes back while the CRM is away."""
    d = Desk(tmp_path / "p.db")
    desks.append(d)
    d.crm.matches = [match()]
    d.server.happen(interaction(1))
    await d.start()
    await d.session.pops.retry("i1")
    await d.time.run_until(lambda: d.crm.script.count("link") == 1, disk=True, real_seconds=15)
    d.crm.script.always("unlink", Unavailable("The CRM is away."))
    d.session.pops.unlink("i1")
    await d.time.run_until(lambda: d.crm.script.count("unlink") == 1 and d.state.outbox.waiting == 1, disk=True)
    return d


async def test_a_link_taken_back_while_the_crm_is_away_waits_visibly_and_is_told(
    desks: list[Desk], tmp_path: Path
) -> None:
    d = await linked_then_unlinked(desks, tmp_path)
    (row,) = await d.session.outbox.rows()
    assert (row.kind, row.interaction_id, row.state) == ("link", "i1", "waiting")
    d.crm.script.always("unlink", None)
    await d.time.run_until(lambda: d.state.outbox.waiting == 0, disk=True)
    assert d.crm.script.count("unlink") > 1
    assert len(set(d.crm.script.keys("unlink"))) == 1


async def test_it_is_told_by_the_next_run(desks: list[Desk], tmp_path: Path) -> None:
    d = await linked_then_unlinked(desks, tmp_path)
    d.crm.script.always("unlink", None)
    before = d.crm.script.count("unlink")
    later = await again(desks, d)
    await later.time.run_until(lambda: d.crm.script.count("unlink") > before, disk=True)
    await later.time.run_until(lambda: later.state.outbox.waiting == 0, disk=True)
    assert d.crm.script.count("link") == 1


async def test_the_newest_decision_stands_for_those_before_it(desks: list[Desk], tmp_path: Path) -> None:
    d = await linked_then_unlinked(desks, tmp_path)
    d.session.pops.choose("i1", "c1")
    await d.time.run_until(lambda: d.crm.script.count("link") == 2, disk=True)
    d.crm.script.always("unlink", None)
    d.session.retry()
    await d.time.run_until(lambda: d.state.outbox.waiting == 0, disk=True)
    told = [call[0] for call in d.crm.script.calls if call[0] in ("link", "unlink")]
    assert told[-1] == "link"
    assert await d.session.outbox.rows() == []


class WithoutDisk(Desk):
    """A desk whose disk takes nothing for now."""

    refuses = True

    async def _open(self) -> LocalStore:
        if self.refuses:
            raise StoreFull(verbatim("No room left"))
        return await super()._open()


async def kept_and_left(desks: list[Desk], tmp_path: Path) -> tuple[Desk, bytes]:
    """A note that is kept and a desktop that is left; the file as it was before the note."""
    d = await make(desks, tmp_path)
    d.session.notes.edit("i1", "the first")
    await d.session.notes.flush()
    await d.session.close()
    before = d.path.read_bytes()
    d = await again(desks, d)
    d.session.notes.edit("i2", "the second")
    await d.session.notes.flush()
    await d.session.close()
    return d, before


@pytest.mark.parametrize("how", ["emptied", "older"])
async def test_a_file_that_lost_words_without_a_trace_is_noticed(desks: list[Desk], tmp_path: Path, how: str) -> None:
    d, before = await kept_and_left(desks, tmp_path)
    d.path.write_bytes(b"" if how == "emptied" else before)
    for rest in ("-wal", "-shm"):
        d.path.with_name(d.path.name + rest).unlink(missing_ok=True)
    next_run = await again(desks, d)
    assert "missing" in in_words(next_run.state.outbox.lost)
    assert any(notice.severity == "error" and "damaged" in in_words(notice.text) for notice in next_run.state.notices)
    after = await again(desks, next_run)
    assert not after.state.outbox.lost, "it is told once"


async def test_nothing_is_missing_after_an_ordinary_end(desks: list[Desk], tmp_path: Path) -> None:
    d, _ = await kept_and_left(desks, tmp_path)
    assert not (await again(desks, d)).state.outbox.lost


async def test_what_cannot_be_read_is_unknown_and_not_nothing(desks: list[Desk], tmp_path: Path) -> None:
    d = WithoutDisk(tmp_path / "p.db")
    desks.append(d)
    await d.start()
    assert d.state.outbox.unknown == verbatim("No room left")
    d.refuses = False
    await d.time.run_until(lambda: not d.state.outbox.unknown, disk=True)
