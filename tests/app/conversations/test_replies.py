"""Replies to customers: each goes out once, and no word of one is lost, whatever the network or the machine does."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.domain.entities.model import Interaction, Message
from desktop.domain.entities.words import Channel, Phase, Verb
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import Sentence
from desktop.ports.errors import OutcomeUnknown, Rejected, Unavailable
from desktop.words.catalogue import in_words
from tests.app.app_fakes import FakeContactCenter, VirtualTime, interaction, spin, until
from tests.app.notes.note_desk import Desk, again

NO_ANSWER = OutcomeUnknown(Sentence("late.no_answer"))


class ChatCentre(FakeContactCenter):
    """One that keeps what is said, once for each key."""

    def __init__(self) -> None:
        super().__init__(VirtualTime().timing)
        self.said: dict[str, str] = {}

    async def send_message(self, interaction_id: str, text: str, *, key: str) -> Interaction:
        """As a real one: the words are there, and then the answer may get lost."""
        self.said.setdefault(key, text)
        return await super().send_message(interaction_id, text, key=key)


@pytest.fixture
async def desks() -> AsyncIterator[list[Desk]]:
    made: list[Desk] = []
    yield made
    for each in made:
        await each.session.close()


async def chatting(desks: list[Desk], tmp_path: Path) -> tuple[Desk, ChatCentre]:
    centre = ChatCentre()
    d = Desk(tmp_path / "p.db", centre)
    desks.append(d)
    centre.happen(interaction(1, channel=Channel.CHAT, phase=Phase.ACTIVE))
    await d.start()
    return d, centre


def sent(centre: ChatCentre) -> list[str]:
    return [call[1][1] for call in centre.script.calls if call[0] == "send_message"]


def keys(centre: ChatCentre) -> list[str]:
    return centre.script.keys("send_message")


async def test_what_was_sent_is_gone_from_the_field_and_from_the_disk(desks: list[Desk], tmp_path: Path) -> None:
    d, centre = await chatting(desks, tmp_path)
    d.session.notes.edit("i1", reply="Good afternoon.\n")
    result = await d.session.replies.send("i1")
    assert result.ok
    assert sent(centre) == ["Good afternoon."]
    record = d.session.notes.text("i1")
    assert record is not None and (record.reply, record.outgoing) == ("", ())
    d = await again(desks, d)
    assert d.session.notes.text("i1") is None or not d.session.notes.text("i1").reply


async def test_the_field_is_free_at_once_and_two_replies_keep_their_order(desks: list[Desk], tmp_path: Path) -> None:
    d, centre = await chatting(desks, tmp_path)
    d.session.notes.edit("i1", reply="ok")
    first = asyncio.ensure_future(d.session.replies.send("i1"))
    await until(lambda: not d.session.notes.text("i1").reply)
    d.session.notes.edit("i1", reply="ok")
    second = asyncio.ensure_future(d.session.replies.send("i1"))
    await until(lambda: first.done() and second.done())
    assert sent(centre) == ["ok", "ok"]
    assert len(set(keys(centre))) == 2, "the same words twice are meant twice"


async def test_what_is_on_its_way_to_the_disk_and_the_centre_is_never_called_unconfirmed(
    desks: list[Desk], tmp_path: Path
) -> None:
    d, _ = await chatting(desks, tmp_path)
    states: list[tuple[bool, bool]] = []  # whether a reply has left the field, and whether it is shown as being sent

    def look(_: AppState, new: AppState) -> None:
        outgoing = new.drafts["i1"].outgoing if "i1" in new.drafts else ()
        states.append((bool(outgoing), Verb.SEND_MESSAGE.value in new.pending.get("i1", ())))

    d.session.store.listeners.append(look)
    d.session.notes.edit("i1", reply="Good afternoon.")
    sending = asyncio.ensure_future(d.session.replies.send("i1"))
    while not sending.done():
        d.session.store.drain()
        await asyncio.sleep(0)
    assert (True, True) in states
    assert (True, False) not in states, "left the field, and nothing said that it was under way"


async def test_words_that_were_refused_are_in_the_field_again_before_what_was_typed_since(
    desks: list[Desk], tmp_path: Path
) -> None:
    d, centre = await chatting(desks, tmp_path)
    shown: list[tuple[str, str]] = []
    d.session.notes.reply_replaced = lambda of, text: shown.append((of, text))
    centre.script.then("send_message", Rejected(Sentence("send_message.no_text")))
    d.session.notes.edit("i1", reply="First.")
    sending = asyncio.ensure_future(d.session.replies.send("i1"))
    await until(lambda: not d.session.notes.text("i1").reply)
    d.session.notes.edit("i1", reply="Second")
    await until(sending.done)
    record = d.session.notes.text("i1")
    assert record.reply == "First.\nSecond"
    assert record.outgoing == ()
    assert shown[-1] == ("i1", "First.\nSecond")


@pytest.mark.parametrize("error", [NO_ANSWER, Unavailable(Sentence("late.no_answer"))])
async def test_what_nobody_knows_of_stays_and_goes_again_under_its_key(
    desks: list[Desk], tmp_path: Path, error: Exception
) -> None:
    d, centre = await chatting(desks, tmp_path)
    centre.script.then("send_message", error)
    d.session.notes.edit("i1", reply="Is it there?")
    result = await d.session.replies.send("i1")
    assert not result.ok
    assert "cannot arrive twice" in in_words(result.text)
    assert [one.text for one in d.session.notes.text("i1").outgoing] == ["Is it there?"]
    d.session.retry()
    await until(lambda: not d.session.notes.text("i1").outgoing)
    assert len(keys(centre)) == 2 and len(set(keys(centre))) == 1


async def test_a_lost_reply_is_not_called_sent_because_another_arrived(desks: list[Desk], tmp_path: Path) -> None:
    d, centre = await chatting(desks, tmp_path)

    waiting = asyncio.Event()

    async def arrives() -> Interaction:
        await waiting.wait()
        contact = centre.interactions["i1"]
        ours = Message("m1", 1.0, "agent", "First.")
        return centre.happen(replace(contact, version=contact.version + 1, messages=(*contact.messages, ours)))

    centre.script.then("send_message", arrives, NO_ANSWER)
    d.session.notes.edit("i1", reply="First.")
    first = asyncio.ensure_future(d.session.replies.send("i1"))
    await until(lambda: not d.session.notes.text("i1").reply)
    d.session.notes.edit("i1", reply="Second.")
    second = asyncio.ensure_future(d.session.replies.send("i1"))
    await d.session.notes.flush("i1")
    await spin(50, disk=True)  # the second one is in line behind the first
    waiting.set()
    await until(lambda: first.done() and second.done())
    assert first.result().ok
    assert not second.result().ok
    assert [one.text for one in d.session.notes.text("i1").outgoing] == ["Second."]


async def test_a_reply_whose_contact_ended_while_the_desktop_was_away_stands_in_the_note(
    desks: list[Desk], tmp_path: Path
) -> None:
    d, centre = await chatting(desks, tmp_path)
    d.session.notes.edit("i1", "Asked for a refund.", reply="It will be there on Thursd")
    await d.session.close()
    desks.remove(d)
    centre.happen(replace(centre.interactions["i1"], version=9, phase=Phase.WRAP_UP))
    d = Desk(d.path, centre)
    desks.append(d)
    await d.start()
    await until(lambda: d.session.notes.text("i1") is not None)
    assert (
        d.session.notes.text("i1").note == "Asked for a refund.\nNot sent to the customer: It will be there on Thursd"
    )
    assert d.session.notes.text("i1").reply == ""


async def test_it_is_looked_up_whether_it_arrived(desks: list[Desk], tmp_path: Path) -> None:
    d, centre = await chatting(desks, tmp_path)

    async def arrives_late() -> None:
        contact = centre.interactions["i1"]
        ours = Message("m1", 1.0, "agent", "Is it there?")
        centre.happen(replace(contact, version=contact.version + 1, messages=(*contact.messages, ours)))
        raise NO_ANSWER

    centre.script.then("send_message", arrives_late)
    d.session.notes.edit("i1", reply="Is it there?")
    result = await d.session.replies.send("i1")
    assert result.ok
    assert d.session.notes.text("i1").outgoing == ()
    assert len(keys(centre)) == 1


async def test_after_a_crash_while_sending_it_goes_under_the_key_it_had(desks: list[Desk], tmp_path: Path) -> None:
    d, centre = await chatting(desks, tmp_path)
    centre.script.then("send_message", "hang")
    d.session.notes.edit("i1", reply="Half sent.")
    sending = asyncio.ensure_future(d.session.replies.send("i1"))
    await until(lambda: keys(centre))
    d = await again(desks, d)  # what is on the disk is all that the next run knows
    await until(lambda: d.session.notes.text("i1") is not None)
    sending.cancel()
    assert [one.text for one in d.session.notes.text("i1").outgoing] == ["Half sent."]
    d.session.retry()
    await until(lambda: not d.session.notes.text("i1").outgoing)
    assert len(keys(centre)) == 2 and len(set(keys(centre))) == 1
    assert list(centre.said.values()) == ["Half sent."]


async def test_what_may_have_arrived_is_never_said_not_to_be_sent_because_the_contact_is_over_now(
    desks: list[Desk], tmp_path: Path
) -> None:
    """Crashed on the way, the contact ends meanwhile, and retry is pressed before the record is parked."""
    d, centre = await chatting(desks, tmp_path)
    centre.script.then("send_message", "hang")
    d.session.notes.edit("i1", reply="Half sent.")
    sending = asyncio.ensure_future(d.session.replies.send("i1"))
    await until(lambda: keys(centre))
    contact = centre.interactions["i1"]
    centre.happen(replace(contact, version=9, phase=Phase.CLOSED))
    d = await again(desks, d)
    await until(lambda: d.session.notes.text("i1") is not None)
    sending.cancel()
    d.session.retry()
    await d.time.run_until(lambda: d.state.outbox.parked == 1, disk=True)
    (item,) = await d.session.outbox.items()
    assert item.note == "Not known whether this was sent to the customer: Half sent."
    assert len(keys(centre)) == 1


async def test_a_refusal_of_what_may_have_arrived_proves_nothing_once_the_contact_is_over(
    desks: list[Desk], tmp_path: Path
) -> None:
    d, centre = await chatting(desks, tmp_path)
    centre.script.then("send_message", NO_ANSWER)
    d.session.notes.edit("i1", reply="Half sent.")
    assert not (await d.session.replies.send("i1")).ok

    async def refused_since_it_is_over() -> None:
        centre.happen(replace(centre.interactions["i1"], version=9, phase=Phase.CLOSED))
        await until(lambda: "i1" not in d.state.interactions)
        raise Rejected(Sentence("send_message.no_text"))

    centre.script.then("send_message", refused_since_it_is_over)
    assert not (await d.session.replies.send_again("i1")).ok
    await d.time.run_until(lambda: d.state.outbox.parked == 1, disk=True)
    (item,) = await d.session.outbox.items()
    assert item.note == "Not known whether this was sent to the customer: Half sent."


async def test_what_was_not_sent_stands_in_the_note_when_the_contact_is_over(desks: list[Desk], tmp_path: Path) -> None:
    d, centre = await chatting(desks, tmp_path)
    d.session.notes.edit("i1", "Asked for a refund.", reply="It will be there on Thursd")
    contact = centre.interactions["i1"]
    centre.happen(replace(contact, version=9, phase=Phase.WRAP_UP))
    await until(lambda: "Thursd" in d.session.notes.text("i1").note)
    record = d.session.notes.text("i1")
    assert record.note == "Asked for a refund.\nNot sent to the customer: It will be there on Thursd"
    assert record.reply == ""


@pytest.mark.parametrize("change", [{"agent_id": "bo"}, {"phase": Phase.CLOSED}])
async def test_a_reply_whose_contact_is_gone_is_readable_in_the_outbox(
    desks: list[Desk], tmp_path: Path, change: dict[str, Any]
) -> None:
    d, centre = await chatting(desks, tmp_path)
    d.session.notes.edit("i1", reply="It will be there on Thursd")
    contact = centre.interactions["i1"]
    centre.happen(replace(contact, version=9, **change))
    await d.time.run_until(lambda: d.state.outbox.parked == 1, disk=True)
    (item,) = await d.session.outbox.items()
    assert item.note == "Not sent to the customer: It will be there on Thursd"


async def test_card_numbers_do_not_go_to_the_customer(desks: list[Desk], tmp_path: Path) -> None:
    d, centre = await chatting(desks, tmp_path)
    d.session.notes.edit("i1", reply="Your card 4111 1111 1111 1111 is charged.")
    await d.session.replies.send("i1")
    assert "4111 1111 1111" not in sent(centre)[0]


async def test_nothing_is_no_reply(desks: list[Desk], tmp_path: Path) -> None:
    d, centre = await chatting(desks, tmp_path)
    assert not (await d.session.replies.send("i1")).ok
    d.session.notes.edit("i1", reply=" \n ")
    assert not (await d.session.replies.send("i1")).ok
    assert sent(centre) == []
