"""Whether two telephone numbers are the same one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.ports.phone_numbers import e164


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("+442079460991", ""),
        ("+44 (0)20 7946 0991", ""),
        ("020 7946 0991", "GB"),
        ("020-7946-0991", "gb"),
        ("0044 20 7946 0991", "GB"),
        ("+44 20 7946 0991 ext. 12", ""),
    ],
)
def test_one_number_written_in_several_ways(written: str, region: str) -> None:
    assert e164(written, region) == "+442079460991"


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("020 7946 0991", ""),  # where is that?
        ("+44123", ""),  # too short to be anybody's
        ("+4420794609911234567", ""),  # too long
        ("+999123456789", ""),
        ("12", "GB"),
        ("anonymous", "GB"),
        ("", "GB"),
        ("+44" + "0" * 100_000, ""),
        ("+49000000", ""),  # each zero read would make it another number
        ("+4900012345", ""),
    ],
)
def test_what_is_no_number(written: str, region: str) -> None:
    assert e164(written, region) == ""


@given(st.text(max_size=80), st.sampled_from(["", "GB", "DE", "us", "no country"]))
def test_whatever_is_written_the_answer_is_a_number_or_nothing(written: str, region: str) -> None:
    number = e164(written, region)
    assert not number or (number.startswith("+") and number[1:].isdecimal())
    assert e164(number) in {number, ""}
