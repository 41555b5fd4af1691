"""Numbers, times and durations in each language; whatever is given, something is written."""

import math
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.words import formats
from desktop.words.catalogue import use
from desktop.words.language import LANGUAGES

MONDAY = date(2026, 11, 23)
JUNE = date(2027, 6, 1)


@pytest.fixture(params=list(LANGUAGES))
def code(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each language in turn is spoken."""
    use(request.param)
    yield request.param
    use("en")


@pytest.mark.parametrize(
    ("value", "spec", "english", "german"),
    [
        (1204, ",.0f", "1,204", "1.204"),
        (1204.5, ",.1f", "1,204.5", "1.204,5"),
        (-1234567, ",", "-1,234,567", "-1.234.567"),
        (0.25, ".2f", "0.25", "0,25"),
        (0.5, "+.2f", "+0.50", "+0,50"),
        (7, "", "7", "7"),
        (None, ",.0f", "—", "—"),
        ("1,5.", ",.0f", "1,5.", "1,5."),
    ],
)
def test_numbers(value: float | str | None, spec: str, english: str, german: str, speak: Callable[[str], None]) -> None:
    assert formats.number(value, spec) == english
    speak("de")
    assert formats.number(value, spec) == german


def test_days(speak: Callable[[str], None]) -> None:
    english = [formats.weekday_and_day(MONDAY), formats.day_of_month(MONDAY), formats.weekday(MONDAY)]
    assert english == ["Mon 23 Nov", "23 Nov", "Mon"]
    assert formats.day_of_month(JUNE, year=True) == "1 Jun 2027"
    speak("de")
    german = [formats.weekday_and_day(MONDAY), formats.day_of_month(MONDAY), formats.weekday(MONDAY)]
    assert german == ["Mo., 23. Nov.", "23. Nov.", "Mo."]
    assert formats.day_of_month(JUNE, year=True) == "1. Juni 2027"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (200, "3 min 20 s"),
        (599, "9 min 59 s"),
        (600, "10 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (7500, "2 h 5 min"),
        (-5, "0 s"),
        (None, "—"),
        (math.nan, "—"),
        (math.inf, "—"),
    ],
)
def test_spans(seconds: float | None, said: str, code: str) -> None:
    assert formats.span(seconds) == said


@pytest.mark.parametrize(("share", "said"), [(0.749, "74 %"), (0.29, "29 %"), (1, "100 %"), (0, "0 %"), (None, "—")])
def test_shares_are_cut(share: float | None, said: str, code: str) -> None:
    assert formats.percent(share) == said


FIGURES = st.one_of(st.none(), st.floats(), st.integers(), st.just(10**400), st.text(max_size=5))


@pytest.mark.parametrize("language", LANGUAGES)
@given(value=FIGURES)
def test_something_is_written_whatever_is_given(language: str, value: float | str | None) -> None:
    use(language)
    try:
        for form in (formats.number, formats.clock, formats.day, formats.span, formats.percent):
            assert form(value) or value == ""
    finally:
        use("en")


@pytest.mark.parametrize("language", LANGUAGES)
@given(value=st.dates())
def test_every_day_is_written(language: str, value: date) -> None:
    use(language)
    try:
        for said in (formats.weekday_and_day(value), formats.day_of_month(value, year=True), formats.weekday(value)):
            assert said and said.isprintable()
    finally:
        use("en")


def test_a_time_outside_of_the_calendar_is_not_known(code: str) -> None:
    for far in (1e300, -1e300, math.inf, math.nan, 10**18, None, "soon"):
        assert formats.clock(far) == formats.day(far) == formats.UNKNOWN
