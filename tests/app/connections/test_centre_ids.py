"""Ids of several contact centres: there and back again, no two of them the same, and none that is forgotten."""

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.app.connections import centre_ids
from desktop.app.connections.centre_ids import DEEP, FIELDS, CentreIds
from desktop.app.connections.contact_centers import ContactCenters
from desktop.domain.entities.own_agent import OWN
from desktop.domain.entities.source import holder
from desktop.domain.reviews import quality, scorecards
from desktop.domain.state.events import AgentChanged, ContactCenterSnapshot, Envelope, InteractionChanged, QueueChanged
from desktop.domain.state.floor_events import FloorEvent
from desktop.ports.contact_center import ContactCenter
from desktop.ports.errors import Rejected, Unavailable

VOICE, WRITTEN = "contact_center:voice", "contact_center:written"
IDS = st.one_of(st.text(min_size=1), st.sampled_from(["me", "voice:1", "written:1", "1", ":", "voice:me", "voice:"]))


def both(own: str) -> tuple[CentreIds, CentreIds]:
    voice, written = CentreIds(VOICE, [WRITTEN]), CentreIds(WRITTEN, [VOICE])
    voice.own_id = written.own_id = own
    return voice, written


@given(IDS, IDS, IDS)
def test_ids_come_back_and_no_two_are_one(first: str, second: str, own: str) -> None:
    voice, written = both(own)
    assert voice.own(voice.record(first)) == first
    assert voice.own(voice.agent(first)) == first
    assert voice.own_target(voice.target(f"queue:{first}")) == f"queue:{first}"
    assert voice.own_target(voice.target(f"agent:{first}")) == f"agent:{first}"
    assert voice.record(first) != written.record(second)
    assert (voice.record(first) == voice.record(second)) is (first == second)
    assert (voice.agent(first) == written.agent(second)) is (first == own == second)


@given(IDS)
def test_each_is_found_at_its_own_and_refused_at_the_other(one: str) -> None:
    voice, written = both("maya")
    assert holder([VOICE, WRITTEN], voice.record(one)) == VOICE
    assert holder(["crm", VOICE, WRITTEN], written.record(one)) == WRITTEN
    with pytest.raises(Rejected):
        written.own(voice.record(one))


@given(IDS.filter(lambda one: ":" not in one and one != OWN))
def test_an_id_without_a_name_goes_to_nobody(one: str) -> None:
    for ids in both("maya"):
        with pytest.raises(Rejected):
            ids.own(one)


@given(IDS)
def test_whoever_is_signed_in_is_one_and_nobody_else(own: str) -> None:
    voice, written = both(own)
    assert voice.agent(own) == written.agent(own) == OWN
    assert voice.record(own) != OWN


def test_nobody_is_asked_in_my_name_before_it_is_known_who_i_am() -> None:
    with pytest.raises(Unavailable):
        CentreIds(VOICE, [WRITTEN]).own(OWN)


@given(IDS.filter(lambda one: "|" not in one))
def test_alerts_come_back(subject: str) -> None:
    voice, _ = both("maya")
    key = voice.alert(f"long wait|{subject}")
    assert voice.own_alert(key) == f"long wait|{subject}"


# Nothing is forgotten: what the port can say, and what it can be asked

ID_LIKE = re.compile(r"(^|_)ids?$|^queues?$|^(by|target|alert|reviewers|submitted|calibration|evaluation|answered_by)$")
OF_ITSELF = {
    *("Leg.id", "Message.id", "Attachment.id", "PastRecording.id"),  # within their contact, and asked for with it
    *("WrapUpCode.id", "NotReadyReason.id"),  # CRMs know them; `source` says whose they are
    "Previous.customer_id",  # as the CRM calls them
    "CoachingNews.answered_by",  # a name
    *("Question.id", "Option.id"),  # within their form
    "ContactCenterSnapshot.own_id",
}


def records_in(hint: Any) -> Iterator[type]:
    if is_dataclass(hint) and isinstance(hint, type):
        yield hint
    for part in get_args(hint):
        yield from records_in(part)


def port_methods() -> Mapping[str, Any]:
    return {
        name: method
        for name, method in inspect.getmembers(ContactCenter, inspect.isfunction)
        if not name.startswith("_")
    }


def said() -> set[type]:
    """Every record that a contact centre can say."""
    names = {**vars(quality), **vars(scorecards)}
    found: set[type] = {ContactCenterSnapshot, InteractionChanged, AgentChanged, QueueChanged, *get_args(FloorEvent)}
    for method in port_methods().values():
        found |= set(records_in(get_type_hints(method, localns=names)["return"])) - {Envelope}
    rest = list(found)
    while rest:
        for hint in get_type_hints(rest.pop()).values():
            for one in set(records_in(hint)) - found:
                found.add(one)
                rest.append(one)
    return found


def test_every_id_that_a_contact_centre_can_say_gets_its_name() -> None:
    forgotten = [
        f"{record.__name__}.{one.name}"
        for record in said()
        for one in fields(record)
        if ID_LIKE.search(one.name) and one.name not in FIELDS.get(record.__name__, {})
    ]
    assert set(forgotten) == OF_ITSELF


def test_records_in_records_are_reached() -> None:
    missed = [
        f"{record.__name__}.{name}"
        for record in said()
        for name, hint in get_type_hints(record).items()
        if any(inner.__name__ in FIELDS for inner in records_in(hint))
        and FIELDS.get(record.__name__, {}).get(name) != DEEP
    ]
    assert missed == []


def test_the_table_names_nothing_that_is_not_there() -> None:
    known = {record.__name__: {one.name for one in fields(record)} for record in said()}
    for record, plan in centre_ids.FIELDS.items():
        assert set(plan) <= known[record], record


def test_every_call_of_the_port_is_routed() -> None:
    assert {name for name in port_methods() if name not in vars(ContactCenters)} == set()
