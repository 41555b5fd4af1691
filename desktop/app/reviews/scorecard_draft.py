"""A scorecard that a reviewer is filling in, as it is kept on disk until the contact centre has it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from desktop.domain.reviews.quality import EvaluationDraft
from desktop.domain.reviews.scorecards import (
    Answer,
    Comment,
    Form,
    Option,
    Question,
    QuestionKind,
    Score,
    Section,
    by_question,
    form_problems,
    score,
)

CARD = "card"


@dataclass(frozen=True, slots=True)
class ScorecardDraft:
    """`sending` is the key under which it was handed in while there is no answer: nothing may be changed then.

    `customer` is the address of the interaction's customer, "" while it is not known; see `words_about.py`.
    """

    interaction_id: str
    agent_id: str
    agent_name: str
    form: Form
    answers: tuple[Answer, ...] = ()
    comment: str = ""
    calibration: str = ""
    release: bool = False
    sending: str = ""
    customer: str = ""

    @property
    def subject(self) -> str:
        """Under what it is kept: one card for each interaction and form, or calibration."""
        return f"{CARD}/{self.calibration or self.form.name}/{self.interaction_id}"

    @property
    def score(self) -> Score:
        """What the answers come to so far."""
        return score(self.form, self.answers)

    def answer(self, question: str) -> Answer:
        """The answer to a question, an empty one where there is none."""
        return next((one for one in self.answers if one.question == question), Answer(question, ""))

    def answered(self, answer: Answer) -> "ScorecardDraft":
        """The card with this answer in place of the one before; an empty one is none.

        Raises:
            ValueError: the question has no such answer.
        """
        by_question(self.form, (answer,))
        given = {one.question: one for one in self.answers} | {answer.question: answer}
        ordered = (given[one.id] for one in self.form.questions if one.id in given)
        return replace(self, answers=tuple(one for one in ordered if one.value or one.comment))

    def draft(self) -> EvaluationDraft:
        """What the contact centre is handed."""
        return EvaluationDraft(
            self.interaction_id,
            self.form,
            tuple(one for one in self.answers if one.value),
            self.comment,
            self.release,
            self.calibration,
        )

    def body(self) -> dict[str, Any]:
        """The card as JSON."""
        return asdict(self)


def card_from(body: Mapping[str, Any]) -> ScorecardDraft:
    """The card that `body` says.

    Raises:
        ValueError: it is not one of ours, or was damaged.
    """
    try:
        form = _form(body["form"])
        answers = tuple(Answer(str(one["question"]), str(one["value"]), str(one["comment"])) for one in body["answers"])
        if form_problems(form):
            raise ValueError("the form cannot be used")
        by_question(form, answers)
        return ScorecardDraft(
            str(body["interaction_id"]),
            str(body["agent_id"]),
            str(body["agent_name"]),
            form,
            answers,
            str(body["comment"]),
            str(body["calibration"]),
            bool(body["release"]),
            str(body["sending"]),
            str(body.get("customer", "")),
        )
    except (LookupError, TypeError) as error:
        raise ValueError("a scorecard on this machine cannot be read") from error


def _form(body: Mapping[str, Any]) -> Form:
    sections = tuple(
        Section(str(one["title"]), tuple(_question(each) for each in one["questions"]), int(one["weight"]))
        for one in body["sections"]
    )
    return Form(str(body["name"]), str(body["title"]), sections, int(body["pass_mark"]))


def _question(body: Mapping[str, Any]) -> Question:
    values = dict(body)
    values["kind"], values["comment"] = QuestionKind(body["kind"]), Comment(body["comment"])
    values["options"] = tuple(Option(**one) for one in body["options"])
    return Question(**values)
