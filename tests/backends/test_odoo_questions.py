"""What is asked of Odoo is a JSON list in which text is only ever a value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.backends.odoo.connection import external_id, record_id
from desktop.backends.odoo.numbers import international, national
from desktop.backends.odoo.questions import by_email, by_phone, by_text, fragment
from desktop.backends.wire.html_text import clean

FIELDS = frozenset({"phone", "phone_sanitized", "phone_mobile_search", "email_normalized", "ref"})
OPERATORS = {"=", "ilike", "=ilike", "=like"}


def terms(domain: list[object]) -> list[list[str]]:
    """The conditions of a domain in prefix notation; the test fails when it is not whole."""
    needed, found = 1, []
    for one in domain:
        if one in ("|", "&"):
            needed += 1
        else:
            needed -= 1
            found.append(one)
    assert needed == 0, domain
    return found  # type: ignore[return-value]


@given(st.text(max_size=300))
def test_any_text_makes_a_whole_question(text: str) -> None:
    domain = by_text(text, FIELDS)
    for field, operator, value in terms(domain) if domain is not None else []:
        assert field in {"complete_name", "email", "ref", "phone_mobile_search"}
        assert operator in OPERATORS and isinstance(value, str) and value.strip()
        assert len(value) >= 3 or field != "phone_mobile_search", "Odoo refuses shorter ones"
    assert domain is not None or not clean(text[:200]).split()


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("7946 0958", "79460958"),
        ("+44 (0)20", "+44020"),
        ("(030) 90-18.20", "030901820"),
        ("12", ""),
        ("12a4", ""),
        ("", ""),
        ("---", ""),
        ("٣٤٥٦", ""),
    ],
)
def test_a_piece_of_a_number_is_told_from_a_word(text: str, digits: str) -> None:
    assert fragment(text) == digits


def test_a_number_is_asked_for_in_each_way_that_odoo_keeps_it() -> None:
    assert terms(by_phone("+4930901820", "", FIELDS)) == [
        ["phone_sanitized", "=", "+4930901820"],
        ["phone_mobile_search", "=", "+4930901820"],
    ]
    assert ["phone_mobile_search", "=", "030901820"] in terms(by_phone("+4930901820", "DE", FIELDS))
    assert len(terms(by_phone("+4930901820", "FR", FIELDS))) == 2
    assert terms(by_phone("+4930901820", "DE", frozenset({"phone", "mobile"}))) == [
        ["phone", "=like", "%0%9%0%1%8%2%0%"],
        ["mobile", "=like", "%0%9%0%1%8%2%0%"],
    ]
    assert terms(by_email("a_b%@x.org", frozenset())) == [["email", "=ilike", r"%a\_b\%@x.org%"]]


@pytest.mark.parametrize(
    ("number", "region", "canonical"),
    [
        ("+49 30 901820", "", "+4930901820"),
        ("0049 (30) 901820", "", "+4930901820"),
        ("030 901820", "DE", "+4930901820"),
        ("030 901820", "", ""),
        ("+49 30 901820 ext. 7", "", "+4930901820"),
        ("no number", "DE", ""),
        ("+", "", ""),
        ("1" * 61, "DE", ""),
    ],
)
def test_one_number_has_one_form(number: str, region: str, canonical: str) -> None:
    assert international(number, region) == canonical


def test_at_home_a_number_is_dialled_shorter() -> None:
    assert national("+4930901820", "DE") == "030901820"
    assert national("+4930901820", "FR") == national("+4930901820", "") == national("x", "DE") == ""


@pytest.mark.parametrize("text", ["", "0", "01", "-1", "1.0", "1e3", " 1", "١", "2147483648", "9" * 40, "1/2", "../1"])
def test_what_is_no_id_is_never_asked_for(text: str) -> None:
    assert record_id(text) is None


@given(st.text())
def test_any_key_makes_an_external_id(key: str) -> None:
    module, _, name = external_id("task", key).partition(".")
    assert module == "agent_desktop" and name.isascii() and name.isidentifier() and len(name) < 60
