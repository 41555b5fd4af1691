"""The pages of quality over the real screen: a reviewer's and an agent's desk in memory, with the clock stopped."""

from dataclasses import dataclass, field, replace
from typing import Any
from unittest.mock import AsyncMock

from desktop.app.commands.runner import CommandRunner
from desktop.app.connections.backend_calls import BackendCalls
from desktop.app.history.history_desk import HistoryDesk
from desktop.app.reviews.quality_desk import QualityDesk
from desktop.app.storage.tables.review_drafts import ReviewDraft
from desktop.app.store import Store
from desktop.app.timing import Timing
from desktop.domain.entities.floor import CoachingNews
from desktop.domain.entities.history import PastDetail, PastInteraction, PastPage, PastQuery, PastStep
from desktop.domain.entities.model import Agent
from desktop.domain.entities.words import Availability, Role
from desktop.domain.reviews.quality import Calibration, CoachingNote, Evaluation, EvaluationDraft
from desktop.domain.reviews.sampling import SampleRule, Scorecard, Scorecards
from desktop.domain.reviews.scorecards import Answer, Comment, Form, Option, Question, QuestionKind, Section
from desktop.domain.state.state import AppState
from desktop.ports.base import Capability
from desktop.ports.errors import NotFound
from desktop.tui.app import DesktopApp
from tests.tui.desk import RecordedSession, unhurried
from tests.tui.states import MAYA, NOW, QUEUES

FORM = Form(
    "call",
    "Call",
    (
        Section("Opening", (
            Question("greeting", "Greeted with the company's name and their own?"),
            Question("identity", "Identity verified before discussing the account?", weight=2, critical=True,
                     comment=Comment.WHEN_LOST, not_applicable=True),
        )),
        Section("Solution", (
            Question("understood", "How well was the matter understood?", QuestionKind.SCALE, weight=2,
                     help="5: put into their own words and confirmed. 1: missed."),
            Question("solved", "Was it solved?", QuestionKind.CHOICE, weight=4, comment=Comment.WHEN_LOST, options=(
                Option("solved", "Solved in this contact", 3),
                Option("owned", "Not yet, with a clear next step and an owner", 2),
                Option("open", "Left open", 0),
            )),
        )),
    ),
    pass_mark=80,
)  # fmt: skip
GOOD = (Answer("greeting", "yes"), Answer("identity", "yes"), Answer("understood", "5"), Answer("solved", "solved"))
FAIR = (
    Answer("greeting", "no"),
    Answer("identity", "yes"),
    Answer("understood", "4", "had to ask twice\nfor the invoice"),
    Answer("solved", "owned", "call back promised for Friday"),
)
LOST = (GOOD[0], Answer("identity", "no", "named the balance before the date of birth"), *GOOD[2:])

SAM = Agent("sam", 1, "Sam Rivera", Role.SUPERVISOR, "Billing", Availability.AVAILABLE, NOW - 900)
INES = Agent("ines", 1, "Inês Duarte", Role.SUPERVISOR, "Billing", Availability.AVAILABLE, NOW - 900)
NAMES = {"maya": "Maya Okafor", "tom": "Tom Archer", "lucia": "Lucía Peña"}


def past(number: int, agent: str, **changes: Any) -> PastInteraction:
    """A finished call of yesterday."""
    at = NOW - 80_000 + number * 700
    made = PastInteraction(
        f"i-{number}", "voice", "inbound", "Billing", "+442079460018", "Priya Natarajan", agent, NAMES[agent],
        at, at + 12, at + 300, "handled", 12.0, 251.0, 20.0, 41.0, 1, 0, ("Refund made",),
    )  # fmt: skip
    return replace(made, **changes)


def judged(number: int, given: tuple[Answer, ...], *, by: Agent = SAM, **changes: Any) -> Evaluation:
    """An evaluation of Maya's work."""
    made = Evaluation(
        f"e-{number}", 1, f"i-{number}", "voice", "Billing", NOW - 80_000, "maya", "Maya Okafor", by.id, by.name,
        FORM, given, NOW - 3_000 * number, comment="Calm and clear." if number == 1 else "",
    )  # fmt: skip
    return replace(made, **changes)


def note(number: int, text: str, **changes: Any) -> CoachingNote:
    """A note to Maya."""
    made = CoachingNote(f"n-{number}", 1, NOW - 5_000 * number, "sam", "Sam Rivera", "maya", "Maya Okafor", text)
    return replace(made, **({"released_at": made.at} | changes))


def calibration(number: int, **changes: Any) -> Calibration:
    """A calibration of Sam and Inês."""
    made = Calibration(
        f"c-{number}", 1, f"i-{number}", "voice", "Billing", NOW - 90_000, "maya", "Maya Okafor", FORM,
        ("sam", "ines"), ("Sam Rivera", "Inês Duarte"), NOW - 7_000 * number,
    )  # fmt: skip
    return replace(made, **changes)


def both_in(number: int, first: tuple[Answer, ...] = GOOD, second: tuple[Answer, ...] = FAIR) -> Calibration:
    """A calibration that is over."""
    pair = (
        judged(number, first, calibration=f"c-{number}"),
        judged(number, second, by=INES, calibration=f"c-{number}"),
    )
    return calibration(number, submitted=("sam", "ines"), evaluations=pair)


@dataclass
class QualityServer:
    """What the contact centre has of it, and what it was asked to do."""

    past: list[PastInteraction] = field(default_factory=lambda: [past(n, who) for n, who in enumerate(NAMES)])
    judged: list[Evaluation] = field(default_factory=list)
    calibrated: list[Calibration] = field(default_factory=list)
    notes: list[CoachingNote] = field(default_factory=list)
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    failing: Exception | None = None

    def _play(self, *call: Any) -> None:
        self.calls.append(call)
        if self.failing is not None:
            raise self.failing

    async def past_interactions(self, query: PastQuery) -> PastPage:
        return PastPage(tuple(self.past))

    async def past_interaction(self, interaction_id: str) -> PastDetail:
        one = next((one for one in self.past if one.id == interaction_id), None)
        if one is None:
            raise NotFound("It is no longer there.")
        steps = (
            PastStep(one.arrived_at, "queued", "Billing"),
            PastStep(one.arrived_at + 5, "offered", "Billing", one.agent_id, one.agent_name),
            PastStep(one.arrived_at + 12, "connected", "", one.agent_id, one.agent_name),
            PastStep(one.arrived_at + 90, "held", "", one.agent_id, one.agent_name, "20 s"),
            PastStep(one.ended_at, "wrap_up", "", "", "", "Refund made"),
        )
        return PastDetail(one, steps)

    async def evaluations(self, **_: Any) -> list[Evaluation]:
        return self.judged

    async def calibrations(self, **_: Any) -> list[Calibration]:
        return self.calibrated

    async def coaching_notes(self, **_: Any) -> list[CoachingNote]:
        return self.notes

    async def submit_evaluation(self, draft: EvaluationDraft, *, key: str) -> None:
        self._play("submit", draft, key)

    async def release_evaluation(self, evaluation_id: str, *, key: str) -> None:
        self._play("release", evaluation_id)

    async def read_evaluation(self, evaluation_id: str, *, key: str) -> None:
        self._play("read", evaluation_id)

    async def start_calibration(self, interaction_id: str, form: Form, reviewer: str, *, key: str) -> None:
        self._play("calibrate", interaction_id, reviewer)

    async def coach(self, agent_id: str, text: str, *, evaluation: str = "", key: str) -> None:
        self._play("coach", agent_id, text, evaluation)

    async def read_coaching(self, note_id: str, *, key: str) -> None:
        self._play("read note", note_id)

    async def acknowledge_coaching(self, note_id: str, answer: str, *, key: str) -> None:
        self._play("acknowledge", note_id, answer)


class MemoryStore:
    """Stands where the file stands."""

    def __init__(self) -> None:
        self.kept: dict[str, ReviewDraft] = {}

    async def save_review_draft(self, draft: ReviewDraft, *, words_since: float | None = None) -> ReviewDraft:
        self.kept[draft.subject] = saved = replace(draft, saved_at=NOW if words_since is None else words_since)
        return saved

    async def review_drafts(self) -> list[ReviewDraft]:
        return list(self.kept.values())

    async def review_draft(self, subject: str) -> ReviewDraft | None:
        return self.kept.get(subject)

    async def discard_review_draft(self, subject: str) -> None:
        self.kept.pop(subject, None)


class QualitySupervisor:
    """As much of a supervisor's desk as the pages need."""

    def __init__(self, store: Store, server: QualityServer, file: MemoryStore) -> None:
        timing = Timing(clock=lambda: NOW)
        asking = BackendCalls(timing, lambda text: None)
        center: Any = server
        opened: Any = lambda: file  # noqa: E731
        runner = CommandRunner(store, asking, center, AsyncMock())
        self.quality = QualityDesk(runner, HistoryDesk(store, asking, center), opened)
        self.open = True
        self.forms = Scorecards((Scorecard(FORM, SampleRule(2)),))

    def scorecards(self) -> Scorecards:
        return self.forms

    def offers(self, capability: Capability) -> bool:
        return True

    async def flush(self) -> None:
        await self.quality.words.flush()


def state(me: Agent = MAYA, news: CoachingNews | None = None) -> AppState:
    """Signed in at the desk, with colleagues; the floor's own door is another matter."""
    agents = {agent.id: agent for agent in (MAYA, SAM, INES, replace(me, role=Role.AGENT))}
    return AppState(
        me=me.id,
        agents=agents,
        queues=QUEUES,
        coaching=news,
        capabilities={"contact_center": frozenset({"quality"})},
    )


def quality_desk(
    server: QualityServer, start: AppState, file: MemoryStore | None = None
) -> tuple[DesktopApp, RecordedSession, MemoryStore]:
    """The app over a state, with a quality desk over a server in memory."""
    session = RecordedSession(start)
    file = file or MemoryStore()
    session.supervisor = QualitySupervisor(session.store, server, file)  # type: ignore[attr-defined]

    async def build() -> Any:
        return session

    return DesktopApp(build, clock=lambda: NOW, monotonic=unhurried()), session, file
