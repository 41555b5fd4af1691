"""How far two reviewers agree: by question, in percent, by Cohen's kappa, and in points of the score.

Kappa after J. Cohen, A coefficient of agreement for nominal scales, Educational and Psychological Measurement 20,
1960, 37-46: (observed - expected) / (1 - expected), where `expected` is the agreement of two who answer by chance,
each as often as they did.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from desktop.domain.reviews.quality import Calibration
from desktop.domain.reviews.scorecards import Question, by_question, share_of


@dataclass(frozen=True, slots=True)
class QuestionAgreement:
    """What two reviewers answered to one question; "" where one of them gave no answer."""

    question: Question
    first: str
    second: str

    @property
    def same(self) -> bool:
        """Whether both gave the same answer."""
        return self.first == self.second


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far they agree on one interaction.

    `kappa` counts each answer as full, partly, lost or not applicable, since questions have different answers; it is
    None where it is not defined: both gave one and the same of these throughout. `difference` is the first reviewer's
    score minus the second's, as a share of 1.
    """

    questions: tuple[QuestionAgreement, ...]
    kappa: Fraction | None
    difference: Fraction | None

    @property
    def agreed(self) -> int:
        """Questions with the same answer."""
        return sum(one.same for one in self.questions)

    @property
    def share(self) -> Fraction:
        """The share of questions with the same answer, of 1."""
        return Fraction(self.agreed, len(self.questions))


@dataclass(frozen=True, slots=True)
class QuestionRecord:
    """How far reviewers agreed on one question over several calibrations; `kappa` over its own answers."""

    question: Question
    pairs: int
    agreed: int
    kappa: Fraction | None


def cohens_kappa(pairs: Sequence[tuple[str, str]]) -> Fraction | None:
    """Cohen's kappa of pairs of answers, -1 to 1; None without pairs, or where chance alone would always agree."""
    n = len(pairs)
    if not n:
        return None
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    observed = Fraction(sum(a == b for a, b in pairs), n)
    expected = Fraction(sum(times * second[answer] for answer, times in first.items()), n * n)
    return None if expected == 1 else (observed - expected) / (1 - expected)


def agreement(calibration: Calibration) -> Agreement:
    """How far the two reviewers agree, the first one being the one named first.

    Raises:
        ValueError: not both are in, or the answers do not fit the form.
    """
    by_reviewer = {one.reviewer_id: one for one in calibration.evaluations}
    if calibration.open or len(calibration.reviewers) != 2 or set(by_reviewer) != set(calibration.reviewers):
        raise ValueError("both reviewers' answers are needed")
    first, second = (by_reviewer[reviewer] for reviewer in calibration.reviewers)
    ours, theirs = by_question(calibration.form, first.answers), by_question(calibration.form, second.answers)
    questions = tuple(
        QuestionAgreement(
            question,
            ours[question.id].value if question.id in ours else "",
            theirs[question.id].value if question.id in theirs else "",
        )
        for question in calibration.form.questions
    )
    kappa = cohens_kappa([(_grade(one.question, one.first), _grade(one.question, one.second)) for one in questions])
    a, b = first.score.share, second.score.share
    return Agreement(questions, kappa, None if a is None or b is None else a - b)


def by_questions(calibrations: Sequence[Calibration]) -> Mapping[str, QuestionRecord]:
    """How far reviewers agreed on each question, over all finished calibrations of one version of a form.

    Raises:
        ValueError: they are of different versions.
    """
    done = [one for one in calibrations if not one.open]
    if len({one.form.version for one in done}) > 1:
        raise ValueError("only calibrations with the same form can be added up")
    pairs: dict[str, list[tuple[str, str]]] = {}
    questions: dict[str, Question] = {}
    for one in done:
        for found in agreement(one).questions:
            questions[found.question.id] = found.question
            pairs.setdefault(found.question.id, []).append((found.first, found.second))
    return {
        name: QuestionRecord(questions[name], len(given), sum(a == b for a, b in given), cohens_kappa(given))
        for name, given in pairs.items()
    }


def _grade(question: Question, value: str) -> str:
    if not value:
        return "unanswered"
    share = share_of(question, value)
    if share is None:
        return "not applicable"
    return "full" if share == 1 else "lost" if share == 0 else "partly"
