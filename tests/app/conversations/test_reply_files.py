"""Replies with files and mail heads: kept on disk with the words, sent once and as chosen, or said why not."""

import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.app.conversations import reply_files
from desktop.domain.entities.model import Address, Interaction, Message, Reply
from desktop.domain.entities.words import Channel, Phase
from desktop.domain.entities.wrap_up_record import NO_HEAD
from desktop.domain.text.sentence import Sentence
from desktop.ports.base import Capability
from desktop.ports.errors import OutcomeUnknown, Rejected
from desktop.words.catalogue import in_words
from tests.app.app_fakes import FakeContactCenter, VirtualTime, interaction, until
from tests.app.notes.note_desk import Desk, again

NO_ANSWER = OutcomeUnknown(Sentence("late.no_answer"))
FIRST = Message(
    "c1", 1.0, "customer", "Where is it?", sender="ann@example.com", subject="Order", cc=("bo@example.com",)
)


class MailCentre(FakeContactCenter):
    """One that takes whole replies, once for each key."""

    def __init__(self) -> None:
        super().__init__(VirtualTime().timing)
        self.capabilities |= {Capability.ATTACHMENTS, Capability.COPIES}
        self.taken: dict[str, Reply] = {}

    async def send_reply(self, interaction_id: str, reply: Reply, *, key: str) -> Interaction:
        known = self.taken.get(key)
        assert known in (None, reply), "another reply under the same key"
        self.taken[key] = reply
        return await self._change("send_reply", interaction_id, key, {})


@pytest.fixture
async def desks() -> AsyncIterator[list[Desk]]:
    made: list[Desk] = []
    yield made
    for each in made:
        await each.session.close()


async def writing(desks: list[Desk], tmp_path: Path, channel: Channel = Channel.CHAT) -> tuple[Desk, MailCentre]:
    centre = MailCentre()
    d = Desk(tmp_path / "p.db", centre)
    desks.append(d)
    to = Address("email", "ann@example.com") if channel is Channel.EMAIL else Address("handle", "ann")
    centre.happen(interaction(1, channel=channel, phase=Phase.ACTIVE, customer=to, messages=(FIRST,)))
    await d.start()
    await until(lambda: d.state.interactions and d.state.capabilities)
    return d, centre


def typed(d: Desk, text: str) -> None:
    d.session.notes.edit("i1", reply=text)
    d.session.replies.begun("i1")


def a_file(tmp_path: Path, name: str = "bill.pdf", content: bytes = b"%PDF-1.7 bill") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


async def test_a_file_goes_with_the_reply_as_it_was_chosen(desks: list[Desk], tmp_path: Path) -> None:
    d, centre = await writing(desks, tmp_path)
    typed(d, "Here it is.")
    assert (await d.session.replies.attach("i1", str(a_file(tmp_path)))).ok
    assert (await d.session.replies.send("i1")).ok
    (reply,) = centre.taken.values()
    (file,) = reply.files
    assert (reply.text, file.name, file.media_type) == ("Here it is.", "bill.pdf", "application/pdf")
    assert file.content == b"%PDF-1.7 bill"
    record = d.session.notes.text("i1")
    assert record is not None and (record.outgoing, record.head) == ((), NO_HEAD)


async def test_a_file_goes_without_a_text_once(desks: list[Desk], tmp_path: Path) -> None:
    """Not answered, killed and sent again: under one key, with its file."""
    d, centre = await writing(desks, tmp_path)
    assert not (await d.session.replies.send("i1")).ok, "there is nothing to send"
    centre.script.then("send_reply", NO_ANSWER)
    await d.session.replies.attach("i1", str(a_file(tmp_path)))
    assert not (await d.session.replies.send("i1")).ok
    d = await again(desks, d)
    assert (await d.session.replies.send_again("i1")).ok
    assert len(centre.script.keys("send_reply")) == 2
    (reply,) = centre.taken.values()
    assert (reply.text, [one.name for one in reply.files]) == ("", ["bill.pdf"])


async def test_the_draft_remembers_its_files_and_its_head(desks: list[Desk], tmp_path: Path) -> None:
    d, _ = await writing(desks, tmp_path, Channel.EMAIL)
    typed(d, "Here it is.")
    await d.session.replies.attach("i1", str(a_file(tmp_path)))
    head = d.session.notes.text("i1").head
    d.session.replies.change_head("i1", replace(head, subject="Your bill", cc=("bo@example.com",)))
    d = await again(desks, d)
    head = d.session.notes.text("i1").head
    assert (head.subject, head.to, head.cc) == ("Your bill", ("ann@example.com",), ("bo@example.com",))
    assert [one.name for one in head.files] == ["bill.pdf"]


@pytest.mark.parametrize("what", ["gone", "changed"])
async def test_a_file_that_is_another_one_now_is_said_and_nothing_goes(
    desks: list[Desk], tmp_path: Path, what: str
) -> None:
    d, centre = await writing(desks, tmp_path)
    path = a_file(tmp_path)
    typed(d, "Here it is.")
    await d.session.replies.attach("i1", str(path))
    path.unlink() if what == "gone" else path.write_bytes(b"another bill")
    result = await d.session.replies.send("i1")
    assert not result.ok
    assert "bill.pdf" in in_words(result.text)
    assert centre.taken == {}
    record = d.session.notes.text("i1")
    assert (record.reply, [one.name for one in record.head.files], record.outgoing) == ("Here it is.", ["bill.pdf"], ())


async def test_a_reply_that_may_have_arrived_waits_for_its_file(desks: list[Desk], tmp_path: Path) -> None:
    """Without its file it would be another message under the same key, or the same words in the field again."""
    d, centre = await writing(desks, tmp_path)
    path = a_file(tmp_path)
    centre.script.then("send_reply", NO_ANSWER)
    typed(d, "Here it is.")
    await d.session.replies.attach("i1", str(path))
    assert not (await d.session.replies.send("i1")).ok
    path.rename(tmp_path / "elsewhere.pdf")
    d = await again(desks, d)
    assert not (await d.session.replies.send_again("i1")).ok
    record = d.session.notes.text("i1")
    assert (record.reply, [one.text for one in record.outgoing]) == ("", ["Here it is."])
    (tmp_path / "elsewhere.pdf").rename(path)
    assert (await d.session.replies.send_again("i1")).ok
    assert len(centre.taken) == 1
    assert len(centre.script.keys("send_reply")) == 2


async def test_a_refused_reply_comes_back_with_all_it_had(desks: list[Desk], tmp_path: Path) -> None:
    d, centre = await writing(desks, tmp_path)
    centre.script.then("send_reply", Rejected(Sentence("send_message.no_text")))
    typed(d, "Here it is.")
    await d.session.replies.attach("i1", str(a_file(tmp_path)))
    assert not (await d.session.replies.send("i1")).ok
    record = d.session.notes.text("i1")
    assert (record.reply, [one.name for one in record.head.files]) == ("Here it is.", ["bill.pdf"])


async def test_a_mail_of_files_answers_whom_it_named_when_they_were_attached(desks: list[Desk], tmp_path: Path) -> None:
    d, _ = await writing(desks, tmp_path, Channel.EMAIL)
    await d.session.replies.attach("i1", str(a_file(tmp_path)))
    record = d.session.notes.text("i1")
    assert record is not None and record.head.to == ("ann@example.com",)


async def test_a_mail_answers_whom_it_named_when_it_was_begun(desks: list[Desk], tmp_path: Path) -> None:
    """Somebody else writes while the agent does: the reply goes to nobody but whom the border named."""
    d, centre = await writing(desks, tmp_path, Channel.EMAIL)
    typed(d, "D")
    other = Message("c2", 2.0, "customer", "Me too!", sender="eve@example.com", subject="Order")
    centre.happen(replace(centre.interactions["i1"], messages=(FIRST, other)))
    await until(lambda: len(d.state.interactions["i1"].messages) == 2)
    typed(d, "Dear Ann, it is on its way.")
    await d.session.replies.send("i1")
    await d.session.replies.send_held("i1")
    (reply,) = centre.taken.values()
    assert (reply.to, reply.cc, reply.subject) == (("ann@example.com",), (), "Re: Order")


async def test_files_of_a_contact_that_ended_are_named_in_its_note(desks: list[Desk], tmp_path: Path) -> None:
    d, centre = await writing(desks, tmp_path)
    typed(d, "Here it is.")
    await d.session.replies.attach("i1", str(a_file(tmp_path)))
    centre.happen(replace(centre.interactions["i1"], phase=Phase.WRAP_UP))
    await until(lambda: d.state.interactions["i1"].phase is Phase.WRAP_UP)
    await until(lambda: "Here it is. [bill.pdf]" in d.session.notes.text("i1").note)


def test_what_cannot_go_is_said(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    a_file(tmp_path, "empty", b"")
    a_file(tmp_path, "large", b"x" * (reply_files.LARGEST + 1))
    for name, wanted in (
        ("missing", "reply_file.gone"),
        ("pipe", "reply_file.no_file"),
        (".", "reply_file.no_file"),
        ("empty", "reply_file.empty"),
        ("large", "reply_file.too_large"),
        ("nul\0", "reply_file.unreadable"),
    ):
        with pytest.raises(reply_files.FileRefused) as refused:
            reply_files.look_at(str(tmp_path / name))
        assert refused.value.sentence.id == wanted, name


def test_all_files_of_a_reply_share_the_room(tmp_path: Path) -> None:
    half = reply_files.look_at(str(a_file(tmp_path, "a", b"x" * (reply_files.LARGEST // 2 + 1))))
    a_file(tmp_path, "b", b"x" * (reply_files.LARGEST // 2))
    with pytest.raises(reply_files.FileRefused):
        reply_files.look_at(str(tmp_path / "b"), [half])
