"""Evaluations, calibrations and coaching notes as they go over the wire."""

from typing import Annotated, Literal

from pydantic import Field

from mock_backends.wire.base import Id, Line, Wire

Prose = Annotated[str, Field(max_length=4_000)]
Weight = Annotated[int, Field(ge=1, le=1_000)]


class FormOption(Wire):
    """One answer of a choice."""

    id: Id
    text: Line
    points: int = Field(ge=0, le=1_000)


class FormQuestion(Wire):
    """One question. `good` is the good answer of a yes or no; `worst` and `best` are the ends of a scale."""

    id: Id
    text: Annotated[Line, Field(min_length=1)]
    kind: Literal["yes_no", "scale", "choice"] = "yes_no"
    weight: Weight = 1
    good: Literal["yes", "no"] = "yes"
    worst: int = Field(default=1, ge=-100, le=100)
    best: int = Field(default=5, ge=-100, le=100)
    options: list[FormOption] = Field(default_factory=list, max_length=9)
    not_applicable: bool = False
    critical: bool = False
    comment: Literal["optional", "when_lost", "always"] = "optional"
    help: Prose = ""


class FormSection(Wire):
    """Questions that belong together."""

    title: Line
    questions: list[FormQuestion] = Field(min_length=1, max_length=100)
    weight: int = Field(default=0, ge=0, le=1_000)


class Form(Wire):
    """A form: what is asked of an interaction, and what each answer weighs. `pass_mark` in percent, 0: none."""

    name: Id
    title: Line
    sections: list[FormSection] = Field(min_length=1, max_length=20)
    pass_mark: int = Field(default=0, ge=0, le=100)


class FormAnswer(Wire):
    """`yes`, `no`, a number of the scale, an option's id, or `n/a`."""

    question: Id
    value: Id
    comment: Prose = ""


class Evaluation(Wire):
    """One interaction judged by one reviewer, with the very form it was made with."""

    id: str
    version: int = 1
    interaction_id: str
    channel: str
    queue: str
    ended_at: float
    agent_id: str
    agent_name: str
    reviewer_id: str
    reviewer_name: str
    form: Form
    answers: list[FormAnswer]
    at: float
    comment: str = ""
    calibration: str = ""
    released_at: float | None = None
    read_at: float | None = None


class Calibration(Wire):
    """Two reviewers on the same interaction; `evaluations` has both when both are in, the reader's own before."""

    id: str
    version: int = 1
    interaction_id: str
    channel: str
    queue: str
    ended_at: float
    agent_id: str
    agent_name: str
    form: Form
    reviewers: list[str]
    reviewer_names: list[str]
    at: float
    submitted: list[str] = Field(default_factory=list)
    evaluations: list[Evaluation] = Field(default_factory=list)


class CoachingNote(Wire):
    """What a supervisor wrote to an agent, and the agent's answer."""

    id: str
    version: int = 1
    at: float
    by: str
    by_name: str
    agent_id: str
    agent_name: str
    text: str
    evaluation: str = ""
    released_at: float | None = None
    read_at: float | None = None
    acknowledged_at: float | None = None
    answer: str = ""
    answer_read_at: float | None = None


class CoachingNews(Wire):
    """How much there is to read: on one's own work, and answers to the notes one wrote; whose is newest, and when."""

    unread: int = 0
    by_name: str = ""
    at: float = 0.0
    answers: int = 0
    answered_by: str = ""
    answered_at: float = 0.0


class CoachingEvent(Wire):
    """A `coaching.changed` event."""

    at: float
    news: CoachingNews


class Evaluations(Wire):
    """Evaluations a principal may see, newest first."""

    evaluations: list[Evaluation]


class EvaluationAnswer(Wire):
    """One evaluation as it is now."""

    evaluation: Evaluation


class Calibrations(Wire):
    """Calibrations a principal may see, newest first."""

    calibrations: list[Calibration]


class CalibrationAnswer(Wire):
    """One calibration as it is now."""

    calibration: Calibration


class CoachingNotes(Wire):
    """Coaching notes a principal may see, newest first."""

    notes: list[CoachingNote]


class CoachingNoteAnswer(Wire):
    """One coaching note as it is now."""

    note: CoachingNote


class SubmitEvaluation(Wire):
    """An evaluation to hand in."""

    interaction_id: Id
    form: Form
    answers: list[FormAnswer] = Field(max_length=100)
    comment: Prose = ""
    release: bool = False
    calibration: Annotated[str, Field(max_length=100)] = ""


class StartCalibration(Wire):
    """An interaction to judge together with another supervisor."""

    interaction_id: Id
    form: Form
    reviewer: Id


class Coach(Wire):
    """A note to an agent."""

    agent_id: Id
    text: Annotated[Prose, Field(min_length=1)]
    evaluation: Annotated[str, Field(max_length=100)] = ""


class AcknowledgeCoaching(Wire):
    """What the agent thinks of a note; "" for nothing but having understood."""

    answer: Prose = ""
