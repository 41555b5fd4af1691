"""Forms, evaluations and calibrations for tests, made by hand and by chance."""

from hypothesis import strategies as st

from desktop.domain.entities.history import PastInteraction
from desktop.domain.reviews.quality import Calibration, CoachingNote, Evaluation
from desktop.domain.reviews.scorecards import Answer, Comment, Form, Option, Question, QuestionKind, Section, allowed

AT = 1_795_000_000.0
VOICE = Form(
    "voice",
    "Calls, general",
    (
        Section(
            "Opening",
            (
                Question("greeting", "Greeted by name?", weight=2),
                Question("verified", "Identity checked?", critical=True, comment=Comment.WHEN_LOST),
            ),
        ),
        Section(
            "Solution",
            (
                Question("tone", "How was the tone?", QuestionKind.SCALE, weight=3, worst=1, best=5),
                Question(
                    "solved",
                    "Was it solved?",
                    QuestionKind.CHOICE,
                    weight=4,
                    options=(Option("full", "Fully", 2), Option("partly", "Partly", 1), Option("not", "Not", 0)),
                    not_applicable=True,
                ),
            ),
        ),
    ),
    pass_mark=80,
)


def answers(**values: str) -> tuple[Answer, ...]:
    """Answers by question."""
    return tuple(Answer(question, value) for question, value in values.items())


def evaluation(reviewer: str, given: tuple[Answer, ...], *, form: Form = VOICE, calibration: str = "") -> Evaluation:
    """An evaluation by a reviewer."""
    return Evaluation(
        f"e-{reviewer}",
        1,
        "i-1",
        "voice",
        "Billing",
        AT - 600.0,
        "maya",
        "Maya Okafor",
        reviewer,
        reviewer.title(),
        form,
        given,
        AT,
        calibration=calibration,
    )


def calibration(first: tuple[Answer, ...], second: tuple[Answer, ...], *, form: Form = VOICE) -> Calibration:
    """A finished calibration of two reviewers, ines and otto."""
    both = (
        evaluation("ines", first, form=form, calibration="c-1"),
        evaluation("otto", second, form=form, calibration="c-1"),
    )
    return Calibration(
        "c-1",
        3,
        "i-1",
        "voice",
        "Billing",
        AT - 600.0,
        "maya",
        "Maya Okafor",
        form,
        ("ines", "otto"),
        ("Ines", "Otto"),
        AT,
        ("ines", "otto"),
        both,
    )


def note(text: str = "Well done.", **changes: object) -> CoachingNote:
    """A coaching note to Maya."""
    plain: dict[str, object] = {
        "id": "n-1",
        "version": 1,
        "at": AT,
        "by": "ines",
        "by_name": "Ines",
        "agent_id": "maya",
        "agent_name": "Maya Okafor",
        "text": text,
        "released_at": AT,
    }
    return CoachingNote(**(plain | changes))  # type: ignore[arg-type]


def past(number: int, agent: str = "maya", **changes: object) -> PastInteraction:
    """A finished call of an agent."""
    plain: dict[str, object] = {
        "id": f"i-{agent}-{number}",
        "channel": "voice",
        "direction": "inbound",
        "queue": "Billing",
        "customer": "+442079460018",
        "customer_name": "Priya Natarajan",
        "agent_id": agent,
        "agent_name": agent.title(),
        "arrived_at": AT + number,
        "answered_at": AT + number + 10,
        "ended_at": AT + number + 200,
        "outcome": "completed",
        "wait_seconds": 10.0,
        "talk_seconds": 120.0,
    }
    return PastInteraction(**(plain | changes))  # type: ignore[arg-type]


@st.composite
def questions(draw: st.DrawFn, number: int) -> Question:
    """Some question that a form may have."""
    kind = draw(st.sampled_from(QuestionKind))
    options: tuple[Option, ...] = ()
    if kind is QuestionKind.CHOICE:
        points = draw(st.lists(st.integers(0, 5), min_size=2, max_size=5).filter(any))
        options = tuple(Option(f"o{n}", f"Option {n}", each) for n, each in enumerate(points))
    worst = draw(st.integers(-3, 3))
    return Question(
        f"q{number}",
        draw(st.text(min_size=1, max_size=10).filter(str.strip)),
        kind,
        draw(st.integers(1, 9)),
        draw(st.sampled_from(("yes", "no"))),
        worst,
        worst + draw(st.integers(1, 9)) * draw(st.sampled_from((1, -1))),
        options,
        draw(st.booleans()),
        draw(st.booleans()),
        draw(st.sampled_from(Comment)),
    )


@st.composite
def forms(draw: st.DrawFn) -> Form:
    """Some form without a mistake."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    numbers = iter(range(sum(sizes)))
    sections = tuple(
        Section(f"S{n}", tuple(draw(questions(next(numbers))) for _ in range(size)), draw(st.integers(0, 5)))
        for n, size in enumerate(sizes)
    )
    return Form("some", "Some form", sections, draw(st.integers(0, 100)))


@st.composite
def answered(draw: st.DrawFn, form: Form) -> tuple[Answer, ...]:
    """Answers to some or all of a form's questions."""
    given = []
    for question in form.questions:
        value = draw(st.sampled_from(("", *allowed(question))))
        given.append(Answer(question.id, value, draw(st.sampled_from(("", "because")))))
    return tuple(given)
