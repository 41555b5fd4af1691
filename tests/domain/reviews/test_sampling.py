"""Samples are fair, repeat with their seed, and never ask twice for the same."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.reviews.sampling import SampleRule, sample
from tests.domain.reviews.quality_records import past

RULE = SampleRule(per_agent=2)
AGENTS = ("ana", "ben", "eve")


@given(
    st.dictionaries(st.sampled_from(AGENTS), st.integers(0, 6)),
    st.integers(0, 4),
    st.sets(st.integers(0, 5)),
    st.text(),
)
def test_each_agent_has_the_same_number_or_all_there_is(
    sizes: dict[str, int], per_agent: int, done_numbers: set[int], seed: str
) -> None:
    week = [past(n, agent) for agent, size in sizes.items() for n in range(size)]
    done = {one.id for one in week if int(one.id.rsplit("-", 1)[1]) in done_numbers}
    drawn = sample(week, SampleRule(per_agent), seed=seed, done=done)
    assert not {one.id for one in drawn} & done
    assert len({one.id for one in drawn}) == len(drawn)
    for agent, size in sizes.items():
        finished = sum(1 for one in week if one.agent_id == agent and one.id in done)
        wanted = max(0, min(per_agent, size) - finished)
        assert sum(one.agent_id == agent for one in drawn) == min(wanted, size - finished)
    assert drawn == sample(reversed(week), SampleRule(per_agent), seed=seed, done=done)


def test_what_was_drawn_stays_drawn_while_it_is_worked_off() -> None:
    week = [past(n, agent) for agent in AGENTS for n in range(20)]
    first = sample(week, RULE, seed="voice|2026-W47")
    done = {first[0].id}
    assert sample(week, RULE, seed="voice|2026-W47", done=done) == first[1:]


def test_every_interaction_has_the_same_chance() -> None:
    week = [past(n) for n in range(10)]
    drawn = Counter(one.id for seed in range(4_000) for one in sample(week, RULE, seed=str(seed)))
    # 800 each are expected; the sum of squares over them is chi-squared with about 9 degrees: 40 is beyond 1 in 10^5.
    assert sum((drawn[one.id] - 800) ** 2 / 800 for one in week) < 40


def test_only_what_the_rule_takes() -> None:
    rule = SampleRule(9, queues=("Billing",), channels=("voice",), min_talk_seconds=60)
    fitting = past(1, talk_seconds=30.0, hold_seconds=30.0)
    others = (
        past(2, queue="Sales"),
        past(3, channel="chat"),
        past(4, talk_seconds=59.0),
        past(5, answered_at=None),
        past(6, agent=""),
    )
    assert sample((fitting, *others), rule, seed="") == (fitting,)


def test_what_was_looked_at_without_being_drawn_counts_too() -> None:
    short = past(1, talk_seconds=1.0)
    week = [short, *(past(n) for n in range(2, 9))]
    assert len(sample(week, SampleRule(2, min_talk_seconds=60), seed="", done={short.id})) == 1
