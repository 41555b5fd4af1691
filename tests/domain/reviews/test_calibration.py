"""Agreement of two reviewers, against published figures."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.reviews.calibration import agreement, by_questions, cohens_kappa
from tests.domain.reviews.quality_records import VOICE, answers, calibration


def pairs(yes_yes: int, yes_no: int, no_yes: int, no_no: int) -> list[tuple[str, str]]:
    return [("yes", "yes")] * yes_yes + [("yes", "no")] * yes_no + [("no", "yes")] * no_yes + [("no", "no")] * no_no


@pytest.mark.parametrize(
    ("table", "kappa"),
    [
        ((20, 5, 10, 15), Fraction(2, 5)),  # the grants example of the encyclopaedias
        ((45, 15, 25, 15), Fraction(3, 23)),  # the same observed agreement of 60 %, other margins
        ((25, 35, 5, 35), Fraction(7, 27)),
        ((50, 0, 0, 50), Fraction(1)),
        ((0, 50, 50, 0), Fraction(-1)),
        ((25, 25, 25, 25), Fraction(0)),
    ],
)
def test_kappa_of_published_tables(table: tuple[int, int, int, int], kappa: Fraction) -> None:
    assert cohens_kappa(pairs(*table)) == kappa


def test_kappa_is_not_defined_where_chance_alone_agrees() -> None:
    assert cohens_kappa([("yes", "yes")] * 5) is None
    assert cohens_kappa([]) is None


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1))
def test_kappa_is_symmetric_and_bounded(found: list[tuple[str, str]]) -> None:
    kappa = cohens_kappa(found)
    assert kappa == cohens_kappa([(b, a) for a, b in found])
    assert kappa is None or -1 <= kappa <= 1


def test_agreement_by_question_in_percent_and_in_points() -> None:
    found = agreement(
        calibration(
            answers(greeting="yes", verified="yes", tone="5", solved="partly"),
            answers(greeting="no", verified="yes", tone="4", solved="partly"),
        )
    )
    assert [one.same for one in found.questions] == [False, True, False, True]
    assert (found.agreed, found.share) == (2, Fraction(1, 2))
    assert found.difference == Fraction(8, 10) - Fraction(21, 40)
    # full full full partly against lost full partly partly: observed 1/2, expected (3·1 + 1·2) ÷ 16
    assert found.kappa == (Fraction(1, 2) - Fraction(5, 16)) / (1 - Fraction(5, 16))


def test_one_reviewer_alone_is_compared_with_nobody() -> None:
    both = calibration(answers(greeting="yes"), answers(greeting="no"))
    for blind in (replace(both, submitted=("ines",)), replace(both, evaluations=both.evaluations[:1])):
        with pytest.raises(ValueError, match="both"):
            agreement(blind)


def test_questions_are_added_up_over_calibrations_of_one_version() -> None:
    full = answers(greeting="yes", verified="yes", tone="5", solved="full")
    one = calibration(full, full)
    two = calibration(full, answers(greeting="no", verified="yes", tone="5", solved="full"))
    three = calibration(
        answers(greeting="no", verified="yes", tone="5", solved="full"),
        answers(greeting="no", verified="yes", tone="5", solved="full"),
    )
    found = by_questions([one, two, three, replace(one, submitted=())])
    assert (found["greeting"].pairs, found["greeting"].agreed) == (3, 2)
    assert found["greeting"].kappa == Fraction(2, 5)
    assert found["tone"].kappa is None
    with pytest.raises(ValueError, match="same form"):
        by_questions([one, calibration(full, full, form=replace(VOICE, title="Another"))])
