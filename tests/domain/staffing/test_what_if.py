"""One agent more: by the queue's own pace, under the formula in force, and silent where it cannot know."""

from dataclasses import replace

import pytest

from desktop.domain.entities.counts import Counts, StaffTime
from desktop.domain.entities.floor import AgentDay, AgentWork
from desktop.domain.entities.model import Agent
from desktop.domain.entities.words import Availability, Channel, Phase
from desktop.domain.figures.service_level import FORMULAS
from desktop.domain.staffing.pool import Pool, pool_of
from desktop.domain.staffing.shared_time import SharedTime, one_line, shared_time
from desktop.domain.staffing.staffing import Demand, outcome
from desktop.domain.staffing.what_if import WhatIf, what_if
from desktop.words.catalogue import in_words
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
    assert not found.why_not
    assert in_words(found.line()) == "+1 agent: 80 → 89 %"
    assert in_words(found.line(-1)) == "−1 agent: 80 → 64 %"
    assert in_words(found.line(2)) == "+2 agents: 80 → 94 %"
    assert [step.agents for step in found.steps] == [12, 14, 15, 16]
    assert found.steps[1].asa == pytest.approx(7.8359, abs=1e-4)


def test_it_says_what_it_assumes() -> None:
    assumes = " · ".join(map(in_words, ask().assumes))
    for fact in ("last 30 min", "100 contacts of 180 s", "13 agents", "no one gives up"):
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
    assert "12 did today" in " ".join(map(in_words, found.assumes))
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
    assert in_words(found.line()) == "+1 agent: 80 → 89 %"
    assert "2 queues share these agents" in " ".join(map(in_words, found.assumes))


@pytest.mark.parametrize(
    ("counts", "pool", "words"),
    [
        (replace(HALF_HOUR, offered=None), POOL, "not counted yet"),
        (replace(HALF_HOUR, offered=19), POOL, "only 19 contacts"),
        (replace(HALF_HOUR, since=1_520.0), POOL, "needs more data (5 min"),
        (replace(HALF_HOUR, threshold=None), POOL, "no threshold"),
        (replace(HALF_HOUR, handled=3), POOL, "handle time is unknown"),
        (HALF_HOUR, replace(POOL, agents=0), "no agents"),
        (HALF_HOUR, replace(POOL, slots=None), "at once is unknown"),
        (HALF_HOUR, replace(POOL, agents=10), "too few customers gave up"),
        (HALF_HOUR, replace(POOL, agents=25), "does not fit"),
        (replace(HALF_HOUR, answered_within=20), POOL, "does not fit"),
        (replace(HALF_HOUR, answered_within=None), POOL, "has been measured"),
        (HALF_HOUR, replace(POOL, queues=frozenset({Q, "Other team's"})), "queues that are not shown"),
    ],
)
def test_it_is_silent_where_it_cannot_know(counts: Counts, pool: Pool, words: str) -> None:
    found = ask(counts, pool)
    assert words in in_words(found.why_not)
    assert (found.now, found.steps, in_words(found.line())) == (None, (), "")


def test_nothing_known_of_the_queue_at_all() -> None:
    assert what_if(Q, POOL, {}, {}).why_not


# -- agents who take calls and chats, or several queues: what they were seen to do

MIXED = Pool(frozenset({Q, "Sales"}), 13, True, None)
DAY = AgentDay(0.0, 100, 0, 0, 7_200.0, 900.0, 6_300.0, 5_400.0)
BUSY = replace(HALF_HOUR, staff=StaffTime(30_000.0, 5_400.0, 18_000.0, 17_100.0))
"""13 agents at work on average, who did 95 contacts of 180 to 189 s each."""


def seen(*, per_contact: tuple[float, float] = (180.0, 189.0), counts: Counts = BUSY) -> SharedTime:
    light, heavy = per_contact
    people = [
        agent(id=f"a{k}", queues=(Q,), today=replace(DAY, load=light * 100, engaged=heavy * 100)) for k in range(3)
    ]
    found = shared_time(Q, people, counts)
    assert found is not None
    return found


def test_what_agents_of_several_queues_and_channels_were_seen_to_do() -> None:
    found = seen()
    assert found.agents == pytest.approx(13.0)
    assert (found.light, found.heavy, found.contacts) == (180.0, 189.0, 95)
    assert found.share == 1.0
    half = seen(counts=replace(BUSY, handled=47))
    assert half.share == pytest.approx(47 / 95, abs=0.001)


def test_the_line_goes_by_what_agents_were_seen_to_do() -> None:
    found = what_if(Q, MIXED, {Q: BUSY}, {Q: BUSY}, shared=seen())
    assert not found.why_not
    assert found.now is not None and found.measured is not None and found.now.service_level is not None
    assert found.now.service_level == pytest.approx(found.measured, abs=0.01)
    theory = outcome(Demand(found.now.occupancy * 13, found.handle or 0, found.handle or 1), 14)
    one_more = next(step for step in found.steps if step.more == 1)
    assert one_more.service_level == pytest.approx(theory.service_level, abs=0.001)
    said = " · ".join(map(in_words, found.assumes))
    for fact in ("last 30 min", "95 contacts of all queues", "13.0 agents", "100 % of their contacts"):
        assert fact in said


def test_an_agent_more_gives_a_queue_the_share_that_the_others_give_it() -> None:
    whole, half = (
        what_if(Q, MIXED, {Q: counts}, {Q: counts}, shared=seen(counts=counts))
        for counts in (BUSY, replace(BUSY, handled=47, wrapped_up=47))
    )
    gains = []
    for found in (whole, half):
        assert found.now is not None and found.now.service_level is not None
        step = next(one for one in found.steps if one.more == 1)
        gains.append((step.service_level or 0.0) - found.now.service_level)
    assert 0 < gains[1] < gains[0] * 0.7


def test_a_level_that_no_effort_explains_is_doubted() -> None:
    idle = replace(BUSY, answered_within=20, staff=StaffTime(30_000.0, 30_000.0, 18_000.0, 17_100.0))
    found = what_if(Q, MIXED, {Q: idle}, {Q: idle}, shared=seen(counts=idle))
    assert "does not fit" in in_words(found.why_not) and found.steps == ()


def test_who_could_say_it_a_moment_ago_falls_silent_later_than_another_begins() -> None:
    doubted = [
        [
            bool(what_if(Q, POOL, {Q: counts}, {Q: counts}, spoke=spoke).steps)
            for counts in (replace(HALF_HOUR, answered_within=count) for count in range(20, 78))
        ]
        for spoke in (False, True)
    ]
    assert sum(doubted[0]) < sum(doubted[1])
    assert all(later for first, later in zip(*doubted, strict=True) if first)


@pytest.mark.parametrize(
    "counts",
    [
        replace(BUSY, staff=None),
        replace(BUSY, staff=StaffTime(0.0, 0.0, 0.0, 0.0)),
        replace(BUSY, staff=StaffTime(-1.0, -1.0, -1.0, -1.0)),
        replace(BUSY, until=BUSY.since),
    ],
)
def test_nothing_seen_of_the_agents(counts: Counts) -> None:
    assert shared_time(Q, [agent(id="a", queues=(Q,), today=DAY)], counts) is None


def test_agents_of_other_teams_are_known_by_the_queue_s_own_contacts() -> None:
    found = shared_time(Q, [], BUSY)
    assert found is not None and (found.light, found.heavy) == (180.0, 180.0)
    assert shared_time(Q, [], replace(BUSY, handled=3)) is None


@pytest.mark.parametrize("strange", [-5.0, 0.0, 1e-300, 1e300, float("inf"), float("nan")])
def test_strange_figures_of_a_centre_raise_nothing(strange: float) -> None:
    for name in ("signed_in", "idle", "engaged", "load"):
        staff = replace(BUSY.staff or StaffTime(1, 1, 1, 1), **{name: strange})
        for day in (DAY, replace(DAY, load=strange), replace(DAY, engaged=strange)):
            counts = replace(BUSY, staff=staff)
            shared = shared_time(Q, [agent(id="a", queues=(Q,), today=day)], counts)
            assert what_if(Q, MIXED, {Q: counts}, {Q: counts}, shared=shared).queue == Q


def test_nothing_is_measured_where_the_pool_is_one_line() -> None:
    calls_only = [agent(id=f"a{k}", queues=(Q,), capacity={"voice": 1}) for k in range(3)]
    pool = pool_of(Q, calls_only)
    assert one_line(pool, calls_only, 3) and one_line(pool, calls_only, None)
    assert not one_line(pool, calls_only, 4)  # somebody of another team works for it too
    both = [staff(k, Q) for k in range(3)]
    assert not one_line(pool_of(Q, both), both, 3)
    talking = [staff(k, Q, work=(replace(CHAT, channel=Channel.VOICE),)) for k in range(3)]
    assert not one_line(pool_of(Q, talking), talking, 3)  # or it would come and go with each chat
    some = [*calls_only, agent(id="b", queues=(Q, "Sales"), capacity={"voice": 1})]
    assert not one_line(pool_of(Q, some), some, 4)


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
