"""Service level by every vendor's formula: the published worked example, and what must hold between formulas."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.entities.counts import Counts
from desktop.domain.figures.ratio import COUNTED, counted
from desktop.domain.figures.service_level import FORMULAS, compare
from desktop.words.figures import arithmetic, arithmetic_of, known_as
from tests.domain.figures.count_strategies import counts

WORKED = Counts(
    since=0.0,
    until=1_800.0,
    threshold=20.0,
    short_abandon_seconds=5.0,
    offered=1_000,
    answered=880,
    answered_within=700,
    abandoned=100,
    abandoned_within=50,
    short_abandons=30,
    callbacks=15,
    callbacks_within=5,
    flow_outs=5,
    flow_outs_within=0,
)
"""1,000 contacts, 20 s: 700 answered in time, 180 later; 30 abandoned within 5 s, 20 within 20 s, 50 later; a callback
asked for by 5 in time and 10 later; 5 moved elsewhere later."""

ROWS = {
    "Vonage": 70.00,
    "Genesys with flow-outs": 71.07,
    "Genesys": 71.43,
    "Vonage without breakouts": 71.43,
    "UCCE abandons count against": 71.43,
    "Talkdesk contacts": 72.16,
    "Genesys without short abandons": 73.68,
    "CxEngage": 73.68,
    "UCCE abandons ignored": 75.27,
    "Amazon Connect": 75.50,
    "Asterisk SL2": 76.53,
    "UCCE abandons count for": 76.53,
    "Asterisk SL": 79.55,
    "Wazo": 79.55,
    "Twilio Flex": 79.55,
    "Genesys without abandons": 79.55,
}

NOT_HIGHER = [
    ("answered_in_time_of_all", "answered_in_time_flow_outs_against"),
    ("answered_in_time_flow_outs_against", "answered_in_time_abandons_against"),
    ("answered_in_time_abandons_against", "answered_in_time_less_short_abandons"),
    ("answered_in_time_abandons_against", "answered_in_time_abandons_ignored"),
    ("answered_in_time_of_offered_less_short", "answered_in_time_less_short_abandons"),
    ("answered_in_time_of_offered_less_quick", "answered_in_time_abandons_ignored"),
    ("answered_in_time_of_offered_less_quick", "left_in_time_of_offered"),
    ("answered_in_time_abandons_ignored", "answered_in_time_abandons_for"),
    ("answered_in_time_abandons_ignored", "answered_in_time_of_answered"),
]
"""For the same counts the first of each pair never says more than the second."""


@pytest.mark.parametrize(("vendor", "percent"), ROWS.items(), ids=list(ROWS))
def test_each_row_of_the_worked_example_comes_out(vendor: str, percent: float) -> None:
    (row,) = [row for row in compare(WORKED) if vendor in known_as(row.formula)]
    assert row.value is not None
    assert round(row.value * 100, 2) == percent


def test_the_compare_view_has_every_vendor_of_the_worked_example_and_no_other() -> None:
    assert {vendor for row in compare(WORKED) for vendor in known_as(row.formula)} == set(ROWS)
    assert list(FORMULAS) == [row.formula.id for row in compare(WORKED)]


def test_the_arithmetic_is_told_in_words_and_in_numbers() -> None:
    row = next(row for row in compare(WORKED) if row.formula.id == "answered_in_time_of_offered_less_short")
    assert arithmetic(row.formula.ratio) == "answered in time ÷ (offered − short abandons)"
    assert arithmetic_of(row.formula.ratio, WORKED) == "700 ÷ (1000 − 30)"


@pytest.mark.parametrize("formula", FORMULAS.values(), ids=list(FORMULAS))
def test_without_a_count_it_needs_a_formula_says_nothing(formula) -> None:
    for name in COUNTED:
        if "." in name:
            continue
        poorer = replace(WORKED, **{name: None})
        assert (formula.value(poorer) is None) == (name in formula.ratio.needs), name
        assert (arithmetic_of(formula.ratio, poorer) == "") == (name in formula.ratio.needs), name


@given(counts())
def test_a_service_level_lies_between_nothing_and_all(some: Counts) -> None:
    for row in compare(some):
        assert row.value is None or 0.0 <= row.value <= 1.0


@given(counts())
def test_formulas_that_forgive_more_never_say_less(some: Counts) -> None:
    values = {row.formula.id: row.value for row in compare(some)}
    for stricter, milder in NOT_HIGHER:
        low, high = values[stricter], values[milder]
        assert low is None or high is None or low <= high + 1e-12, (stricter, milder)


@given(counts())
def test_one_more_answered_in_time_never_lowers_it_and_one_more_answered_late_never_raises_it(some: Counts) -> None:
    assert some.offered is not None and some.answered is not None and some.answered_within is not None
    more = replace(some, offered=some.offered + 1, answered=some.answered + 1)
    soon = replace(more, answered_within=some.answered_within + 1)
    for before, late, in_time in zip(compare(some), compare(more), compare(soon), strict=True):
        if before.value is not None and late.value is not None and in_time.value is not None:
            assert late.value <= before.value + 1e-12 and in_time.value >= before.value - 1e-12, before.formula.id


@given(counts(), st.sampled_from(sorted(name for name in COUNTED if "." not in name)), st.integers(-5, -1))
def test_counts_that_make_no_sense_have_no_figure(some: Counts, name: str, nonsense: int) -> None:
    broken = replace(some, **{name: nonsense})
    assert counted(broken, name) is None
    assert all(row.value is None for row in compare(broken) if name in row.formula.ratio.needs)


@given(counts())
def test_more_in_time_than_there_were_is_no_service_level(some: Counts) -> None:
    assert some.answered is not None and some.offered is not None
    absurd = replace(some, answered_within=some.offered + some.answered + 1_000)
    assert all(row.value is None for row in compare(absurd))
