"""One agent more: by the queue's own pace, under the formula in force, and silent where it cannot know."""

from dataclasses import replace

import pytest

from desktop.domain.counts import Counts
from desktop.domain.floor import AgentWork
from desktop.domain.model import Agent
from desktop.domain.pool import Pool, pool_of
from desktop.domain.service_level import FORMULAS
from desktop.domain.staffing import Demand, outcome
from desktop.domain.what_if import WhatIf, what_if
from desktop.domain.words import Availability, Channel, Phase
from tests.domain.domain_records import agent

Q = "Billing"
POOL = Pool(frozenset({Q}), 13, False, 1)
HALF_HOUR = Counts(  # the second vector of the published ones: 100 calls, 180 s, 13 agents
    since=0.0,
    until=1_800.0,
    threshold=20.0,
    short_abandon_seconds=5.0,
    offered=100,
    answered=98,
    answered_within=78,
    abandoned=0,
    abandoned_within=0,
    short_abandons=0,
    callbacks=0,
    callbacks_within=0,
    flow_outs=0,
    flow_outs_within=0,
    handled=95,
    wrapped_up=95,
    wait_seconds=1_700.0,
    abandon_seconds=0.0,
    talk_seconds=95 * 150.0,
    hold_seconds=0.0,
    wrap_up_seconds=95 * 30.0,
)


def ask(counts: Counts = HALF_HOUR, pool: Pool = POOL, formula: str = "answered_in_time_abandons_against") -> WhatIf:
    return what_if(Q, pool, {Q: counts}, {Q: counts}, FORMULAS[formula])


def test_the_line_beside_the_queue() -> None:
    found = ask()
    assert found.why_not == ""
    assert found.line() == "+1 agent: 80 → 89 %"
    assert found.line(-1) == "−1 agent: 80 → 64 %"
    assert found.line(2) == "+2 agents: 80 → 94 %"
    assert [step.agents for step in found.steps] == [12, 14, 15, 16]
    assert found.steps[1].asa == pytest.approx(7.8359, abs=1e-4)


def test_it_says_what_it_assumes() -> None:
    assumes = " · ".join(ask().assumes)
    for fact in ("last 30 min", "100 contacts of 180 s", "13 agents", "nobody gives up"):
        assert fact in assumes


def test_the_uncertainty_of_a_pace_known_from_few_is_told() -> None:
    now = ask().now
    assert now is not None and now.low is not None and now.high is not None and now.service_level is not None
    assert now.low < now.service_level < now.high
    busier = ask(replace(HALF_HOUR, until=18_000.0, offered=1_000, answered=990, answered_within=780, handled=950,
                         wrapped_up=950, talk_seconds=950 * 150.0, wrap_up_seconds=950 * 30.0)).now  # fmt: skip
    assert busier is not None and busier.low is not None and busier.high is not None
    assert busier.high - busier.low < (now.high - now.low) / 2


IMPATIENT = replace(
    HALF_HOUR, answered=85, answered_within=70, abandoned=12, abandoned_within=6, short_abandons=2,
    wait_seconds=700.0, abandon_seconds=500.0,
)  # fmt: skip


def test_patience_is_the_time_in_line_by_those_who_gave_up() -> None:
    found = what_if(Q, replace(POOL, agents=10), {Q: IMPATIENT}, {Q: IMPATIENT})
    assert found.patience == pytest.approx(1_200 / 12)
    assert "12 did today" in " ".join(found.assumes)
    theory = outcome(Demand(100, 1_800, 180, 100), 11)
    step = next(one for one in found.steps if one.more == 1)
    assert (step.asa, step.abandoned) == (theory.asa, theory.abandoned)
    assert step.service_level == pytest.approx(theory.service_level)


def test_the_service_level_follows_the_formula_in_force() -> None:
    pool = replace(POOL, agents=10)
    theory = outcome(Demand(100, 1_800, 180, 100), 11, 20, 5)
    expected = {
        "answered_in_time_abandons_against": theory.answered_within,
        "answered_in_time_of_answered": theory.answered_within / (1 - theory.abandoned),
        "left_in_time_of_offered": theory.answered_within + theory.abandoned_within,
        "answered_in_time_less_short_abandons": theory.answered_within / (1 - theory.short_abandons),
    }
    for formula, level in expected.items():
        found = ask(IMPATIENT, pool, formula)
        step = next(one for one in found.steps if one.more == 1)
        assert step.service_level == pytest.approx(level, abs=1e-6), formula


def test_queues_that_share_agents_are_one_line() -> None:
    half = replace(
        HALF_HOUR, offered=50, answered=49, answered_within=39, handled=47, wrapped_up=47,
        talk_seconds=47 * 150.0, wrap_up_seconds=47 * 30.0,
    )  # fmt: skip
    both = {Q: half, "Sales": half}
    found = what_if(Q, replace(POOL, queues=frozenset(both)), both, both)
    assert found.line() == "+1 agent: 80 → 89 %"
    assert "2 queues share these agents" in " ".join(found.assumes)


@pytest.mark.parametrize(
    ("counts", "pool", "words"),
    [
        (replace(HALF_HOUR, offered=None), POOL, "not counted"),
        (replace(HALF_HOUR, offered=19), POOL, "Only 19 came"),
        (replace(HALF_HOUR, since=1_300.0), POOL, "Only 8 min"),
        (replace(HALF_HOUR, threshold=None), POOL, "no threshold"),
        (replace(HALF_HOUR, handled=3), POOL, "handle time is unknown"),
        (HALF_HOUR, replace(POOL, agents=0), "Nobody works"),
        (HALF_HOUR, replace(POOL, slots=None), "at once is not known"),
        (HALF_HOUR, replace(POOL, agents=10), "too few gave up"),
        (HALF_HOUR, replace(POOL, agents=25), "does not describe"),
        (replace(HALF_HOUR, answered_within=20), POOL, "does not describe"),
        (replace(HALF_HOUR, answered_within=None), POOL, "Nothing has been measured"),
        (HALF_HOUR, replace(POOL, queues=frozenset({Q, "Other team's"})), "queues too of which nothing is known"),
    ],
)
def test_it_is_silent_where_it_cannot_know(counts: Counts, pool: Pool, words: str) -> None:
    found = ask(counts, pool)
    assert words in found.why_not
    assert (found.now, found.steps, found.line()) == (None, (), "")


def test_nothing_known_of_the_queue_at_all() -> None:
    assert what_if(Q, POOL, {}, {}).why_not


# -- who works for it

CHAT = AgentWork("i", Channel.CHAT, Phase.ACTIVE, Q, 0.0)


def staff(number: int, *queues: str, **changes: object) -> Agent:
    return agent(id=f"a{number}", queues=queues, capacity={"voice": 1, "chat": 3}, **changes)


def test_only_those_at_work_count() -> None:
    people = [
        staff(1, Q),
        staff(2, Q, observed=Availability.NOT_READY),
        staff(3, Q, observed=Availability.NOT_READY, work=(CHAT,)),  # finishes what is in hand
        staff(4, Q, observed=Availability.OFFLINE),
        staff(5, "Sales"),
    ]
    assert pool_of(Q, people) == Pool(frozenset({Q}), 2, False, 3)


def test_queues_joined_by_way_of_others_are_one_pool() -> None:
    people = [staff(1, Q, "Sales"), staff(2, "Sales", "Support"), staff(3, "Night")]
    found = pool_of(Q, people)
    assert (found.queues, found.agents, found.mixed) == (frozenset({Q, "Sales", "Support"}), 2, True)
    assert not pool_of("Night", people).mixed


def test_slots_come_from_the_channel_in_hand_or_from_capacities_that_agree() -> None:
    voice = replace(CHAT, channel=Channel.VOICE)
    assert pool_of(Q, [staff(1, Q, work=(voice,)), staff(2, Q)]).slots == 1
    assert pool_of(Q, [staff(1, Q, work=(CHAT,)), staff(2, Q)]).slots == 3
    assert pool_of(Q, [staff(1, Q, work=(CHAT, voice))]).slots is None
    assert pool_of(Q, [staff(1, Q)]).slots is None  # one call or three chats?
    assert pool_of(Q, [agent(queues=(Q,), capacity={"voice": 1})]).slots == 1
    assert pool_of(Q, [agent(queues=(Q,))]).slots is None


def test_a_queue_nobody_works_for_is_alone() -> None:
    assert pool_of(Q, [staff(1, "Sales")]) == Pool(frozenset({Q}), 0, False, None)
