"""Scores are exact, and follow the rules written down beside them."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.reviews.scorecards import (
    Answer,
    Comment,
    Form,
    Option,
    Question,
    QuestionKind,
    Section,
    allowed,
    form_problems,
    percent,
    score,
    share_of,
)
from desktop.words.catalogue import in_words
from tests.domain.reviews.quality_records import VOICE, answered, answers, forms


def test_a_form_without_section_weights_is_one_weighted_mean() -> None:
    found = score(VOICE, answers(greeting="no", verified="yes", tone="4", solved="partly"))
    # (2·0 + 1·1 + 3·3/4 + 4·1/2) ÷ 10
    assert found.share == Fraction(21, 40)
    assert percent(found.share) == "52.5"
    assert found.sections == (Fraction(1, 3), Fraction(17, 28))
    assert (found.complete, found.passed) == (True, False)


def test_sections_with_weights_are_weighed_by_them() -> None:
    opening, solution = VOICE.sections
    form = replace(VOICE, sections=(replace(opening, weight=1), replace(solution, weight=3)))
    found = score(form, answers(greeting="no", verified="yes", tone="4", solved="partly"))
    assert found.share == (Fraction(1, 3) + 3 * Fraction(17, 28)) / 4


def test_a_lost_critical_question_fails_the_whole() -> None:
    lost = (*answers(greeting="yes", tone="5", solved="full"), Answer("verified", "no", "asked nothing"))
    found = score(VOICE, lost)
    assert (found.share, found.failed, found.passed) == (0, ("verified",), False)
    assert found.before_critical == Fraction(9, 10)


def test_what_does_not_apply_is_left_out() -> None:
    found = score(VOICE, answers(greeting="yes", verified="yes", tone="5", solved="n/a"))
    assert (found.share, found.passed, found.complete) == (1, True, True)


def test_a_required_comment_that_is_missing_keeps_it_from_being_complete() -> None:
    given = answers(greeting="yes", tone="5", solved="full")
    found = score(VOICE, (*given, Answer("verified", "no", "  ")))
    assert (found.uncommented, found.complete) == (("verified",), False)
    assert score(VOICE, (*given, Answer("verified", "no", "no date of birth"))).complete


def test_the_score_runs_along_with_the_answers() -> None:
    found = score(VOICE, answers(greeting="yes"))
    assert (found.share, found.sections) == (1, (1, None))
    assert found.unanswered == ("verified", "tone", "solved")
    assert score(VOICE, ()).share is None


@pytest.mark.parametrize(
    ("worst", "best", "value", "share"), [(1, 5, "2", "1/4"), (5, 1, "2", "3/4"), (0, 1, "1", "1")]
)
def test_a_scale_may_go_either_way(worst: int, best: int, value: str, share: str) -> None:
    question = Question("q", "Q", QuestionKind.SCALE, worst=worst, best=best)
    assert share_of(question, value) == Fraction(share)
    assert allowed(question)[0] == str(worst)


def test_an_unknown_answer_is_refused() -> None:
    for wrong in (Answer("greeting", "maybe"), Answer("nothing", "yes"), Answer("greeting", "n/a")):
        with pytest.raises(ValueError, match=wrong.question):
            score(VOICE, (wrong,))
    with pytest.raises(ValueError, match="twice"):
        score(VOICE, (Answer("greeting", "yes"), Answer("greeting", "yes")))


def test_the_version_follows_the_content_and_nothing_else() -> None:
    assert VOICE.version == replace(VOICE).version
    opening, solution = VOICE.sections
    first, *rest = opening.questions
    other = replace(VOICE, sections=(replace(opening, questions=(replace(first, weight=3), *rest)), solution))
    assert len({VOICE.version, other.version, replace(VOICE, title="Calls"), VOICE.version}) == 3


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (Form("f", "F", ()), "1 to 20 sections"),
        (Form("f", "F", (Section("S", ()),)), "1 to 100 questions"),
        (replace(VOICE, pass_mark=101), "pass_mark"),
        (Form("f", "F", (Section("S", (Question("a", "A"), Question("a", "B"))),)), "twice"),
        (Form("f", "F", (Section("S", (Question("a", " "),)),)), "an id and a text"),
        (Form("f", "F", (Section("S", (Question("a", "A", weight=0),)),)), "weight"),
        (Form("f", "F", (Section("S", (Question("a", "A"),), weight=-1),)), "weight"),
        (Form("f", "F", (Section("S", (Question("a", "A", good="perhaps"),)),)), "yes or no"),
        (Form("f", "F", (Section("S", (Question("a", "A", QuestionKind.SCALE, worst=3, best=3),)),)), "steps"),
        (Form("f", "F", (Section("S", (Question("a", "A", QuestionKind.CHOICE),)),)), "options"),
        (
            Form(
                "f",
                "F",
                (
                    Section(
                        "S",
                        (Question("a", "A", QuestionKind.CHOICE, options=(Option("x", "X", 0), Option("x", "Y", 0))),),
                    ),
                ),
            ),
            "one option has some",
        ),
    ],
)
def test_a_form_that_cannot_be_used_says_why(form: Form, words: str) -> None:
    assert words in " ".join(map(in_words, form_problems(form)))


@given(st.data())
def test_every_form_scores_between_nothing_and_all(data: st.DataObject) -> None:
    form = data.draw(forms())
    given_answers = data.draw(answered(form))
    found = score(form, given_answers)
    assert form_problems(form) == []
    assert found.share is None or 0 <= found.share <= 1
    assert set(found.unanswered) == {answer.question for answer in given_answers if not answer.value}
    if found.failed:
        assert found.share == 0
    best = tuple(
        Answer(q.id, max(allowed(q), key=lambda v: share_of(q, v) or Fraction(-1)), "x") for q in form.questions
    )
    assert score(form, best).share == 1
    assert score(form, best).complete


@given(st.data())
def test_a_better_answer_never_makes_a_worse_score(data: st.DataObject) -> None:
    form = data.draw(forms())
    question = data.draw(st.sampled_from(form.questions))
    others = [a for a in data.draw(answered(form)) if a.question != question.id]
    by_share = [v for v in allowed(question) if v != "n/a"]
    by_share.sort(key=lambda value: share_of(question, value) or Fraction(0))
    shares = [score(form, (*others, Answer(question.id, value))).share for value in by_share]
    assert shares == sorted(shares, key=lambda one: one if one is not None else Fraction(-1))


@given(st.fractions(min_value=-2, max_value=2))
def test_percent_is_rounded_half_up_to_a_tenth(share: Fraction) -> None:
    shown = Fraction(Decimal(percent(share)))
    assert abs(shown - share * 100) <= Fraction(1, 20)


def test_halves_are_rounded_up() -> None:
    assert [percent(Fraction(n, 10_000)) for n in (5, 15, 9_995, 10_000, 0)] == ["0.1", "0.2", "100.0", "100.0", "0.0"]
    assert percent(None) == "—"


def test_a_comment_is_asked_for_when_it_is_wanted() -> None:
    always = Form("f", "F", (Section("S", (Question("a", "A", comment=Comment.ALWAYS, not_applicable=True),)),))
    assert score(always, (Answer("a", "yes"),)).uncommented == ("a",)
    assert score(always, (Answer("a", "n/a"),)).uncommented == ()
