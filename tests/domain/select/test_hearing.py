"""Who hears whom: one row for each state of a call, and what holds in all of them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.entities.model import Interaction, Leg
from desktop.domain.entities.words import Channel, LegFailure, LegKind, LegPhase, Monitoring, Phase
from desktop.domain.select.hearing import AGENT, CUSTOMER, hearing
from desktop.domain.state.lifecycle import is_open
from tests.domain.domain_records import interaction, leg

EXPERT = "l1"
SAM = "s1"
RINGING = leg(phase=LegPhase.RINGING)
CONSULTED = leg()
JOINED = leg(kind=LegKind.CONFERENCE)


def _supervisor(monitoring: Monitoring | None, phase: LegPhase = LegPhase.ACTIVE) -> Leg:
    return leg(id=SAM, kind=LegKind.SUPERVISOR, phase=phase, target_name="Sam Rivera", monitoring=monitoring)


# the call, who hears each other, who hears whom one way, who is on hold
TABLE: list[tuple[str, dict[str, Any], set[str], set[tuple[str, str]], set[str]]] = [
    ("talking", {}, {AGENT, CUSTOMER}, set(), set()),
    ("held", {"held": True}, {AGENT}, set(), {CUSTOMER}),
    ("muted", {"muted": True}, set(), {(CUSTOMER, AGENT)}, set()),
    ("expert rings", {"held": True, "legs": (RINGING,)}, {AGENT}, set(), {CUSTOMER}),
    ("expert rings beside the customer", {"legs": (RINGING,)}, {AGENT, CUSTOMER}, set(), set()),
    ("consult", {"held": True, "legs": (CONSULTED,)}, {AGENT, EXPERT}, set(), {CUSTOMER}),
    ("swapped", {"legs": (CONSULTED,)}, {AGENT, CUSTOMER}, set(), {EXPERT}),
    ("conference", {"legs": (JOINED,)}, {AGENT, CUSTOMER, EXPERT}, set(), set()),
    ("conference, customer held", {"legs": (JOINED,), "held": True}, {AGENT, EXPERT}, set(), {CUSTOMER}),
    (
        "muted in a conference",
        {"legs": (JOINED,), "muted": True},
        {CUSTOMER, EXPERT},
        {(CUSTOMER, AGENT), (EXPERT, AGENT)},
        set(),
    ),
    ("customer left the expert", {"legs": (CONSULTED,), "customer_connected": False}, {AGENT, EXPERT}, set(), set()),
    ("expert declined", {"legs": (leg(phase=LegPhase.FAILED),)}, {AGENT, CUSTOMER}, set(), set()),
    (
        "listening",
        {"legs": (_supervisor(Monitoring.LISTEN),)},
        {AGENT, CUSTOMER},
        {(AGENT, SAM), (CUSTOMER, SAM)},
        set(),
    ),
    ("whispering", {"legs": (_supervisor(Monitoring.WHISPER),)}, {AGENT, CUSTOMER}, {(SAM, AGENT)}, set()),
    ("barging in", {"legs": (_supervisor(Monitoring.BARGE),)}, {AGENT, CUSTOMER, SAM}, set(), set()),
    (
        "barging in on a consult",
        {"held": True, "legs": (CONSULTED, _supervisor(Monitoring.BARGE))},
        {AGENT, EXPERT, SAM},
        set(),
        {CUSTOMER},
    ),
]


@pytest.mark.parametrize(
    ("fields", "each_other", "one_way", "on_hold"), [row[1:] for row in TABLE], ids=[r[0] for r in TABLE]
)
def test_who_hears_whom(
    fields: dict[str, Any], each_other: set[str], one_way: set[tuple[str, str]], on_hold: set[str]
) -> None:
    found = hearing(interaction(**fields))
    assert found is not None
    assert {(a, b) for a in each_other for b in each_other if a != b} <= found.pairs
    assert one_way <= found.pairs
    assert found.waiting == on_hold


@pytest.mark.parametrize("fields", [{"channel": Channel.CHAT}, {"phase": Phase.OFFERED}, {"phase": Phase.WRAP_UP}])
def test_nothing_is_heard_where_nobody_talks(fields: dict[str, Any]) -> None:
    assert hearing(interaction(**fields)) is None


def test_the_reason_why_the_customer_is_back_stays_until_somebody_else_is_asked() -> None:
    declined = leg(phase=LegPhase.FAILED, failure=LegFailure.DECLINED)
    back = hearing(interaction(legs=(declined,)))
    again = hearing(interaction(held=True, legs=(declined, leg(id="l2", phase=LegPhase.RINGING))))
    assert back is not None and back.ended == declined
    assert again is not None and again.ended is None and again.partner is not None and again.partner.id == "l2"


parties = st.builds(
    leg,
    id=st.sampled_from(["l1", "l2", "l3"]),
    kind=st.sampled_from(LegKind),
    phase=st.sampled_from(LegPhase),
    monitoring=st.none() | st.sampled_from(Monitoring),
)
calls = st.builds(
    interaction,
    held=st.booleans(),
    muted=st.booleans(),
    customer_connected=st.booleans(),
    legs=st.lists(parties, max_size=3, unique_by=lambda one: one.id).map(tuple),
)


@given(calls)
def test_what_holds_in_every_call(call: Interaction) -> None:
    found = hearing(call)
    assert found is not None
    speakers = {pair[0] for pair in found.pairs}
    listeners = {pair[1] for pair in found.pairs}
    there = {AGENT, *({CUSTOMER} if call.customer_connected else ()), *(one.id for one in call.legs if is_open(one))}
    assert all(speaker != listener for speaker, listener in found.pairs)
    assert speakers | listeners | found.joined | found.waiting <= there, "somebody who is not there takes part"
    assert not found.joined & found.waiting
    assert not found.waiting & (speakers | listeners), "whoever is on hold neither hears nor is heard"
    assert (CUSTOMER in found.waiting) is (call.customer_connected and call.held)
    assert AGENT not in speakers or not call.muted
    for one in found.supervisors:
        heard_by = {listener for speaker, listener in found.pairs if speaker == one.id}
        if one.monitoring in (None, Monitoring.LISTEN):
            assert not heard_by
        elif one.monitoring is Monitoring.WHISPER:
            assert heard_by == {AGENT}
    # the customer hears nobody whom the agent is not on the line with, but for a supervisor who joined in
    own = {speaker for speaker, listener in found.pairs if listener == CUSTOMER}
    assert own <= {AGENT} | found.joined | {one.id for one in found.supervisors if one.monitoring is Monitoring.BARGE}


@given(calls.filter(lambda call: call.customer_connected))
def test_with_an_expert_on_the_line_nobody_is_forgotten(call: Interaction) -> None:
    found = hearing(call)
    assert found is not None
    partner = found.partner
    if partner is None or partner.phase is not LegPhase.ACTIVE:
        return
    assert {CUSTOMER, partner.id} == found.joined | found.waiting
    if partner.kind is LegKind.CONSULT:
        assert len(found.joined) == 1, "in a consult exactly one of the two is talked to"
