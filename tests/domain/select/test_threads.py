"""Whom a reply goes to, and under which subject."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.entities.model import Address, Interaction, Message
from desktop.domain.entities.words import Channel
from desktop.domain.entities.wrap_up_record import ReplyHead
from desktop.domain.select.threads import answered, everybody, head_of_reply, is_address, reply_subject
from tests.app.app_fakes import interaction

LAST = Message(
    "m2",
    2.0,
    "customer",
    "",
    sender="ann@x.org",
    subject="Bill",
    to=("us@y.org", "bo@x.org"),
    cc=("BO@x.org", "cy@x.org"),
)


def mail(*messages: Message) -> Interaction:
    return interaction(1, channel=Channel.EMAIL, customer=Address("email", "first@x.org"), messages=messages)


def test_a_reply_goes_to_whoever_wrote_last_and_all_is_everybody_else() -> None:
    ours = Message("m1", 1.0, "agent", "", sender="us@y.org")
    contact = mail(ours, LAST)
    assert answered(contact) == "ann@x.org"
    assert everybody(contact) == ("bo@x.org", "cy@x.org")
    assert answered(mail()) == "first@x.org"


def test_a_sender_who_is_no_address_gets_nothing() -> None:
    assert answered(mail(replace(LAST, sender="Ann <ann@x.org>, eve@x.org"))) == "first@x.org"


@pytest.mark.parametrize(
    ("subject", "wanted"), [("Bill", "Re: Bill"), ("RE: Bill", "RE: Bill"), ("AW: Rechnung", "AW: Rechnung"), ("", "")]
)
def test_a_subject_is_answered_once(subject: str, wanted: str) -> None:
    assert reply_subject(mail(replace(LAST, subject=subject))) == wanted


def test_what_was_chosen_stays_and_a_chat_has_no_head() -> None:
    chosen = ReplyHead("Other", ("z@x.org",), ("y@x.org",))
    assert head_of_reply(mail(LAST), chosen) == chosen
    assert head_of_reply(mail(LAST), ReplyHead()) == ReplyHead("Re: Bill", ("ann@x.org",))
    assert head_of_reply(replace(mail(LAST), channel=Channel.CHAT), ReplyHead()) == ReplyHead()


@given(st.text(max_size=40), st.sampled_from(["\n", "\r", " ", ",", ";", "<", "\u202e", "\0"]))
def test_what_would_be_another_line_or_recipient_is_no_address(text: str, sign: str) -> None:
    assert not is_address(f"a{sign}{text}@x.org")
