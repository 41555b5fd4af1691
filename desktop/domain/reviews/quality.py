"""Judged interactions, two judgements of one interaction held together, and what a supervisor writes to an agent."""

from dataclasses import dataclass

from desktop.domain.entities.instant import Instant
from desktop.domain.reviews.scorecards import Answer, Form, Score, score

LONGEST_TEXT = 4_000
"""Characters of a coaching note, of an answer to one, of a comment on a whole evaluation."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One interaction judged by one reviewer, with the very form it was made with.

    `calibration` is the calibration it is part of, "" for none; such a one is never shown to the agent.
    `released_at`: since when the agent may read it; `read_at`: when they did.
    """

    id: str
    version: int
    interaction_id: str
    channel: str
    queue: str
    ended_at: Instant
    agent_id: str
    agent_name: str
    reviewer_id: str
    reviewer_name: str
    form: Form
    answers: tuple[Answer, ...]
    at: Instant
    comment: str = ""
    calibration: str = ""
    released_at: Instant | None = None
    read_at: Instant | None = None

    @property
    def score(self) -> Score:
        """What the answers come to under the form they were given to.

        Raises:
            ValueError: the answers do not fit the form.
        """
        return score(self.form, self.answers)


@dataclass(frozen=True, slots=True)
class EvaluationDraft:
    """What a reviewer hands in: the judged interaction, the form and its answers."""

    interaction_id: str
    form: Form
    answers: tuple[Answer, ...]
    comment: str = ""
    release: bool = False
    calibration: str = ""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Two reviewers judge the same interaction without seeing each other's answers until both are in.

    `submitted` are the reviewers who are in. `evaluations` has both then; before, the reader's own at most.
    """

    id: str
    version: int
    interaction_id: str
    channel: str
    queue: str
    ended_at: Instant
    agent_id: str
    agent_name: str
    form: Form
    reviewers: tuple[str, ...]
    reviewer_names: tuple[str, ...]
    at: Instant
    submitted: tuple[str, ...] = ()
    evaluations: tuple[Evaluation, ...] = ()

    @property
    def open(self) -> bool:
        """Whether somebody's answers are still to come."""
        return set(self.submitted) != set(self.reviewers)


@dataclass(frozen=True, slots=True)
class CoachingNote:
    """What a supervisor wrote to an agent, of an evaluation or of nothing particular, and the agent's answer.

    `released_at` None: it goes with an evaluation that the agent cannot read yet, and neither can they read this.
    `answer_read_at`: when who wrote the note read the answer.
    """

    id: str
    version: int
    at: Instant
    by: str
    by_name: str
    agent_id: str
    agent_name: str
    text: str
    evaluation: str = ""
    released_at: Instant | None = None
    read_at: Instant | None = None
    acknowledged_at: Instant | None = None
    answer: str = ""
    answer_read_at: Instant | None = None
