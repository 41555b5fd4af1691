"""Wrap-up codes and the rule of the queue."""

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from desktop.domain.entities.model import WrapUpCode, WrapUpRule
from desktop.domain.entities.words import CodeRule
from desktop.domain.select import codes_for, match_codes, wrap_up_problems
from desktop.domain.state.state import AppState
from desktop.domain.text.sentence import Sentence
from tests.domain.domain_records import interaction

CODES = (
    WrapUpCode("refund", "Refund given", "Money"),
    WrapUpCode("dispute", "Payment dispute", "Money", frozenset({"Billing"})),
    WrapUpCode("sale", "New sale", "Sales", frozenset({"Sales"})),
    WrapUpCode("other", "Rückruf gewünscht", "Other"),
    WrapUpCode("prepaid", "Prepaid", "Other"),
)
STATE = AppState(codes=CODES)


def ids(codes: tuple[WrapUpCode, ...]) -> list[str]:
    return [code.id for code in codes]


def test_a_queue_has_its_own_codes_first_and_never_anothers() -> None:
    assert ids(codes_for(STATE, interaction())) == ["dispute", "refund", "other", "prepaid"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["refund", "dispute", "sale", "other", "prepaid"]),
        ("ref", ["refund"]),
        ("RUCK", ["other"]),
        ("p", ["dispute", "prepaid"]),
        ("pd", ["dispute"]),
        ("pay dis", ["dispute"]),
        ("given refund", ["refund"]),
        ("paid", ["prepaid"]),
        ("zzz", []),
    ],
)
def test_a_code_is_found_by_typing(typed: str, found: list[str]) -> None:
    got = ids(match_codes(CODES, typed))
    assert got == found


@pytest.mark.parametrize(
    ("rule", "codes", "fine"),
    [
        (CodeRule.NONE, (), True),
        (CodeRule.NONE, ("refund",), False),
        (CodeRule.OPTIONAL_ONE, (), True),
        (CodeRule.OPTIONAL_ONE, ("refund",), True),
        (CodeRule.OPTIONAL_ONE, ("refund", "other"), False),
        (CodeRule.ONE, (), False),
        (CodeRule.ONE, ("refund",), True),
        (CodeRule.ONE, ("refund", "other"), False),
        (CodeRule.MANY, (), False),
        (CodeRule.MANY, ("refund",), True),
        (CodeRule.MANY, ("refund", "other"), True),
        (CodeRule.MANY, ("refund", "refund"), False),
        (CodeRule.ONE, ("sale",), False),
        (CodeRule.ONE, ("no such",), False),
    ],
)
def test_how_many_codes_a_queue_wants(rule: CodeRule, codes: tuple[str, ...], fine: bool) -> None:
    item = interaction(wrap_up_rule=WrapUpRule(codes=rule))
    assert (wrap_up_problems(STATE, item, codes, "") == ()) is fine


def test_a_note_may_be_required_and_blanks_are_none() -> None:
    item = interaction(wrap_up_rule=WrapUpRule(note_required=True))
    assert wrap_up_problems(STATE, item, ("refund",), " \n") == (Sentence("wrap_up.note_required"),)
    assert wrap_up_problems(STATE, item, ("refund",), "paid back") == ()


@settings(max_examples=100)
@given(st.text(max_size=20))
def test_whatever_is_typed_finds_codes_of_the_list_once(typed: str) -> None:
    found = match_codes(CODES, typed)
    assert set(found) <= set(CODES)
    assert len(set(found)) == len(found)
    for code in CODES:
        assert match_codes(CODES, code.label)[0] == code
