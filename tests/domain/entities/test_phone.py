"""Which call of the phone is which contact: numbers however they are spelt, and nothing on a guess."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.entities.model import Address
from desktop.domain.entities.phone import CallState, PhoneCall, PhoneRegistration, Registration, call_of, same_number
from desktop.domain.entities.words import Channel, Direction, Health, Phase
from desktop.domain.reduce.reducer import reduce
from desktop.domain.state.events import (
    Change,
    ContactCenterSnapshot,
    Envelope,
    Heartbeat,
    InteractionChanged,
    PhoneCallChanged,
    PhoneRegistrationChanged,
    PhoneSnapshot,
)
from desktop.domain.state.own_events import ClockRead
from desktop.domain.state.state import AppState
from desktop.words.catalogue import in_words
from tests.domain.domain_records import ME, interaction

LONDON = Address("phone", "+442079460958")


def call(call_id: str = "c1", number: str = "+442079460958", **changes: object) -> PhoneCall:
    return replace(PhoneCall(call_id, number, CallState.RINGING, 10.0), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("address", "number", "same"),
    [
        (LONDON, "+442079460958", True),
        (LONDON, "00442079460958", True),
        (LONDON, "020 7946 0958", True),
        (LONDON, "0958", False),  # an extension ends many numbers
        (LONDON, "+442079460959", False),
        (LONDON, "", False),
        (LONDON, "anonymous", False),
        (Address("phone", "1002"), "1002", True),
        (Address("phone", "1002"), "21002", False),
        (Address("phone", "", withheld=True), "", True),
        (Address("phone", "+442079460958", withheld=True), "+442079460958", False),
        (Address("email", "442079460958"), "442079460958", False),
    ],
)
def test_the_same_number_however_it_is_spelt(address: Address, number: str, same: bool) -> None:
    assert same_number(address, number) is same


@given(st.from_regex(r"[1-9][0-9]{6,13}", fullmatch=True), st.from_regex(r"[1-9][0-9]{6,13}", fullmatch=True))
def test_numbers_are_never_confused_but_by_their_ends(one: str, other: str) -> None:
    found = same_number(Address("phone", f"+{one}"), other)
    assert found is (one.endswith(other) or other.endswith(one))


def test_what_has_no_call_on_the_phone_finds_none() -> None:
    offered = interaction(phase=Phase.OFFERED, customer=LONDON)
    calls = {"c1": call()}
    assert call_of(offered, [offered], calls) == call()
    for other in (
        replace(offered, channel=Channel.CHAT),
        replace(offered, phase=Phase.WRAP_UP),
        replace(offered, direction=Direction.OUTBOUND),
        replace(offered, phase=Phase.ACTIVE),  # a call that only rings is not the one talked on
        replace(offered, phone_call="c9"),
    ):
        assert call_of(other, [other], calls) is None


def test_a_call_that_is_known_to_be_anothers_is_not_taken_by_its_number() -> None:
    one = interaction(id="i1", phase=Phase.OFFERED, customer=LONDON)
    other = interaction(id="i2", phone_call="c1")
    assert call_of(one, [one, other], {"c1": call()}) is None
    assert call_of(one, [one], {"c1": call(interaction_id="i3")}) is None


def test_times_of_the_phone_are_brought_to_the_servers_clock() -> None:
    registration = PhoneRegistration(Registration.UNREGISTERED, 5.0)
    state = reduce(
        AppState(me=ME),
        [
            Envelope("contact_center", ClockRead(90.0), 0.0),
            Envelope("voice", PhoneSnapshot(registration, (call(),)), 10.0),
            Envelope("voice", Heartbeat(20.0, 0), 20.0),
        ],
    )
    assert state.phone_calls["c1"].since == 100.0
    assert state.phone is not None
    assert state.phone.since == 95.0
    assert (state.health["voice"].since, state.health["voice"].last_heard) == (100.0, 110.0)


def test_a_call_leaves_when_it_ends_and_health_follows_the_registration() -> None:
    state = reduce(AppState(me=ME), [Envelope("voice", PhoneCallChanged(call()), 10.0)])
    assert set(state.phone_calls) == {"c1"}
    state = reduce(state, [Envelope("voice", PhoneCallChanged(call(state=CallState.ENDED)), 11.0)])
    assert not state.phone_calls
    for registration, health in (
        (Registration.REGISTERED, Health.LIVE),
        (Registration.UNREGISTERED, Health.DOWN),
        (Registration.REGISTERING, Health.CONNECTING),
    ):
        event = PhoneRegistrationChanged(PhoneRegistration(registration, 1.0, why="why"))
        state = reduce(state, [Envelope("voice", event, 12.0)])
        assert (state.health["voice"].health, in_words(state.health["voice"].why)) == (health, "why")


def test_a_call_taken_for_a_contact_by_its_number_is_free_again_when_the_contact_centre_names_another() -> None:
    offered = interaction(phase=Phase.OFFERED, customer=LONDON, agent_id=ME)
    events = [
        Envelope("contact_center", ContactCenterSnapshot(ME, (offered,), (), ()), 5.0),
        Envelope("voice", PhoneCallChanged(call("private")), 10.0),
    ]
    state = reduce(AppState(), events)
    assert state.phone_calls["private"].interaction_id == offered.id
    named = replace(offered, phone_call="c9", version=offered.version + 1)
    state = reduce(
        state,
        [
            Envelope("voice", PhoneCallChanged(call("c9")), 11.0),
            Envelope("contact_center", InteractionChanged(Change.UPDATED, named), 11.0),
        ],
    )
    assert {one.id: one.interaction_id for one in state.phone_calls.values()} == {"private": "", "c9": offered.id}
