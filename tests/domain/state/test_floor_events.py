"""What a supervisor's desktop makes of its floor, help and acknowledgements, in whatever order they are told."""

from dataclasses import replace
from random import Random

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from desktop.domain.entities.floor import Acknowledgement, AgentDay, AgentWork, HelpRequest, HelpState
from desktop.domain.entities.model import Agent, QueueStats
from desktop.domain.entities.words import Availability, Channel, Phase, Role
from desktop.domain.reduce.reducer import needs_snapshot, reduce
from desktop.domain.state.events import (
    AgentChanged,
    Change,
    ContactCenterSnapshot,
    Envelope,
    InteractionChanged,
    QueueChanged,
)
from desktop.domain.state.floor_events import AlertAcknowledged, FloorChanged, HelpChanged
from desktop.domain.state.state import AppState
from tests.domain.domain_records import CC, ME, OTHER, agent, envelope, interaction, queue
from tests.domain.reduce.event_strategies import (
    acknowledgements,
    busy_agents,
    counted_queues,
    few,
    floor,
    help_requests,
)

LEAD = agent(role=Role.SUPERVISOR)
BUSY = agent(
    id=OTHER,
    version=2,
    work=(AgentWork("i1", Channel.VOICE, Phase.ACTIVE, "Billing", 90.0, "Eve"),),
    today=AgentDay(0.0, handled=3, engaged=40.0, until=100.0),
)


def examples(full: bool) -> settings:
    return settings(max_examples=3_000 if full else 200)


def test_a_floor_brings_agents_with_their_work_and_queues_with_their_counts() -> None:
    state = reduce(AppState(me=ME), [envelope(FloorChanged((BUSY,), (queue("Billing", 2, 4),)))])
    assert state.agents[OTHER] is BUSY and state.queues["Billing"].waiting == 4
    assert not state.interactions, "work of others is no contact of mine"
    again = envelope(FloorChanged((replace(BUSY, version=1, work=()),), (queue("Billing", 1, 9),)))
    assert reduce(state, [again]) is state, "late ones do no harm"


def test_what_did_not_change_stays_the_same_object() -> None:
    first = reduce(AppState(me=ME), [envelope(FloorChanged((LEAD, BUSY), (queue("Billing"), queue("Sales"))))])
    second = reduce(first, [envelope(FloorChanged((), (queue("Sales", 2, 1),)))])
    assert second.agents is first.agents and second.queues["Billing"] is first.queues["Billing"]


def test_steps_between_two_floors_are_not_odd() -> None:
    off = replace(BUSY, version=3, observed=Availability.OFFLINE, work=())
    back = replace(BUSY, version=9)
    state = reduce(AppState(me=ME), [envelope(FloorChanged((one,))) for one in (BUSY, off, back)])
    assert state.agents[OTHER] is back and not state.oddities


def test_who_supervises_no_more_loses_the_contacts_of_others() -> None:
    others = interaction(agent_id=OTHER)
    state = AppState(me=ME, agents={ME: LEAD}, interactions={others.id: others})
    state = reduce(state, [envelope(FloorChanged((replace(LEAD, version=2, role=Role.AGENT),)))])
    assert not state.interactions
    late = envelope(InteractionChanged(Change.UPDATED, replace(others, version=0)))
    assert not reduce(state, [late]).interactions


def test_a_gap_in_the_floor_is_healed_by_a_snapshot() -> None:
    told = [envelope(FloorChanged((replace(BUSY, version=n),)), seq=n) for n in (1, 2, 3, 4)]
    begin = envelope(ContactCenterSnapshot(ME, (), (LEAD,), ()), seq=0)
    state = reduce(AppState(), [begin, told[0], told[3]])
    assert needs_snapshot(state, CC)
    healed = reduce(state, [envelope(ContactCenterSnapshot(ME, (), (LEAD, replace(BUSY, version=4)), ()), seq=4)])
    assert not needs_snapshot(healed, CC) and healed.agents[OTHER].version == 4
    assert reduce(healed, told) is healed


def test_help_that_is_over_does_not_come_back() -> None:
    asked = HelpRequest("h1", 1, OTHER, "i1", "which form?", 10.0)
    over = replace(asked, version=3, state=HelpState.CLOSED)
    state = reduce(AppState(me=ME), [envelope(HelpChanged(one)) for one in (asked, over)])
    assert not state.help
    for late in (asked, replace(asked, version=2, state=HelpState.ANSWERED), over):
        assert reduce(state, [envelope(HelpChanged(late))]) is state
    assert reduce(state, [envelope(HelpChanged(replace(asked, version=4)))]).help["h1"].version == 4


def test_the_later_of_two_acknowledgements_counts(full: bool) -> None:
    @examples(full)
    @given(st.lists(acknowledgements, min_size=1, max_size=8), st.randoms(use_true_random=False))
    def check(seen: list[Acknowledgement], random: Random) -> None:
        told = seen * 2
        random.shuffle(told)
        state = reduce(AppState(me=ME), [envelope(AlertAcknowledged(one)) for one in told])
        for key, one in state.acknowledgements.items():
            assert one.at == max(each.at for each in seen if each.alert == key)

    check()


def test_agents_and_queues_told_late_doubled_and_in_any_order_end_at_the_newest(full: bool) -> None:
    one_each = {"unique_by": lambda one: (getattr(one, "id", None) or one.name, one.version)}

    @examples(full)
    @given(
        st.lists(busy_agents, max_size=8, **one_each),
        st.lists(counted_queues, max_size=8, **one_each),
        st.randoms(use_true_random=False),
    )
    def check(agents: list[Agent], queues: list[QueueStats], random: Random) -> None:
        told = [Envelope(CC, FloorChanged((one,)), 0.0) for one in agents * 2]
        told += [Envelope(CC, FloorChanged((), (one,)), 0.0) for one in queues * 2]
        random.shuffle(told)
        state = reduce(AppState(), told)
        assert state.agents == {one.id: one for one in sorted(agents, key=lambda one: one.version)}
        assert state.queues == {one.name: one for one in sorted(queues, key=lambda one: one.version)}
        singly = [AgentChanged(one) for one in agents] + [QueueChanged(one) for one in queues]
        assert reduce(state, [Envelope(CC, one, 0.0) for one in singly]) is state

    check()


@pytest.mark.thorough
def test_a_batch_of_floors_is_the_same_as_one_by_one(full: bool) -> None:
    envelopes = st.builds(Envelope, st.just(CC), floor, st.just(0.0))

    @examples(full)
    @given(few(busy_agents), few(help_requests), st.lists(envelopes, max_size=20))
    def check(agents: tuple[Agent, ...], asked: tuple[HelpRequest, ...], told: list[Envelope]) -> None:
        begin = envelope(ContactCenterSnapshot(ME, (), agents, (), help=asked))
        state = reduce(AppState(), [begin])
        for one in told:
            state = reduce(state, [one])
        assert reduce(AppState(), [begin, *told]) == state
        assert not any(one.state is HelpState.CLOSED for one in state.help.values())

    check()
