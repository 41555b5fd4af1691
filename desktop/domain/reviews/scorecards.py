"""Forms to judge an interaction by, and what an answered form comes to. Exact: shares are fractions, never floats.

A question's share lies from 0 (lost) to 1 (full):

- yes or no: 1 for the good answer, else 0;
- scale: the steps from `worst` divided by the steps from `worst` to `best`;
- choice: the option's points divided by the most points of an option.

A section's share is the mean of its questions' shares, weighted by the questions' weights; what does not apply is left
out. The form's share is the mean of its sections' shares, weighted by the sections' weights; a section without a
weight weighs as much as its questions that count, so that a form without section weights is one weighted mean of all
its questions. A critical question whose share is 0 fails the whole: the form's share is 0, whatever else was answered.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from fractions import Fraction

from desktop.domain.text.sentence import Sentence

NOT_APPLICABLE = "n/a"
YES, NO = "yes", "no"
HEAVIEST = 1_000
LONGEST_SCALE = 10
"""Steps a scale may have: one key answers each."""
MOST_OPTIONS, MOST_QUESTIONS, MOST_SECTIONS = 9, 100, 20
LONGEST_COMMENT = 4_000


class QuestionKind(StrEnum):
    """How a question is answered."""

    YES_NO = "yes_no"
    SCALE = "scale"
    CHOICE = "choice"


class Comment(StrEnum):
    """When an answer needs a comment."""

    OPTIONAL = "optional"
    WHEN_LOST = "when_lost"  # whenever the share is below 1
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice."""

    id: str
    text: str
    points: int


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `good` is the good answer of a yes or no; `worst` and `best` are the ends of a scale."""

    id: str
    text: str
    kind: QuestionKind = QuestionKind.YES_NO
    weight: int = 1
    good: str = YES
    worst: int = 1
    best: int = 5
    options: tuple[Option, ...] = ()
    not_applicable: bool = False
    critical: bool = False
    comment: Comment = Comment.OPTIONAL
    help: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Questions that belong together. `weight` 0: it weighs as much as its questions that count."""

    title: str
    questions: tuple[Question, ...]
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Form:
    """A form. `pass_mark` is in percent, 0 to 100; 0: nothing is said of passing."""

    name: str
    title: str
    sections: tuple[Section, ...]
    pass_mark: int = 0

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions, in their order."""
        return tuple(question for section in self.sections for question in section.questions)

    @property
    def version(self) -> str:
        """Twelve hex digits of the SHA-256 of all that the form says: another word makes another version."""
        body = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(body.encode("ascii")).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question: `yes`, `no`, a number of the scale, an option's id, `n/a`; "" not answered yet."""

    question: str
    value: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """What answers come to. Shares are of 1; None where nothing counts (nothing answered, or nothing applies)."""

    share: Fraction | None
    before_critical: Fraction | None  # what it would be without critical questions
    sections: tuple[Fraction | None, ...]
    failed: tuple[str, ...]  # critical questions that fail the whole
    unanswered: tuple[str, ...]
    uncommented: tuple[str, ...]  # questions whose answers need a comment and have none
    passed: bool | None  # None where the form has no mark, or nothing counts

    @property
    def complete(self) -> bool:
        """Whether it may be submitted."""
        return not self.unanswered and not self.uncommented


def percent(share: Fraction | None) -> str:
    """A share as percent with one decimal, halves rounded up: `87.5`; "—" for None."""
    if share is None:
        return "—"
    tenths = (share * 1_000 + Fraction(1, 2)).__floor__()
    return f"{tenths // 10}.{tenths % 10}" if tenths >= 0 else f"-{percent(-share)}"


def allowed(question: Question) -> tuple[str, ...]:
    """Every value that answers a question, in the order of the keys that give it; `n/a`, where it may be, last."""
    match question.kind:
        case QuestionKind.YES_NO:
            values: tuple[str, ...] = (YES, NO)
        case QuestionKind.SCALE:
            step = 1 if question.best >= question.worst else -1
            values = tuple(str(number) for number in range(question.worst, question.best + step, step))
        case QuestionKind.CHOICE:
            values = tuple(option.id for option in question.options)
    return (*values, NOT_APPLICABLE) if question.not_applicable else values


def share_of(question: Question, value: str) -> Fraction | None:
    """The share of an answer; None where the question does not apply.

    Raises:
        ValueError: the question has no such answer.
    """
    if value not in allowed(question):
        raise ValueError(f"{question.id}: there is no answer {value!r}")
    if value == NOT_APPLICABLE:
        return None
    match question.kind:
        case QuestionKind.YES_NO:
            return Fraction(value == question.good)
        case QuestionKind.SCALE:
            return Fraction(int(value) - question.worst, question.best - question.worst)
        case QuestionKind.CHOICE:
            points = {option.id: option.points for option in question.options}
            return Fraction(points[value], max(points.values()))


def needs_comment(question: Question, value: str) -> bool:
    """Whether this answer needs a comment. One that is not given yet, or does not apply, needs none."""
    if question.comment is Comment.OPTIONAL or value in ("", NOT_APPLICABLE):
        return False
    return question.comment is Comment.ALWAYS or share_of(question, value) != 1


def score(form: Form, answers: Sequence[Answer]) -> Score:
    """What the answers come to; while some are missing, what those that are there come to.

    Raises:
        ValueError: an answer that the form does not have, or two to one question.
    """
    given = by_question(form, answers)
    sections: list[Fraction | None] = []
    total, weights = Fraction(0), 0
    failed, unanswered, uncommented = [], [], []
    for section in form.sections:
        points, weight = Fraction(0), 0
        for question in section.questions:
            answer = given.get(question.id)
            if answer is None or not answer.value:
                unanswered.append(question.id)
                continue
            if needs_comment(question, answer.value) and not answer.comment.strip():
                uncommented.append(question.id)
            share = share_of(question, answer.value)
            if share is None:
                continue
            if question.critical and share == 0:
                failed.append(question.id)
            points += share * question.weight
            weight += question.weight
        sections.append(points / weight if weight else None)
        if weight:
            heavy = section.weight or weight
            total += points / weight * heavy
            weights += heavy
    mean = total / weights if weights else None
    share = Fraction(0) if failed else mean
    passed = None if share is None or not form.pass_mark else not failed and share * 100 >= form.pass_mark
    return Score(share, mean, tuple(sections), tuple(failed), tuple(unanswered), tuple(uncommented), passed)


def by_question(form: Form, answers: Sequence[Answer]) -> Mapping[str, Answer]:
    """The answers by their questions.

    Raises:
        ValueError: an answer to a question that the form does not have, or a second one to the same.
    """
    questions = {question.id: question for question in form.questions}
    found: dict[str, Answer] = {}
    for answer in answers:
        question = questions.get(answer.question)
        if question is None or answer.question in found:
            raise ValueError(f"{answer.question}: no such question, or answered twice")
        if answer.value and answer.value not in allowed(question):
            raise ValueError(f"{answer.question}: there is no answer {answer.value!r}")
        found[answer.question] = answer
    return found


def form_problems(form: Form) -> list[Sentence]:
    """Everything that keeps a form from being used; empty when nothing does."""
    found = []
    if not 1 <= len(form.sections) <= MOST_SECTIONS:
        found.append(Sentence("form.sections", most=MOST_SECTIONS))
    if not 1 <= len(form.questions) <= MOST_QUESTIONS:
        found.append(Sentence("form.questions", most=MOST_QUESTIONS))
    if not 0 <= form.pass_mark <= 100:
        found.append(Sentence("form.pass_mark"))
    ids = [question.id for question in form.questions]
    twice = sorted({one for one in ids if ids.count(one) > 1})
    found += [Sentence("form.question_twice", question=one) for one in twice]
    for section in form.sections:
        if not 0 <= section.weight <= HEAVIEST:
            found.append(Sentence("form.section_weight", section=section.title, most=HEAVIEST))
    for question in form.questions:
        found += [Sentence("form.question", question=question.id, why=why) for why in _question_problems(question)]
    return found


def _question_problems(question: Question) -> list[Sentence]:
    found = []
    if not question.id or not question.text.strip():
        found.append(Sentence("form.id_and_text"))
    if not 1 <= question.weight <= HEAVIEST:
        found.append(Sentence("form.question_weight", most=HEAVIEST))
    match question.kind:
        case QuestionKind.YES_NO:
            if question.good not in (YES, NO):
                found.append(Sentence("form.good"))
        case QuestionKind.SCALE:
            if not 1 <= abs(question.best - question.worst) < LONGEST_SCALE:
                found.append(Sentence("form.scale", most=LONGEST_SCALE))
        case QuestionKind.CHOICE:
            ids = [option.id for option in question.options]
            if not 2 <= len(ids) <= MOST_OPTIONS:
                found.append(Sentence("form.options", most=MOST_OPTIONS))
            if len(set(ids)) != len(ids) or not all(ids) or NOT_APPLICABLE in ids:
                found.append(Sentence("form.option_ids", not_applicable=NOT_APPLICABLE))
            if any(option.points < 0 for option in question.options) or not any(o.points for o in question.options):
                found.append(Sentence("form.points"))
    return found
