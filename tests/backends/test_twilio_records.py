"""What the Twilio adapters make of records, attributes, errors, clocks and options, hostile ones included."""

import json
import time
from dataclasses import replace
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.backends.twilio.api.account import desk_of
from desktop.backends.twilio.api.attributes import LONGEST_VALUE, MOST, channel_of, facts_of
from desktop.backends.twilio.api.problem import NOT_PENDING, twilio_error
from desktop.backends.twilio.api.records import Reservation, Task, instant, reservation_of, task_of
from desktop.backends.twilio.api.server_clock import ServerClock
from desktop.backends.twilio.api.task_router import stats_of
from desktop.backends.twilio.contacts import Contacts
from desktop.domain.entities.model import Address, Interaction
from desktop.domain.entities.words import Channel, Direction, Outcome, Phase
from desktop.domain.state.events import Change
from desktop.ports.errors import (
    AuthFailed,
    BackendError,
    Conflict,
    Forbidden,
    NotFound,
    ProtocolError,
    RateLimited,
    Rejected,
    Unavailable,
)

HEX = "0123456789abcdef0123456789abcdef"
OPTIONS = {
    "account_sid": "AC" + HEX,
    "key_sid": "SK" + HEX,
    "api_secret": "s3cret-of-the-key",
    "workspace_sid": "WS" + HEX,
    "worker_sid": "WK" + HEX,
}
TASK = Task("WT" + HEX, "reserved", '{"from": "+442079460958"}', "voice", "Billing", "WW" + HEX, 100.0, 100.0, 1)
OFFER = Reservation("WR" + HEX, TASK.sid, "WK" + HEX, "pending", 100.0, 100.0, 20.0)


# -- times, in every way Twilio writes them


@pytest.mark.parametrize(
    "written", [1_700_000_000, 1_700_000_000.0, "2023-11-14T22:13:20Z", "Tue, 14 Nov 2023 22:13:20 +0000"]
)
def test_a_time_is_read_in_every_way_it_is_written(written: object) -> None:
    assert instant(written) == 1_700_000_000.0


@pytest.mark.parametrize("written", [None, "", True, "soon", "9" * 400, -5, float("nan"), 1e40, "2023-99-99", []])
def test_what_is_no_time_is_unknown(written: object) -> None:
    assert instant(written) is None


# -- attributes: anybody may have filled them in


@given(st.text(max_size=200) | st.recursive(st.none() | st.text(), st.lists, max_leaves=5).map(json.dumps))
def test_no_attributes_break_the_reading(text: str) -> None:
    facts = facts_of(text, Channel.VOICE)
    assert len(facts.shown) <= MOST


def test_attributes_are_bounded() -> None:
    facts = facts_of(json.dumps({f"k{n}": "x" * 10_000 for n in range(500)}), Channel.CHAT)
    assert len(facts.shown) == MOST
    assert all(len(value) == LONGEST_VALUE for value in facts.shown.values())


@pytest.mark.parametrize(
    "text", ['{"a":' * 50_000, "[1]", '"text"', "{" + "9" * 6000 + "}", '{"n": ' + "9" * 6000 + "}"]
)
def test_attributes_that_are_no_object_are_none(text: str) -> None:
    assert facts_of(text, Channel.VOICE).shown == {}


@pytest.mark.parametrize(
    ("attributes", "channel", "address"),
    [
        ({"from": "+442079460958"}, Channel.VOICE, Address("phone", "+442079460958")),
        ({"caller": "+442079460958"}, Channel.VOICE, Address("phone", "+442079460958")),
        ({"from": "anonymous"}, Channel.VOICE, Address("phone", "", withheld=True)),
        ({"from": "+266696687"}, Channel.VOICE, Address("phone", "", withheld=True)),  # A-N-O-N-Y-M-O-U-S on a keypad
        ({}, Channel.VOICE, Address("phone", "", withheld=True)),
        ({"from": "whatsapp:+442079460958"}, Channel.CHAT, Address("phone", "+442079460958")),
        ({"from": "client:kim"}, Channel.VOICE, Address("handle", "client:kim")),
        ({"customerAddress": "kim@example.org"}, Channel.EMAIL, Address("email", "kim@example.org")),
        ({"direction": "outbound", "outbound_to": "+4930123456", "from": "+15005550006"}, Channel.VOICE, None),
    ],
)
def test_who_the_customer_is(attributes: dict[str, str], channel: Channel, address: Address | None) -> None:
    facts = facts_of(json.dumps(attributes), channel)
    assert facts.customer == (address or Address("phone", "+4930123456"))
    assert facts.direction is (Direction.OUTBOUND if address is None else Direction.INBOUND)


def test_a_sid_that_is_none_is_not_taken() -> None:
    facts = facts_of(json.dumps({"conference": {"sid": "../Calls", "participants": {"customer": 5}}}), Channel.VOICE)
    assert (facts.conference, facts.customer_call) == ("", "")


def test_a_made_up_channel_counts_as_chat() -> None:
    assert channel_of("Voice") is Channel.VOICE
    assert channel_of("video-kiosk") is Channel.CHAT


@pytest.mark.parametrize("raw", [None, [], {}, {"sid": "WR1"}, {"sid": "WR" + HEX, "reservation_status": "snoozed"}])
def test_a_record_that_cannot_be_read_is_named(raw: object) -> None:
    with pytest.raises(ProtocolError):
        reservation_of(raw, 0.0)
    with pytest.raises(ProtocolError):
        task_of(raw, 0.0)


# -- late, repeated and contradictory reports


def _contacts() -> Contacts:
    contacts = Contacts(desk_of(OPTIONS), lambda: 500.0)
    contacts.take_reservation(OFFER, TASK)
    return contacts


def _shown(contacts: Contacts) -> Interaction:
    shown = contacts.all[TASK.sid].shown
    assert shown is not None
    return shown


def test_an_offer_has_the_deadline_of_its_reservation() -> None:
    contacts = _contacts()
    assert _shown(contacts).offer_deadline == 120.0
    assert [(change, one.phase) for change, one, _ in contacts.untold()] == [(Change.OFFERED, Phase.OFFERED)]


def test_an_older_report_takes_nothing_back() -> None:
    contacts = _contacts()
    contacts.take_reservation(replace(OFFER, status="wrapping"), None)
    for late in ("accepted", "pending"):
        contacts.take_reservation(replace(OFFER, status=late, updated=900.0), TASK)
    assert _shown(contacts).phase is Phase.WRAP_UP


def test_the_same_report_twice_changes_nothing() -> None:
    contacts = _contacts()
    first = _shown(contacts)
    contacts.take_reservation(OFFER, TASK)
    assert _shown(contacts) is first


def test_versions_rise_with_every_change() -> None:
    contacts = _contacts()
    versions = [_shown(contacts).version]
    for status in ("accepted", "wrapping", "completed"):
        contacts.take_reservation(replace(OFFER, status=status), None)
        versions.append(_shown(contacts).version)
    assert versions == sorted(set(versions))


def test_older_attributes_do_not_come_back() -> None:
    contacts = _contacts()
    contacts.take_task(replace(TASK, version=5, attributes='{"from": "+442079460958", "subject": "new"}'))
    contacts.take_task(replace(TASK, version=4, updated=900.0, attributes='{"subject": "old"}'))
    assert _shown(contacts).subject == "new"


def test_a_task_may_be_offered_to_us_again() -> None:
    contacts = _contacts()
    contacts.take_reservation(replace(OFFER, status="timeout"), None)
    again = replace(OFFER, sid="WR" + HEX[::-1], created=200.0, updated=200.0)
    contacts.take_reservation(again, TASK)
    contacts.take_reservation(replace(OFFER, status="timeout"), None)  # the first one's end, told once more
    assert _shown(contacts).phase is Phase.OFFERED
    assert _shown(contacts).offer_deadline == 220.0


@pytest.mark.parametrize(
    ("status", "code", "reason", "phase", "outcome"),
    [
        ("rejected", None, "declined", Phase.QUEUED, None),
        ("timeout", None, "missed", Phase.QUEUED, None),
        ("rescinded", None, "rescinded", Phase.QUEUED, None),
        ("canceled", None, "abandoned", Phase.CLOSED, Outcome.ABANDONED),
        ("canceled", 45305, "failed", Phase.CLOSED, Outcome.FAILED),
    ],
)
def test_five_ends_of_an_offer_are_five_facts(
    status: str, code: int | None, reason: str, phase: Phase, outcome: Outcome | None
) -> None:
    contacts = _contacts()
    contacts.untold()
    contacts.take_reservation(replace(OFFER, status=status, reason_code=code), None)
    ((change, one, why),) = contacts.untold()
    assert (change, why, one.phase, one.outcome) == (Change.OFFER_ENDED, reason, phase, outcome)
    assert one.raw_state.endswith(status)


def test_an_offer_without_its_task_has_to_be_fetched() -> None:
    contacts = Contacts(desk_of(OPTIONS), lambda: 500.0)
    assert contacts.take_reservation(OFFER, None) is False


# -- figures


def test_missing_figures_are_unknown_and_not_zero() -> None:
    for nonsense in (None, [], {}, {"tasks_by_status": "none", "activity_statistics": [1], "total_tasks": -1}):
        stats = stats_of(nonsense, "Billing", 500.0, 1, "Offline")
        assert (stats.waiting, stats.longest_since, stats.agents_available) == (None, None, None)
        assert stats.as_of == 500.0


def test_figures_count_who_waits_and_who_is_there() -> None:
    stats = stats_of(
        {
            "tasks_by_status": {"pending": 2, "reserved": 1, "assigned": 4, "wrapping": 0},
            "longest_task_waiting_age": 30,
            "total_available_workers": 3,
            "activity_statistics": [
                {"friendly_name": "Offline", "workers": 9},
                {"friendly_name": "Available", "workers": 4},
                {"friendly_name": "Break", "workers": 1},
            ],
        },
        "Billing",
        500.0,
        1,
        "Offline",
    )
    assert (stats.waiting, stats.longest_since, stats.agents_available, stats.agents_signed_in) == (3, 470.0, 3, 5)


# -- errors


@pytest.mark.parametrize(
    ("status", "number", "kind"),
    [
        (401, 20003, AuthFailed),
        (403, 20003, AuthFailed),
        (401, 20104, AuthFailed),
        (403, 20005, AuthFailed),
        (403, 20006, Forbidden),
        (403, 20403, Forbidden),
        (403, None, Forbidden),
        (404, 20404, NotFound),
        (412, 20412, Conflict),
        (409, None, Conflict),
        (429, 20429, RateLimited),
        (400, 20001, Rejected),
        (400, 21211, Rejected),
        (400, 21610, Rejected),
        (500, 20500, Unavailable),
        (503, 20003, Unavailable),  # a proxy's answer with somebody's number in it
        *((400, number, Conflict) for number in sorted(NOT_PENDING)),
    ],
)
def test_each_error_has_its_class(status: int, number: int | None, kind: type[BackendError]) -> None:
    body = {"code": number, "message": "so it is", "status": status}
    error = twilio_error(status, body, server="Twilio", request="GET /x", wait="7")
    assert type(error) is kind
    assert not isinstance(error, RateLimited) or error.retry_after == 7.0


@pytest.mark.parametrize("body", [None, [], "text", {"code": "20003"}, {"code": True}, {"message": 5}])
def test_an_error_without_words_is_still_one(body: object) -> None:
    assert type(twilio_error(400, body, server="Twilio", request="GET /x")) is Rejected


def test_an_opt_out_is_said_in_words() -> None:
    assert "opted out" in twilio_error(400, {"code": 21610}, server="Twilio", request="POST /x").message


# -- the clock


def test_a_mail_date_that_names_no_zone_is_utc_wherever_the_desktop_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        assert instant("Tue, 14 Nov 2023 22:13:20 -0000") == 1_700_000_000.0
        clock = ServerClock(lambda: 1_700_000_000.0)
        clock.heard("Tue, 14 Nov 2023 22:13:20 -0000")
        assert clock.skew == 0.0
    finally:
        monkeypatch.undo()
        time.tzset()


def test_clocks_that_agree_within_a_second_count_as_the_same() -> None:
    clock = ServerClock(lambda: 1_000.7)
    clock.heard(formatdate(1_000, usegmt=True))
    assert clock.skew == 0.0


def test_a_clock_that_differs_is_followed_and_may_be_set() -> None:
    clock = ServerClock(lambda: 1_000.0)
    for ahead in (3_600, -3_600):
        clock.heard(formatdate(1_000 + ahead, usegmt=True))
        assert abs(clock.skew - ahead) <= 3.0
    clock.heard("no date at all")
    assert abs(clock.now() - (1_000.0 - 3_600)) <= 3.0


# -- options


@pytest.mark.parametrize(
    "wrong",
    [
        {"account_sid": "AC1"},
        {"worker_sid": "WS" + HEX},
        {"api_secret": ""},
        {"api_secret": "two words"},
        {"accept": "redirect"},
        {"wrap_up_rule": "some"},
        {"wrap_up_rule": "one"},  # and no codes
        {"wrap_up_codes": "a=A,a=B"},
        {"call_seconds": "soon"},
        {"call_seconds": "nan"},
        {"queue_seconds": "0"},
        {"taskrouter_url": "http://taskrouter.example.com"},
        {"events_url": "http://event-bridge.example.com"},
    ],
)
def test_an_option_that_cannot_be_used_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(Rejected) as refused:
        desk_of(OPTIONS | wrong)
    assert OPTIONS["api_secret"] not in str(refused.value)


def test_the_secret_is_in_no_text() -> None:
    assert OPTIONS["api_secret"] not in repr(desk_of(OPTIONS))
