"""Reading answers into records: nulls, unknown fields, hostile numbers and text."""

import contextlib
import json
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.backends.wire.reading import member, parse, read
from desktop.backends.wire.verify import carries
from desktop.domain.entities.customer import Consent, Customer, CustomerPromise
from desktop.domain.entities.model import Address, Agent, Interaction, Leg, Message, QueueStats, Waiting
from desktop.domain.entities.person import Person
from desktop.domain.entities.words import LegKind, LegPhase
from desktop.ports.errors import ProtocolError

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
TIME = st.floats(0, 4e9)
NAMES = ("id", "queue", "customer_name", "subject", "raw_state")

INTERACTION: dict[str, Any] = {
    "id": "i-1",
    "version": 3,
    "channel": "voice",
    "direction": "inbound",
    "phase": "active",
    "queue": "Billing",
    "customer": {"kind": "phone", "value": "+442079460958"},
    "arrived_at": 1.5,
    "phase_since": 2,
}

interactions = st.builds(
    Interaction,
    id=TEXT,
    version=st.integers(0, 10**9),
    queue=TEXT,
    customer=st.builds(Address, kind=st.sampled_from(["phone", "email"]), value=TEXT, withheld=st.booleans()),
    arrived_at=TIME,
    phase_since=TIME,
    agent_id=st.none() | TEXT,
    skills=st.lists(TEXT, max_size=3).map(tuple),
    attributes=st.dictionaries(TEXT, TEXT, max_size=3),
    offer_deadline=st.none() | TIME,
    legs=st.lists(st.builds(Leg, id=TEXT, target=TEXT, target_name=TEXT, since=TIME), max_size=2).map(tuple),
    messages=st.lists(st.builds(Message, id=TEXT, at=TIME, author=TEXT, text=TEXT), max_size=2).map(tuple),
)


@given(interactions)
def test_what_is_written_is_read_back_the_same(one: Interaction) -> None:
    assert read(Interaction, parse(json.dumps(asdict(replace(one, attributes=dict(one.attributes)))))) == one


@given(st.sets(st.sampled_from(sorted(Interaction.__dataclass_fields__)), max_size=10), TEXT)
def test_null_and_unknown_fields_count_as_missing(nulls: set[str], unknown: str) -> None:
    body = {f"x-{unknown}": {"a": [1]}} | dict.fromkeys(nulls - set(INTERACTION)) | INTERACTION
    assert read(Interaction, parse(json.dumps(body))) == read(Interaction, INTERACTION)


def test_null_counts_as_missing_deep_inside_too() -> None:
    stats = {"name": "q", "version": 1, "as_of": 1, "head": [], "service_level_formula": None, "waiting": None}
    assert read(QueueStats, stats).service_level_formula == ""
    waiting = {"interaction_id": "i", "customer": {"kind": "phone", "value": "+1", "withheld": None}, "since": 3}
    assert read(QueueStats, stats | {"head": [waiting]}).head == (Waiting("i", Address("phone", "+1"), 3.0),)
    leg = {"id": "l", "kind": "consult", "phase": "ringing", "target": "t", "target_name": "T", "since": 1}
    legs = read(Interaction, INTERACTION | {"legs": [leg | {"failure": None}], "subject": None}).legs
    assert legs == (Leg("l", LegKind.CONSULT, LegPhase.RINGING, "t", "T", 1.0),)
    person = read(Person, {"id": "p", "name": "P", "team": None, "skills": {"tax": 3, "law": None}})
    assert (person.team, person.skills) == ("", {"tax": 3})


def test_null_that_means_not_known_stays() -> None:
    body = {"id": "c", "name": "C", "company": None, "consents": [{"topic": "sms", "granted": None, "source": None}]}
    body["promises"] = [{"text": "call back", "due": None}]
    customer = read(Customer, body)
    assert customer.consents == (Consent("sms", None),)
    assert customer.promises == (CustomerPromise("call back", None),)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[(name, value) for name in ("id", "phase", "customer", "version") for value in (None, [], 1.5, {"a": 1})],
        ("phase", "dancing"),
        ("version", 2**63),
        ("version", "three"),
        ("arrived_at", 1e300),
        ("arrived_at", -1e11),
        ("arrived_at", float("inf")),
        ("arrived_at", float("nan")),
        ("offer_deadline", 10**400),
        ("legs", "abc"),
        ("legs", [{"id": 1}]),
        ("attributes", {"a": 1}),
    ],
)
def test_what_cannot_be_read_is_named_but_never_shown(name: str, value: object) -> None:
    with pytest.raises(ProtocolError) as caught:
        read(Interaction, INTERACTION | {name: value, "subject": "canary"})
    assert "canary" not in caught.value.message + caught.value.detail


def test_a_missing_field_is_named() -> None:
    with pytest.raises(ProtocolError) as caught:
        read(Agent, {"id": "a"})
    assert caught.value.detail.startswith("Agent.version")
    with pytest.raises(ProtocolError, match="cannot be read"):
        member({"a": 1}, "b")
    with pytest.raises(ProtocolError):
        member([], "b")


@pytest.mark.parametrize("body", [b"", b"{", b"<html>", b"[" * 100_000, b"1" * 5000, b'{"a": 1} x'])
def test_what_is_not_json_is_a_protocol_error(body: bytes) -> None:
    with pytest.raises(ProtocolError):
        parse(body)


def test_one_broken_character_hides_nobody() -> None:
    assert parse(b'["\\ud800 Smith", "\xff Jones", "\\ud83d\\ude00"]') == ["\ufffd Smith", "\ufffd Jones", "\U0001f600"]


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | TEXT, st.lists, max_leaves=10))
def test_any_value_is_read_or_refused(value: object) -> None:
    for body in (value, INTERACTION | {"legs": value}, INTERACTION | {"customer": value}):
        with contextlib.suppress(ProtocolError):
            read(Interaction, parse(json.dumps(body)))


@pytest.mark.parametrize(
    ("held", "verified"),
    [
        ("+442079460958", True),
        ("+44 20 7946 0958", True),
        ("020 7946 0958", True),
        ("tel:+44-20-7946-0958", True),
        ("+442079460959", False),
        ("946 0958", False),
        ("+12079460958", False),
        ("", False),
        ("+" * 100, False),
        ("\x00", False),
    ],
)
def test_a_match_must_carry_the_number_that_was_asked_for(held: str, verified: bool) -> None:
    customer = Customer("c", "C", addresses=(Address("email", "a@b.example"), Address("phone", held)))
    assert carries(customer, Address("phone", "+442079460958")) is verified
    assert carries(customer, Address("email", "A@b.example"))
    assert not carries(customer, Address("handle", "a@b.example"))
