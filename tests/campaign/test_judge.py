"""The judge of the campaign finds what is wrong, and nothing where nothing is."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.campaign.entered import Contact
from tests.campaign.judge import ALTERED, AUTHOR, DOUBLED, EMPTY, LOST, FarSides, judge

Tamper = Callable[[FarSides], FarSides]


@pytest.fixture
def contact() -> Contact:
    c = Contact(7, "a mixed hour", "maya", "priya", "C-4471", id="int-7", channel="chat")
    c.reply("she asked again ")
    c.message += 1
    c.note("paid twice ")
    c.add("code", "refund-made", "Refund made")
    return c


@pytest.fixture
def far(contact: Contact) -> FarSides:
    """What the servers have when all went well."""
    note, reply = contact.of("note")[0].text, contact.of("reply")[0].text.strip()
    record = {
        "interaction_id": contact.id, "note": note, "codes": ["refund-made"], "follow_ups": [], "agent_id": "maya",
        "customer_id": "C-4471", "channel": "chat", "queue": "Billing", "address": "priya",
    }  # fmt: skip
    sent = {"path": f"/v1/interactions/{contact.id}/messages", "principal": "maya", "body": {"text": reply}}
    return FarSides(({"path": "/v1/wrap-ups/7", "principal": "maya", "body": record},), (), (), (sent,))


def _record(**changed: Any) -> Tamper:
    return lambda far: replace(far, records=({**far.records[0], "body": {**far.records[0]["body"], **changed}},))


def _reply(**changed: Any) -> Tamper:
    return lambda far: replace(far, replies=({**far.replies[0], **changed},))


def test_nothing_is_wrong_where_all_of_it_arrived_once(contact: Contact, far: FarSides) -> None:
    assert judge(contact, far, [], said_damaged=False) == []


@pytest.mark.parametrize(
    ("tamper", "kind"),
    [
        (lambda far: replace(far, replies=()), LOST),
        (lambda far: replace(far, replies=far.replies * 2), DOUBLED),
        (_reply(path="/v1/interactions/int-8/messages"), ALTERED),
        (_reply(principal="tom"), AUTHOR),
        (_reply(body={"text": "words of nobody"}), ALTERED),
        (lambda far: replace(far, records=()), LOST),
        (lambda far: replace(far, records=far.records * 2), DOUBLED),
        (_record(note=" "), EMPTY),
        (_record(customer_id="C-4102"), ALTERED),
        (_record(codes=[]), LOST),
        (_record(codes=["refund-made", "payment-plan"]), ALTERED),
    ],
    ids=[
        "a reply is lost", "a reply went twice", "a reply at another customer", "a reply of another agent",
        "other words", "a note is lost", "a note is there twice", "a record without words",
        "a note of another customer", "a code is lost", "a code that nobody chose",
    ],
)  # fmt: skip
def test_what_is_wrong_is_found(contact: Contact, far: FarSides, tamper: Tamper, kind: str) -> None:
    assert kind in {found for found, _ in judge(contact, tamper(far), [], said_damaged=False)}
