"""How many agents: the published cases, shrinkage, chats side by side, and the fewest who meet every target."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.staffing.staffing import Concurrency, Demand, Target, outcome, positions, required

HALF_HOUR = Demand(100, 1800, 180)


def test_the_published_cases_with_shrinkage() -> None:
    found = required(HALF_HOUR, Target(0.8), shrinkage=0.3)
    assert (found.agents, found.positions) == (14, 20)
    assert found.outcome is not None
    assert f"{found.outcome.service_level:.6f}" == "0.888350"
    assert positions(40, 0.3) == 58


def test_shrinkage_rounds_up_and_never_for_rounding_alone() -> None:
    assert positions(7, 0.3) == 10
    assert positions(0, 0.3) == 0
    assert positions(14, 0) == 14
    assert positions(1, 0.999) == 1000


def test_one_fewer_than_required_misses_the_target() -> None:
    assert outcome(HALF_HOUR, 13).service_level < 0.8 <= outcome(HALF_HOUR, 14).service_level


@pytest.mark.parametrize(
    ("target", "agents"),
    [
        (Target(asa=10), 14),
        (Target(asa=20), 13),
        (Target(occupancy=0.7), 15),
        (Target(0.8, asa=2), 16),
        (Target(0.8, occupancy=0.6), 17),
        (Target(0.64), 12),
    ],
)
def test_each_target_alone_and_together(target: Target, agents: int) -> None:
    assert required(HALF_HOUR, target).agents == agents


def test_the_impatient_need_fewer_but_a_cap_on_who_gives_up_holds() -> None:
    impatient = Demand(100, 1800, 180, patience=120)
    assert required(impatient, Target(0.8)).agents < required(HALF_HOUR, Target(0.8)).agents
    capped = required(impatient, Target(abandoned=0.02))
    assert capped.outcome is not None and capped.outcome.abandoned <= 0.02
    assert outcome(impatient, capped.agents - 1).abandoned > 0.02


def test_no_calls_need_nobody() -> None:
    found = required(Demand(0, 1800, 180), Target(0.8), 0.3)
    assert (found.agents, found.positions, found.outcome) == (0, 0, None)


def test_chats_side_by_side_share_an_agent() -> None:
    three = Demand(100, 1800, 180, concurrency=Concurrency(3))
    assert outcome(three, 5).service_level == outcome(HALF_HOUR, 15).service_level
    assert required(three, Target(0.8)).agents == 5  # 14 slots


def test_chats_that_slow_each_other_down_take_longer() -> None:
    slowed = Demand(100, 1800, 180, concurrency=Concurrency(3, efficiency=0.5))
    assert slowed.load == pytest.approx(20)
    assert outcome(slowed, 8) == outcome(Demand(100, 1800, 360), 24)


@given(
    st.floats(1, 5_000),
    st.floats(10, 1_800),
    st.floats(20, 3_600) | st.just(inf),
    st.integers(1, 4),
    st.floats(0.5, 0.99),
    st.floats(0, 120),
)
def test_required_agents_are_the_fewest(
    calls: float, handle: float, patience: float, slots: int, level: float, threshold: float
) -> None:
    demand = Demand(calls, 1800, handle, patience, Concurrency(slots))
    target = Target(level, threshold)
    found = required(demand, target)
    assert target.met(outcome(demand, found.agents, threshold))
    assert found.agents == 1 or not target.met(outcome(demand, found.agents - 1, threshold))


def test_thousands_of_agents_are_found_at_once() -> None:
    found = required(Demand(50_000, 1800, 300, patience=120), Target(0.8))
    assert found.agents == 7_241  # fewer than the 8,333 Erlang: one in eight gives up, and the others wait 17 s


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Demand(-1, 1800, 180),
        lambda: Demand(float("nan"), 1800, 180),
        lambda: Demand(1, 0, 180),
        lambda: Demand(1, 1800, inf),
        lambda: Demand(1, 1800, 180, patience=0),
        lambda: Demand(1e9, 1, 180),
        lambda: Concurrency(0),
        lambda: Concurrency(2, 0),
        lambda: Concurrency(2, 1.1),
        lambda: Target(),
        lambda: Target(1.0),
        lambda: Target(0.8, -1),
        lambda: Target(asa=0),
        lambda: Target(occupancy=0),
        lambda: positions(1, 1),
        lambda: positions(1, -0.1),
        lambda: required(HALF_HOUR, Target(0.8), 1.0),
        lambda: required(Demand(90_000, 1, 1), Target(occupancy=0.1)),
    ],
)
def test_what_cannot_be_is_refused(wrong: object) -> None:
    assert callable(wrong)
    with pytest.raises(ValueError):
        wrong()
