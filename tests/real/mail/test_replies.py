"""Replies through real servers: an answer in its thread, to those who are named, once whatever the network does."""

import asyncio
import imaplib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from functools import partial
from typing import cast

import pytest

from desktop.backends.imap.contact_center import ImapContactCenter
from desktop.domain.entities.model import Interaction, OutgoingFile, Reply
from desktop.domain.entities.words import DeliveryState
from desktop.ports.errors import BackendError, OutcomeUnknown, Rejected, Unavailable
from desktop.testing import fresh
from desktop.testing.contracts.base import until
from tests.real.mail.cutting_proxy import Cut, CuttingProxy
from tests.real.mail.rig import a_mail
from tests.real.mail.work import arrived, opened, put_away, seen, shown, taken
from tests.real.servers.mail_system import ADDRESS, UNKNOWN, MailSystem

LINES = 6  # EHLO, MAIL, RCPT, DATA, the mail with its end, QUIT


@pytest.fixture(autouse=True)
def emptied(system: MailSystem) -> None:
    system.empty()


def write(system: MailSystem, sender: str, text: str = "Where is my order?", **headers: str) -> EmailMessage:
    mail = a_mail(text, sender, **headers)
    system.drop_in(bytes(mail))
    return mail


def copies(system: MailSystem, to: str) -> list[tuple[str, bool]]:
    """Message-ID of what is kept of the replies to a customer, and whether it is a draft."""
    with system.session("Sent") as session:
        numbers = session.search(None, "UNDELETED", "TO", to)[1][0].split()
        found = []
        for number in numbers:
            answer = session.fetch(number.decode(), "(FLAGS BODY[HEADER.FIELDS (MESSAGE-ID)])")[1]
            flags, head = cast("tuple[bytes, bytes]", answer[0])
            found.append((head.decode().split("<")[1].split(">")[0], b"\\Draft" in flags))
        return found


def failed(one: Interaction) -> bool:
    return any(line.delivery is DeliveryState.FAILED for line in one.messages)


async def test_a_reply_is_an_answer_in_its_thread(system: MailSystem) -> None:
    eve = fresh.email()
    first = write(system, eve, message_id="<c1@customers.example>", References="<c0@customers.example>")
    async with opened(system) as desk:
        contact = await taken(desk, eve)
        await desk.send_reply(contact.id, Reply("Grüße.", files=(OutgoingFile("a.txt", "text/plain", b"x"),)), key="k")
        (got,) = await arrived(system, eve)
        assert got["In-Reply-To"] == first["Message-ID"]
        assert got["References"].split() == ["<c0@customers.example>", "<c1@customers.example>"]
        assert (got["Subject"], got["To"]) == ("Re: A question", eve)
        assert got["From"].addresses[0].addr_spec == ADDRESS
        assert [one.get_filename() for one in got.iter_attachments()] == ["a.txt"]
        assert copies(system, eve) == [(got["Message-ID"].strip("<>"), False)]

        # The customer answers it: it comes back into the same contact, though it is a new mail.
        write(system, eve, "Thank you!", In_Reply_To=got["Message-ID"])
        again = await seen(desk, lambda one: len(one.messages) == 3, "the answer")
        assert [one.author for one in again.messages] == ["customer", "agent", "customer"]
        await put_away(desk, contact.id)
    # And after the work is done, as a new contact with all that was said.
    write(system, eve, "One thing more.", In_Reply_To=got["Message-ID"])
    async with opened(system, "noor") as other:
        later = await taken(other, eve)
        assert later.id != contact.id
        assert [one.text.split("\n")[0] for one in later.messages][-2:] == ["Grüße.", "One thing more."]


async def test_a_reply_to_all_goes_to_each_once_and_never_to_ourselves(system: MailSystem) -> None:
    eve, bob = fresh.email(), fresh.email()
    write(system, eve, Cc=f"Bob <{bob}>, Us <{ADDRESS.upper()}>")
    async with opened(system) as desk:
        contact = await taken(desk, eve)
        (first,) = contact.messages
        assert (first.to, first.cc) == ((), (bob,))  # what a reply to all is made of
        await desk.send_reply(contact.id, Reply("For both.", "Re: it", (first.sender, eve), first.cc), key="k-all")
        for who in (eve, bob):
            (got,) = await arrived(system, who)
            assert [one.addr_spec for one in got["Cc"].addresses] == [bob]
        for to, cc in (((ADDRESS,), ()), ((eve,), (ADDRESS.upper(),)), ((f"{eve}\r\nRCPT TO:<{bob}>",), ())):
            with pytest.raises(Rejected):
                await desk.send_reply(contact.id, Reply("x", "x", to, cc), key=fresh.new_key())
        await put_away(desk, contact.id)
    assert (len(system.delivered(eve)), len(system.delivered(bob))) == (1, 1)


async def test_a_form_on_a_web_page_is_answered_to_whoever_filled_it_in(system: MailSystem) -> None:
    eve = fresh.email()
    write(system, ADDRESS, Reply_To=f"Eve <{eve}>")
    async with opened(system) as desk:
        contact = await taken(desk, eve)
        (first,) = contact.messages
        assert (first.author, first.sender, contact.attributes["from"]) == ("customer", eve, ADDRESS)
        await desk.send_message(contact.id, "Hello.", key=fresh.new_key())
        assert len(await arrived(system, eve)) == 1
        await put_away(desk, contact.id)


async def test_what_bounces_is_a_failed_message(system: MailSystem) -> None:
    write(system, UNKNOWN)
    async with opened(system) as desk:
        contact = await taken(desk, UNKNOWN)
        system.exim.hold(True)
        await desk.send_message(contact.id, "You will not see this.", key=fresh.new_key())
        await desk.park(contact.id, on=True, key=fresh.new_key())
        system.exim.hold(False)
        back = await seen(desk, failed, "the report")
        assert (back.id, back.parked) == (contact.id, False)
        told = next(one for one in back.messages if one.author == "system")
        assert "mailbox is full" in told.text
        assert told.in_reply_to == next(one.id for one in back.messages if one.author == "agent")
        await put_away(desk, contact.id)


async def test_a_report_that_comes_after_the_work_is_a_contact_with_its_thread(system: MailSystem) -> None:
    write(system, UNKNOWN)
    async with opened(system) as desk:
        contact = await taken(desk, UNKNOWN)
        system.exim.hold(True)
        await desk.send_message(contact.id, "You will not see this either.", key=fresh.new_key())
        await put_away(desk, contact.id)
        system.exim.hold(False)
        late = await seen(desk, failed, "the report")
        assert late.id != contact.id
        assert late.attributes["automatic"] == "delivery report"
        assert {"agent", "system"} <= {one.author for one in late.messages}


@pytest.mark.parametrize("answer", [False, True], ids=["question lost", "answer lost"])
@pytest.mark.parametrize("line", range(1, LINES + 1))
async def test_a_reply_is_one_mail_wherever_the_relay_is_lost(system: MailSystem, line: int, answer: bool) -> None:
    eve, key = fresh.email(), fresh.new_key()
    write(system, eve)
    async with (
        CuttingProxy("127.0.0.1", system.exim.port) as relay,
        opened(system, smtp_port=str(relay.port)) as desk,
    ):
        contact = await taken(desk, eve)
        relay.cut(Cut(line, answer))
        errors = []
        while True:  # as whoever presses the key again
            try:
                await desk.send_message(contact.id, "Only once.", key=key)
                break
            except BackendError as error:
                errors.append(error)
                if isinstance(error, Rejected):
                    break
        if line == 5:
            # All of the mail went out, or seemed to: it is told, and never sent again by itself.
            assert [type(one) for one in errors] == [OutcomeUnknown, Rejected]
            assert "not known" in errors[-1].message
            assert [draft for _, draft in copies(system, eve)] == [True]
            assert len(await arrived(system, eve)) == 1 if answer else not system.delivered(eve)
        else:
            assert [type(one) for one in errors] == ([] if line == 6 else [Unavailable])
            await arrived(system, eve)
            assert [draft for _, draft in copies(system, eve)] == [False]
        assert len(system.delivered(eve)) <= 1
        await put_away(desk, contact.id)


@pytest.mark.parametrize("answer", [False, True], ids=["question lost", "answer lost"])
async def test_a_reply_is_one_mail_wherever_the_mailbox_is_lost(
    system: MailSystem, answer: bool, request: pytest.FixtureRequest
) -> None:
    """At every line of IMAP that a reply takes, until a reply goes through before it comes to the cut.

    Without `--full` at every second one.
    """
    async with CuttingProxy("127.0.0.1", system.dovecot.port) as box, opened(system, port=str(box.port)) as desk:
        for line in range(1, 40, 1 if request.config.getoption("--full") else 2):
            eve, key, cuts = fresh.email(), fresh.new_key(), box.cuts
            write(system, eve)
            contact = await taken(desk, eve)
            box.cut(Cut(line, answer))

            async def pressed(contact: Interaction = contact, key: str = key) -> bool | None:
                try:
                    await desk.send_message(contact.id, "Only once.", key=key)
                except (Unavailable, OutcomeUnknown):
                    return None
                return True

            await until(pressed, 10.0, "the reply")
            was_cut = box.cuts > cuts
            box.cut(None)
            assert len(await arrived(system, eve)) == 1
            await until(partial(kept, desk, system, eve), 10.0, "the copy")
            await put_away(desk, contact.id)
            if not was_cut:
                break
        else:
            pytest.fail("a reply takes more lines than that")
    assert line > 5


async def kept(desk: ImapContactCenter, system: MailSystem, to: str) -> bool | None:
    await shown(desk)  # as a desktop does that has lost its connection
    found = await asyncio.to_thread(copies, system, to)
    return True if [draft for _, draft in found] == [False] else None


@asynccontextmanager
async def in_doubt(
    system: MailSystem, to: str, text: str, key: str
) -> AsyncIterator[tuple[ImapContactCenter, Interaction]]:
    """A reply that the relay has taken without our hearing of it."""
    write(system, to)
    async with (
        CuttingProxy("127.0.0.1", system.exim.port) as relay,
        opened(system, smtp_port=str(relay.port)) as desk,
    ):
        contact = await taken(desk, to)
        relay.cut(Cut(5, answer=True))
        with pytest.raises(OutcomeUnknown):
            await desk.send_message(contact.id, text, key=key)
        yield desk, contact


async def test_a_doubtful_reply_stays_one_through_a_restart_until_its_answer_proves_it(system: MailSystem) -> None:
    eve, key = fresh.email(), fresh.new_key()
    async with in_doubt(system, eve, "Perhaps.", key) as (_, contact):
        pass
    async with opened(system) as restarted:
        mine = await seen(restarted, lambda one: one.id == contact.id, "the contact")
        assert [one.delivery for one in mine.messages if one.author == "agent"] == [DeliveryState.QUEUED]
        with pytest.raises(Rejected, match="not known"):
            await restarted.send_message(contact.id, "Perhaps.", key=key)
        (got,) = await arrived(system, eve)
        write(system, eve, "I got it.", In_Reply_To=got["Message-ID"])
        proven = await seen(restarted, lambda one: any("I got it" in line.text for line in one.messages), "the proof")
        assert [one.delivery for one in proven.messages if one.author == "agent"] == [DeliveryState.SENT]
        await restarted.send_message(contact.id, "Perhaps.", key=key)  # it is known to have gone
        await put_away(restarted, contact.id)
    assert len(system.delivered(eve)) == 1
    assert [draft for _, draft in copies(system, eve)] == [False]


async def test_a_relay_that_files_what_it_sent_ends_the_doubt(system: MailSystem) -> None:
    """Some relays put a copy of every mail into Sent themselves."""
    eve, key = fresh.email(), fresh.new_key()
    async with in_doubt(system, eve, "Filed.", key) as (desk, contact):
        (got,) = await arrived(system, eve)
        with system.session() as session:
            session.append("Sent", "(\\Seen)", imaplib.Time2Internaldate(0.0), bytes(got))
        await desk.send_message(contact.id, "Filed.", key=key)
        await put_away(desk, contact.id)
    assert len(system.delivered(eve)) == 1
