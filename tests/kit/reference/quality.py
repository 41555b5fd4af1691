"""A contact centre in memory that holds evaluations, calibrations and coaching notes, for an agent and two bosses."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from desktop.domain.entities.floor import CoachingNews
from desktop.domain.entities.model import Agent, Interaction
from desktop.domain.entities.words import Availability, Phase, Role
from desktop.domain.reviews.quality import Calibration, CoachingNote, Evaluation, EvaluationDraft
from desktop.domain.reviews.scorecards import Form, score
from desktop.domain.state.events import Change, ContactCenterSnapshot
from desktop.domain.state.floor_events import CoachingChanged
from desktop.ports.base import Capability, Manifest
from desktop.ports.errors import Conflict, Forbidden, NotFound, Rejected

from .contact_center import ME, QUEUE, CenterLine, ReferenceContactCenter, ReferenceContactCenterRig
from .line import TOKEN, LineRig

BOSSES = ("boss-0", "boss-1")


class QualityLine(CenterLine):
    """The far side: what was judged and written."""

    def __init__(self) -> None:
        super().__init__()
        self.finished: set[str] = set()
        self.evaluations: dict[str, Evaluation] = {}
        self.calibrations: dict[str, Calibration] = {}
        self.notes: dict[str, CoachingNote] = {}

    def become(self, one: Interaction, change: Change, reason: str = "", **news: Any) -> Interaction:
        now = super().become(one, change, reason, **news)
        if now.phase is Phase.CLOSED:
            self.finished.add(now.id)
        return now

    def news(self, who: str = ME) -> CoachingNews:
        """What there is for somebody to read."""
        if who != ME:
            written = [one for one in self.notes.values() if one.by == who and one.answer]
            return CoachingNews(answers=sum(one.answer_read_at is None for one in written), answered_by="Me")
        judged = [one for one in self.evaluations.values() if one.released_at is not None and one.read_at is None]
        notes = [one for one in self.notes.values() if one.released_at is not None and one.acknowledged_at is None]
        return CoachingNews(len(judged) + len(notes), "Boss", self.now)


class ReferenceQuality(ReferenceContactCenter):
    """Keeps the contract of quality, too. Who it is for stands in its token."""

    manifest: ClassVar[Manifest] = replace(
        ReferenceContactCenter.manifest,
        capabilities=ReferenceContactCenter.manifest.capabilities | {Capability.QUALITY},
    )
    line: QualityLine

    @property
    def who(self) -> str:
        """The principal."""
        return self.token if self.token in BOSSES else ME

    def shown(self) -> ContactCenterSnapshot:
        """All there is, for this principal."""
        told = super().shown()
        if self.who == ME:
            return replace(told, coaching=self.line.news())
        boss = Agent(self.who, 1, "Boss", Role.SUPERVISOR, "Team", Availability.NOT_READY, 1.0)
        news = self.line.news(self.who)
        return replace(told, me=self.who, interactions=(), agents=(*told.agents, boss), coaching=news)

    def boss(self) -> None:
        """Supervisors only."""
        if self.who == ME:
            raise Forbidden("That is for supervisors.")

    def sees(self, one: Evaluation) -> bool:
        """Whether an evaluation is to be read by this principal."""
        if self.who == ME:
            return one.released_at is not None
        return not one.calibration or one.reviewer_id == self.who or not self.line.calibrations[one.calibration].open

    async def change(self, key: str, work: Callable[[], Any]) -> Any:
        """Do something once, and tell the agent what there is to read then."""

        def told() -> Any:
            before = {who: self.line.news(who) for who in (ME, *BOSSES)}
            made = work()
            for who, known in before.items():
                news = self.line.news(who)
                if (news.unread, news.answers) != (known.unread, known.answers):
                    self.line.tell(CoachingChanged(news))
            return made

        return await self.ask(lambda: self.line.once(f"{self.who} {key}", told), changing=True)

    async def evaluations(
        self, *, since: float = 0.0, agent: str = "", interaction: str = "", limit: int = 200
    ) -> Sequence[Evaluation]:
        def look() -> list[Evaluation]:
            found = [one for one in self.line.evaluations.values() if not one.calibration and self.sees(one)]
            return [one for one in reversed(found) if interaction in ("", one.interaction_id)][:limit]

        return await self.ask(look)

    async def evaluation(self, evaluation_id: str) -> Evaluation:
        return await self.ask(lambda: self.one(evaluation_id))

    def one(self, evaluation_id: str) -> Evaluation:
        """An evaluation that this principal may read."""
        found = self.line.evaluations.get(evaluation_id)
        if found is None or not self.sees(found):
            raise NotFound("There is no such evaluation.")
        return found

    async def submit_evaluation(self, draft: EvaluationDraft, *, key: str) -> Evaluation:
        def work() -> Evaluation:
            self.boss()
            if draft.interaction_id not in self.line.finished:
                raise NotFound("There is no such interaction.")
            try:
                complete = score(draft.form, draft.answers).complete
            except ValueError as error:
                raise Rejected("The form has no such answer.") from error
            if not complete:
                raise Rejected("Something is missing.")
            self.only_once(draft)
            at = self.line.later()
            made = Evaluation(
                self.line.new_id(), 1, draft.interaction_id, "voice", QUEUE, at, ME, "Me", self.who, "Boss",
                draft.form, draft.answers, at, draft.comment, draft.calibration,
                at if draft.release and not draft.calibration else None,
            )  # fmt: skip
            self.line.evaluations[made.id] = made
            if draft.calibration:
                known = self.line.calibrations[draft.calibration]
                self.line.calibrations[known.id] = replace(known, submitted=(*known.submitted, self.who))
            return made

        made: Evaluation = await self.change(key, work)
        return made

    def only_once(self, draft: EvaluationDraft) -> None:
        """Each reviewer judges an interaction once."""
        for one in self.line.evaluations.values():
            same = (one.reviewer_id, one.interaction_id, one.calibration)
            if same == (self.who, draft.interaction_id, draft.calibration):
                raise Conflict("You have judged it already.")

    async def release_evaluation(self, evaluation_id: str, *, key: str) -> Evaluation:
        def work() -> Evaluation:
            self.boss()
            at = self.line.later()
            released = replace(self.one(evaluation_id), released_at=at)
            self.line.evaluations[evaluation_id] = released
            for note in list(self.line.notes.values()):
                if note.evaluation == evaluation_id:
                    self.line.notes[note.id] = replace(note, released_at=at)
            return released

        released: Evaluation = await self.change(key, work)
        return released

    async def read_evaluation(self, evaluation_id: str, *, key: str) -> Evaluation:
        def work() -> Evaluation:
            self.line.evaluations[evaluation_id] = replace(self.one(evaluation_id), read_at=self.line.later())
            return self.line.evaluations[evaluation_id]

        read: Evaluation = await self.change(key, work)
        return read

    async def calibrations(self, *, limit: int = 100) -> Sequence[Calibration]:
        def look() -> list[Calibration]:
            self.boss()
            return [self.blind(one) for one in reversed(self.line.calibrations.values())][:limit]

        return await self.ask(look)

    def blind(self, one: Calibration) -> Calibration:
        """A calibration as this reviewer may see it."""
        mine = (each for each in self.line.evaluations.values() if each.calibration == one.id and self.sees(each))
        return replace(one, evaluations=tuple(mine))

    async def start_calibration(self, interaction_id: str, form: Form, reviewer: str, *, key: str) -> Calibration:
        def work() -> Calibration:
            self.boss()
            if interaction_id not in self.line.finished:
                raise NotFound("There is no such interaction.")
            if reviewer not in BOSSES or reviewer == self.who:
                raise Rejected("That is no other supervisor.")
            at, both = self.line.later(), (self.who, reviewer)
            made = Calibration(
                self.line.new_id(), 1, interaction_id, "voice", QUEUE, at, ME, "Me", form, both, ("Boss", "Boss"), at
            )
            self.line.calibrations[made.id] = made
            return made

        made: Calibration = await self.change(key, work)
        return made

    async def coaching_notes(self, *, agent: str = "", limit: int = 200) -> Sequence[CoachingNote]:
        def look() -> list[CoachingNote]:
            found = [one for one in self.line.notes.values() if self.who != ME or one.released_at is not None]
            return found[::-1][:limit]

        return await self.ask(look)

    async def coach(self, agent_id: str, text: str, *, evaluation: str = "", key: str) -> CoachingNote:
        def work() -> CoachingNote:
            self.boss()
            if agent_id != ME:
                raise NotFound("There is no such agent.")
            at = self.line.later()
            released = at if not evaluation or self.one(evaluation).released_at is not None else None
            made = CoachingNote(
                self.line.new_id(), 1, at, self.who, "Boss", ME, "Me", text, evaluation, released_at=released
            )
            self.line.notes[made.id] = made
            return made

        made: CoachingNote = await self.change(key, work)
        return made

    async def read_coaching(self, note_id: str, *, key: str) -> CoachingNote:
        def work() -> CoachingNote:
            known = self.line.notes.get(note_id)
            if known is not None and known.by == self.who:
                self.line.notes[note_id] = replace(known, answer_read_at=self.line.later())
                return self.line.notes[note_id]
            return self.note(note_id, read_at=self.line.later())

        read: CoachingNote = await self.change(key, work)
        return read

    async def acknowledge_coaching(self, note_id: str, answer: str, *, key: str) -> CoachingNote:
        def work() -> CoachingNote:
            return self.note(note_id, acknowledged_at=self.line.later(), answer=answer)

        answered: CoachingNote = await self.change(key, work)
        return answered

    def note(self, note_id: str, **news: Any) -> CoachingNote:
        """A note of the agent's becomes something else."""
        known = self.line.notes.get(note_id)
        if self.who != ME or known is None or known.released_at is None:
            raise NotFound("There is no such note.")
        self.line.notes[note_id] = replace(known, **news)
        return self.line.notes[note_id]


class ReferenceQualityRig(ReferenceContactCenterRig):
    """The far side with two supervisors."""

    line: QualityLine
    secrets = (TOKEN, *BOSSES)

    def __init__(self, backend: type[Any] = ReferenceQuality) -> None:
        LineRig.__init__(self, backend, QualityLine())

    def make_supervisor(self, number: int = 0) -> Any:
        return self.backend.create({"line": self.line.name, "token": BOSSES[number]})
